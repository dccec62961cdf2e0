"""Changing one schedule: a side is chosen, answered by a button or in words, read back, and only then saved."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, convert, to_builtins

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.press_numbers import number, press_number
from bot.conversations.schedules.answers import LATE_AT_MOST, TYPED, Side, exceptions, late, read_answer, without_span
from bot.conversations.schedules.one_by_one import persons_shown
from bot.conversations.schedules.plan import BY_HAND, Change, Plan, changed, plan_of
from bot.conversations.schedules.proposal import group_page, in_your_stead, new_key, own_groups
from bot.conversations.schedules.saving import end, save_change
from bot.conversations.schedules.show import detail, endable, schedule_shown, touchable
from bot.conversations.short_answers import says_save
from bot.conversations.step import EXPIRED, Dialogue, Press, Reply, State, Step, Turn, press_argument, press_arguments
from scheduler.date_phrases import Unreadable
from scheduler.office_defaults import NO_GROUP
from storage.models import GroupState, HolidayRule, Schedule, ScheduleState

_NAME = "change_schedule"
_TARGETS = (Side.GROUPS, Side.FORWARD, Side.PERSONS)
_GONE = Step(keep=True, toast="schedule/toast_gone")


class _Draft(Struct, frozen=True):
    """What is being changed. `change` is None until it was read; `key` ties the buttons to this very read-back."""

    schedule: int
    side: Side
    key: str
    change: dict[str, Any] | None = None
    is_read_back: bool = False  # of groups there is a change while they are chosen, too

    def state(self) -> State:
        return State(_NAME, to_builtins(self))


def _draft(turn: Turn) -> _Draft | None:
    if turn.state is None or turn.state.dialogue != _NAME:
        return None
    return convert(turn.state.data, _Draft)


async def _ask(turn: Turn) -> Step:
    """`sched.ask:<schedule>:<side>`: ask for a side's new content."""
    schedule = await touchable(turn, press_number(turn))
    side = _side(turn)
    if schedule is None or side in (None, Side.STATE):
        return _GONE
    draft = _Draft(schedule.id, side, new_key())
    plan = await plan_of(turn.session, schedule)
    if side is Side.GROUPS:
        return await _ask_groups(turn, schedule, draft, plan.groups)
    if side is Side.PERSONS and await persons_shown(turn, plan) is None:
        return _GONE
    return Step(replies=(await _question(turn, schedule, draft),), state=draft.state())


def _side(turn: Turn) -> Side | None:
    name = press_argument(turn, 1)
    return Side(name) if name in list(Side) else None


async def _question(turn: Turn, schedule: Schedule, draft: _Draft) -> Reply:
    parameters: dict[str, Any] = {"schedule": await schedule_shown(turn, schedule)}
    if draft.side is Side.PERSONS:
        parameters["persons"] = await persons_shown(turn, await plan_of(turn.session, schedule))
    return Reply(f"schedule/ask_{draft.side.value}", parameters, edits_pressed=True)


async def _answered(turn: Turn) -> Step:
    draft = _draft(turn)
    schedule = await touchable(turn, draft.schedule) if draft and turn.member else None
    if draft is None or schedule is None:
        return Step(replies=(Reply("schedule/gone"),))
    if draft.is_read_back and says_save(turn.inbound.text) and may(turn.known_member.role, Permission.SCHEDULE):
        return await _write(turn, draft)
    if draft.side is Side.GROUPS:
        return await _ask_groups(turn, schedule, draft, tuple((draft.change or {}).get("groups", ())))
    if turn.inbound.kind is not Kind.TEXT or draft.side not in TYPED:
        return Step(replies=(await _question(turn, schedule, draft),), keep=True)
    plan = await plan_of(turn.session, schedule)
    answer = read_answer(draft.side, turn.inbound.text, plan, _local(turn, plan))
    if isinstance(answer, Unreadable):
        parameters = {"reason": answer.reason.value, "day": answer.day, "wanted": draft.side.value}
        return Step(replies=(Reply("schedule/unreadable", parameters),), keep=True)
    return await _read_back(turn, schedule, draft.side, answer)


