"""A schedule as a value: kept as JSON while a dialogue is open, read back to the person, stored in the end.

A change is a part of a plan's JSON ({"at": "07:15:00"}), so that the same value is shown before and written after.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from content.date_words import time_words, zone_words
from content.recurrence_words import recurrence_words
from scheduler import recurrence
from scheduler.abilities import abilities_of, without_groups
from scheduler.forwarding import FORWARDABLE
from scheduler.occurrences import LATE_MINUTES, LATE_MINUTES_ELSE, TWIBBON_UNTIL, timetable_of
from scheduler.recurrence import ChangedTime, Once, Recurrence, Timetable
from scheduler.working_calendar import HolidayRule as RuleOnHolidays
from scheduler.working_calendar import WorkingCalendar
from storage.models import GroupChat, GroupState, HolidayRule, Schedule, ScheduleKind, ScheduleState
from storage.queries import schedules
from storage.transaction import Session

BY_HAND = "by_hand"  # why a schedule is paused that a person paused
NEXT = 3  # occurrences shown

Change = Mapping[str, Any]


class Plan(Struct, frozen=True):
    """All that people see and set. `at` is local in `zone`; `groups` are ids of the office's groups."""

    kind: ScheduleKind
    title: str
    rule: Recurrence
    at: time
    zone: str
    holiday_rule: HolidayRule
    groups: tuple[int, ...] = ()
    exceptions: tuple[ChangedTime, ...] = ()
    late_minutes: int | None = None
    late_until: time | None = None
    body: str | None = None
    picture: dict[str, str] | None = None
    by_forwarding: bool = False  # a person forwards it into WhatsApp groups
    to_persons: bool = False  # also to each member on a channel that has no groups
    state: ScheduleState = ScheduleState.ACTIVE
    reason: str | None = None

    @property
    def once(self) -> bool:
        """Whether it falls on one day only."""
        return isinstance(self.rule, Once)

    @property
    def has_target(self) -> bool:
        """Whether anybody would get it."""
        return bool(self.groups) or self.to_persons or self.by_forwarding

    @property
    def into_groups(self) -> bool:
        """Whether it posts into groups; the summary goes to the leads in private."""
        return self.kind is not ScheduleKind.SUMMARY

    @property
    def forwardable(self) -> bool:
        """Whether a person can forward it: not what is pressed in the group itself, or private."""
        return self.kind in FORWARDABLE

    def data(self) -> dict[str, Any]:
        """As JSON values."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def read_plan(data: Mapping[str, Any]) -> Plan:
    """The plan that `data()` wrote; raises msgspec.ValidationError for anything else."""
    return msgspec.convert(data, Plan)


def changed(plan: Plan, change: Change) -> Plan:
    """The plan after a change."""
    return read_plan(plan.data() | dict(change))


async def plan_of(session: Session, schedule: Schedule) -> Plan:
    """A stored schedule as a plan."""
    timetable = await timetable_of(session, schedule)
    return Plan(
        kind=schedule.kind,
        title=schedule.title,
        rule=timetable.rule,
        at=schedule.at,
        zone=schedule.timezone,
        holiday_rule=schedule.holiday_rule,
        groups=tuple(group.id for group in await schedules.targets(session, schedule.id)),
        exceptions=timetable.exceptions,
        late_minutes=schedule.late_minutes,
        late_until=schedule.late_until,
        body=schedule.body,
        picture=schedule.picture,
        by_forwarding=schedule.by_forwarding,
        to_persons=schedule.to_persons,
        state=schedule.state,
        reason=schedule.reason,
    )


def next_dues(plan: Plan, calendar: WorkingCalendar, now: datetime, count: int = NEXT) -> list[datetime]:
    """The next instants (aware) at which the plan falls due; none while it does not run."""
    if plan.state is not ScheduleState.ACTIVE:
        return []
    rule = RuleOnHolidays(plan.holiday_rule.value)
    timetable = Timetable(plan.rule, rule, plan.at, plan.zone, plan.exceptions)
    return [due.due_at for due in recurrence.upcoming(timetable, calendar, now, count)]


def shown(
    plan: Plan, groups: Sequence[GroupChat], groups_on: Sequence[str], calendar: WorkingCalendar, now: datetime
) -> dict[str, Any]:
    """The plan as the parameter `schedule` of messages; `groups` are the office's, others are not shown.

    `groups_on`: the channels, as people call them, whose groups could be linked.
    """
    local = now.astimezone(ZoneInfo(plan.zone))
    minutes, until = _window(plan)
    return {
        "kind": plan.kind.value,
        "title": plan.title,
        "rule": recurrence_words(recurrence.to_json(plan.rule)),
        "once": plan.once,
        "clock": f"{time_words(plan.at)} {zone_words(local)}",
        "zone": plan.zone,
        "holiday_rule": plan.holiday_rule.value,
        "late_minutes": minutes,
        "late_until": time_words(until) if until else None,
        "into_groups": plan.into_groups,
        "groups": [group_shown(group) for group in groups if group.id in plan.groups],
        "groups_on": ", ".join(groups_on),
        "linked": any(group.state is GroupState.ACTIVE for group in groups),
        "forwardable": plan.forwardable,
        "by_forwarding": plan.by_forwarding,
        "one_by_one": channel_names(without_groups()) if plan.to_persons else None,
        "spans": [
            {"first": span.first_day, "last": span.last_day, "clock": time_words(span.at) if span.at else None}
            for span in plan.exceptions
            if span.last_day >= local.date()
        ],
        "state": plan.state.value,
        "reason": plan.reason,
        "address": plan.body if plan.kind is ScheduleKind.TWIBBON else None,
        "next": next_dues(plan, calendar, now),
        "day_off": _day_off(plan.rule, calendar),
    }


def _day_off(rule: Recurrence, calendar: WorkingCalendar) -> str | None:
    """Why the one day on which it falls is no working day: the holiday's name, "" for a weekend; None where it is."""
    if not isinstance(rule, Once) or calendar.is_working_day(rule.day):
        return None
    return calendar.holiday_name(rule.day) or ""


def channel_names(channels: Collection[str]) -> str:
    """The channels as people call them, in one phrase."""
    return ", ".join(abilities_of(channel).name or channel for channel in channels)


def group_shown(group: GroupChat) -> dict[str, Any]:
    """A group as messages name it; `paused` where nothing can be written to it now."""
    return {"id": group.id, "title": group.title, "paused": group.state is not GroupState.ACTIVE}


def _window(plan: Plan) -> tuple[int | None, time | None]:
    """How long after its hour it may still go out: minutes, or until a local time."""
    if plan.late_until is not None:
        return None, plan.late_until
    if plan.late_minutes is None and plan.kind is ScheduleKind.TWIBBON:
        return None, TWIBBON_UNTIL
    return plan.late_minutes or LATE_MINUTES.get(plan.kind, LATE_MINUTES_ELSE), None
