"""Names as people type them."""

import pytest

from bot.conversations.members.roster_names import NameFault, fault_in, initialled, read_names, shortened, tidy


def test_one_name_a_line_without_the_marks_of_a_list():
    text = "1. Anggota 1\n 2) Anggota 2\n- Anggota  3\n• Anggota 4\n\n   \nAnggota 5, S.Kom."
    assert read_names(text) == ["Anggota 1", "Anggota 2", "Anggota 3", "Anggota 4", "Anggota 5, S.Kom."]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Anggota\t1 ", "Anggota 1"),
        ("Anggota\u202e1", "Anggota 1"),
        ("A\x00B", "A B"),
        ("👨\u200d👩 A", "👨\u200d👩 A"),
    ],
)
def test_control_characters_and_turned_writing_go(typed, name):
    assert tidy(typed) == name


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Anggota 1", None),
        ("<b>Anggota</b> & Co", None),
        ("😀" * 4096, NameFault.TOO_LONG),
        ("A" * 80, None),
        ("A" * 81, NameFault.TOO_LONG),
        ("😀", NameFault.NO_LETTERS),
        ("123", NameFault.NO_LETTERS),
        ("", NameFault.NO_LETTERS),
        ("KETUA", NameFault.TAKEN),
    ],
)
def test_why_a_name_is_refused(name, fault):
    assert fault_in(name, ["Ketua"]) is fault


def test_a_refused_name_is_never_repeated_whole():
    assert len(shortened("😀" * 4096)) == 31


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Anggota 1, S.Kom.", "Anggota 1"),
        ("Anggota Kelompok Kesatu", "A. Kelompok Kesatu"),
        ("Anggota Kelompok Kedua", "A. Kelompok Kedua"),
        ("H. Anggota Kelompok Kesatu", "H. A. K. Kesatu"),
        ("Anggotakelompokbudayakerja", "Anggotakelompokbudayakerja"),
        (", S.E.", ""),
    ],
)
def test_a_short_name_keeps_what_tells_it_from_others(name, short):
    assert initialled(name, 20) == short
