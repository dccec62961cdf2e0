"""An office's working days: its week, the nation's holidays and joint leave, and the days it decided itself.

National days come from the `holidays` package (country ID, categories PUBLIC and GOVERNMENT, the latter being cuti
bersama), whose data end with the latest joint decree (SKB 3 Menteri) it knows. Two things show that limit:

- A date not yet decreed is computed and carries "(perkiraan)" in its name. Until the office decides, such a date
  counts as a holiday: the estimate is mostly right, and a post on Idul Fitri is worse than a reading that the
  secretary can still call by hand. It is listed by `to_confirm`, so that it is never taken silently.
- A year without any GOVERNMENT entry has no joint leave published yet; `years_without_joint_leave` lists it.

What the office says of a date (`/libur`) always wins over both.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays
from holidays.constants import GOVERNMENT, PUBLIC
from msgspec import Struct

_ESTIMATED = " (perkiraan)"
_JOINT_LEAVE = "cuti bersama"
_ONE_DAY = timedelta(days=1)


class HolidayRule(StrEnum):
    """What becomes of an occurrence on a day without work. Same values as storage.models.HolidayRule."""

    IGNORE = "ignore"  # falls all the same
    SKIP = "skip"
    BEFORE = "before"  # moves to the last working day before
    AFTER = "after"  # moves to the first working day after


class DayKind(StrEnum):
    """What the office says of a date. Same values as storage.models.DayKind."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class OwnDay(Struct, frozen=True):
    """A date that the office added, overrode or confirmed."""

    kind: DayKind
    name: str


class UnconfirmedDay(Struct, frozen=True):
    """A computed holiday, which the decree may move by a day; named without the mark of the estimate."""

    day: date
    name: str


class _NationalDay(Struct, frozen=True):
    name: str
    estimated: bool


class _NationalYear(Struct, frozen=True):
    days: Mapping[date, _NationalDay]
    has_joint_leave: bool


@cache
def _national(year: int) -> _NationalYear:
    known = holidays.country_holidays("ID", years=year, categories=(PUBLIC, GOVERNMENT), language="id")
    joint_leave = holidays.country_holidays("ID", years=year, categories=(GOVERNMENT,), language="id")
    return _NationalYear({day: _named(known.get_list(day)) for day in known}, bool(joint_leave))


def _named(names: list[str]) -> _NationalDay:
    # Where two holidays fall together and one of them is certain, the day is.
    estimated = all(name.endswith(_ESTIMATED) for name in names)
    return _NationalDay("; ".join(name.removesuffix(_ESTIMATED) for name in names), estimated)


def each_day(first: date, last: date) -> Iterator[date]:
    """The days of a span, both ends included; none where `last` comes first."""
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


class WorkingCalendar(Struct, frozen=True):
    """The calendar of one office: a week of 5 (Monday to Friday) or 6 days, and its own days by date."""

    workdays: int = 5
    own_days: Mapping[date, OwnDay] = {}

    def __post_init__(self) -> None:
        """Refuses another week than 5 or 6 days with ValueError."""
        if self.workdays not in {5, 6}:
            raise ValueError(f"a working week has 5 or 6 days, not {self.workdays}")

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this day."""
        own = self.own_days.get(day)
        if own is not None:
            return own.kind is DayKind.WORKDAY
        return day.weekday() < self.workdays and day not in _national(day.year).days

    def holiday_name(self, day: date) -> str | None:
        """The name of the holiday on this day, "(perkiraan)" kept while unconfirmed; None on any other day.

        A free Saturday or Sunday is no holiday, and neither is one that the office made a workday.
        """
        own = self.own_days.get(day)
        if own is not None:
            return own.name if own.kind is DayKind.HOLIDAY else None
        national = _national(day.year).days.get(day)
        if national is None:
            return None
        return national.name + _ESTIMATED if national.estimated else national.name

    def working_day_before(self, day: date) -> date:
        """The last working day strictly before this one."""
        day -= _ONE_DAY
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def working_day_after(self, day: date) -> date:
        """The first working day strictly after this one."""
        day += _ONE_DAY
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def shift(self, day: date, rule: HolidayRule) -> date | None:
        """Where an occurrence of this day falls; None where it is skipped. A working day stays where it is."""
        if rule is HolidayRule.IGNORE or self.is_working_day(day):
            return day
        if rule is HolidayRule.SKIP:
            return None
        return self.working_day_before(day) if rule is HolidayRule.BEFORE else self.working_day_after(day)

    def last_working_day(self, year: int, month: int) -> date | None:
        """The last working day of a month; None for a month without any."""
        day = date(year + month // 12, month % 12 + 1, 1) - _ONE_DAY
        while day.month == month:
            if self.is_working_day(day):
                return day
            day -= _ONE_DAY
        return None

    def to_confirm(self, first: date, last: date) -> list[UnconfirmedDay]:
        """The estimated holidays from `first` to `last` of which the office has not decided, in order."""
        return [
            UnconfirmedDay(day, national.name)
            for day in each_day(first, last)
            if day not in self.own_days
            and (national := _national(day.year).days.get(day)) is not None
            and national.estimated
        ]

    def years_without_joint_leave(self, first: date, last: date) -> list[int]:
        """The years touched by the span whose cuti bersama is unknown: not published to us, none entered by the office.

        The office enters it as its own holidays named "Cuti bersama ..."; one such day settles the year.
        """
        entered = {
            day.year
            for day, own in self.own_days.items()
            if own.kind is DayKind.HOLIDAY and own.name.casefold().startswith(_JOINT_LEAVE)
        }
        years = range(first.year, last.year + 1)
        return [year for year in years if year not in entered and not _national(year).has_joint_leave]
