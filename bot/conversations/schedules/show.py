"""`/jadwal`: every schedule of the office with its next occurrences; one opened, with what can be done to it."""

from typing import Any

from bot.access import Permission, may
from bot.conversations.open_dialogues import elsewhere
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules.one_by_one import persons_shown
from bot.conversations.schedules.plan import Change, changed, plan_of, shown
from bot.conversations.schedules.saving import own_schedule
from bot.conversations.step import Command, Dialogue, Place, Press, Reply, Step, Turn
from scheduler.office_calendar import office_calendar
from storage.models import Schedule, ScheduleKind
from storage.queries import group_chats, schedules

PAGE = 5  # schedules in one message
_CHANGING = ("change_schedule", "add_schedule")  # dialogues that going back to a schedule closes
_ENDABLE = {ScheduleKind.MEETING, ScheduleKind.BROADCAST}


async def _list(turn: Turn) -> Step:
    return Step(replies=(await list_reply(turn, 0),), keep=elsewhere(turn, *_CHANGING))


async def _page(turn: Turn) -> Step:
    return Step(replies=(await list_reply(turn, press_number(turn)),), keep=elsewhere(turn, *_CHANGING))


async def list_reply(turn: Turn, page: int) -> Reply:
    """One page of the office's schedules. Buttons only in private, and only for those who may change something."""
    rows = await schedules.of_office(turn.session, turn.known_office.id)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(page, pages - 1)
    may_change = turn.inbound.chat.private and may(turn.known_member.role, Permission.SCHEDULE)
    parameters = {
        "office": turn.known_office.name,
        "schedules": [await schedule_shown(turn, row) for row in rows[page * PAGE : (page + 1) * PAGE]],
        "page": page,
        "pages": pages if turn.inbound.chat.private else 1,
        "may_change": may_change,
    }
    if not turn.inbound.chat.private:
        parameters["schedules"] = [await schedule_shown(turn, row) for row in rows]
    return Reply("schedule/list", parameters, edits_pressed=True)


async def schedule_shown(turn: Turn, schedule: Schedule, change: Change | None = None) -> dict[str, Any]:
    """A stored schedule as the parameter `schedule` of messages, as it would be after `change`."""
    groups = await group_chats.of_office(turn.session, turn.known_office.id)
    calendar = await office_calendar(turn.session, turn.known_office)
    plan = changed(await plan_of(turn.session, schedule), change or {})
    return {"id": schedule.id} | shown(plan, groups, turn.surroundings.groups_on, calendar, turn.now)


def may_touch(turn: Turn, schedule: Schedule) -> bool:
    """Whether the speaker may change it: what a broadcast says is for those alone who may broadcast."""
    role = turn.known_member.role
    if not may(role, Permission.SCHEDULE):
        return False
    return schedule.kind is not ScheduleKind.BROADCAST or may(role, Permission.BROADCAST)


async def touchable(turn: Turn, schedule_id: int) -> Schedule | None:
    """The schedule of the speaker's own office that the speaker may change; None for any other."""
    schedule = await own_schedule(turn, schedule_id)
    return schedule if schedule is not None and may_touch(turn, schedule) else None


def endable(schedule: Schedule) -> bool:
    """Whether people may end it: meetings, broadcasts, and what somebody added; the office's first ones they pause."""
    return schedule.kind in _ENDABLE or schedule.created_by is not None


def triable(turn: Turn, schedule: Schedule) -> bool:
    """Whether its next post may be shown to the speaker: a summary only to those who may see one."""
    return schedule.kind is not ScheduleKind.SUMMARY or may(turn.known_member.role, Permission.SEE_SUMMARY)


async def detail(turn: Turn, schedule: Schedule, *, saved: bool = False) -> Step:
    """One schedule with all that can be done to it."""
    parameters = {
        "schedule": await schedule_shown(turn, schedule),
        "persons": await persons_shown(turn, await plan_of(turn.session, schedule)),
        "endable": endable(schedule),
        "triable": triable(turn, schedule),
        "saved": saved,
    }
    reply = Reply("schedule/detail", parameters, edits_pressed=True)
    return Step(replies=(reply,), keep=elsewhere(turn, *_CHANGING))


async def _open(turn: Turn) -> Step:
    schedule = await touchable(turn, press_number(turn))
    return await detail(turn, schedule) if schedule else Step(keep=True, toast="schedule/toast_gone")


async def _targets(turn: Turn) -> Step:
    """`sched.where:<schedule>`: where it goes, with what can be chosen."""
    schedule = await touchable(turn, press_number(turn))
    plan = await plan_of(turn.session, schedule) if schedule else None
    if schedule is None or plan is None or not plan.into_groups:
        return Step(keep=True, toast="schedule/toast_gone")
    parameters = {"schedule": await schedule_shown(turn, schedule), "persons": await persons_shown(turn, plan)}
    reply = Reply("schedule/targets", parameters, edits_pressed=True)
    return Step(replies=(reply,), keep=elsewhere(turn, *_CHANGING))


DIALOGUE = Dialogue(
    name="show_schedules",
    commands=(Command("jadwal", _list, Permission.SEE_SCHEDULE, Place.ANYWHERE),),
    presses=(
        Press("sched.list", _page, Permission.SEE_SCHEDULE),
        Press("sched.open", _open, Permission.SCHEDULE),
        Press("sched.where", _targets, Permission.SCHEDULE),
    ),
)
