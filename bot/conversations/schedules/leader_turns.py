"""`/giliran`: who leads the next readings; a turn is swapped or skipped in one tap, and then owed, not lost."""

from collections.abc import Sequence
from typing import Any

from bot.access import Permission, may
from bot.conversations.acts import record_act
from bot.conversations.press_numbers import press_number
from bot.conversations.step import Command, Dialogue, Place, Press, Reply, Step, Turn
from scheduler import turns as taking_turns
from scheduler.rotation import PastTurn, TurnState, next_leader
from storage.models import Member, Occurrence, OccurrenceState, Schedule
from storage.models import Turn as LeaderTurn
from storage.models import TurnState as StoredState
from storage.queries import occurrences, people, turns

_NEXT = 5
_PAGE = 8  # names in one message
_GONE = Step(keep=True, toast="turn/toast_gone")


async def _list(turn: Turn) -> Step:
    rows = await turns.coming(turn.session, turn.known_office.id, turn.now, _NEXT)
    parameters = {
        "turns": await _shown(turn, rows),
        "may_change": turn.inbound.chat.private and may(turn.known_member.role, Permission.MANAGE_MEMBERS),
    }
    return Step(replies=(Reply("turn/list", parameters, edits_pressed=True),), keep=True)


async def _shown(turn: Turn, rows: Sequence[tuple[Occurrence, Schedule, LeaderTurn | None]]) -> list[dict[str, Any]]:
    """Who leads; where nobody is assigned yet, whose turn it would be as things stand."""
    entries, history = await taking_turns.rotation_of(turn.session, turn.known_office)
    shown = []
    for occurrence, schedule, assigned in rows:
        leader_id = assigned.member_id if assigned else next_leader(entries, history)
        if assigned is None and leader_id is not None:
            history.append(PastTurn(leader_id, occurrence.day, TurnState.ASSIGNED))
        leader = await turn.session.get(Member, leader_id) if leader_id else None
        shown.append(
            {
                "id": assigned.id if assigned else None,
                "title": schedule.title,
                "due_at": occurrence.due_at,
                "zone": schedule.timezone,
                "leader": leader.name if leader else None,
            }
        )
    return shown


async def _pressed(turn: Turn) -> tuple[LeaderTurn, Occurrence] | None:
    """The turn of the pressed button, while it stands and its reading is still to come, in the own office."""
    row = await turns.find(turn.session, press_number(turn))
    if row is None or row.office_id != turn.known_office.id or row.state is not StoredState.ASSIGNED:
        return None
    occurrence = await occurrences.find(turn.session, row.occurrence_id)
    if occurrence is None or occurrence.state is not OccurrenceState.PLANNED or occurrence.due_at <= turn.now:
        return None
    return row, occurrence


async def _swap(turn: Turn) -> Step:
    """`turn.swap:<turn>` or `turn.swap:<turn>:<page>`: choose who leads instead."""
    found = await _pressed(turn)
    if found is None:
        return _GONE
    row, occurrence = found
    others = [member for member in await people.roster(turn.session, row.office_id) if member.id != row.member_id]
    size = turn.abilities.room(_PAGE, beside=3)
    pages = max(1, -(-len(others) // size))
    page = min(press_number(turn, 1), pages - 1)
    parameters = {
        "turn_id": row.id,
        "leader": await _name(turn, row.member_id),
        "due_at": occurrence.due_at,
        "zone": turn.known_office.timezone,
        "members": [{"id": member.id, "name": member.name} for member in others[page * size : (page + 1) * size]],
        "page": page,
        "pages": pages,
    }
    return Step(replies=(Reply("turn/choose", parameters, edits_pressed=True),), keep=True)


async def _give(turn: Turn) -> Step:
    """`turn.give:<turn>:<member>`."""
    found = await _pressed(turn)
    member = await people.find_member(turn.session, turn.known_office.id, press_number(turn, 1))
    if found is None or member is None:
        return _GONE
    row, occurrence = found
    now_leading = await taking_turns.swap_turn(turn.session, row.id, member.id, turn.now, by=turn.known_member.id)
    return await _changed(turn, "turn.swapped", row, occurrence, now_leading)


async def _skip(turn: Turn) -> Step:
    """`turn.skip:<turn>`: the next one on the roster leads."""
    found = await _pressed(turn)
    if found is None:
        return _GONE
    row, occurrence = found
    now_leading = await taking_turns.skip_turn(turn.session, row.id, turn.now, by=turn.known_member.id)
    return await _changed(turn, "turn.skipped", row, occurrence, now_leading)


async def _changed(
    turn: Turn, act: str, row: LeaderTurn, occurrence: Occurrence, now_leading: LeaderTurn | None
) -> Step:
    detail = {"turn": row.id, "member": row.member_id, "now": now_leading.member_id if now_leading else None}
    await record_act(turn, act, detail)
    parameters = {
        "how": act.removeprefix("turn."),
        "before": await _name(turn, row.member_id),
        "leader": await _name(turn, now_leading.member_id) if now_leading else None,
        "due_at": occurrence.due_at,
        "zone": turn.known_office.timezone,
    }
    return Step(replies=(Reply("turn/changed", parameters, edits_pressed=True),), keep=True)


async def _name(turn: Turn, member_id: int) -> str:
    return (await turn.session.get_one(Member, member_id)).name


DIALOGUE = Dialogue(
    name="leader_turns",
    commands=(Command("giliran", _list, Permission.SEE_SCHEDULE, Place.ANYWHERE),),
    presses=(
        Press("turn.list", _list, Permission.SEE_SCHEDULE),
        Press("turn.swap", _swap, Permission.MANAGE_MEMBERS),
        Press("turn.give", _give, Permission.MANAGE_MEMBERS),
        Press("turn.skip", _skip, Permission.MANAGE_MEMBERS),
    ),
)
