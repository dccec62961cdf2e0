"""Somebody with a good invitation becomes a member: asked what must be asked, then written into the roster.

Rights come with the invitation, never with the name: a line that was given a seat beforehand can only be taken with
an invitation to that seat.
"""

from typing import Any

from bot.access import Permission, may
from bot.conversations.acts import record_act
from bot.conversations.agreement import agree_by_code, has_stopped
from bot.conversations.members.roster_names import NameFault, fault_in, initialled, shortened, tidy
from bot.conversations.office_people import is_last_secretary, tell_secretaries
from bot.conversations.step import Reply, State, Step, Turn
from content.seat_words import seat_words
from storage.models import Invitation, Member, Office, Role
from storage.queries import audit_log, invitations, offices, people

DIALOGUE_NAME = "registration"
_ON_A_PAGE = 8
_SHORT = 20  # characters, as every short label


async def admit(turn: Turn, invitation: Invitation) -> Step:
    """The first answer to a good code: joined, or the question that comes before."""
    member, office = turn.member, await offices.get_office(turn.session, invitation.office_id)
    role = _words(turn, office, invitation.role)
    if member is None:
        return await ask_line(turn, invitation)
    if member.office_id != office.id:
        parameters = {
            "old": turn.known_office.name,
            "new": office.name,
            "role": role,
            "sole_secretary": await is_last_secretary(turn.session, member),
        }
        return Step(replies=(Reply("registration/move", parameters),), state=_state("move", invitation))
    if invitation.role in {member.role, Role.ANGGOTA}:
        return await already_here(turn)
    here = {"office": office.name, "role": _words(turn, office, member.role)}
    return Step(replies=(Reply("registration/new_role", here | {"new": role}),), state=_state("role", invitation))


async def already_here(turn: Turn) -> Step:
    """The answer to a member who needs no invitation to their office."""
    office, role = turn.known_office, turn.known_member.role
    here = {"office": office.name, "role": _words(turn, office, role), "stopped": await has_stopped(turn)}
    return Step(replies=(Reply("registration/already", here),))


async def ask_line(turn: Turn, invitation: Invitation, page: int = 0, *, edits: bool = False) -> Step:
    """Which of the free names on the roster the person is; joined at once where none is free."""
    lines = await people.unclaimed(turn.session, invitation.office_id, _claimable(invitation))
    if not lines:
        return await _join_by_account_name(turn, invitation)
    office = await offices.get_office(turn.session, invitation.office_id)
    size = turn.abilities.room(_ON_A_PAGE, beside=3)
    pages = (len(lines) - 1) // size + 1
    page = min(max(page, 0), pages - 1)
    shown = lines[page * size : (page + 1) * size]
    parameters = {
        "office": office.name,
        "lines": [{"id": one.id, "name": one.name, "short": initialled(one.name, _SHORT)} for one in shown],
        "page": page,
        "pages": pages,
    }
    reply = Reply("registration/choose_line", parameters, edits_pressed=edits)
    return Step(replies=(reply,), state=_state("choose", invitation))


def _claimable(invitation: Invitation) -> list[Role]:
    return sorted({invitation.role, Role.ANGGOTA})


async def _join_by_account_name(turn: Turn, invitation: Invitation) -> Step:
    name = tidy(turn.known_person.name)
    if fault_in(name, await _taken(turn, invitation)) is not None:
        return ask_name(invitation)
    return await _join(turn, invitation, name)


def ask_name(invitation: Invitation) -> Step:
    """The name as it shall stand on the roster, to be typed."""
    return Step(replies=(Reply("registration/ask_name"),), state=_state("name", invitation))


async def _taken(turn: Turn, invitation: Invitation) -> list[str]:
    return [line.name for line in await people.roster(turn.session, invitation.office_id)]


async def join_as(turn: Turn, invitation: Invitation, text: str) -> Step:
    """Join under a typed name; a free line that bears it is taken over."""
    name = tidy(text)
    for line in await people.unclaimed(turn.session, invitation.office_id, _claimable(invitation)):
        if line.name.casefold() == name.casefold():
            return await _join(turn, invitation, name, line)
    fault = fault_in(name, await _taken(turn, invitation))
    if fault is not None:
        return _refuse(name, fault)
    return await _join(turn, invitation, name)


def _refuse(name: str, fault: NameFault) -> Step:
    return Step(replies=(Reply("registration/name_fault", {"name": shortened(name), "fault": fault.value}),), keep=True)


