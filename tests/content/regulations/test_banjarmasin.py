import pytest

from content.regulation import Cadence, Force
from content.regulation_loader import load_regulations, regulation_json


@pytest.fixture(scope="module")
def banjarmasin():
    return load_regulations()["banjarmasin-38-2016"]


def test_it_is_titled_and_dated_as_enacted_in_central_time(banjarmasin):
    assert banjarmasin.title == "Peraturan Walikota Banjarmasin Nomor 38 Tahun 2016"
    assert banjarmasin.enacted.isoformat() == "2016-08-03"
    assert banjarmasin.timezone == "Asia/Makassar"
    assert banjarmasin.acronym is None


def test_its_own_words_are_kept(banjarmasin):
    assert banjarmasin.terms.values == "Nilai Budaya Kerja"
    assert banjarmasin.terms.behaviours == "Indikator perilaku"
    assert banjarmasin.terms.regional_head == "Walikota"


def test_meanings_take_the_pasal_wording_not_the_stamped_lampiran(banjarmasin):
    assert [(value.slug, value.meaning, value.source) for value in banjarmasin.values] == [
        (
            "integritas",
            "dalam setiap tindakan selalu mengutamakan perilaku terpuji, disiplin dan berdedikasi/pengabdian",
            "Pasal 1 angka 9",
        ),
        (
            "profesional",
            "dalam melaksanakan tugas selalu menyelesaikan secara baik, tuntas, sesuai kompetensi (keahlian)",
            "Pasal 1 angka 10",
        ),
        (
            "akuntabel",
            "dalam melaksanakan tugas dapat mempertanggungjawabkan baik dari segi proses maupun hasil",
            "Pasal 1 angka 11",
        ),
    ]


def test_what_is_legible_of_the_stamped_meaning_is_kept_as_a_variant(banjarmasin):
    [variant] = banjarmasin.value("integritas").variants
    assert variant.source == "Lampiran huruf B angka 1 angka 1"
    assert (
        variant.text == "dalam setiap tindakan selalu mengutamakan perilaku terpuji, Disiplin dan Dedikasi/pengabdian"
    )
    assert banjarmasin.value("profesional").variants == banjarmasin.value("akuntabel").variants == ()


def test_the_twenty_one_indicators_are_quoted_in_order(banjarmasin):
    assert [[item.text for item in value.behaviours] for value in banjarmasin.values] == [
        [
            "Ikhlas",
            "Jujur",
            "Sopan",
            "Taat pada aturan",
            "Berdedikasi",
            "Bertanggung jawab",
            "Konsisten",
            "Menghormati orang lain",
            "Menjadi teladan",
        ],
        [
            "Memiliki pandangan jauh ke depan (visioner)",
            "Menjalankan tugas sebaik mungkin dengan penuh tanggung jawab sesuai bidang tugasnya",
            "Selalu berupaya untuk memberikan pelayanan prima",
            "Melakukan kerjasama dengan berbagai pihak untuk kesempurnaan hasil pelaksanaan tugasnya",
            "Selalu melakukan evaluasi dan pembelajaran untuk lebih meningkatkan kompetensinya",
            "Inovatif",
            "Proaktif",
            "Responsif",
        ],
        [
            "Mentaati peraturan perundang-undangan",
            "Dalam melaksanakan kegiatan senantiasa memperhatikan visi, misi dan tujuan serta sasaran organisasi",
            "Memenuhi target-target kinerja yang telah ditetapkan",
            "Mempertanggungjawabkan seluruh sumber daya yang dipergunakan",
        ],
    ]


def test_indicators_are_cited_letter_by_letter(banjarmasin):
    for number, value in enumerate(banjarmasin.values, 1):
        assert [item.source for item in value.behaviours] == [
            f"Lampiran huruf B angka 1 angka {number} huruf {letter}" for letter in "abcdefghi"[: len(value.behaviours)]
        ]


def test_the_table_of_the_lampiran_is_a_variant_where_it_differs(banjarmasin):
    varied = [item for value in banjarmasin.values for item in value.behaviours if item.variants]
    assert [(item.n, item.variants[0].text, item.variants[0].source) for item in varied] == [
        (1, "Memiliki pandangan jauh kedepan (visioner)", "Lampiran huruf B angka 1 tabel nomor 2")
    ]


def test_there_are_no_manifestations(banjarmasin):
    assert all(value.manifestations == () for value in banjarmasin.values)


