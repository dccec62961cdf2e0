"""How a report in one line is read."""

import pytest

from bot.conversations.reports.line import find_value, read_report_line
from content.regulation_loader import load_regulations

KARANGANYAR = load_regulations()["karanganyar-44-2023"]
SERANG = load_regulations()["serang-25-2018"]


@pytest.mark.parametrize(
    "typed",
    ["akuntabel", "Akuntabel", "AKUNTABEL", "akun", "akuntable", "akuntabell", "akntabel"],
)
def test_a_value_is_known_by_its_name_its_beginning_or_with_a_slip(typed):
    assert find_value(KARANGANYAR, typed).slug == "akuntabel"


@pytest.mark.parametrize("typed", ["berorientasi pelayanan", "berorientasi-pelayanan", "bp", "BP", "pelayanan"])
def test_a_value_of_two_words_is_known_by_slug_name_initials_or_its_own_word(typed):
    assert find_value(KARANGANYAR, typed).slug == "berorientasi-pelayanan"


@pytest.mark.parametrize("typed", ["ko", "ramah", "", "123", "😀", "integritas"])
def test_what_fits_no_value_or_several_is_none(typed):
    assert find_value(KARANGANYAR, typed) is None


def test_the_value_comes_from_the_office_s_own_regulation():
    assert find_value(SERANG, "integritas").slug == "integritas"
    assert find_value(SERANG, "loyal") is None


def test_the_whole_report_in_one_line():
    line = read_report_line(KARANGANYAR, "akuntabel 1: SPJ selesai tepat waktu https://example.org/spj.")
    assert (line.value.slug, line.number, line.text) == ("akuntabel", 1, "SPJ selesai tepat waktu")
    assert line.links == ("https://example.org/spj",)


@pytest.mark.parametrize(
    "typed",
    ["akuntabel 1 SPJ selesai", "akuntabel1:SPJ selesai", "akuntabel no. 1 - SPJ selesai", "Akuntabel, SPJ selesai"],
)
def test_colon_and_spacing_are_free(typed):
    line = read_report_line(KARANGANYAR, typed)
    assert (line.value.slug, line.text) == ("akuntabel", "SPJ selesai")
    assert line.number in (1, None)


def test_a_time_or_a_year_is_no_number_of_a_behaviour():
    line = read_report_line(KARANGANYAR, "akuntabel 07.30 apel pagi")
    assert (line.number, line.text) == (None, "07.30 apel pagi")
    assert read_report_line(KARANGANYAR, "akuntabel 2026 laporan tahunan").number is None


def test_a_name_of_two_words_before_a_number():
    line = read_report_line(SERANG, "semangat kerja 3: menyelesaikan arsip")
    assert (line.value.slug, line.number, line.text) == ("semangat-kerja", 3, "menyelesaikan arsip")


def test_words_without_a_value_are_the_text():
    line = read_report_line(KARANGANYAR, "SPJ selesai tepat waktu")
    assert (line.value, line.typed, line.text) == (None, "", "SPJ selesai tepat waktu")


def test_an_unknown_name_before_the_colon_is_told_apart_from_the_text():
    line = read_report_line(KARANGANYAR, "ramah 2: melayani tamu")
    assert (line.value, line.typed, line.text) == (None, "ramah", "melayani tamu")


def test_a_link_alone_is_no_text():
    line = read_report_line(KARANGANYAR, "https://example.org/a www.example.org/b")
    assert (line.value, line.text) == (None, "")
    assert line.links == ("https://example.org/a", "https://www.example.org/b")
