"""What a rule is called when it is read back."""

from datetime import date

import pytest

from content.recurrence_words import recurrence_words
from scheduler.date_phrases import read_when
from scheduler.recurrence import (
    EveryWorkingDay,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Once,
    Weekdays,
    YearlyDay,
    to_json,
)
from tests.scheduler.date_phrases.test_reading import NOW

REPEATING = [
    (Weekdays((0,)), "setiap Senin"),
    (Weekdays((0, 3)), "setiap Senin dan Kamis"),
    (Weekdays((0, 2, 4)), "setiap Senin, Rabu dan Jumat"),
    (Weekdays((0, 1, 2, 3, 4)), "setiap Senin sampai Jumat"),
    (Weekdays((6,)), "setiap hari Minggu"),
    (Weekdays((0, 1, 2, 3, 4, 5, 6)), "setiap hari"),
    (EveryWorkingDay(), "setiap hari kerja"),
    (LastWorkingDay(), "hari kerja terakhir setiap bulan"),
    (MonthlyDay(17), "setiap tanggal 17"),
    (MonthlyDay(31), "hari terakhir setiap bulan"),
    (YearlyDay(8, 17), "17 Agustus setiap tahun"),
    (NthWeekday(1, 0), "Senin pertama setiap bulan"),
    (NthWeekday(-1, 4), "Jumat terakhir setiap bulan"),
]


@pytest.mark.parametrize(("rule", "words"), REPEATING)
def test_every_kind_of_rule_has_its_words_and_they_can_be_typed_back(rule, words):
    assert recurrence_words(to_json(rule)) == words
    read = read_when(f"{words} pukul 07.30", NOW)
    assert read.recurrence == rule


def test_a_single_day_is_named_in_full():
    assert recurrence_words(to_json(Once(date(2026, 11, 30)))) == "Senin, 30 November 2026"


def test_a_day_that_some_months_lack_says_what_happens_there():
    assert recurrence_words(to_json(MonthlyDay(30))) == "setiap tanggal 30 (atau hari terakhir bulan itu)"


def test_a_kind_without_words_is_refused():
    with pytest.raises(ValueError, match="hourly"):
        recurrence_words({"kind": "hourly"})