def _local(turn: Turn, plan: Plan) -> datetime:
    return turn.now.astimezone(ZoneInfo(plan.zone))


async def _read_back(turn: Turn, schedule: Schedule, side: Side, change: Change) -> Step:
    draft = _Draft(schedule.id, side, new_key(), dict(change), is_read_back=True)
    plan = changed(await plan_of(turn.session, schedule), change)
    turned = await _run_or_wait(turn, plan) if side in _TARGETS else {}
    parameters = {
        "schedule": await schedule_shown(turn, schedule, {**change, **turned})
        | {"in_your_stead": await in_your_stead(turn, plan) if side is Side.FORWARD else None},
        "side": side.value,
        "key": draft.key,
        "persons": await persons_shown(turn, plan),
        "turns": bool(turned),
    }
    reply = Reply("schedule/read_back", parameters, edits_pressed=True)
    return Step(replies=(reply,), state=draft.state())


async def _pick(turn: Turn) -> Step:
    """`sched.pick:<schedule>:<side>:<choice>`: a side's new content by a button."""
    schedule, side = await touchable(turn, press_number(turn)), _side(turn)
    choice = press_argument(turn, 2)
    if schedule is None or side is None:
        return _GONE
    plan = await plan_of(turn.session, schedule)
    change = _picked(side, choice, plan)
    if change is None:
        return EXPIRED
    if change.get("state") == ScheduleState.ACTIVE and not await _goes_out(turn, plan):
        return await _no_target(turn, schedule)
    return await _read_back(turn, schedule, side, change)


async def _no_target(turn: Turn, schedule: Schedule) -> Step:
    plan = await plan_of(turn.session, schedule)
    ways = {"schedule": await schedule_shown(turn, schedule), "persons": await persons_shown(turn, plan)}
    return Step(keep=True, toast="schedule/toast_no_target", toast_parameters=ways)


def _picked(side: Side, choice: str, plan: Plan) -> Change | None:
    match side:
        case Side.HOLIDAY if choice in list(HolidayRule):
            return {"holiday_rule": choice}
        case Side.LATE if 0 < number(choice) <= LATE_AT_MOST:
            return late(number(choice))
        case Side.SPAN if choice == "none":
            return exceptions(())
        case Side.SPAN:
            return without_span(plan, choice)
        case Side.DAYS if choice == "working":
            return {"rule": {"kind": "every_working_day"}}
        case Side.STATE if choice == "pause":
            return {"state": ScheduleState.PAUSED.value, "reason": BY_HAND}
        case Side.STATE if choice == "resume":
            return {"state": ScheduleState.ACTIVE.value, "reason": None}
        case Side.ADDRESS if choice == "none":
            return {"body": None}
        case Side.FORWARD | Side.PERSONS if choice in ("on", "off"):
            return _turned(side, plan, on=choice == "on")
    return None


def _turned(side: Side, plan: Plan, *, on: bool) -> Change | None:
    """How it goes out beside groups."""
    if side is Side.FORWARD:
        return {"by_forwarding": on} if plan.forwardable else None
    return {"to_persons": on} if plan.into_groups else None


async def _goes_out(turn: Turn, plan: Plan) -> bool:
    """Whether there is anybody to whom it goes: a group that can be written to, members, or who forwards it."""
    if not plan.into_groups or plan.by_forwarding or plan.to_persons:
        return True
    groups = await own_groups(turn)
    return any(group.state is GroupState.ACTIVE for group in groups if group.id in plan.groups)


async def _ask_groups(turn: Turn, schedule: Schedule, draft: _Draft, chosen: tuple[int, ...]) -> Step:
    groups = await own_groups(turn)
    chosen = tuple(group.id for group in groups if group.id in chosen)
    parameters = {
        "title": schedule.title,
        "groups_on": ", ".join(turn.surroundings.groups_on),
        "key": draft.key,
        "schedule_id": schedule.id,
    } | group_page(turn, groups, chosen, beside=2)
    draft = _Draft(draft.schedule, draft.side, draft.key, {"groups": list(chosen)})
    return Step(replies=(Reply("schedule/ask_groups", parameters, edits_pressed=True),), state=draft.state())


