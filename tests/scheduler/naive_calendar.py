"""When schedules fall, worked out day by day as one would with a wall calendar: what the rules are compared with.

It shares no code with `scheduler.recurrence` and `scheduler.working_calendar` but the shape of their values.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import holidays

from scheduler.recurrence import (
    EveryWorkingDay,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Once,
    Weekdays,
    YearlyDay,
)
from scheduler.working_calendar import DayKind, HolidayRule

DAY = timedelta(days=1)
LONGEST_RUN_OF_FREE_DAYS = 40 * DAY
OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}  # hours; none of them ever changes its clocks


@cache
def national(year):
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


def works(calendar, day):
    if day in calendar.own_days:
        return calendar.own_days[day].kind == DayKind.WORKDAY
    if day in national(day.year):
        return False
    return day.weekday() != 6 and (day.weekday() != 5 or calendar.workdays == 6)


def is_last_of_month(day):
    return (day + DAY).month != day.month


def names(rule, day, calendar):
    """Whether the rule names this day."""
    match rule:
        case Once():
            return day == rule.day
        case Weekdays():
            return day.weekday() in rule.days
        case EveryWorkingDay():
            return works(calendar, day)
        case MonthlyDay():
            return day.day == rule.day or (is_last_of_month(day) and rule.day > day.day)
        case YearlyDay():
            same_day = day.day == rule.day or (is_last_of_month(day) and rule.day > day.day)
            return day.month == rule.month and same_day
        case LastWorkingDay():
            return works(calendar, day) and not any(works(calendar, later) for later in rest_of_month(day))
        case NthWeekday():
            if day.weekday() != rule.weekday:
                return False
            if rule.n == -1:
                return (day + 7 * DAY).month != day.month
            return (day.day + 6) // 7 == rule.n


def rest_of_month(day):
    day += DAY
    while day.day != 1:
        yield day
        day += DAY


def moved(day, holiday_rule, calendar):
    """Where what is named for this day goes; None: nowhere."""
    if holiday_rule == HolidayRule.IGNORE or works(calendar, day):
        return day
    if holiday_rule == HolidayRule.SKIP:
        return None
    while not works(calendar, day):
        day += DAY if holiday_rule == HolidayRule.AFTER else -DAY
    return day


def falls(timetable, calendar, first, last):
    """Day by day, which slot falls there: {day: slot}."""
    meeting = {}
    day = first - LONGEST_RUN_OF_FREE_DAYS
    while day <= last + LONGEST_RUN_OF_FREE_DAYS:
        if names(timetable.rule, day, calendar) and (goes_to := moved(day, timetable.holiday_rule, calendar)):
            meeting.setdefault(goes_to, []).append(day)
        day += DAY
    return {day: day if day in slots else min(slots) for day, slots in meeting.items() if first <= day <= last}


def hour(timetable, day):
    at = timetable.at
    for span in timetable.exceptions:
        if span.first_day <= day <= span.last_day:
            at = span.at
    return at


def dues(timetable, calendar, since, until):
    """All (slot, day, instant) with since <= instant < until, in order."""
    offset = timedelta(hours=OFFSETS[timetable.zone])
    found = []
    for day, slot in falls(timetable, calendar, since.date() - DAY, until.date() + DAY).items():
        at = hour(timetable, day)
        if at is not None:
            instant = datetime.combine(day, at, UTC) - offset
            if since <= instant < until:
                found.append((slot, day, instant))
    return sorted(found, key=lambda item: item[2])
