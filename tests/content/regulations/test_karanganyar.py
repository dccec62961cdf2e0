from datetime import date

import pytest

from content.regulation import Cadence, DateRule, Force, Variant
from content.regulation_loader import load_regulations, regulation_json

PACK = load_regulations()["karanganyar-44-2023"]
IN_THE_TABLE = "Lampiran tabel Penjabaran Nilai-Nilai nomor"


def behaviour(value, n):
    return PACK.value(value).behaviours[n - 1]


def test_it_is_the_regulation_of_18_august_2023_in_western_time():
    assert (PACK.title, PACK.enacted, PACK.timezone, PACK.acronym) == (
        "Peraturan Bupati Karanganyar Nomor 44 Tahun 2023",
        date(2023, 8, 18),
        "Asia/Jakarta",
        "BerAKHLAK",
    )


def test_it_has_seven_values_21_behaviours_and_50_manifestations():
    counts = [(value.slug, len(value.behaviours), len(value.manifestations)) for value in PACK.values]
    assert counts == [
        ("berorientasi-pelayanan", 3, 8),
        ("akuntabel", 3, 9),
        ("kompeten", 3, 6),
        ("harmonis", 3, 7),
        ("loyal", 3, 5),
        ("adaptif", 3, 8),
        ("kolaboratif", 3, 7),
    ]


@pytest.mark.parametrize(
    ("value", "n", "text", "source"),
    [
        ("berorientasi-pelayanan", 1, "memahami dan memenuhi kebutuhan masyarakat", "Pasal 8 huruf a angka 1"),
        ("berorientasi-pelayanan", 3, "melakukan perbaikan tiada henti", "Pasal 8 huruf a angka 3"),
        (
            "akuntabel",
            2,
            "menggunakan kekayaan dan barang milik Daerah secara bertanggung jawab, efektif, dan efisien",
            "Pasal 8 huruf b angka 2",
        ),
        ("akuntabel", 3, "tidak menyalahgunakan kewenangan jabatan", "Pasal 8 huruf b angka 3"),
        ("harmonis", 3, "membangun lingkungan kerja yang kondusif", "Pasal 8 huruf d angka 3"),
        (
            "loyal",
            1,
            (
                "memegang teguh ideologi Pancasila, Undang-Undang Dasar Negara Republik Indonesia Tahun 1945, setia kepada "
                "Negara Kesatuan Republik Indonesia serta pemerintahan yang sah"
            ),
            "Pasal 8 huruf e angka 1",
        ),
        ("loyal", 2, "menjaga nama baik sesama ASN, pimpinan, instansi, dan negara", "Pasal 8 huruf e angka 2"),
        ("loyal", 3, "menjaga rahasia jabatan dan negara", "Pasal 8 huruf e angka 3"),
        ("adaptif", 2, "terus berinovasi dan mengembangkan kreativitas", "Pasal 8 huruf f angka 2"),
        ("adaptif", 3, "bertindak positif", "Pasal 8 huruf f angka 3"),
        (
            "kolaboratif",
            1,
            "memberi kesempatan kepada berbagai pihak untuk berkontribusi",
            "Pasal 8 huruf g angka 1",
        ),
        (
            "kolaboratif",
            3,
            "menggerakkan pemanfaatan berbagai sumber daya untuk tujuan bersama",
            "Pasal 8 huruf g angka 3",
        ),
    ],
)
def test_a_behaviour_reads_as_the_pasal_words_it(value, n, text, source):
    assert (behaviour(value, n).text, behaviour(value, n).source) == (text, source)


def test_only_property_and_adaptif_3_differ_in_the_lampiran():
    differing = {
        (value.slug, item.n): [variant.text for variant in item.variants]
        for value in PACK.values
        for item in value.behaviours
        if item.variants
    }
    assert differing == {
        ("akuntabel", 2): [
            "menggunakan kekayaan dan barang milik negara secara bertanggung jawab, efektif, dan efisien"
        ],
        ("adaptif", 3): ["bertindak proaktif"],
    }


def test_a_variant_names_both_places_of_the_lampiran():
    assert behaviour("adaptif", 3).variants == (
        Variant(
            text="bertindak proaktif",
            source=f"Lampiran huruf B angka 6 huruf c dan {IN_THE_TABLE} 6 kolom Panduan Perilaku angka 3",
        ),
    )


def test_the_meaning_is_the_pasals_and_the_lampirans_longer_words_a_variant():
    adaptif = PACK.value("adaptif")
    assert (adaptif.meaning, adaptif.source) == (
        "terus berinovasi dan antusias dalam menggerakkan serta menghadapi perubahan",
        "Pasal 7 ayat (3) huruf f",
    )
    assert "menggerakkan atau menghadapi perubahan" in adaptif.variants[0].text


