import pytest

from content.regulation import Force
from content.regulation_loader import load_regulations


@pytest.fixture(scope="module")
def serang():
    return load_regulations()["serang-25-2018"]


def test_it_is_titled_and_dated_as_enacted_in_western_time(serang):
    assert serang.title == "Peraturan Walikota Serang Nomor 25 Tahun 2018"
    assert serang.enacted.isoformat() == "2018-09-03"
    assert serang.timezone == "Asia/Jakarta"
    assert serang.acronym == "SIAP"


def test_its_own_words_are_kept(serang):
    assert serang.terms.values == "Nilai Budaya Kerja"
    assert serang.terms.behaviours == "Perilaku penting"
    assert serang.terms.regional_head == "Walikota"


def test_it_decrees_four_values_and_their_meanings(serang):
    assert [(value.slug, value.name, value.meaning, value.source) for value in serang.values] == [
        (
            "semangat-kerja",
            "Semangat kerja",
            "melakukan pekerjaan dengan lebih baik, giat, cepat dan produktif",
            "Pasal 6 ayat (3) huruf a",
        ),
        (
            "integritas",
            "Integritas",
            (
                "berpikir, bertindak dan berperilaku sesuai dengan nilai-nilai dan prinsip moral serta memegang teguh "
                "peraturan perundang-undangan"
            ),
            "Pasal 6 ayat (3) huruf b",
        ),
        (
            "akuntabel",
            "Akuntabel",
            "dapat mempertanggungjawabkan setiap pelaksanaan tugas mulai dari proses sampai dengan hasil",
            "Pasal 6 ayat (3) huruf c",
        ),
        (
            "pelayanan-prima",
            "Pelayanan Prima",
            "memberikan pelayanan sebaik mungkin kepada masyarakat, cepat, tanggap dan transparan",
            "Pasal 6 ayat (3) huruf d",
        ),
    ]


def test_the_nineteen_behaviours_are_quoted_in_order(serang):
    assert [[item.text for item in value.behaviours] for value in serang.values] == [
        [
            "disiplin, datang dan pulang kerja sesuai dengan ketentuan",
            "kebersamaan dan sinergi",
            "hubungan harmonis antara pimpinan dengan bawahan",
            "senantiasa meningkatkan kinerja",
            "prakarsa, kreatif dan inovatif",
        ],
        ["bertindak sesuai aturan", "jujur", "berdedikasi", "konsisten", "menjaga martabat"],
        [
            "taat pada aturan",
            "memenuhi target kinerja yang telah ditetapkan",
            "transparan dalam penggunaan anggaran",
            "bertanggung jawab atas proses dan hasil kerja",
        ],
        [
            "melayani sesuai standar pelayanan dengan berorientasi pada kepuasan masyarakat",
            "bersikap responsif dan bertindak proaktif",
            "berpenampilan rapi, ramah dan santun",
            "empati dan obyektif",
            "ikhlas",
        ],
    ]


def test_behaviours_are_cited_by_their_printed_number(serang):
    for value, letter in zip(serang.values, "abcd", strict=True):
        assert [item.source for item in value.behaviours] == [
            f"Pasal 7 huruf {letter} angka {n}" for n in range(1, len(value.behaviours) + 1)
        ]


def test_there_are_no_manifestations(serang):
    assert all(value.manifestations == () for value in serang.values)


def test_an_office_may_propose_a_value_of_its_own(serang):
    duty, addition = serang.values_rules
    assert (duty.source, duty.force) == ("Pasal 6 ayat (1)", Force.MANDATORY)
    assert (addition.source, addition.force) == ("Pasal 6 ayat (4)", Force.MAY)
    assert addition.text.endswith("dengan mengusulkan ke Walikota")


def test_the_motto_is_one_word_inside_its_clause(serang):
    assert (serang.motto.text, serang.motto.source) == ("SIAP", "Pasal 8")
    assert serang.motto.clause.startswith("Dari rangkaian nilai-nilai yang akan diterapkan")


