"""A recurrence rule -> the days and instants on which it falls.

A rule yields *nominal* days. A nominal day names the slot of an occurrence (`2026-11-30`), so an occurrence that is
moved to another day or hour keeps its name and is never made twice. Rules are JSON by `to_json` and `from_json`.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from scheduler.working_calendar import HolidayRule, WorkingCalendar, each_day

_ONE_DAY = timedelta(days=1)
_ONE_YEAR = timedelta(days=366)


class Once(Struct, frozen=True, tag="once", tag_field="kind"):
    """On one day."""

    day: date


class Weekdays(Struct, frozen=True, tag="weekdays", tag_field="kind"):
    """Every week on these days, 0 = Monday; kept sorted, without repetition."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuses an empty list and other numbers than 0 to 6 with ValueError."""
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError(f"not weekdays: {self.days}")
        msgspec.structs.force_setattr(self, "days", tuple(sorted(set(self.days))))


class EveryWorkingDay(Struct, frozen=True, tag="every_working_day", tag_field="kind"):
    """On every working day of the office's calendar."""


class MonthlyDay(Struct, frozen=True, tag="monthly_day", tag_field="kind"):
    """Every month on this day; in a shorter month on its last day, so that no month is silently left out."""

    day: int

    def __post_init__(self) -> None:
        """Refuses other days than 1 to 31 with ValueError."""
        if not 1 <= self.day <= 31:
            raise ValueError(f"no month has a day {self.day}")


class YearlyDay(Struct, frozen=True, tag="yearly_day", tag_field="kind"):
    """Every year on this date; 29 February falls on the 28th in common years."""

    month: int
    day: int

    def __post_init__(self) -> None:
        """Refuses a date that no year has with ValueError."""
        date(2000, self.month, self.day)


class LastWorkingDay(Struct, frozen=True, tag="last_working_day", tag_field="kind"):
    """Every month on its last working day."""


class NthWeekday(Struct, frozen=True, tag="nth_weekday", tag_field="kind"):
    """Every month on the n-th such weekday (1 to 5, or -1 for the last); no fifth, no occurrence."""

    n: int
    weekday: int

    def __post_init__(self) -> None:
        """Refuses other numbers with ValueError."""
        if self.n not in {-1, 1, 2, 3, 4, 5} or self.weekday not in range(7):
            raise ValueError(f"no weekday {self.weekday} number {self.n}")


Recurrence = Once | Weekdays | EveryWorkingDay | MonthlyDay | YearlyDay | LastWorkingDay | NthWeekday


def to_json(rule: Recurrence) -> dict[str, Any]:
    """The rule as plain JSON values, with its `kind`."""
    plain: dict[str, Any] = msgspec.to_builtins(rule)
    return plain


def from_json(plain: Mapping[str, Any]) -> Recurrence:
    """The rule that `to_json` wrote; raises msgspec.ValidationError for anything else."""
    rule: Recurrence = msgspec.convert(plain, Recurrence)
    return rule


class Falling(Struct, frozen=True):
    """One occurrence: its nominal day, which names it, and the day on which it really falls."""

    slot: date
    day: date


class ChangedTime(Struct, frozen=True):
    """Another local time from `first_day` to `last_day`, both included; `at` None: nothing in the span."""

    first_day: date
    last_day: date
    at: time | None


class Timetable(Struct, frozen=True):
    """When a schedule falls: a rule, what holidays do to it, a local time in an IANA zone, and its exceptions."""

    rule: Recurrence
    holiday_rule: HolidayRule
    at: time
    zone: str
    exceptions: tuple[ChangedTime, ...] = ()


class Due(Struct, frozen=True):
    """One occurrence with its instant (aware, UTC)."""

    slot: date
    day: date
    due_at: datetime


