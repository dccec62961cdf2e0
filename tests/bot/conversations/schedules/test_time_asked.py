from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.conversations.schedules.time_asked import read_answer, to_keep
from scheduler.date_phrases import Reason, Unreadable

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=ZoneInfo("Asia/Makassar"))


@pytest.mark.parametrize("answer", ["10", "10.00", "jam 10", "pukul 10.00", "jam 10 pagi", "09.00 WIB"])
def test_a_bare_time_completes_the_day_and_keeps_the_subject(answer):
    when = read_answer(answer, "Senin Evaluasi", NOW)
    assert (when.rest, when.instant) == ("Evaluasi", datetime(2026, 11, 30, 10, tzinfo=NOW.tzinfo))


def test_a_subject_before_the_day_is_kept_too():
    assert read_answer("jam 10", "Evaluasi Senin", NOW).rest == "Evaluasi"


def test_a_bare_time_completes_a_repetition():
    when = read_answer("jam 3 sore", "hari kerja terakhir tiap bulan", NOW)
    assert when.recurrence is not None
    assert when.at.isoformat() == "15:00:00"


@pytest.mark.parametrize("answer", ["besok jam 10 Rapat", "jam 10 Rapat", "2 jam lagi", "setiap Senin 10.00"])
def test_an_answer_that_says_more_stands_alone(answer):
    assert read_answer(answer, "Senin Evaluasi", NOW) == read_answer(answer, "", NOW)


def test_only_what_lacks_nothing_but_its_time_is_kept():
    missing = Unreadable(Reason.TIME_MISSING)
    assert to_keep("besok Evaluasi", "", missing) == "besok Evaluasi"
    assert to_keep("halo", "besok Evaluasi", Unreadable(Reason.NOTHING_READ)) == "besok Evaluasi"
    assert to_keep("halo", "", Unreadable(Reason.NOTHING_READ)) == ""
