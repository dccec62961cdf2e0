import pytest

from content.citation import is_citation


@pytest.mark.parametrize(
    "source",
    [
        "Pasal 6 huruf b angka 2",
        "Pasal 10 ayat (4) huruf a angka 3)",
        "Pasal 4 sampai dengan Pasal 10",
        "Pasal 13 ayat (1) dan ayat (5)",
        "Mengingat angka 2",
        "Menimbang huruf c",
        "Lampiran",
        "Lampiran huruf D tabel 2 baris 4",
        "Lampiran III angka 2 butir 1 huruf a",
        "Lampiran I bagian II tabel nomor 2 kolom Perwujudan Perilaku angka 4",
        "Lampiran huruf B angka 2 huruf b; Lampiran tabel Penjabaran Nilai-Nilai nomor 2",
    ],
)
def test_a_printed_clause_is_a_citation(source):
    assert is_citation(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "Pasal",
        "pasal 6",
        "Pasal 6.",
        "Pasal enam",
        "Pasal 3 ayat 1",
        "Pasal 3 huruf ab",
        "Pasal  3",
        "Pasal 3 dan",
        "huruf a",
        "halaman 3",
        "Pasal 3 kira-kira",
    ],
)
def test_anything_else_is_not(source):
    assert not is_citation(source)