@pytest.mark.parametrize(
    ("value", "number", "n", "text"),
    [
        (
            "berorientasi-pelayanan",
            1,
            1,
            "Senyum, salam, sapa, sopan, santun (5S) dan komunikatif serta memberi informasi secara tuntas",
        ),
        (
            "berorientasi-pelayanan",
            1,
            6,
            (
                "Memberikan pelayanan prima dengan standar sama dalam melayani semua pihak tanpa membedakan suku, agama, "
                "jabatan, dan status serta orientasi politik"
            ),
        ),
        (
            "akuntabel",
            2,
            9,
            "Mengambil keputusan secara objektif tanpa memandang siapa orang yang lebih dekat dengan kita",
        ),
        (
            "kompeten",
            3,
            3,
            "Meningkatkan kompetensi dan kemampuan dengan mengikuti pelatihan/bimtek, coaching, dan learning team work",
        ),
        ("harmonis", 4, 5, "Ikut berdonasi untuk rekan kerja yang sakit atau memerlukan bantuan"),
        ("loyal", 5, 5, "Memulai pekerjaan dengan niat ibadah dan ikhlas"),
        ("adaptif", 6, 8, "Menunjukkan keingintahuan yang tinggi terhadap hal baru"),
        (
            "kolaboratif",
            7,
            1,
            (
                "Membina hubungan kerja yang sinergis dengan mitra kerja dan pemangku kepentingan untuk mencapai tujuan "
                "organisasi"
            ),
        ),
        (
            "kolaboratif",
            7,
            3,
            (
                "Menerapkan prinsip kolaborasi Penta helix (Akademisi, Pelaku Usaha, Pemerintah, Media, Masyarakat) dalam "
                "mencapai tujuan organisasi"
            ),
        ),
        (
            "kolaboratif",
            7,
            7,
            "Melibatkan semua anggota dalam tim kerja dan memberikan setiap anggota tim untuk berkembang/maju",
        ),
    ],
)
def test_a_manifestation_reads_as_the_table_words_it(value, number, n, text):
    item = PACK.value(value).manifestations[n - 1]
    assert (item.n, item.text) == (n, text)
    assert item.source == f"{IN_THE_TABLE} {number} kolom Perwujudan Perilaku angka {n}"


@pytest.mark.parametrize("misprint", ["jabatan dan agama", "menghargai perubahan", "keija", "ivork", "vyaitu"])
def test_no_misprint_is_in_the_shown_words(misprint):
    shown = regulation_json(PACK).decode().partition('"corrections"')[0]
    assert misprint not in shown


@pytest.mark.parametrize("misprint", ["jabatan dan agama", "rahasiajabatan", "menghargai perubahan"])
def test_a_withheld_misprint_is_nowhere_in_the_export(misprint):
    assert misprint not in regulation_json(PACK).decode()


def test_what_is_withheld_is_noted_with_its_clause():
    assert [(item.source, item.printed, item.shown) for item in PACK.withheld] == [
        ("Lampiran huruf B angka 4", "menghargai perubahan", "saling peduli dan menghargai perbedaan"),
        ("Lampiran huruf B angka 5 huruf c", "jabatan dan agama", "menjaga rahasia jabatan dan negara"),
    ]


def test_the_twibbon_falls_on_the_17th_of_every_month():
    twibbon = PACK.activation("twibbon")
    assert (twibbon.rule, twibbon.force) == (DateRule(day=17), Force.MANDATORY)
    assert twibbon.source == "Lampiran huruf C angka 3 huruf e"
    assert [item.slug for item in PACK.activations if item.rule] == ["twibbon"]


def test_eight_forms_of_activation_are_stated_outright():
    assert [(item.slug, item.force.value) for item in PACK.activations] == [
        ("apel-pagi", "mandatory"),
        ("rapat", "mandatory"),
        ("bahan-tayang", "mandatory"),
        ("media-sosial", "mandatory"),
        ("twibbon", "mandatory"),
        ("banner", "mandatory"),
        ("multimedia", "may"),
        ("lain", "may"),
    ]


def test_the_reading_is_led_in_turn_by_all_staff():
    assert PACK.activation("apel-pagi").text == (
        "Pada saat apel pagi, nilai-nilai BerAKHLAK dibacakan oleh seluruh Pegawai yang akan dipimpin secara bergantian "
        "oleh semua Pegawai Perangkat Daerah agar nilai-nilai Budaya Kerja BerAKHLAK tertanam dalam pola pikir dan pola "
        "kerja di Lingkungan Pemerintah Daerah"
    )


