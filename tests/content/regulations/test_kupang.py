import pytest

from content.regulation import Force
from content.regulation_loader import load_regulations


@pytest.fixture(scope="module")
def kupang():
    return load_regulations()["kupang-30-2025"]


def test_it_is_titled_and_dated_as_enacted_in_central_time(kupang):
    assert kupang.title == "Peraturan Wali Kota Kupang Nomor 30 Tahun 2025"
    assert kupang.enacted.isoformat() == "2025-10-19"
    assert kupang.timezone == "Asia/Makassar"
    assert kupang.acronym == "BerAKHLAK"


def test_its_own_words_are_kept(kupang):
    assert kupang.terms.values == "Core Values"
    assert kupang.terms.behaviours == "Panduan Perilaku (kode etik)"
    assert kupang.terms.regional_head == "Wali Kota"


def test_it_decrees_seven_values_of_three_behaviours(kupang):
    assert [(value.slug, len(value.behaviours)) for value in kupang.values] == [
        ("berorientasi-pelayanan", 3),
        ("akuntabel", 3),
        ("kompeten", 3),
        ("harmonis", 3),
        ("loyal", 3),
        ("adaptif", 3),
        ("kolaboratif", 3),
    ]


def test_meanings_stand_in_pasal_5(kupang):
    assert [(value.name, value.meaning, value.source) for value in kupang.values] == [
        (
            "Berorientasi Pelayanan",
            "komitmen memberikan pelayanan prima demi kepuasan masyarakat",
            "Pasal 5 ayat (3) huruf a",
        ),
        ("Akuntabel", "bertanggungjawab atas kepercayaan yang diberikan", "Pasal 5 ayat (3) huruf b"),
        ("Kompeten", "terus belajar dan mengembangkan kapabilitas", "Pasal 5 ayat (3) huruf c"),
        ("Harmonis", "saling peduli dan menghargai perbedaan", "Pasal 5 ayat (3) huruf d"),
        ("Loyal", "berdedikasi dan mengutamakan kepentingan Bangsa dan Negara", "Pasal 5 ayat (3) huruf e"),
        (
            "Adaptif",
            "terus berinovasi dan antusias dalam menggerakkan serta menghadapi perubahan",
            "Pasal 5 ayat (3) huruf f",
        ),
        ("Kolaboratif", "membangun kerja sama yang sinergis", "Pasal 5 ayat (3) huruf g"),
    ]


@pytest.mark.parametrize(
    ("slug", "n", "text", "source"),
    [
        ("berorientasi-pelayanan", 1, "Memahami dan memenuhi kebutuhan masyarakat", "Pasal 6 huruf a angka 1"),
        ("berorientasi-pelayanan", 3, "Melakukan perbaikan tiada henti", "Pasal 6 huruf a angka 3"),
        (
            "akuntabel",
            1,
            "Melaksanakan tugas dengan jujur, bertanggungjawab, cermat, disiplin dan berintegritas tinggi",
            "Pasal 6 huruf b angka 1",
        ),
        (
            "akuntabel",
            2,
            "Menggunakan kekayaan dan barang milik Negara secara bertanggungjawab, efektif, dan efisien",
            "Pasal 6 huruf b angka 2",
        ),
        ("akuntabel", 3, "Tidak menyalahgunakan kewenangan jabatan", "Pasal 6 huruf b angka 3"),
        ("harmonis", 3, "Membangun lingkungan kerja yang kondusif", "Pasal 6 huruf d angka 3"),
        (
            "loyal",
            1,
            (
                "Memegang teguh ideologi Pancasila, Undang-Undang Dasar Negara Republik Indonesia tahun 1945, setia kepada "
                "Negara Kesatuan Republik Indonesia serta pemerintahan yang sah"
            ),
            "Pasal 6 huruf e angka 1",
        ),
        ("loyal", 2, "Menjaga nama baik sesama ASN, pimpinan, instansi, dan Negara", "Pasal 6 huruf e angka 2"),
        ("loyal", 3, "Menjaga rahasia jabatan dan Negara", "Pasal 6 huruf e angka 3"),
        ("adaptif", 2, "Terus berinovasi dan mengembangkan kreatifitas", "Pasal 6 huruf f angka 2"),
        ("adaptif", 3, "Bertindak proaktif", "Pasal 6 huruf f angka 3"),
        (
            "kolaboratif",
            1,
            "Memberi kesempatan kepada berbagai pihak untuk berkontribusi",
            "Pasal 6 huruf g angka 1",
        ),
        (
            "kolaboratif",
            3,
            "Menggerakkan pemanfaatan berbagai sumberdaya untuk tujuan bersama",
            "Pasal 6 huruf g angka 3",
        ),
    ],
)
def test_behaviours_keep_the_printed_words_where_other_regulations_differ(kupang, slug, n, text, source):
    behaviour = kupang.value(slug).behaviours[n - 1]
    assert (behaviour.n, behaviour.text, behaviour.source) == (n, text, source)


def test_manifestations_are_not_lent_from_elsewhere(kupang):
    assert all(value.manifestations == () for value in kupang.values)
    assert kupang.terms.manifestations is None