async def _toggle(turn: Turn) -> Step:
    """`sched.group:<key>:<group>`: choose a group or leave it out; `:p<page>` shows others, `:0` goes on."""
    draft, group_id = _keyed(turn), press_number(turn, 1)
    schedule = await touchable(turn, draft.schedule) if draft else None
    if draft is None or schedule is None or draft.side is not Side.GROUPS:
        return EXPIRED
    chosen = tuple((draft.change or {}).get("groups", ()))
    if press_argument(turn, 1) != "0" and not group_id:
        return await _ask_groups(turn, schedule, draft, chosen)
    if group_id:
        chosen = tuple(kept for kept in chosen if kept != group_id) if group_id in chosen else (*chosen, group_id)
        return await _ask_groups(turn, schedule, draft, chosen)
    if not chosen and not schedule.by_forwarding and not schedule.to_persons:
        return await _no_target(turn, schedule)
    return await _read_back(turn, schedule, Side.GROUPS, {"groups": list(chosen)})


def _keyed(turn: Turn) -> _Draft | None:
    """The open draft, if the pressed button belongs to it."""
    draft = _draft(turn)
    return draft if draft and press_argument(turn) == draft.key else None


async def _save(turn: Turn) -> Step:
    """`sched.save:<key>`: write what was read back. A second press finds no draft."""
    draft = _keyed(turn)
    return EXPIRED if draft is None else await _write(turn, draft)


async def _write(turn: Turn, draft: _Draft) -> Step:
    schedule = await touchable(turn, draft.schedule)
    if schedule is None or draft.change is None:
        return EXPIRED
    plan = await save_change(turn, schedule, draft.change)
    turned = await _run_or_wait(turn, plan) if draft.side in _TARGETS else {}
    if turned:
        await save_change(turn, schedule, turned)
    return await detail(turn, schedule, saved=True)


async def _run_or_wait(turn: Turn, plan: Plan) -> Change:
    """What waited for somebody to whom it goes runs, and what has nobody left waits; {} where that changes nothing."""
    goes_out = await _goes_out(turn, plan)
    if goes_out and plan.state is ScheduleState.PAUSED and plan.reason != BY_HAND:
        return {"state": ScheduleState.ACTIVE.value, "reason": None}
    if not goes_out and plan.state is ScheduleState.ACTIVE:
        return {"state": ScheduleState.PAUSED.value, "reason": NO_GROUP}
    return {}


async def _ask_end(turn: Turn) -> Step:
    """`sched.end:<schedule>` asks, `sched.end:<schedule>:yes` ends it."""
    schedule = await touchable(turn, press_number(turn))
    if schedule is None or not endable(schedule):
        return _GONE
    if press_arguments(turn)[1:] != ["yes"]:
        parameters = {"schedule": await schedule_shown(turn, schedule)}
        return Step(replies=(Reply("schedule/ask_end", parameters, edits_pressed=True),))
    await end(turn, schedule)
    return Step(replies=(Reply("schedule/ended", {"title": schedule.title}, edits_pressed=True),))


def _chooses(turn: Turn) -> bool:
    draft = _draft(turn)
    return draft is not None and (draft.side not in TYPED or draft.change is not None)


DIALOGUE = Dialogue(
    name=_NAME,
    presses=(
        Press("sched.ask", _ask, Permission.SCHEDULE),
        Press("sched.pick", _pick, Permission.SCHEDULE),
        Press("sched.group", _toggle, Permission.SCHEDULE),
        Press("sched.save", _save, Permission.SCHEDULE),
        Press("sched.end", _ask_end, Permission.SCHEDULE),
    ),
    goes_on=_answered,
    takes_no_word=lambda _turn: True,  # what is typed there names a time
    chooses=_chooses,
)
