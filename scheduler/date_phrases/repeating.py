"""A draft that speaks of a repetition -> its rule."""

from scheduler.date_phrases.meaning import Reason, Unreadable
from scheduler.date_phrases.pieces import (
    Draft,
    Every,
    Except,
    InMonth,
    InWeek,
    InYear,
    MonthEnd,
    Nth,
    OnDate,
    OnWeekdays,
    OnWorkingDays,
    Relative,
    Unit,
)
from scheduler.recurrence import (
    EveryWorkingDay,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Recurrence,
    Weekdays,
    YearlyDay,
)

_NOT_SUPPORTED = Unreadable(Reason.NOT_SUPPORTED)
_SUNDAY = 6


def repeats(draft: Draft) -> bool:
    """Whether it speaks of more than one time: "setiap", working days, several weekdays."""
    weekdays = draft.get(OnWeekdays)
    return draft.has(Every, OnWorkingDays) or (weekdays is not None and len(weekdays.days) > 1)


def rule_meant(draft: Draft) -> Recurrence | Unreadable:
    """The rule of a draft that repeats."""
    every = draft.get(Every)
    unit = every.unit if every else Unit.UNSAID
    if unit is Unit.SEVERAL or draft.has(Except, InWeek, InMonth, InYear, Relative):
        return _NOT_SUPPORTED
    subjects = [kind for kind in (OnWorkingDays, OnDate, OnWeekdays, MonthEnd) if draft.has(kind)]
    if len(subjects) > 1:
        return _NOT_SUPPORTED
    try:
        return _of_subject(draft, unit)
    except ValueError:  # what the rules say of a date that no calendar has
        return Unreadable(Reason.NO_SUCH_DATE)


def _of_subject(draft: Draft, unit: Unit) -> Recurrence | Unreadable:
    if draft.has(OnWorkingDays):
        return _working_days(draft.get(Nth), unit)
    if draft.has(MonthEnd):
        return MonthlyDay(31) if unit in {Unit.UNSAID, Unit.MONTH} else _NOT_SUPPORTED
    on_date, weekdays = draft.get(OnDate), draft.get(OnWeekdays)
    if on_date:
        return _date(on_date, unit)
    if weekdays:
        return _weekdays(weekdays, draft.get(Nth), unit)
    if unit is Unit.DAY:
        return Weekdays(tuple(range(7)))
    return Weekdays((_SUNDAY,)) if unit is Unit.WEEK_OR_SUNDAY else Unreadable(Reason.DAY_MISSING)


def _working_days(nth: Nth | None, unit: Unit) -> Recurrence | Unreadable:
    if nth is None:
        return EveryWorkingDay() if unit is Unit.UNSAID else _NOT_SUPPORTED
    return LastWorkingDay() if nth.n == -1 and unit in {Unit.UNSAID, Unit.MONTH} else _NOT_SUPPORTED


def _date(on_date: OnDate, unit: Unit) -> Recurrence | Unreadable:
    if on_date.year is not None or unit not in {Unit.UNSAID, Unit.MONTH, Unit.YEAR}:
        return _NOT_SUPPORTED
    if on_date.month is None:
        return _NOT_SUPPORTED if unit is Unit.YEAR else MonthlyDay(on_date.day)
    return _NOT_SUPPORTED if unit is Unit.MONTH else YearlyDay(on_date.month, on_date.day)


def _weekdays(weekdays: OnWeekdays, nth: Nth | None, unit: Unit) -> Recurrence | Unreadable:
    if nth is None:
        weekly = unit in {Unit.UNSAID, Unit.WEEK, Unit.WEEK_OR_SUNDAY}
        return Weekdays(weekdays.days) if weekly else _NOT_SUPPORTED
    monthly = unit in {Unit.UNSAID, Unit.MONTH} and len(weekdays.days) == 1
    return NthWeekday(nth.n, weekdays.days[0]) if monthly else _NOT_SUPPORTED