def test_the_duty_is_measured_and_an_office_may_add_values(banjarmasin):
    rules = {item.source: item for item in banjarmasin.values_rules}
    assert "wajib menerapkan nilai budaya kerja yang pelaksanaannya diukur" in rules["Pasal 3 ayat (1)"].text
    assert rules["Pasal 3 ayat (4)"].force is Force.MAY
    assert "karakteristik, tugas dan fungsi masing-masing" in rules["Pasal 3 ayat (4)"].text


def test_motto_and_salam_are_two_things(banjarmasin):
    assert banjarmasin.motto.text == "ASN BANJARMASIN BERINTEGRITAS, PROFESIONAL DAN AKUNTABEL"
    assert banjarmasin.motto.source == "Pasal 4"
    assert banjarmasin.salam.lines == ("ASN BISA", "BANJARMASIN BERINTEGRITAS, PROFESIONAL DAN AKUNTABEL")
    assert banjarmasin.salam.source == "Pasal 5 ayat (1)"
    assert banjarmasin.salam.occasion.text == (
        "Pada setiap pertemuan resmi Pemerintah Kota, dibudayakan penggunaan salam Budaya Kerja"
    )


def test_the_salam_is_the_only_activation(banjarmasin):
    assert [(item.slug, item.source, item.occasion) for item in banjarmasin.activations] == [
        ("lain", "Pasal 5 ayat (2)", "pada setiap pertemuan resmi Pemerintah Kota")
    ]
    assert banjarmasin.activation("twibbon") is None
    assert banjarmasin.activation("apel-pagi") is None


def test_what_banjarmasin_does_not_decree_is_empty(banjarmasin):
    assert banjarmasin.employer_branding is None
    assert banjarmasin.yel_yel is None
    assert banjarmasin.local_values is None
    assert banjarmasin.change_agents is None
    assert banjarmasin.role_model == ()
    assert banjarmasin.funding == ()
    assert banjarmasin.report_form is None
    assert banjarmasin.maturity == ()
    assert banjarmasin.replaces == ()


def test_the_seats_of_the_group_follow_the_job(banjarmasin):
    assert [(seat.slug, seat.holder) for seat in banjarmasin.group.seats] == [
        ("pengarah", "Kepala Perangkat Daerah"),
        ("ketua", "Sekretaris Perangkat Daerah/Kepala Bagian Tata Usaha"),
        ("sekretaris", "Kasubbag atau nama lain yang membidangi urusan kepegawaian"),
        ("anggota", "Seluruh Jabatan Administrator dan Pengawas"),
    ]
    assert [seat.duties[0].text for seat in banjarmasin.group.seats] == [
        "Memberikan petunjuk dan arahan dalam rangka pelaksanaan teknis kegiatan Kelompok Budaya Kerja",
        "Memimpin pelaksanaan teknis kegiatan Kelompok Budaya Kerja",
        "Memfasilitasi pelaksanaan teknis kegiatan Kelompok Budaya Kerja",
        "Melaksanakan kegiatan Kelompok Budaya Kerja",
    ]


def test_the_secretariat_of_the_city_has_a_line_up_of_its_own(banjarmasin):
    setda = next(item for item in banjarmasin.group.formation if item.heading == "Susunan di Sekretariat Daerah")
    assert setda.text.startswith("Untuk Sekretariat Daerah, Pengarah Kelompok Kerja adalah Sekretaris Daerah")


def test_the_head_of_office_directs(banjarmasin):
    assert (banjarmasin.head_of_office.name, banjarmasin.head_of_office.seat) == (
        "Kepala Perangkat Daerah",
        "pengarah",
    )


def test_the_body_and_the_lampiran_define_the_group_differently(banjarmasin):
    definition = banjarmasin.group.definition
    assert definition.source == "Pasal 1 angka 17"
    assert [variant.source for variant in definition.variants] == ["Lampiran huruf B angka 2 huruf d"]


def test_minimum_cadences_are_counted_in_months(banjarmasin):
    cadences = [(duty.who, duty.force, duty.cadence) for duty in banjarmasin.monitoring if duty.cadence]
    assert cadences == [
        ("Kepala Perangkat Daerah", Force.MAY, Cadence("setidaknya satu bulan sekali", months=1)),
        ("Perangkat Daerah", Force.MAY, Cadence("paling sedikit setahun sekali", months=12)),
        (
            "Ketua Tim Pengembangan Budaya Kerja",
            Force.MANDATORY,
            Cadence("setidaknya tiga bulan sekali", months=3),
        ),
        (
            "Tim Pengembangan Budaya Kerja",
            Force.MANDATORY,
            Cadence("sekurang-kurangnya dilaksanakan setahun sekali", months=12),
        ),
    ]