def days(rule: Recurrence, first: date, last: date, calendar: WorkingCalendar) -> Iterator[date]:
    """The nominal days of a rule from `first` to `last`, both included, in order, none twice."""
    match rule:
        case Once(day):
            candidates: Iterator[date | None] = iter([day])
        case Weekdays(wanted):
            candidates = (day for day in each_day(first, last) if day.weekday() in wanted)
        case EveryWorkingDay():
            candidates = (day for day in each_day(first, last) if calendar.is_working_day(day))
        case YearlyDay(month, number):
            candidates = (_day_or_last(year, month, number) for year in range(first.year, last.year + 1))
        case _:
            candidates = (_in_month(rule, year, month, calendar) for year, month in _each_month(first, last))
    return (day for day in candidates if day is not None and first <= day <= last)


def _in_month(
    rule: MonthlyDay | LastWorkingDay | NthWeekday, year: int, month: int, calendar: WorkingCalendar
) -> date | None:
    match rule:
        case MonthlyDay(number):
            return _day_or_last(year, month, number)
        case LastWorkingDay():
            return calendar.last_working_day(year, month)
        case NthWeekday():
            return nth_weekday(year, month, rule)


def nth_weekday(year: int, month: int, rule: NthWeekday) -> date | None:
    """The day of this month on which the rule falls, None where the month has no such weekday."""
    first_weekday, length = monthrange(year, month)
    numbers = range(1 + (rule.weekday - first_weekday) % 7, length + 1, 7)
    index = rule.n if rule.n < 0 else rule.n - 1
    return date(year, month, numbers[index]) if index < len(numbers) else None


def _day_or_last(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, monthrange(year, month)[1]))


def _each_month(first: date, last: date) -> Iterator[tuple[int, int]]:
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return ((number // 12, number % 12 + 1) for number in months)


def local_days(
    rule: Recurrence, holiday_rule: HolidayRule, first: date, last: date, calendar: WorkingCalendar
) -> Iterator[Falling]:
    """The occurrences that really fall from `first` to `last`, in order of day, at most one a day.

    Where several meet on a day, the one that was not moved keeps it, else the earliest; the answer for a day does
    not depend on the span that is asked for.
    """
    # Moved ones come into the span from the run of free days beside it, however long.
    earliest = calendar.working_day_before(first) + _ONE_DAY if holiday_rule is HolidayRule.AFTER else first
    latest = calendar.working_day_after(last) - _ONE_DAY if holiday_rule is HolidayRule.BEFORE else last
    moved = ((slot, calendar.shift(slot, holiday_rule)) for slot in days(rule, earliest, latest, calendar))
    fallings = (Falling(slot, day) for slot, day in moved if day is not None and first <= day <= last)
    # Shifting keeps the order, so those that meet stand side by side.
    for day, meeting in groupby(fallings, key=lambda falling: falling.day):
        slots = [falling.slot for falling in meeting]
        yield Falling(day if day in slots else slots[0], day)


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant (aware, UTC) of a local time; a time that a change of offset skips is as much later (PEP 495)."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def time_on(timetable: Timetable, day: date) -> time | None:
    """The local time on this day, after the exceptions (a later one wins); None where nothing goes out."""
    changed = [span for span in timetable.exceptions if span.first_day <= day <= span.last_day]
    return changed[-1].at if changed else timetable.at


def dues(timetable: Timetable, calendar: WorkingCalendar, since: datetime, until: datetime) -> Iterator[Due]:
    """The occurrences with `since` <= instant < `until`, both aware, in order."""
    zone = ZoneInfo(timetable.zone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    for falling in local_days(timetable.rule, timetable.holiday_rule, first, last, calendar):
        at = time_on(timetable, falling.day)
        if at is None:
            continue
        due_at = instant(falling.day, at, timetable.zone)
        if since <= due_at < until:
            yield Due(falling.slot, falling.day, due_at)


def upcoming(timetable: Timetable, calendar: WorkingCalendar, after: datetime, count: int) -> list[Due]:
    """The next occurrences strictly after an aware instant, at most `count`; fewer where the rule has no more."""
    # Every repeating rule falls at least once in two years, even between long exceptions.
    until = after + _ONE_YEAR * 2 * (count + 1)
    return list(islice(dues(timetable, calendar, after + timedelta.resolution, until), count))
