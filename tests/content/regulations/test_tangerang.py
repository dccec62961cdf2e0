from datetime import date

import pytest

from content.regulation import DateRule, Force
from content.regulation_loader import load_regulations, regulation_json

PACK = load_regulations()["tangerang-66-2023"]
IN_THE_TABLE = "Lampiran I bagian II tabel nomor"


def behaviour(value, n):
    return PACK.value(value).behaviours[n - 1]


def test_it_is_the_regulation_of_3_july_2023_in_western_time():
    assert (PACK.title, PACK.enacted, PACK.timezone, PACK.acronym) == (
        "Peraturan Wali Kota Tangerang Nomor 66 Tahun 2023",
        date(2023, 7, 3),
        "Asia/Jakarta",
        "BERAKHLAK",
    )


def test_it_has_seven_values_21_behaviours_and_47_manifestations():
    counts = [(value.slug, len(value.behaviours), len(value.manifestations)) for value in PACK.values]
    assert counts == [
        ("berorientasi-pelayanan", 3, 8),
        ("akuntabel", 3, 9),
        ("kompeten", 3, 6),
        ("harmonis", 3, 7),
        ("loyal", 3, 5),
        ("adaptif", 3, 8),
        ("kolaboratif", 3, 4),
    ]


def test_every_meaning_is_its_part_of_the_one_sentence_of_pasal_1():
    assert {value.slug: value.meaning for value in PACK.values} == {
        "berorientasi-pelayanan": "komitmen memberikan pelayanan prima demi kepuasan masyarakat",
        "akuntabel": "bertanggungjawab atas kepercayaan yang diberikan",
        "kompeten": "terus belajar dan mengembangkan kapabilitas",
        "harmonis": "saling peduli dan menghargai perbedaan",
        "loyal": "berdedikasi dan mengutamakan kepentingan Bangsa dan Negara",
        "adaptif": "terus berinovasi dan antusias dalam menggerakkan serta menghadapi perubahan",
        "kolaboratif": "membangun kerja sama yang sinergis",
    }
    assert {value.source for value in PACK.values} == {"Pasal 1 angka 11"}


@pytest.mark.parametrize(
    ("value", "n", "text", "source", "variant", "variant_source"),
    [
        (
            "berorientasi-pelayanan",
            3,
            "melakukan perbaikan tiada henti",
            "Pasal 4 huruf c",
            "melakukan perbaikan tanpa henti",
            f"{IN_THE_TABLE} 1 kolom Panduan Perilaku angka 3",
        ),
        (
            "akuntabel",
            2,
            "menggunakan kekayaan dan barang milik Daerah secara bertanggung jawab, efektif dan efisien",
            "Pasal 5 huruf b",
            "menggunakan kekayaan dan barang milik negara secara bertanggung jawab, efektif, dan efisien",
            f"{IN_THE_TABLE} 2 kolom Panduan Perilaku angka 3",
        ),
        (
            "akuntabel",
            3,
            "tidak menyalahgunakan kewenangan jabatan",
            "Pasal 5 huruf c",
            "tidak menyalahgunakan jabatan",
            f"{IN_THE_TABLE} 2 kolom Panduan Perilaku angka 4",
        ),
        (
            "harmonis",
            3,
            "membangun lingkungan kerja yang kondusif",
            "Pasal 7 huruf c",
            "membangun lingkungan yang kondusif",
            f"{IN_THE_TABLE} 4 kolom Panduan Perilaku angka 3",
        ),
        (
            "loyal",
            1,
            (
                "memegang teguh ideologi Pancasila, Undang-Undang Dasar Negara Republik Indonesia Tahun 1945, setia kepada "
                "Negara Kesatuan Republik Indonesia, dan Pemerintahan yang sah"
            ),
            "Pasal 8 huruf a",
            (
                "memegang teguh ideologi Pancasila, Undang-Undang Dasar Negara Republik Indonesia Tahun 1945, setia kepada "
                "Negara Kesatuan Republik Indonesia serta pemerintahan yang sah"
            ),
            f"{IN_THE_TABLE} 5 kolom Panduan Perilaku angka 1",
        ),
        (
            "loyal",
            2,
            "menjaga nama baik Wali Kota, Kepala Perangkat Daerah, dan sesama ASN",
            "Pasal 8 huruf b",
            "menjaga nama baik sesama ASN, pimpinan, instansi, dan negara",
            f"{IN_THE_TABLE} 5 kolom Panduan Perilaku angka 2",
        ),
        (
            "loyal",
            3,
            "menjaga rahasia jabatan",
            "Pasal 8 huruf c",
            "menjaga rahasia jabatan dan negara",
            f"{IN_THE_TABLE} 5 kolom Panduan Perilaku angka 3",
        ),
        (
            "adaptif",
            2,
            "terus berinovasi dan mengembangkan kreatifitas",
            "Pasal 9 huruf b",
            "terus berinovasi dan mengembangkan kreativitas",
            f"{IN_THE_TABLE} 6 kolom Panduan Perilaku angka 2",
        ),
        (
            "kolaboratif",
            1,
            "memberikan kesempatan kepada berbagai pihak untuk berkontribusi",
            "Pasal 10 huruf a",
            "memberi kesempatan kepada berbagai pihak untuk berkontribusi",
            f"{IN_THE_TABLE} 7 kolom Panduan Perilaku angka 1",
        ),
        (
            "kolaboratif",
            3,
            "menggerakkan pemanfaatan berbagai sumber daya untuk tujuan organisasi",
            "Pasal 10 huruf c",
            "menggerakkan pemanfaatan berbagai sumber daya untuk tujuan bersama",
            f"{IN_THE_TABLE} 7 kolom Panduan Perilaku angka 3",
        ),
    ],
)
def test_the_pasal_comes_first_and_the_lampiran_is_its_variant(value, n, text, source, variant, variant_source):
    item = behaviour(value, n)
    assert (item.text, item.source) == (text, source)
    assert [(other.text, other.source) for other in item.variants] == [(variant, variant_source)]


