"""One line of the roster: shown with its buttons, and changed by them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.office_people import is_last_secretary, tell_member
from bot.conversations.press_numbers import press_number
from bot.conversations.step import EXPIRED, Handler, Press, Reply, Step, Turn, press_argument
from content.rendering import render
from content.seat_words import seat_words, seats_are_fixed, seats_of
from scheduler.abilities import abilities_of
from storage.models import Member, Role
from storage.queries import addresses, people

_MANAGE = Permission.MANAGE_MEMBERS


def _on_line(answer: Callable[[Turn, Member, str], Awaitable[Step]]) -> Handler:
    """A button on a line of the own office; `answer` gets the line and the button's second argument."""

    async def pressed(turn: Turn) -> Step:
        line = await people.find_member(turn.session, turn.known_office.id, press_number(turn))
        if line is None:
            return EXPIRED
        return await answer(turn, line, press_argument(turn, 1))

    return pressed


def _changing(answer: Callable[[Turn, Member, str], Awaitable[Step]]) -> Handler:
    """As `_on_line`, for what takes away or gives rights: never the own line, nor the last secretary's."""

    async def guarded(turn: Turn, line: Member, choice: str) -> Step:
        if line.id == turn.known_member.id:
            return Step(keep=True, toast="toast/own_line")
        if line.role is Role.ADMINISTRATOR and turn.known_member.role is not Role.ADMINISTRATOR:
            return Step(keep=True, toast="toast/not_allowed")
        if await is_last_secretary(turn.session, line):
            return Step(keep=True, toast="toast/last_secretary")
        return await answer(turn, line, choice)

    return _on_line(guarded)


async def out_of_reach(turn: Turn, lines: Sequence[Member]) -> dict[int, list[dict[str, Any]]]:
    """By the id of the line: where the member can no longer be written to, why, and since when if it is known."""
    lost = await addresses.out_of_reach(turn.session, {line.person_id for line in lines if line.person_id is not None})
    zone = ZoneInfo(turn.known_office.timezone)
    return {
        line.id: [
            {
                "channel": abilities_of(one.channel).name or one.channel,
                "why": render("notice/reason", {"reason": one.reason}).text,
                "since": one.since.astimezone(zone) if one.since else None,
            }
            for one in lost
            if one.person_id == line.person_id
        ]
        for line in lines
    }


async def stopped(turn: Turn, lines: Sequence[Member]) -> dict[int, list[str]]:
    """By the id of the line: the channels on which the member asked not to be written to."""
    found = await addresses.opted_out(turn.session, {line.person_id for line in lines if line.person_id is not None})
    return {
        line.id: [abilities_of(channel).name or channel for person, channel in found if person == line.person_id]
        for line in lines
    }


async def _show(turn: Turn, line: Member, _choice: str) -> Step:
    return await _shown(turn, line)


async def _shown(turn: Turn, line: Member, *others: Reply) -> Step:
    parameters = {
        "id": line.id,
        "name": line.name,
        "role": seat_words(turn.regulation, line.role.value),
        "joined": line.person_id is not None,
        "in_turn": line.leads_assembly,
        "unreached": (await out_of_reach(turn, [line]))[line.id],
        "stopped": (await stopped(turn, [line]))[line.id],
    }
    return Step(replies=(Reply("roster/line", parameters, edits_pressed=True), *others), keep=True)


async def _ask_role(turn: Turn, line: Member, _choice: str) -> Step:
    parameters = {
        "id": line.id,
        "name": line.name,
        "seats": [{"slug": slug, "name": seat_words(turn.regulation, slug)} for slug in seats_of(turn.regulation)],
        "fixed": seats_are_fixed(turn.regulation),
    }
    return Step(replies=(Reply("roster/ask_role", parameters, edits_pressed=True),), keep=True)


async def _set_role(turn: Turn, line: Member, slug: str) -> Step:
    if slug not in seats_of(turn.regulation):
        return EXPIRED
    if line.role.value == slug:
        return await _shown(turn, line)
    old, line.role = line.role, Role(slug)
    await _record(turn, "member.role_changed", line, {"from": old.value, "to": slug})
    news = {"office": turn.known_office.name, "role": seat_words(turn.regulation, slug)}
    return await _shown(turn, line, *await tell_member(turn.session, line, "roster/your_role", news))


async def _set_turn(turn: Turn, line: Member, choice: str) -> Step:
    wanted = choice == "1"
    if line.leads_assembly is not wanted:
        line.leads_assembly = wanted
        await _record(turn, "member.in_turn" if wanted else "member.out_of_turn", line, {})
    return await _shown(turn, line)


async def _ask_release(turn: Turn, line: Member, _choice: str) -> Step:
    known = await addresses.channels_of(turn.session, line.person_id) if line.person_id else ()
    accounts = [abilities_of(channel).name or channel for channel in known]
    parameters = {"id": line.id, "name": line.name, "accounts": accounts}
    return Step(replies=(Reply("roster/ask_release", parameters, edits_pressed=True),), keep=True)


async def _release(turn: Turn, line: Member, _choice: str) -> Step:
    if line.person_id is None:
        return await _shown(turn, line)
    told = await tell_member(turn.session, line, "roster/you_left", {"office": turn.known_office.name})
    fresh = await people.release(turn.session, line, turn.now)
    await _record(turn, "member.released", line, {"line": fresh.id})
    return await _shown(turn, fresh, *told)


async def _ask_leave(_turn: Turn, line: Member, _choice: str) -> Step:
    parameters = {"id": line.id, "name": line.name}
    return Step(replies=(Reply("roster/ask_leave", parameters, edits_pressed=True),), keep=True)


async def _leave(turn: Turn, line: Member, _choice: str) -> Step:
    told = await tell_member(turn.session, line, "roster/you_left", {"office": turn.known_office.name})
    line.left_at = turn.now
    await _record(turn, "member.left", line, {})
    gone = Reply("roster/left", {"name": line.name, "office": turn.known_office.name}, edits_pressed=True)
    return Step(replies=(gone, *told), keep=True)


async def _record(turn: Turn, act: str, line: Member, detail: dict[str, str | int]) -> None:
    await record_act(turn, act, {"member": line.id, **detail})


PRESSES = (
    Press("roster.show", _on_line(_show), _MANAGE),
    Press("roster.roles", _changing(_ask_role), _MANAGE),
    Press("roster.role", _changing(_set_role), _MANAGE),
    Press("roster.turn", _on_line(_set_turn), _MANAGE),
    Press("roster.release", _changing(_ask_release), _MANAGE),
    Press("roster.released", _changing(_release), _MANAGE),
    Press("roster.leave", _changing(_ask_leave), _MANAGE),
    Press("roster.left", _changing(_leave), _MANAGE),
)