async def claim_line(turn: Turn, invitation: Invitation, member_id: int) -> Step:
    """Join as this line of the roster; asked again where it is no longer free."""
    free = await people.unclaimed(turn.session, invitation.office_id, _claimable(invitation))
    line = next((line for line in free if line.id == member_id), None)
    if line is None:
        return await ask_line(turn, invitation, edits=True)
    return await _join(turn, invitation, line.name, line)


async def _join(turn: Turn, invitation: Invitation, name: str, line: Member | None = None) -> Step:
    session, person, now = turn.session, turn.known_person, turn.now
    if turn.member is not None and turn.member.office_id == invitation.office_id:  # joined meanwhile, by another way
        return await admit(turn, invitation)
    if not await invitations.use(session, invitation.id, now):
        return Step(replies=(Reply("registration/spent_code"),))
    told = await _leave_old_office(turn)
    if line is None:
        member = await people.add_member(session, invitation.office_id, name, now, invitation.role, person.id)
    else:
        member = await people.claim(session, line.id, person.id, invitation.role, now) or line
    member.leads_assembly = member.leads_assembly and member.role is not Role.ADMINISTRATOR
    office = await offices.get_office(session, member.office_id)
    had_stopped = await agree_by_code(turn, member, office.name)
    detail = {"member": member.id, "role": member.role.value, "invitation": invitation.id}
    await audit_log.record(session, member.office_id, member.id, "member.joined", detail, now)
    told += await _tell_of(turn, office, member)
    welcome = {
        "had_stopped": had_stopped,
        "name": member.name,
        "office": office.name,
        "role": _words(turn, office, member.role),
        "regulation": turn.surroundings.regulations[office.regulation_id].title,
        "sets_up": may(member.role, Permission.INVITE) and may(member.role, Permission.SCHEDULE),
    }
    return Step(replies=(Reply("registration/joined", welcome), *told))


async def _leave_old_office(turn: Turn) -> list[Reply]:
    member = turn.member
    if member is None:
        return []
    member.left_at = turn.now
    await turn.session.flush()
    await record_act(turn, "member.left", {"member": member.id, "why": "moved"})
    news = {"name": member.name, "office": turn.known_office.name}
    return await tell_secretaries(turn.session, member.office_id, "registration/someone_moved", news)


async def take_role(turn: Turn, invitation: Invitation) -> Step:
    """A member of the office takes the seat that the invitation is for."""
    member, session = turn.known_member, turn.session
    if member.office_id != invitation.office_id or not await invitations.use(session, invitation.id, turn.now):
        return Step(replies=(Reply("registration/spent_code"),))
    old, member.role = member.role, invitation.role
    detail = {"member": member.id, "from": old.value, "to": member.role.value, "invitation": invitation.id}
    await record_act(turn, "member.role_changed", detail)
    office = turn.known_office
    told = await _tell_of(turn, office, member)
    role = _words(turn, office, member.role)
    parameters = {"office": office.name, "role": role, "stopped": await has_stopped(turn)}
    changed = Reply("registration/role_taken", parameters, edits_pressed=True)
    return Step(replies=(changed, *told))


async def _tell_of(turn: Turn, office: Office, member: Member) -> list[Reply]:
    news = {
        "id": member.id,
        "name": member.name,
        "account": turn.known_person.name,
        "role": _words(turn, office, member.role),
        "office": office.name,
    }
    key = "registration/someone_joined"
    return await tell_secretaries(turn.session, office.id, key, news, but=member.id)


async def rename(turn: Turn) -> Step:
    """The member's own name, as typed, goes onto the roster."""
    member, name = turn.known_member, tidy(turn.inbound.text)
    others = [line.name for line in await people.roster(turn.session, member.office_id) if line.id != member.id]
    fault = fault_in(name, others)
    if fault is not None:
        return _refuse(name, fault)
    member.name = name
    await record_act(turn, "member.renamed", {"member": member.id})
    return Step(replies=(Reply("registration/renamed", {"name": name}),))


def _state(step: str, invitation: Invitation) -> State:
    data: dict[str, Any] = {"step": step, "invitation": invitation.id}
    return State(DIALOGUE_NAME, data)


def _words(turn: Turn, office: Office, role: Role) -> str:
    return seat_words(turn.surroundings.regulations[office.regulation_id], role.value)