def test_baek_maps_seven_values_and_efektif_dan_efisien_to_none():
    local = PACK.local_values
    assert local.values == ("Berintegritas", "Akuntabel", "Efektif dan Efisien", "Kualitas dalam pelayanan")
    assert {link.value: link.local for link in local.links} == {
        "berorientasi-pelayanan": "Kualitas dalam pelayanan",
        "akuntabel": "Akuntabel",
        "kompeten": "Kualitas dalam pelayanan",
        "harmonis": "Kualitas dalam pelayanan",
        "loyal": "Berintegritas",
        "adaptif": "Kualitas dalam pelayanan",
        "kolaboratif": "Kualitas dalam pelayanan",
    }


def test_the_report_is_tabel_1_with_seven_columns_and_four_sections_by_july():
    form = PACK.report_form
    assert [column.name for column in form.columns] == [
        "No",
        "Waktu Pelaksanaan",
        "Kegiatan",
        "Bentuk/Media/Peralatan yang Digunakan",
        "Permasalahan yang Dihadapi",
        "Upaya Pemecahan Permasalahan",
        "Data Dukung",
    ]
    assert form.columns[6].explanation == "Memberikan data dukung yang disajikan dalam tautan google drive"
    assert len(form.sections) == 4
    assert form.signatory == "Ketua Tim Reformasi Birokrasi Perangkat Daerah"
    assert "selambat-lambatnya bulan Juli" in form.deadline.text


def test_cadences_are_yearly_by_july_yearly_and_on_need():
    assert [(duty.source, duty.cadence) for duty in PACK.monitoring if duty.cadence] == [
        ("Pasal 13 ayat (2) huruf a", Cadence(words="berkala, dilaksanakan per tahun", months=12)),
        (
            "Pasal 13 ayat (2) huruf b",
            Cadence(words="khusus, dilaksanakan sewaktu-waktu berdasarkan kebutuhan"),
        ),
        (
            "Lampiran huruf D alinea 3",
            Cadence(words="secara berkala per tahun selambat-lambatnya bulan Juli", months=12, by_month=7),
        ),
    ]


def test_four_levels_of_maturity_each_name_their_evidence():
    assert [(level.level, level.evidence[0]) for level in PACK.maturity] == [
        (1, "Ada slogan nilai organisasi"),
        (2, "Ada dokumen resmi nilai, sikap, perilaku"),
        (3, "Ada dokumen resmi program internalisasi budaya organisasi berkelanjutan"),
        (4, "Ada budaya organisasi yang terbentuk, melalui evaluasi rutin berkala"),
    ]
    assert PACK.maturity[2].evidence[1].startswith("SDA, plus dokumen rencana (program) pengembangan")


def test_the_group_is_a_reform_team_without_seats_and_the_regency_has_its_own():
    assert (PACK.group.short, PACK.group.seats, PACK.head_of_office.seat) == ("Tim RB", (), None)
    assert [task.source for task in PACK.group.tasks] == [f"Pasal 10 ayat (2) huruf {letter}" for letter in "abcd"]
    assert PACK.group.tasks[3].text == (
        "melaporkan hasil monitoring dan evaluasi pelaksanaan Budaya Kerja kepada tim percepatan pelaksanaan reformasi "
        "birokrasi Daerah"
    )
    assert PACK.regional_team.name == "Tim Reformasi Birokrasi Daerah"
    assert len(PACK.regional_team.tasks) == 4


def test_employer_branding_is_decreed():
    assert (PACK.employer_branding.text, PACK.employer_branding.source, PACK.employer_branding.clause) == (
        "Bangga Melayani Bangsa",
        "Pasal 7 ayat (2)",
        "Employer branding Pegawai di lingkungan Pemerintah Daerah adalah “Bangga Melayani Bangsa”",
    )


def test_what_the_regulation_does_not_say_is_empty():
    absent = (
        PACK.motto,
        PACK.salam,
        PACK.yel_yel,
        PACK.funding,
        PACK.rewards,
        PACK.change_agents.criteria,
        PACK.missing,
    )
    assert absent == (None, None, None, (), (), (), ())


def test_staff_of_blud_and_bumd_are_covered():
    assert "Pegawai BLUD, Pegawai BUMD, dan pegawai lain" in PACK.covers[0].text


def test_all_of_pasal_1_is_defined_and_2019_is_repealed():
    assert [item.source for item in PACK.definitions] == [f"Pasal 1 angka {n}" for n in range(1, 12)]
    assert "Peraturan Bupati Nomor 31 Tahun 2019" in PACK.replaces[0].text
