"""/anggota: the office's roster, kept by whoever may manage members; everybody else sees the own seat.

Nobody changes the own line here, and the last secretary keeps the seat: an office must not lock itself out.
"""

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.acts import record_act
from bot.conversations.members import roster_line
from bot.conversations.members.roster_names import LONGEST, MOST_AT_ONCE, fault_in, read_names, shortened
from bot.conversations.press_numbers import press_number
from bot.conversations.step import Command, Dialogue, Press, Reply, State, Step, Turn
from content.seat_words import seat_words
from storage.queries import people

_NAME = "roster"
_ON_A_PAGE = 8
_MANAGE = Permission.MANAGE_MEMBERS


async def _roster(turn: Turn) -> Step:
    if turn.member is None:
        return Step(replies=(Reply("help/not_member"),), keep=True)
    if not may(turn.member.role, _MANAGE):
        parameters = {
            "name": turn.member.name,
            "office": turn.known_office.name,
            "role": seat_words(turn.regulation, turn.member.role.value),
        }
        return Step(replies=(Reply("roster/own_seat", parameters),), keep=True)
    if turn.inbound.text:
        return await _add(turn)
    return Step(replies=(await _page_of(turn, 0),))


async def _page_of(turn: Turn, page: int) -> Reply:
    lines = await people.roster(turn.session, turn.known_office.id)
    size = turn.abilities.room(_ON_A_PAGE, beside=3)
    pages = max(1, (len(lines) - 1) // size + 1)
    page = min(max(page, 0), pages - 1)
    first = page * size
    on_page = lines[first : first + size]
    lost = await roster_line.out_of_reach(turn, on_page)
    stopped = await roster_line.stopped(turn, on_page)
    shown = [
        {
            "n": first + index,
            "id": line.id,
            "name": line.name,
            "role": seat_words(turn.regulation, line.role.value),
            "joined": line.person_id is not None,
            "unreached": [one["channel"] for one in lost[line.id]],
            "stopped": stopped[line.id],
        }
        for index, line in enumerate(on_page, start=1)
    ]
    parameters = {
        "office": turn.known_office.name,
        "total": len(lines),
        "joined": sum(line.person_id is not None for line in lines),
        "lines": shown,
        "page": page,
        "pages": pages,
    }
    return Reply("roster/page", parameters, edits_pressed=True)


async def _turn_page(turn: Turn) -> Step:
    return Step(replies=(await _page_of(turn, press_number(turn)),), keep=True)


async def _ask_names(_turn: Turn) -> Step:
    return Step(replies=(Reply("roster/ask_names"),), state=State(_NAME, {"step": "add"}))


async def _goes_on(turn: Turn) -> Step:
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("roster/ask_names"),), keep=True)
    if turn.member is None or not may(turn.member.role, _MANAGE):
        return Step(replies=(Reply("help/not_allowed", {"command": "anggota"}),))
    return await _add(turn)


async def _add(turn: Turn) -> Step:
    """Every name of the message that can stand on the roster goes there; the others are named with the reason."""
    names = read_names(turn.inbound.text)
    taken = [line.name for line in await people.roster(turn.session, turn.known_office.id)]
    refused: list[dict[str, str]] = []
    added: list[str] = []
    for name in names[:MOST_AT_ONCE]:
        fault = fault_in(name, [*taken, *added])
        if fault is not None:
            refused.append({"name": shortened(name), "fault": fault.value})
            continue
        member = await people.add_member(turn.session, turn.known_office.id, name, turn.now)
        await record_act(turn, "member.added", {"member": member.id})
        added.append(name)
    parameters = {
        "added": len(added),
        "total": len(taken) + len(added),
        "refused": refused[:10],
        "more_refused": max(0, len(refused) - 10),
        "left_out": max(0, len(names) - MOST_AT_ONCE),
        "longest": LONGEST,
    }
    return Step(replies=(Reply("roster/added", parameters),))


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(Command("anggota", _roster, None, spoken=lambda _turn: False),),
    presses=(
        Press("roster.page", _turn_page, _MANAGE),
        Press("roster.add", _ask_names, _MANAGE),
        *roster_line.PRESSES,
    ),
    goes_on=_goes_on,
)