def test_the_other_eleven_behaviours_have_no_variant():
    plain = [(value.slug, item.n) for value in PACK.values for item in value.behaviours if not item.variants]
    assert plain == [
        ("berorientasi-pelayanan", 1),
        ("berorientasi-pelayanan", 2),
        ("akuntabel", 1),
        ("kompeten", 1),
        ("kompeten", 2),
        ("kompeten", 3),
        ("harmonis", 1),
        ("harmonis", 2),
        ("adaptif", 1),
        ("adaptif", 3),
        ("kolaboratif", 2),
    ]
    assert behaviour("akuntabel", 1).text == (
        "melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin dan berintegritas tinggi"
    )
    assert behaviour("adaptif", 3).text == "bertindak proaktif"


@pytest.mark.parametrize(
    ("value", "number", "n", "text"),
    [
        (
            "berorientasi-pelayanan",
            1,
            1,
            "Senyum, Salam, Sapa, Sopan, Santun (5S) dan komunikatif serta memberi informasi secara tuntas",
        ),
        (
            "berorientasi-pelayanan",
            1,
            6,
            (
                "memberikan pelayanan prima dengan standar sama dalam melayani semua pihak tanpa membedakan suku, agama, "
                "jabatan, dan status serta orientasi politik"
            ),
        ),
        ("akuntabel", 2, 4, "menolak KKN (Korupsi, Kolusi dan Nepotisme)"),
        (
            "kompeten",
            3,
            3,
            "meningkatkan kompetensi dan kemampuan dengan mengikuti pelatihan/bimtek, coching, dan learning team work",
        ),
        ("kompeten", 3, 6, "memelihara kompetensi dan keprofesionalannya"),
        (
            "harmonis",
            4,
            7,
            "saling menghormati dan bekerja sama dengan rekan kerja yang berbeda keyakinan, suku, maupun budaya",
        ),
        (
            "loyal",
            5,
            3,
            "menyimpan informasi rahasia dengan aman dan menyebarkannya hanya kepada pihak yang berwenang",
        ),
        ("adaptif", 6, 7, "mempelajari aplikasi ataupun tools yang mendukung pekerjaan"),
        (
            "kolaboratif",
            7,
            1,
            (
                "membina hubungan kerja yang sinergis dengan mitra kerja dan pemangku kepentingan untuk mencapai tujuan "
                "organisasi"
            ),
        ),
        (
            "kolaboratif",
            7,
            3,
            (
                "menerapkan prinsip kolaborasi (akademisi, pelaku usaha, pemerintah, media, masyarakat) dalam mencapai "
                "tujuan organisasi"
            ),
        ),
    ],
)
def test_a_manifestation_reads_as_the_table_words_it(value, number, n, text):
    item = PACK.value(value).manifestations[n - 1]
    assert (item.n, item.text) == (n, text)
    assert item.source == f"{IN_THE_TABLE} {number} kolom Perwujudan Perilaku angka {n}"


def test_the_other_city_of_the_banner_form_is_nowhere_in_the_export():
    assert "surakarta" not in regulation_json(PACK).decode().casefold()
    assert PACK.activation("banner").text == PACK.withheld[0].shown
    assert PACK.withheld[0].shown == (
        "Terhadap semua banner/pamflet yang dikeluarkan oleh Perangkat Daerah … menyertakan logo BerAKHLAK dan kalimat "
        "“Bangga Melayani Bangsa”"
    )


