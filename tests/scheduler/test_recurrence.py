"""Rules fall where a calendar on the wall says, in order, once a day, whatever span is asked for."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.recurrence import (
    ChangedTime,
    Due,
    EveryWorkingDay,
    Falling,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Once,
    Timetable,
    Weekdays,
    YearlyDay,
    days,
    dues,
    from_json,
    instant,
    local_days,
    time_on,
    to_json,
    upcoming,
)
from scheduler.working_calendar import DayKind, HolidayRule, OwnDay, WorkingCalendar

CALENDAR = WorkingCalendar()
MAKASSAR = "Asia/Makassar"

some_days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
rules = st.one_of(
    st.builds(Once, some_days),
    st.builds(Weekdays, st.lists(st.integers(0, 6), min_size=1, max_size=9).map(tuple)),
    st.just(EveryWorkingDay()),
    st.builds(MonthlyDay, st.integers(1, 31)),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: YearlyDay(day.month, day.day)),
    st.just(LastWorkingDay()),
    st.builds(NthWeekday, st.sampled_from([-1, 1, 2, 3, 4, 5]), st.integers(0, 6)),
)
calendars = st.builds(
    WorkingCalendar,
    st.sampled_from([5, 6]),
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 6, 30)),
        st.sampled_from([OwnDay(DayKind.HOLIDAY, "Libur"), OwnDay(DayKind.WORKDAY, "Masuk")]),
        max_size=40,
    ),
)


def falls(rule, first, last):
    return list(days(rule, first, last, CALENDAR))


def test_once_falls_on_its_day_inside_the_span_only():
    assert falls(Once(date(2026, 11, 30)), date(2026, 11, 30), date(2026, 11, 30)) == [date(2026, 11, 30)]
    assert falls(Once(date(2026, 11, 30)), date(2026, 12, 1), date(2027, 12, 1)) == []


def test_weekdays_are_sorted_and_counted_once():
    assert Weekdays((3, 0, 3)).days == (0, 3)
    assert falls(Weekdays((3, 0)), date(2026, 11, 26), date(2026, 12, 4)) == [
        date(2026, 11, 26),
        date(2026, 11, 30),
        date(2026, 12, 3),
    ]


def test_every_working_day_leaves_out_weekends_and_holidays():
    assert falls(EveryWorkingDay(), date(2026, 12, 23), date(2026, 12, 29)) == [
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 29),
    ]


def test_a_monthly_day_falls_on_the_last_day_of_a_shorter_month():
    assert falls(MonthlyDay(31), date(2027, 1, 1), date(2027, 4, 30)) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


def test_a_yearly_day_keeps_leap_day_in_common_years():
    assert falls(YearlyDay(2, 29), date(2027, 1, 1), date(2028, 12, 31)) == [date(2027, 2, 28), date(2028, 2, 29)]


def test_last_working_day_of_each_month():
    assert falls(LastWorkingDay(), date(2026, 10, 1), date(2026, 12, 31)) == [
        date(2026, 10, 30),
        date(2026, 11, 30),
        date(2026, 12, 31),
    ]


def test_nth_weekday_counts_from_the_start_or_the_end_and_a_missing_fifth_is_left_out():
    first, last = date(2026, 11, 1), date(2026, 12, 31)
    assert falls(NthWeekday(1, 0), first, last) == [date(2026, 11, 2), date(2026, 12, 7)]
    assert falls(NthWeekday(-1, 4), first, last) == [date(2026, 11, 27), date(2026, 12, 25)]
    assert falls(NthWeekday(5, 0), first, last) == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (Weekdays, ((),)),
        (Weekdays, ((7,),)),
        (MonthlyDay, (0,)),
        (MonthlyDay, (32,)),
        (YearlyDay, (2, 30)),
        (NthWeekday, (0, 0)),
        (NthWeekday, (1, 7)),
    ],
)
def test_rules_that_no_calendar_has_are_refused(make, arguments):
    with pytest.raises(ValueError):
        make(*arguments)


def test_stored_nonsense_is_refused():
    for plain in ({}, {"kind": "hourly"}, {"kind": "monthly_day", "day": 32}):
        with pytest.raises(msgspec.ValidationError):
            from_json(plain)


@given(rules)
def test_json_round_trip(rule):
    assert from_json(msgspec.json.decode(msgspec.json.encode(to_json(rule)))) == rule


@given(rules, some_days, st.integers(0, 500), calendars)
def test_days_are_sorted_single_and_inside_the_span(rule, first, length, calendar):
    last = first + timedelta(days=length)
    found = list(days(rule, first, last, calendar))
    assert found == sorted(set(found))
    assert all(first <= day <= last for day in found)


@given(rules, some_days, st.integers(0, 200), st.integers(0, 200), calendars)
def test_a_span_may_be_cut_anywhere(rule, first, left, right, calendar):
    cut, last = first + timedelta(days=left), first + timedelta(days=left + right + 1)
    whole = list(days(rule, first, last, calendar))
    assert whole == [*days(rule, first, cut, calendar), *days(rule, cut + timedelta(days=1), last, calendar)]


@given(rules, st.sampled_from(HolidayRule), st.dates(date(2025, 12, 1), date(2026, 7, 31)), st.data(), calendars)
def test_moved_occurrences_do_not_depend_on_where_the_span_is_cut(rule, holiday_rule, first, data, calendar):
    cut = first + timedelta(days=data.draw(st.integers(0, 60)))
    last = cut + timedelta(days=data.draw(st.integers(1, 60)))
    whole = list(local_days(rule, holiday_rule, first, last, calendar))
    left = local_days(rule, holiday_rule, first, cut, calendar)
    right = local_days(rule, holiday_rule, cut + timedelta(days=1), last, calendar)
    assert whole == [*left, *right]
    assert len({falling.day for falling in whole}) == len(whole)
    assert len({falling.slot for falling in whole}) == len(whole)
    if holiday_rule is not HolidayRule.IGNORE:
        assert all(calendar.is_working_day(falling.day) for falling in whole)


def test_two_that_meet_on_a_day_leave_one_and_the_unmoved_keeps_its_name():
    # Thursday and Friday before Christmas weekend move back onto Wednesday, which has its own.
    found = list(local_days(Weekdays((2, 3, 4)), HolidayRule.BEFORE, date(2026, 12, 21), date(2026, 12, 27), CALENDAR))
    assert found == [Falling(date(2026, 12, 23), date(2026, 12, 23))]


def test_a_moved_occurrence_keeps_its_nominal_day_as_name():
    found = list(local_days(MonthlyDay(25), HolidayRule.AFTER, date(2026, 12, 26), date(2026, 12, 31), CALENDAR))
    assert found == [Falling(date(2026, 12, 25), date(2026, 12, 28))]


def test_local_time_becomes_utc_in_each_indonesian_zone():
    at = time(7, 30)
    assert instant(date(2026, 11, 30), at, "Asia/Jakarta") == datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    assert instant(date(2026, 11, 30), at, MAKASSAR) == datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert instant(date(2026, 11, 30), at, "Asia/Jayapura") == datetime(2026, 11, 29, 22, 30, tzinfo=UTC)


def test_a_time_skipped_by_a_change_of_offset_is_as_much_later():
    # Europe/Berlin jumps from 02.00 to 03.00 on 28 March 2027.
    assert instant(date(2027, 3, 28), time(2, 30), "Europe/Berlin") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def reading(*exceptions, rule=None, holiday_rule=HolidayRule.SKIP):
    return Timetable(rule or Weekdays((0, 1, 2, 3, 4)), holiday_rule, time(7, 30), MAKASSAR, exceptions)


def test_the_next_three_skip_holidays_and_are_strictly_later():
    after = instant(date(2026, 12, 22), time(7, 30), MAKASSAR)
    assert [due.day for due in upcoming(reading(), CALENDAR, after, 3)] == [
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 29),
    ]


def test_exceptions_change_or_silence_a_span_and_the_later_one_wins():
    ramadan = ChangedTime(date(2026, 12, 1), date(2026, 12, 3), time(8, 0))
    nothing = ChangedTime(date(2026, 12, 2), date(2026, 12, 2), None)
    table = reading(ramadan, nothing)
    assert time_on(table, date(2026, 11, 30)) == time(7, 30)
    found = upcoming(table, CALENDAR, instant(date(2026, 11, 29), time(12), MAKASSAR), 3)
    assert found == [
        Due(date(2026, 11, 30), date(2026, 11, 30), instant(date(2026, 11, 30), time(7, 30), MAKASSAR)),
        Due(date(2026, 12, 1), date(2026, 12, 1), instant(date(2026, 12, 1), time(8, 0), MAKASSAR)),
        Due(date(2026, 12, 3), date(2026, 12, 3), instant(date(2026, 12, 3), time(8, 0), MAKASSAR)),
    ]


def test_what_is_over_has_no_next():
    over = reading(rule=Once(date(2026, 11, 2)))
    assert upcoming(over, CALENDAR, datetime(2026, 11, 26, tzinfo=UTC), 3) == []


def test_a_yearly_rule_shows_three_years():
    table = reading(rule=YearlyDay(8, 17), holiday_rule=HolidayRule.IGNORE)
    found = upcoming(table, CALENDAR, datetime(2026, 11, 26, tzinfo=UTC), 3)
    assert [due.day for due in found] == [date(2027, 8, 17), date(2028, 8, 17), date(2029, 8, 17)]


a_moment = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  made aware at once


@given(rules, st.sampled_from(HolidayRule), a_moment, st.integers(0, 30), st.integers(0, 30))
def test_two_windows_side_by_side_lose_and_double_nothing(rule, holiday_rule, since, left, right):
    table = reading(rule=rule, holiday_rule=holiday_rule)
    middle, until = since + timedelta(days=left), since + timedelta(days=left + right)
    whole = list(dues(table, CALENDAR, since, until))
    assert whole == [*dues(table, CALENDAR, since, middle), *dues(table, CALENDAR, middle, until)]
    assert all(since <= due.due_at < until for due in whole)


@given(rules, a_moment, st.integers(1, 4))
def test_upcoming_is_the_start_of_all_that_comes(rule, after, count):
    table = reading(rule=rule, holiday_rule=HolidayRule.IGNORE)
    found = upcoming(table, CALENDAR, after, count)
    assert found == sorted(found, key=lambda due: due.due_at)
    assert all(due.due_at > after for due in found)
    assert isinstance(rule, Once) or len(found) == count
