"""What somebody types for one side of a schedule -> a change to its plan, or why it cannot be read."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import msgspec

from bot.conversations.evidence_intake import take_links
from bot.conversations.press_numbers import number
from bot.conversations.schedules.plan import Change, Plan
from scheduler import recurrence
from scheduler.date_phrases import Reason, Unreadable, read_time, read_weekdays, read_when, speaks_of_time, split_span
from scheduler.recurrence import ChangedTime, Once, Recurrence, Weekdays

LATE_AT_MOST = 12 * 60  # minutes
_ONLY = re.compile(r"\b(?:hanya|cukup|saja|aja)\b", re.IGNORECASE)
_ONCE, _WEEKLY = "once", "weekdays"  # kinds of rules
_NOTHING = ("tidak ada", "tanpa", "libur", "kosong", "ditiadakan", "tiada")
_EVERYTHING_OFF = frozenset({"-", "hapus", "tidak ada", "kosong"})


class Side(StrEnum):
    """One side of a schedule that can be changed."""

    TIME = "time"
    DAYS = "days"
    HOLIDAY = "holiday"
    SPAN = "span"
    LATE = "late"
    GROUPS = "groups"
    FORWARD = "forward"
    PERSONS = "persons"
    STATE = "state"
    ADDRESS = "address"


Answer = Change | Unreadable


def read_answer(side: Side, text: str, plan: Plan, now: datetime) -> Answer:
    """The change that `text` means for this side; `now` is aware, in the plan's zone."""
    reader = _READERS.get(side)
    return reader(text, plan, now) if reader else Unreadable(Reason.NOTHING_READ)


def _time(text: str, plan: Plan, now: datetime) -> Answer:
    at = read_time(text, now.utcoffset())
    if at is None:
        return Unreadable(Reason.NOTHING_READ)
    past = _past(plan.rule, at, plan.zone, now)
    return past or {"at": at.isoformat()}


def _days(text: str, plan: Plan, now: datetime) -> Answer:
    return _single_day(text, plan, now) if plan.once else _repeating_days(text, plan, now)


def _repeating_days(text: str, plan: Plan, now: datetime) -> Answer:
    """What repeats stays so: "Senin saja" and "Senin jam 7" mean every Monday, "3 Desember" is refused."""
    text = _ONLY.sub(" ", text)
    weekdays = read_weekdays(text)
    if weekdays:
        return _rule(Weekdays(weekdays))
    answer = _single_day(text, plan, now)
    if isinstance(answer, Unreadable) or answer["rule"]["kind"] != _ONCE:
        return answer
    every = _single_day(f"setiap {text}", plan, now)
    weekly = not isinstance(every, Unreadable) and every["rule"]["kind"] == _WEEKLY
    return every if weekly else Unreadable(Reason.NOT_REPEATED)


def _single_day(text: str, plan: Plan, now: datetime) -> Answer:
    when = read_when(text, now)
    if isinstance(when, Unreadable) and when.reason is Reason.TIME_MISSING:
        when = read_when(f"{text} pukul {plan.at:%H.%M}", now)
        if not isinstance(when, Unreadable) and not speaks_of_time(when.rest):
            return _rule(when.recurrence or Once(_day(when.instant, now)))
    if isinstance(when, Unreadable):
        return when
    if speaks_of_time(when.rest):
        return Unreadable(Reason.NOTHING_READ)
    at = when.at or (when.instant or now).timetz().replace(tzinfo=None)
    return {**_rule(when.recurrence or Once(_day(when.instant, now))), "at": at.isoformat()}


def _day(instant: datetime | None, now: datetime) -> date:
    return (instant or now).date()


def _rule(rule: Recurrence) -> dict[str, Any]:
    return {"rule": recurrence.to_json(rule)}


def _past(rule: Recurrence, at: time, zone: str, now: datetime) -> Unreadable | None:
    if isinstance(rule, Once) and recurrence.instant(rule.day, at, zone) < now:
        return Unreadable(Reason.IN_THE_PAST, rule.day)
    return None


def _span(text: str, plan: Plan, now: datetime) -> Answer:
    found = split_span(text, now.date())
    if isinstance(found, Unreadable):
        return Unreadable(Reason.DAY_MISSING) if found.reason is Reason.NOTHING_READ else found
    (first, last), rest = found
    if last < now.date():
        return Unreadable(Reason.IN_THE_PAST, last)
    at = read_time(rest, now.utcoffset())
    if at is None and not any(word in rest.casefold() for word in _NOTHING):
        return Unreadable(Reason.TIME_MISSING)
    return exceptions((*plan.exceptions, ChangedTime(first, last, at)))


def exceptions(spans: tuple[ChangedTime, ...]) -> Change:
    """The change that leaves exactly these spans."""
    return {"exceptions": msgspec.to_builtins(spans)}


def without_span(plan: Plan, first_and_last: str) -> Change | None:
    """The change that drops the span named "2027-02-08.2027-03-09"; None where the plan has none (any more)."""
    kept = tuple(span for span in plan.exceptions if f"{span.first_day}.{span.last_day}" != first_and_last)
    return exceptions(kept) if len(kept) < len(plan.exceptions) else None


def _late(text: str, plan: Plan, now: datetime) -> Answer:
    words = text.casefold().split()
    minutes = number(words[0]) if words else 0
    if minutes and words[1:] in (["jam"], ["menit"], []):
        minutes *= 60 if words[1:] == ["jam"] else 1
        return late(minutes) if minutes <= LATE_AT_MOST else Unreadable(Reason.NO_SUCH_TIME)
    until = read_time(text, now.utcoffset())
    if until is None:
        return Unreadable(Reason.NOTHING_READ)
    if until <= plan.at:
        return Unreadable(Reason.IN_THE_PAST)
    return {"late_minutes": None, "late_until": until.isoformat()}


def late(minutes: int) -> Change:
    """The change to a window of this many minutes."""
    return {"late_minutes": minutes, "late_until": None}


def _address(text: str, _plan: Plan, _now: datetime) -> Answer:
    if text.strip().casefold() in _EVERYTHING_OFF:
        return {"body": None}
    _, links = take_links(text)
    return {"body": links[0]} if links else Unreadable(Reason.NOTHING_READ)


_READERS: Mapping[Side, Callable[[str, Plan, datetime], Answer]] = {
    Side.TIME: _time,
    Side.DAYS: _days,
    Side.SPAN: _span,
    Side.LATE: _late,
    Side.ADDRESS: _address,
}
TYPED = frozenset(_READERS)  # the others are chosen