def test_programmes_are_yearly_for_the_city_and_for_the_group(banjarmasin):
    city = next(task for task in banjarmasin.regional_team.tasks if task.source == "Pasal 8")
    office = next(task for task in banjarmasin.group.tasks if task.source == "Pasal 9 ayat (3)")
    assert city.text.endswith("Budaya Kerja Kota per tahun")
    assert office.text.endswith("pada Perangkat Daerah per tahun")


def test_the_group_needs_approval_for_its_action_plan(banjarmasin):
    consulting = next(task for task in banjarmasin.group.tasks if task.heading == "Konsultasi dan persetujuan")
    assert "KBK harus meminta arahan dan persetujuan Pimpinan Perangkat Daerah" in consulting.text
    assert consulting.text.endswith("pada Perangkat Daerah yang bersangkutan")


def test_six_forms_of_socialisation_are_offered(banjarmasin):
    forms = [item for item in banjarmasin.socialisation if " huruf a angka " in item.source]
    assert [item.heading for item in forms] == [
        "Ceramah",
        "In House Training (IHT)",
        "Diskusi",
        "Workshop",
        "Pendidikan dan pelatihan (diklat)",
        "Media massa",
    ]
    assert {item.force for item in forms} == {Force.MAY}
    assert "dapat dilakukan sesering mungkin" in forms[1].text
    assert "Pengembangan kreatifitas individu dan kelompok" in forms[4].text


def test_both_levels_reward(banjarmasin):
    assert [(item.text, item.force) for item in banjarmasin.rewards] == [
        (
            "Penghargaan kepada pegawai yang menjadi teladan dalam penerapan Budaya Kerja Perangkat Daerah",
            Force.MAY,
        ),
        ("Pemberian penghargaan kepada KBK Perangkat Daerah", Force.MANDATORY),
    ]


def test_the_nonsense_of_the_scan_is_withheld_and_never_leaves_the_pack(banjarmasin):
    assert [item.source for item in banjarmasin.withheld] == ["Lampiran huruf A huruf d"]
    assert b"palsu" not in regulation_json(banjarmasin)


def test_stamps_read_into_the_text_are_gone(banjarmasin):
    shown = regulation_json(banjarmasin).decode().split('"corrections"')[0]
    assert "Kepala SKPD" not in shown
    assert "Kabag" not in shown
    assert "~" not in shown


def test_every_definition_and_law_is_there(banjarmasin):
    assert [item.source for item in banjarmasin.definitions] == [f"Pasal 1 angka {n}" for n in range(1, 18)]
    assert [item.source for item in banjarmasin.legal_basis] == [
        *(f"Mengingat angka {n}" for n in range(1, 12)),
        *(f"Menimbang huruf {letter}" for letter in "abc"),
    ]


def test_what_the_copy_lacks_is_named_with_its_topics(banjarmasin):
    assert [(part.source, part.topics) for part in banjarmasin.missing] == [
        ("Pasal 9 ayat (1)", ("kelompok",)),
        ("Lampiran huruf B angka 2 huruf c", ("institusionalisasi",)),
    ]


def test_akuntabel_means_something_else_than_in_the_other_regulations(banjarmasin):
    packs = load_regulations()
    meanings = {packs[id_].value("akuntabel").meaning for id_ in ("kupang-30-2025", "serang-25-2018")}
    assert banjarmasin.value("akuntabel").meaning not in meanings
    assert len(meanings) == 2


def test_the_foreword_is_background_and_sets_no_purpose(banjarmasin):
    assert [item.source for item in banjarmasin.purpose] == ["Pasal 2 ayat (1)", "Pasal 2 ayat (2)"]
    assert [item.text for item in banjarmasin.background if item.heading == "Wujud kegiatan"] == [
        "Menjamin hasil kerja dengan kualitas baik",
        "Membuka seluruh komunikasi, cepat menemukan kesalahan dan memperbaikinya",
        "Cepat menyesuaikan diri dengan perkembangan dari luar",
    ]
