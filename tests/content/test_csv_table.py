"""The CSV file: opens in a spreadsheet set to Indonesian, and calculates nothing."""

import csv
import io

import pytest

from content.csv_table import csv_bytes, harmless


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", '=HYPERLINK("x";"y")', "＝1", "-"]
)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "SPJ selesai", "1", "a=b", "https://example.org", "'=1", "😀", " "])
def test_everything_else_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_it_begins_with_the_byte_order_mark_and_parts_columns_by_semicolons():
    assert csv_bytes(["No", "Kegiatan"], [[1, "Apel"]]) == b'\xef\xbb\xbf"No";"Kegiatan"\r\n"1";"Apel"\r\n'


def test_quotes_semicolons_and_line_ends_survive():
    cells = ['kata "kutip"', "a;b", "baris satu\nbaris dua", "é 😀"]
    assert read(csv_bytes(["a", "b", "c", "d"], [cells]))[1] == cells
