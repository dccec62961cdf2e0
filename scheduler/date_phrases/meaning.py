"""What a draft means at a given moment: days, times of day, an instant or a recurrence."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from msgspec import Struct

from scheduler.date_phrases.pieces import (
    Clock,
    Draft,
    Except,
    InMonth,
    InWeek,
    InYear,
    MonthEnd,
    Nth,
    OnDate,
    OnWeekdays,
    PartOfDay,
    Relative,
    Zone,
)
from scheduler.recurrence import NthWeekday, nth_weekday

_MOST_YEARS = 10  # further ahead is a slip of the finger,
_MOST_YEARS_AGO = 100  # and so is this
_LEAP_CYCLE = 8  # years within which every date exists (1900 and 2100 leave out one)
_NOON, _DAY = 12 * 60, 24 * 60
_AFTERNOON_ENDS = 6 * 60


class Reason(StrEnum):
    """Why a text could not be read. Each has its sentence in the catalogue."""

    NOTHING_READ = "nothing_read"  # no word about a time in it
    DAY_MISSING = "day_missing"  # "setiap jam 9"
    TIME_MISSING = "time_missing"  # "besok"
    IN_THE_PAST = "in_the_past"
    NO_SUCH_DATE = "no_such_date"  # 31 Februari
    NO_SUCH_TIME = "no_such_time"  # jam 25, 15.00 pagi
    DAY_MISMATCH = "day_mismatch"  # "Selasa, 30 November 2026" is a Monday
    NOT_REPEATED = "not_repeated"  # one day, where something that repeats was asked for
    NOT_SUPPORTED = "not_supported"  # every two weeks, "kecuali Jumat"
    TOO_FAR = "too_far"  # more than ten years ahead or a hundred back


class Unreadable(Struct, frozen=True):
    """A refusal. `day` is the date that was understood, where the reason is about it."""

    reason: Reason
    day: date | None = None


class TimeOfDay(Struct, frozen=True):
    """A local time; `next_day`: it belongs to the night that began on the day named ("jam 12 malam")."""

    at: time
    next_day: bool = False


def time_of_day(draft: Draft) -> TimeOfDay | Unreadable | None:
    """The time that was named, None where none was.

    An hour of a twelve-hour clock without pagi, siang, sore, malam is taken from the office's day: 1 to 5 are
    afternoon hours, 6 to 12 as said. Written with two digits ("02.00") it stays as written.
    """
    clock = draft.get(Clock)
    if clock is None:
        return None
    if not 0 <= clock.minutes < _DAY:
        return Unreadable(Reason.NO_SUCH_TIME)
    minutes = _in_part(clock, draft.get(PartOfDay))
    if minutes is None:
        return Unreadable(Reason.NO_SUCH_TIME)
    return TimeOfDay(time(minutes % _DAY // 60, minutes % 60), next_day=minutes >= _DAY)


def _in_part(clock: Clock, part: PartOfDay | None) -> int | None:
    """Minutes after the midnight that begins the named day; None where hour and part contradict each other."""
    minutes = clock.minutes
    hour = minutes // 60
    match part:
        case None:
            return minutes + _NOON if clock.spoken and minutes < _AFTERNOON_ENDS else minutes
        case PartOfDay.PAGI:
            return minutes if hour < 12 else minutes - _NOON if hour == 12 else None
        case PartOfDay.SIANG:
            return minutes + _NOON if hour < 6 else minutes if hour < 18 else None
        case PartOfDay.SORE:
            return minutes + _NOON if hour < 8 else minutes if 12 <= hour < 20 else None
        case PartOfDay.MALAM:
            return _at_night(minutes)
        case PartOfDay.PM:
            return minutes + _NOON if hour < 12 else minutes


def _at_night(minutes: int) -> int | None:
    hour = minutes // 60
    if hour < 5:
        return minutes + _DAY
    if hour < 12:
        return minutes + _NOON
    if hour == 12:
        return minutes + _NOON
    return minutes if hour >= 18 else None


def in_offset(at: time, zone: Zone | None, offset: timedelta) -> tuple[time, int]:
    """A time of a named zone as a local time at this offset from UTC, and by how many days the date moves."""
    if zone is None:
        return at, 0
    moved = datetime.combine(date(2000, 1, 2), at, UTC) - timedelta(hours=zone.hours) + offset
    return moved.time(), moved.day - 2


def days_meant(draft: Draft, today: date, *, back: bool = False) -> list[date] | Unreadable:
    """The days that a draft may mean, the nearest first, none before today (with `back`: none after it).

    A day named in full gives that one, wherever it lies. A draft that names no day gives today and tomorrow.
    """
    try:
        found = _days(draft, today, -1 if back else 1)
    except (ValueError, OverflowError):  # what the standard library says of a date that does not exist
        return Unreadable(Reason.NO_SUCH_DATE)
    if not found:
        return Unreadable(Reason.NO_SUCH_DATE)
    if not is_near(found[0].year, today):
        return Unreadable(Reason.TOO_FAR)
    # Checked on the first: a later month or year in which all would agree is a guess.
    return found if _agrees(draft, found[0], today) else Unreadable(Reason.DAY_MISMATCH, found[0])


def is_near(year: int, today: date) -> bool:
    """Whether a year is one that an office may mean: up to ten ahead, a hundred back."""
    return today.year - _MOST_YEARS_AGO <= year <= today.year + _MOST_YEARS


def _agrees(draft: Draft, day: date, today: date) -> bool:
    """Whether the day is all that it was called: its weekday, its distance, its week."""
    weekdays, relative, week = draft.get(OnWeekdays), draft.get(Relative), draft.get(InWeek)
    if weekdays and day.weekday() not in weekdays.days:
        return False
    if draft.has(OnDate) and relative and day != today + timedelta(days=relative.days):
        return False
    monday = today - timedelta(days=today.weekday())
    return not (draft.has(OnDate) and week) or (day - monday).days // 7 == week.offset


def _days(draft: Draft, today: date, step: int) -> list[date]:
    on_date, weekdays, relative = draft.get(OnDate), draft.get(OnWeekdays), draft.get(Relative)
    if on_date:
        return _dated(draft, on_date, today, step)
    if draft.has(MonthEnd):
        return [_month_end(today, offset) for offset in _offsets(draft, step)]
    if weekdays and draft.has(Nth):
        return _nth_days(draft, weekdays, today, step)
    if weekdays and (relative is None or relative.days == 1):
        # "besok Senin" is said of the coming Monday, whichever day today is.
        return _weekday(draft, weekdays, today + timedelta(days=1) if relative else today, step)
    if relative:
        return [today + timedelta(days=relative.days)]
    week = draft.get(InWeek)
    return [today + timedelta(weeks=week.offset)] if week else [today, today + timedelta(days=step)]


def _dated(draft: Draft, on_date: OnDate, today: date, step: int) -> list[date]:
    year = draft.get(InYear)
    if on_date.month is None:
        months = (_month(today, offset) for offset in _offsets(draft, step))
        found = _existing((first.year, first.month, on_date.day) for first in months)
        return found if draft.has(InMonth) else _beyond(found, today, step)
    if on_date.year is not None or year is not None:
        return [date(on_date.year or today.year + (year.offset if year else 0), on_date.month, on_date.day)]
    years = range(today.year, today.year + step * (_LEAP_CYCLE + 1), step)
    return _beyond(_existing((number, on_date.month, on_date.day) for number in years), today, step)


def _existing(dates: Iterator[tuple[int, int, int]]) -> list[date]:
    found = []
    for year, month, day in dates:
        try:
            found.append(date(year, month, day))
        except ValueError:  # this month or year does not have it
            continue
    return found


def _beyond(found: list[date], today: date, step: int) -> list[date]:
    return [day for day in found if (day - today).days * step >= 0]


def _weekday(draft: Draft, weekdays: OnWeekdays, today: date, step: int) -> list[date]:
    week, wanted = draft.get(InWeek), weekdays.days[0]
    if week:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=week.offset)
        return [monday + timedelta(days=wanted)]
    away = (wanted - today.weekday()) * step % 7 * step
    return [today + timedelta(days=away), today + timedelta(days=away + 7 * step)]


def _nth_days(draft: Draft, weekdays: OnWeekdays, today: date, step: int) -> list[date]:
    nth = draft.get(Nth)
    rule = NthWeekday(nth.n if nth else 1, weekdays.days[0])
    months = (_month(today, offset) for offset in _offsets(draft, step))
    found = [nth_weekday(month.year, month.month, rule) for month in months]
    return _beyond([day for day in found if day], today, step)


def _offsets(draft: Draft, step: int) -> range:
    month = draft.get(InMonth)
    return range(month.offset, month.offset + 1) if month else range(0, 13 * step, step)


def _month(today: date, offset: int) -> date:
    count = today.year * 12 + today.month - 1 + offset
    return date(count // 12, count % 12 + 1, 1)


def _month_end(today: date, offset: int) -> date:
    return _month(today, offset + 1) - timedelta(days=1)


def moment(draft: Draft, named: TimeOfDay, now: datetime) -> datetime | Unreadable:
    """The first instant not before `now` that a draft with this time means, in the zone of `now`."""
    if draft.has(Except):
        return Unreadable(Reason.NOT_SUPPORTED)
    found = days_meant(draft, now.date())
    if isinstance(found, Unreadable):
        return found
    for day in found:
        if day < now.date() - timedelta(days=2):  # surely past, and too near the beginning of time to convert
            continue
        at = _instant(day + timedelta(days=named.next_day), named.at, draft.get(Zone), now)
        if at >= now:
            return at
    return Unreadable(Reason.IN_THE_PAST, found[0])


def _instant(day: date, at: time, zone: Zone | None, now: datetime) -> datetime:
    there = timezone(timedelta(hours=zone.hours)) if zone else now.tzinfo
    # By way of UTC, so that a time which a change of offset skips becomes one that exists.
    return datetime.combine(day, at, there).astimezone(UTC).astimezone(now.tzinfo)