@pytest.mark.parametrize("misreading", ["salna", "hubungan kepada yang", "2. berintegritas", "PerangkatDaerah"])
def test_no_misreading_is_in_the_shown_words(misreading):
    shown = regulation_json(PACK).decode().partition('"corrections"')[0]
    assert misreading not in shown


def test_every_correction_is_noted():
    assert [(item.scanned, item.corrected) for item in PACK.corrections] == [
        ("PerangkatDaerah/unit kerja", "Perangkat Daerah/unit kerja"),
        ("masing- masing", "masing-masing"),
        ("standar salna", "standar sama"),
        ("disiplin, dan 2. berintegritas tinggi", "disiplin, dan berintegritas tinggi"),
        ("pelatihan/ bimtek", "pelatihan/bimtek"),
        ("hubungan kepada yang sinergis", "hubungan kerja yang sinergis"),
    ]


def test_the_twibbon_falls_on_every_17_august_and_is_an_example():
    twibbon = PACK.activation("twibbon")
    assert (twibbon.rule, twibbon.force) == (DateRule(day=17, month=8), Force.EXAMPLE)
    assert [item.slug for item in PACK.activations if item.rule] == ["twibbon"]


def test_all_eight_forms_of_activation_are_examples():
    assert [item.slug for item in PACK.activations] == [
        "apel-pagi",
        "rapat",
        "bahan-tayang",
        "media-sosial",
        "twibbon",
        "banner",
        "multimedia",
        "lain",
    ]
    assert {item.force for item in PACK.activations} == {Force.EXAMPLE}
    assert PACK.activation_intro.text == "Contoh bentuk-bentuk aktivitas/implementasi yang dapat dilakukan"


def test_employer_branding_is_not_decreed_only_put_on_decks_posts_and_banners():
    assert PACK.employer_branding is None
    assert [item.slug for item in PACK.activations if "Bangga Melayani Bangsa" in item.text] == [
        "bahan-tayang",
        "media-sosial",
        "banner",
    ]


def test_the_group_has_three_seats_with_their_duties():
    assert {seat.slug: [duty.source for duty in seat.duties] for seat in PACK.group.seats} == {
        "ketua": [f"Pasal 14 ayat (1) huruf {letter}" for letter in "abcd"],
        "sekretaris": [f"Pasal 14 ayat (2) huruf {letter}" for letter in "abcd"],
        "anggota": [f"Pasal 14 ayat (3) huruf {letter}" for letter in "ab"],
    }
    assert PACK.group.seats[0].duties[3].text == "bertanggungjawab terhadap pelaksanaan harian KBK"


def test_the_head_of_office_is_the_role_model():
    assert (PACK.head_of_office.seat, PACK.head_of_office.source) == ("role-model", "Pasal 11")


def test_change_agents_have_six_criteria_three_stages_five_roles_and_four_circles_of_work():
    agents = PACK.change_agents
    assert agents.criteria[0].text == "berstatus sebagai pegawai negeri sipil"
    assert len(agents.criteria) == 6
    assert list(dict.fromkeys(item.heading for item in agents.stages)) == [
        "Tahap Penjaringan Awal",
        "Tahap Assesment",
        "Tahap Penetapan Formal",
    ]
    assert [item.heading for item in agents.roles] == [
        "Katalis",
        "Penggerak perubahan",
        "Pemberi solusi",
        "Mediator",
        "Penghubung",
    ]
    assert list(dict.fromkeys(item.heading for item in agents.mechanisms))[1:5] == [
        "Dengan pimpinan",
        "Dengan Tim RBI",
        "Dengan sesama Agen Perubahan",
        "Dengan pegawai lainnya",
    ]


def test_periodic_duties_have_words_but_no_invented_number_of_months():
    cadences = [duty.cadence for duty in PACK.monitoring if duty.cadence]
    assert {(cadence.words, cadence.months, cadence.by_month) for cadence in cadences} == {
        ("secara berkala", None, None)
    }


def test_monitoring_has_neither_form_nor_maturity_levels():
    assert (PACK.report_form, PACK.maturity) == (None, ())


def test_awards_may_be_given():
    assert (PACK.rewards[0].force, PACK.rewards[0].source) == (Force.MAY, "Pasal 17 ayat (1)")


def test_funding_definitions_and_repeal():
    assert PACK.funding[0].source == "Pasal 19"
    assert [item.source for item in PACK.definitions] == [f"Pasal 1 angka {n}" for n in range(1, 17)]
    assert "Nomor 62 Tahun 2018" in PACK.replaces[0].text
    assert "Nomor 63 Tahun 2018" in PACK.replaces[0].text


def test_what_the_regulation_does_not_say_is_empty():
    assert (PACK.motto, PACK.salam, PACK.yel_yel, PACK.local_values, PACK.missing) == (None, None, None, None, ())
