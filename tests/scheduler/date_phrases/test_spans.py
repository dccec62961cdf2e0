"""Spans that people type on 26 November 2026: looking forward for plans, back for logs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.date_phrases import Reason, Unreadable, read_span, split_span
from tests.scheduler.date_phrases.test_reading import MONTHS, any_text

TODAY = date(2026, 11, 26)


def span(first_month, first_day, last_month, last_day, first_year=2026, last_year=None):
    return date(first_year, first_month, first_day), date(last_year or first_year, last_month, last_day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 Februari s.d. 19 Maret 2026", span(2, 18, 3, 19)),
        ("18 Februari s/d 19 Maret 2026", span(2, 18, 3, 19)),
        ("18 Feb sampai dengan 19 Mar 2026", span(2, 18, 3, 19)),
        ("1-5 Desember 2026", span(12, 1, 12, 5)),
        ("1 - 5 Desember", span(12, 1, 12, 5)),
        ("tanggal 1 sampai 5", span(12, 1, 12, 5)),
        ("1 Desember s.d. 5", span(12, 1, 12, 5)),
        ("1/12 - 5/12", span(12, 1, 12, 5)),
        ("2026-12-01 - 2026-12-05", span(12, 1, 12, 5)),
        ("1-12-2026 \u2013 5-12-2026", span(12, 1, 12, 5)),
        ("20 November - 5 Desember", span(11, 20, 12, 5)),
        ("25 Desember - 2 Januari", span(12, 25, 1, 2, last_year=2027)),
        ("18 Desember s.d. 5 Januari 2027", span(12, 18, 1, 5, last_year=2027)),
        ("1 Januari - 31 Desember 2026", span(1, 1, 12, 31)),
        ("besok", span(11, 27, 11, 27)),
        ("17/8/2026", span(8, 17, 8, 17)),
        ("besok sampai Senin", span(11, 27, 11, 30)),
        ("minggu depan", span(11, 30, 12, 6)),
        ("minggu ini", span(11, 23, 11, 29)),
        ("bulan lalu", span(10, 1, 10, 31)),
        ("Desember 2026", span(12, 1, 12, 31)),
        ("bulan Februari", span(2, 1, 2, 28, first_year=2027)),
        ("tahun ini", span(1, 1, 12, 31)),
    ],
)
def test_spans(text, expected):
    assert read_span(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-15 November", span(11, 1, 11, 15)),
        ("Oktober", span(10, 1, 10, 31)),
        ("Desember", span(12, 1, 12, 31, first_year=2025)),
        ("Senin - Rabu", span(11, 23, 11, 25)),
        ("17", span(11, 17, 11, 17)),
        ("minggu lalu", span(11, 16, 11, 22)),
        ("minggu yang lalu", span(11, 16, 11, 22)),
        ("2 minggu lalu", span(11, 9, 11, 15)),
        ("dua minggu yang lalu", span(11, 9, 11, 15)),
        ("3 bulan lalu", span(8, 1, 8, 31)),
        ("2 hari yang lalu", span(11, 24, 11, 24)),
        ("dari 1 sampai 15 November", span(11, 1, 11, 15)),
    ],
)
def test_spans_looking_back(text, expected):
    assert read_span(text, TODAY, looking_back=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "31 Februari",
        "1 sampai 31 Februari 2027",
        "5 - 1 Desember 2026",
        "5 Desember - 1 Desember 2026",
        "setiap Senin",
        "2 jam lagi",
        "1-5 Desember 2026 Ramadan",
        "0 Januari 0000 - 1 Januari 0000",
        "Mei 0000",
        "9999 tahun lalu",
        "9999 hari lalu dan",
        "dari",
    ],
)
def test_what_is_no_span_is_not_read(text):
    assert read_span(text, TODAY) is None


def test_a_span_at_the_beginning_leaves_the_other_words():
    assert split_span("24 Desember 2026 Cuti bersama Natal", TODAY) == (span(12, 24, 12, 24), "Cuti bersama Natal")
    assert split_span("1-5 Desember 2026: Libur daerah", TODAY) == (span(12, 1, 12, 5), "Libur daerah")
    assert split_span("besok", TODAY) == (span(11, 27, 11, 27), "")
    assert split_span("Cuti bersama", TODAY) == Unreadable(Reason.NOTHING_READ)


@pytest.mark.parametrize(
    "text", ["31 Februari Libur", "31/2/2027 Libur", "30 Februari s.d. 2 Maret Libur", "1-31/2/2027"]
)
def test_a_date_that_does_not_exist_is_not_cut_down_to_its_day(text):
    assert split_span(text, TODAY) == Unreadable(Reason.NO_SUCH_DATE)


days = st.dates(date(2000, 1, 1), date(2036, 1, 1))


@given(days, days)
def test_a_written_span_is_read_back(one, other):
    first, last = min(one, other), max(one, other)
    written = [f"{day.day} {MONTHS[day.month - 1]} {day.year}" for day in (first, last)]
    assert read_span(" s.d. ".join(written), TODAY) == (first, last)


@given(any_text, st.booleans())
def test_no_text_raises_and_no_span_ends_before_it_begins(text, back):
    read = read_span(text, TODAY, looking_back=back)
    assert read is None or read[0] <= read[1]
    split = split_span(text, TODAY)
    assert isinstance(split, Unreadable) or split[0][0] <= split[0][1]


@pytest.mark.parametrize(
    ("text", "ahead", "back"),
    [
        ("besok", date(2026, 11, 27), date(2026, 11, 27)),
        ("kemarin", date(2026, 11, 25), date(2026, 11, 25)),
        ("Senin", date(2026, 11, 30), date(2026, 11, 23)),
        ("Kamis", TODAY, TODAY),
        ("17", date(2026, 12, 17), date(2026, 11, 17)),
        ("31", date(2026, 12, 31), date(2026, 10, 31)),
        ("25 Nov", date(2027, 11, 25), date(2026, 11, 25)),
        ("25 Nov 2026", date(2026, 11, 25), date(2026, 11, 25)),
        ("sekarang", TODAY, TODAY),
    ],
)
def test_days_alone_forwards_and_backwards(text, ahead, back):
    assert read_span(text, TODAY) == (ahead, ahead)
    assert read_span(text, TODAY, looking_back=True) == (back, back)


@pytest.mark.parametrize("text", ["", "abc", "32", "31 Februari", "setiap Senin", "jam 9", "2 jam lagi"])
def test_no_day_is_read_where_there_is_none(text):
    assert read_span(text, TODAY) is None