def test_employer_branding_is_the_line_inside_its_clause(kupang):
    assert kupang.employer_branding.text == "Bangga Melayani Bangsa"
    assert kupang.employer_branding.source == "Pasal 5 ayat (2)"
    assert kupang.employer_branding.clause == (
        "Employer Branding ASN di lingkungan Pemerintah Kota Kupang yaitu Bangga Melayani Bangsa"
    )


def test_cheers_may_be_used_and_are_the_only_activation(kupang):
    assert (kupang.yel_yel.source, kupang.yel_yel.force) == ("Pasal 11", Force.MAY)
    assert [(item.slug, item.force, item.rule) for item in kupang.activations] == [("lain", Force.MAY, None)]
    assert kupang.activation("twibbon") is None
    assert kupang.activation("apel-pagi") is None


def test_what_kupang_does_not_decree_is_empty(kupang):
    assert kupang.motto is None
    assert kupang.salam is None
    assert kupang.local_values is None
    assert kupang.report_form is None
    assert kupang.maturity == ()
    assert kupang.rewards == ()
    assert kupang.funding == ()
    assert kupang.replaces == ()


def test_the_group_has_four_seats_and_may_be_renamed(kupang):
    assert kupang.group.short == "TPBK"
    assert [(seat.slug, seat.source) for seat in kupang.group.seats] == [
        ("penanggung-jawab", "Pasal 10 ayat (1) huruf a"),
        ("ketua", "Pasal 10 ayat (1) huruf b"),
        ("sekretaris", "Pasal 10 ayat (1) huruf c"),
        ("anggota", "Pasal 10 ayat (1) huruf d"),
    ]
    renaming = next(item for item in kupang.group.formation if item.source == "Pasal 9 ayat (4)")
    assert renaming.force is Force.MAY
    assert renaming.text == (
        "Perangkat Daerah dapat memberi nama TPBK sesuai dengan karakteristik dan kreativitas masing-masing"
    )


def test_the_members_duties_are_cited_where_they_are_misprinted(kupang):
    members = kupang.group.seats[3]
    assert [duty.source for duty in members.duties] == [
        "Pasal 10 ayat (4) huruf a angka 1",
        "Pasal 10 ayat (4) huruf a angka 2",
        "Pasal 10 ayat (4) huruf a angka 3",
    ]
    assert members.duties[0].text == ("Memastikan terlaksananya nilai-nilai dasar ASN BerAKHLAK di lingkungan kerja")


def test_the_secretary_keeps_no_lead_in_to_a_list_that_is_not_there(kupang):
    (duty,) = kupang.group.seats[2].duties
    assert duty.text.endswith("menerapkan Nilai-Nilai Dasar ASN BerAKHLAK")
    assert "meliputi" not in duty.text


def test_the_head_of_office_is_penanggung_jawab(kupang):
    assert (kupang.head_of_office.name, kupang.head_of_office.seat) == (
        "Pimpinan Perangkat Daerah",
        "penanggung-jawab",
    )


def test_the_two_definitions_of_the_team_are_kept_apart(kupang):
    definition = kupang.group.definition
    assert definition.source == "Pasal 1 angka 11"
    assert [variant.source for variant in definition.variants] == ["Pasal 1 angka 10"]
    assert definition.text.endswith("di lingkungan pemerintah kota kupang")
    assert definition.variants[0].text.endswith("di lingkungan Pemerintah Daerah")


def test_the_city_team_is_not_the_office_team(kupang):
    assert kupang.regional_team.name == "Tim Penerapan Budaya Kerja Kota Kupang"
    assert kupang.regional_team.seats == ()
    assert [task.source for task in kupang.regional_team.tasks] == ["Pasal 8"]


def test_change_agents_have_a_definition_and_no_criteria(kupang):
    agents = kupang.change_agents
    assert agents.definition.source == "Pasal 1 angka 13"
    assert [item.source for item in agents.formation] == ["Pasal 7"]
    assert (agents.criteria, agents.stages, agents.roles, agents.mechanisms) == ((), (), (), ())
    assert [item.source for item in kupang.role_model] == ["Pasal 1 angka 12", "Pasal 7"]


def test_no_cadence_is_given(kupang):
    assert [duty.cadence for duty in kupang.monitoring] == [None, None, None]


def test_every_definition_and_law_is_there(kupang):
    assert [item.source for item in kupang.definitions] == [f"Pasal 1 angka {n}" for n in range(1, 14)]
    assert [item.source for item in kupang.legal_basis] == [
        *(f"Mengingat angka {n}" for n in range(1, 14)),
        *(f"Menimbang huruf {letter}" for letter in "abcd"),
    ]


def test_it_binds_staff_of_municipal_companies_too(kupang):
    assert "pegawai BUMD, dan pegawai lain" in kupang.covers[0].text


def test_what_the_copy_lacks_is_named_with_its_topics(kupang):
    assert [(part.source, part.topics) for part in kupang.missing] == [
        ("Pasal 10 ayat (4) huruf c", ("kelompok",)),
        ("Pasal 10 ayat (4)", ("kelompok/sekretaris",)),
        ("Pasal 9 ayat (2)", ("penghargaan",)),
    ]
