"""What people type for a side of a schedule; and every example that a message gives can be read."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.conversations.evidence_intake import take_links
from bot.conversations.office_days.holidays import _entry
from bot.conversations.schedules.answers import Side, read_answer
from bot.conversations.schedules.plan import Plan
from content.rendering import render
from scheduler.date_phrases import Reason, Unreadable, read_when
from scheduler.recurrence import EveryWorkingDay, Once
from storage.models import HolidayRule, ScheduleKind

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=ZoneInfo("Asia/Makassar"))
READING = Plan(ScheduleKind.READING, "Apel pagi", EveryWorkingDay(), time(7, 30), "Asia/Makassar", HolidayRule.SKIP)
MEETING = Plan(ScheduleKind.MEETING, "Rapat", Once(date(2026, 11, 27)), time(9), "Asia/Makassar", HolidayRule.IGNORE)


def examples(wanted):
    text = render("schedule/unreadable", {"reason": "nothing_read", "day": None, "wanted": wanted}).text
    return re.findall(r"<i>(.*?)</i>", text)


@pytest.mark.parametrize("side", [Side.TIME, Side.DAYS, Side.SPAN, Side.LATE, Side.ADDRESS])
def test_every_example_for_a_side_can_be_read(side):
    assert len(examples(side.value)) == 2
    assert not any(isinstance(read_answer(side, example, READING, NOW), Unreadable) for example in examples(side.value))


@pytest.mark.parametrize("wanted", ["new", "meeting", "siar"])
def test_every_example_for_a_time_can_be_read(wanted):
    assert not any(isinstance(read_when(example, NOW), Unreadable) for example in examples(wanted))


@pytest.mark.parametrize(("wanted", "asking"), [("holiday", "holiday"), ("joint_leave", "joint_leave")])
def test_every_example_for_a_day_can_be_read(wanted, asking):
    assert not any(isinstance(_entry(example, asking, NOW.date()), Unreadable) for example in examples(wanted))


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("schedule/ask_new", {"kind": "reading", "decreed": False}),
        ("schedule/ask_new", {"kind": "twibbon", "decreed": False}),
        ("meeting_plan/ask", {}),
        ("siar/ask_when", {"key": "k"}),
    ],
)
def test_every_example_in_a_question_can_be_read(key, parameters):
    found = re.findall(r"<i>(.*?)</i>", render(key, parameters).text)
    assert found
    assert [example for example in found if isinstance(read_when(example, NOW), Unreadable)] == []


def test_a_single_meeting_moves_to_another_day_at_its_hour():
    assert read_answer(Side.DAYS, "3 Desember 2026", MEETING, NOW) == {"rule": {"kind": "once", "day": "2026-12-03"}}


def test_a_single_meeting_moves_to_another_day_and_hour():
    assert read_answer(Side.DAYS, "3 Desember 2026 pukul 10.00", MEETING, NOW) == {
        "rule": {"kind": "once", "day": "2026-12-03"},
        "at": "10:00:00",
    }


def test_a_single_meeting_does_not_move_into_the_past():
    today = Plan(ScheduleKind.MEETING, "Rapat", Once(NOW.date()), time(9), "Asia/Makassar", HolidayRule.IGNORE)
    assert read_answer(Side.TIME, "07.00", today, NOW) == Unreadable(Reason.IN_THE_PAST, NOW.date())


@pytest.mark.parametrize(
    ("side", "text"),
    [
        (Side.TIME, "07.15 Senin"),
        (Side.TIME, "besok jam 7"),
        (Side.DAYS, "tiap tanggal 1 dan 15"),
        (Side.DAYS, "setiap tanggal 17 jam 8 atau Selasa"),
    ],
)
def test_what_says_more_than_was_read_is_refused(side, text):
    assert isinstance(read_answer(side, text, READING, NOW), Unreadable)


def test_an_hour_of_another_zone_is_converted():
    assert read_answer(Side.TIME, "07.15 WIB", READING, NOW) == {"at": "08:15:00"}


def test_a_window_that_closes_before_the_hour_is_refused():
    assert read_answer(Side.LATE, "sampai 07.00", READING, NOW) == Unreadable(Reason.IN_THE_PAST)


def test_a_window_longer_than_half_a_day_is_refused():
    assert isinstance(read_answer(Side.LATE, "13 jam", READING, NOW), Unreadable)


def test_a_link_is_taken_from_the_words_around_it():
    assert read_answer(Side.ADDRESS, "ambil di https://example.org/b ya", READING, NOW) == {
        "body": take_links("https://example.org/b")[1][0]
    }


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("text", ["", " ", "😀" * 4096, "<b>", "9" * 500, "senin " * 300])
def test_any_text_is_answered(side, text):
    answer = read_answer(side, text, READING, NOW)
    assert isinstance(answer, Unreadable | dict)


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        ("Senin", {"rule": {"kind": "weekdays", "days": (0,)}}),
        ("Senin saja", {"rule": {"kind": "weekdays", "days": (0,)}}),
        ("hanya Senin dan Kamis", {"rule": {"kind": "weekdays", "days": (0, 3)}}),
        ("Senin jam 7", {"rule": {"kind": "weekdays", "days": (0,)}, "at": "07:00:00"}),
        ("tiap tanggal 17", {"rule": {"kind": "monthly_day", "day": 17}}),
    ],
)
def test_a_schedule_that_repeats_goes_on_repeating(typed, change):
    assert read_answer(Side.DAYS, typed, READING, NOW) == change


@pytest.mark.parametrize("typed", ["besok", "3 Desember 2026", "Senin depan", "17 Agustus", "tanggal 17"])
def test_one_day_does_not_end_a_repetition(typed):
    assert read_answer(Side.DAYS, typed, READING, NOW) == Unreadable(Reason.NOT_REPEATED)