def test_what_serang_does_not_decree_is_empty(serang):
    assert serang.salam is None
    assert serang.yel_yel is None
    assert serang.employer_branding is None
    assert serang.local_values is None
    assert serang.change_agents is None
    assert serang.role_model == ()
    assert serang.activations == ()
    assert serang.rewards == ()
    assert serang.replaces == ()


def test_the_group_has_five_seats_with_a_facilitator(serang):
    assert [(seat.slug, len(seat.duties)) for seat in serang.group.seats] == [
        ("penanggung-jawab", 4),
        ("fasilitator", 5),
        ("ketua", 5),
        ("sekretaris", 4),
        ("anggota", 3),
    ]


def test_the_secretary_leads_the_technical_work(serang):
    duty = serang.group.seats[3].duties[2]
    assert (duty.text, duty.source) == ("Memimpin pelaksanaan teknis kegiatan KBK", "Pasal 13 ayat (5) huruf c")


def test_the_facilitator_revives_a_group_that_sleeps(serang):
    duty = serang.group.seats[1].duties[4]
    assert duty.source == "Pasal 13 ayat (3) huruf e"
    assert duty.text == "membangkitkan kembali semangat KBK agar aktif dan membantu memecahkan permasalahannya"


def test_the_head_of_office_is_penanggung_jawab_and_follows_ideas_up(serang):
    assert serang.head_of_office.seat == "penanggung-jawab"
    assert serang.group.seats[0].holder == "Pimpinan Perangkat Daerah"
    assert serang.group.seats[0].duties[3].text == "menindaklanjuti hasil pemikiran KBK"


def test_the_city_team_has_six_seats_with_a_coordinator(serang):
    assert [(seat.slug, seat.source) for seat in serang.regional_team.seats] == [
        ("pengarah", "Pasal 11 ayat (2) huruf a"),
        ("penanggung-jawab", "Pasal 11 ayat (2) huruf b"),
        ("ketua", "Pasal 11 ayat (2) huruf c"),
        ("sekretaris", "Pasal 11 ayat (2) huruf d"),
        ("koordinator", "Pasal 11 ayat (2) huruf e"),
        ("anggota", "Pasal 11 ayat (2) huruf f"),
    ]
    assert serang.regional_team.seats[4].duties[0].text == (
        "Menyebarkan Budaya Kerja serta membimbing, memantau dan melaporkan kegiatan KBK kepada Tim Pengarah"
    )


def test_the_misprinted_reference_is_quoted_as_printed(serang):
    composition = next(item for item in serang.group.formation if item.source == "Pasal 13 ayat (1)")
    assert "sebagaimana dimaksud pada Pasal 9 ayat (1)" in composition.text


def test_money_comes_from_two_budgets(serang):
    assert [item.source for item in serang.funding] == ["Pasal 12 ayat (3)", "Pasal 12 ayat (4)", "Pasal 15"]


def test_no_cadence_and_no_form_is_given(serang):
    assert all(duty.cadence is None for duty in serang.monitoring)
    assert serang.report_form is None
    assert serang.maturity == ()


def test_the_lost_lampiran_is_unavailable_not_unregulated(serang):
    (lampiran,) = serang.missing
    assert (lampiran.part, lampiran.source) == ("Lampiran", "Pasal 5 ayat (2)")
    assert "tidak tersedia" in lampiran.reason
    assert {"aktivasi", "aktivasi/twibbon", "monev/laporan", "internalisasi"} <= set(lampiran.topics)
    assert "motto" not in lampiran.topics
    assert "employer-branding" not in lampiran.topics


def test_every_definition_and_law_is_there(serang):
    assert [item.source for item in serang.definitions] == [f"Pasal 1 angka {n}" for n in range(1, 13)]
    assert [item.source for item in serang.legal_basis] == [
        *(f"Mengingat angka {n}" for n in range(1, 18)),
        *(f"Menimbang huruf {letter}" for letter in "abc"),
    ]


def test_socialisation_internalisation_and_institutionalisation_never_stop(serang):
    for passages in (serang.socialisation, serang.internalisation, serang.institutionalisation):
        (continuous,) = (item for item in passages if item.source == "Pasal 9")
        assert "dilakukan terus menerus" in continuous.text
