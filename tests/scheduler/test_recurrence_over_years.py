"""Ten years of every rule against a wall calendar that is read day by day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.recurrence import (
    ChangedTime,
    EveryWorkingDay,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Once,
    Timetable,
    Weekdays,
    YearlyDay,
    dues,
)
from scheduler.working_calendar import DayKind, HolidayRule, OwnDay, WorkingCalendar
from tests.scheduler import naive_calendar

SINCE, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)  # three leap days
ZONES = sorted(naive_calendar.OFFSETS)

some_days = st.dates(date(2024, 1, 1), date(2033, 12, 31))
rules = st.one_of(
    st.builds(Once, some_days),
    st.builds(Weekdays, st.lists(st.integers(0, 6), min_size=1, max_size=7).map(tuple)),
    st.just(EveryWorkingDay()),
    st.builds(MonthlyDay, st.integers(1, 31)),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: YearlyDay(day.month, day.day)),
    st.just(LastWorkingDay()),
    st.builds(NthWeekday, st.sampled_from([-1, 1, 2, 3, 4, 5]), st.integers(0, 6)),
)
hours = st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
own_days = st.dictionaries(
    st.one_of(some_days, st.dates(date(2028, 2, 1), date(2028, 3, 31))),  # some of them in long runs
    st.sampled_from(DayKind).map(lambda kind: OwnDay(kind, "Hari sendiri")),
    max_size=60,
)
calendars = st.builds(WorkingCalendar, st.sampled_from([5, 6]), own_days)


@st.composite
def spans(draw):
    """Other hours, or none, for some weeks, as in Ramadan."""
    first = draw(some_days)
    return ChangedTime(first, first + timedelta(days=draw(st.integers(0, 40))), draw(st.none() | hours))


timetables = st.builds(
    Timetable,
    rules,
    st.sampled_from(HolidayRule),
    hours,
    st.sampled_from(ZONES),
    st.lists(spans(), max_size=4).map(tuple),
)


def found(timetable, calendar, since=SINCE, until=UNTIL):
    return [(due.slot, due.day, due.due_at) for due in dues(timetable, calendar, since, until)]


@settings(max_examples=60)
@given(timetables, calendars)
def test_every_rule_falls_as_on_a_wall_calendar_for_ten_years(timetable, calendar):
    assert found(timetable, calendar) == naive_calendar.dues(timetable, calendar, SINCE, UNTIL)


@pytest.mark.parametrize("holiday_rule", HolidayRule)
@pytest.mark.parametrize("workdays", [5, 6])
@pytest.mark.parametrize(
    "rule",
    [
        MonthlyDay(29),
        MonthlyDay(30),
        MonthlyDay(31),
        YearlyDay(2, 29),
        YearlyDay(12, 31),
        YearlyDay(1, 1),
        LastWorkingDay(),
        EveryWorkingDay(),
        NthWeekday(5, 4),
        NthWeekday(-1, 6),
        Weekdays((4, 5)),
    ],
    ids=repr,
)
def test_the_corners_of_the_calendar_fall_as_on_the_wall(rule, holiday_rule, workdays):
    timetable = Timetable(rule, holiday_rule, time(7, 30), "Asia/Jayapura")
    calendar = WorkingCalendar(workdays)
    assert found(timetable, calendar) == naive_calendar.dues(timetable, calendar, SINCE, UNTIL)


@settings(max_examples=60)
@given(timetables, calendars, st.lists(some_days, max_size=8))
def test_planned_piece_by_piece_nothing_is_lost_or_doubled_in_ten_years(timetable, calendar, cuts):
    edges = [SINCE, *(datetime.combine(cut, time(0, 30), UTC) for cut in sorted(cuts)), UNTIL]
    pieces = [due for since, until in pairwise(edges) for due in found(timetable, calendar, since, until)]
    assert pieces == found(timetable, calendar)
    slots = [slot for slot, _, _ in pieces]
    assert len(set(slots)) == len(slots)


@settings(max_examples=60)
@given(timetables, calendars, own_days, st.dates(date(2025, 1, 1), date(2032, 12, 31)))
def test_an_amended_calendar_changes_nothing_before_its_first_new_day(timetable, calendar, amended, today):
    later = {day: own for day, own in amended.items() if day >= today}
    new = WorkingCalendar(calendar.workdays, {**calendar.own_days, **later})
    # A rule that looks at the rest of a month, or moves to a day before, sees an amendment that far ahead.
    untouched = datetime.combine(today.replace(day=1), time(0), UTC) - naive_calendar.LONGEST_RUN_OF_FREE_DAYS
    assert found(timetable, new, until=untouched) == found(timetable, calendar, until=untouched)
    assert found(timetable, new) == naive_calendar.dues(timetable, new, SINCE, UNTIL)


@settings(max_examples=60)
@given(timetables, calendars, st.permutations(ZONES))
def test_an_office_that_moves_to_another_zone_keeps_its_slots_and_local_hours(timetable, calendar, zones):
    before, after = (
        Timetable(timetable.rule, timetable.holiday_rule, timetable.at, zone, timetable.exceptions)
        for zone in zones[:2]
    )
    earlier = timedelta(hours=naive_calendar.OFFSETS[zones[1]] - naive_calendar.OFFSETS[zones[0]])
    inside = (SINCE + timedelta(days=1), UNTIL - timedelta(days=1))
    moved = [(slot, day, due_at - earlier) for slot, day, due_at in found(before, calendar)]
    assert found(after, calendar, *inside) == [due for due in moved if inside[0] <= due[2] < inside[1]]
