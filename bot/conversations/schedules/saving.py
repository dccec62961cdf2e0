"""Writes what a dialogue agreed upon: the schedule, what falls due from it, and the audit row, in one transaction."""

from typing import Any

from bot.conversations.acts import record_act
from bot.conversations.schedules.plan import Change, Plan, changed, plan_of
from bot.conversations.step import Turn
from scheduler import recurrence
from scheduler.occurrences import replan
from storage.models import Schedule, ScheduleState
from storage.queries import schedules

_OWN_COLUMNS = {
    *("title", "at", "holiday_rule", "late_minutes", "late_until", "body"),
    *("by_forwarding", "to_persons", "state", "reason"),
}


async def save_new(turn: Turn, plan: Plan) -> Schedule:
    """A new schedule of the speaker's office; what falls due within the horizon becomes rows at once."""
    values: dict[str, Any] = {name: getattr(plan, name) for name in _OWN_COLUMNS | {"kind", "picture"}}
    values |= {
        "office_id": turn.known_office.id,
        "recurrence": recurrence.to_json(plan.rule),
        "timezone": plan.zone,
        "planned_until": turn.now,
        "created_by": turn.known_member.id,
        "created_at": turn.now,
    }
    schedule = await schedules.add(turn.session, values)
    await schedules.set_targets(turn.session, schedule.id, plan.groups)
    await _bring_in_line(turn, schedule)
    await _record(turn, "schedule.added", schedule, {"kind": plan.kind.value, "rule": values["recurrence"]})
    return schedule


async def save_change(turn: Turn, schedule: Schedule, change: Change) -> Plan:
    """Write a change to the schedule; returns what it says now."""
    plan = changed(await plan_of(turn.session, schedule), change)
    for name in _OWN_COLUMNS & set(change):
        setattr(schedule, name, getattr(plan, name))
    if "rule" in change:
        schedule.recurrence = recurrence.to_json(plan.rule)
    if "groups" in change:
        await schedules.set_targets(turn.session, schedule.id, plan.groups)
    if "exceptions" in change:
        spans = [(span.first_day, span.last_day, span.at) for span in plan.exceptions]
        await schedules.set_exceptions(turn.session, schedule.id, spans)
    await _bring_in_line(turn, schedule)
    detail = {name: value for name, value in change.items() if name not in {"body", "title"}}
    await _record(turn, "schedule.changed", schedule, detail)
    return plan


async def end(turn: Turn, schedule: Schedule) -> None:
    """It never goes out again; its row and its past stay."""
    schedule.state, schedule.reason = ScheduleState.ENDED, None
    await _bring_in_line(turn, schedule)
    await _record(turn, "schedule.ended", schedule, {})


async def replan_office(turn: Turn) -> None:
    """The office's calendar changed: bring every schedule in line with it."""
    for schedule in await schedules.of_office(turn.session, turn.known_office.id):
        await _bring_in_line(turn, schedule)


async def own_schedule(turn: Turn, schedule_id: int) -> Schedule | None:
    """The schedule with this id if it is the speaker's office's and has not ended."""
    schedule = await schedules.find(turn.session, schedule_id) if schedule_id else None
    if schedule is None or schedule.office_id != turn.known_office.id or schedule.state is ScheduleState.ENDED:
        return None
    return schedule


async def _bring_in_line(turn: Turn, schedule: Schedule) -> None:
    await replan(turn.session, schedule, turn.now, regulations=turn.surroundings.regulations)


async def _record(turn: Turn, act: str, schedule: Schedule, detail: dict[str, Any]) -> None:
    await record_act(turn, act, {"schedule": schedule.id} | detail)
