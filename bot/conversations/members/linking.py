"""/sambung: one person on several channels. A code from one account, sent from the other, makes them one member."""

from datetime import timedelta

from bot.access import Permission
from bot.conversations.agreement import agree_by_code
from bot.conversations.step import Command, Dialogue, Reply, Step, Turn
from bot.invitations import create_invitation, links_shown
from scheduler.sender import Destination
from storage.models import Invitation
from storage.queries import addresses, invitations, offices, people

_GOOD_FOR = timedelta(minutes=15)


async def _offer(turn: Turn) -> Step:
    office, member = turn.known_office, turn.known_member
    code = await create_invitation(
        turn.session,
        office,
        member.role,
        1,
        turn.answered_at,
        member.id,
        _GOOD_FOR,
        person_id=turn.known_person.id,
    )
    parameters = {
        "code": code.code,
        "links": links_shown(turn.surroundings.links(code.code)),
        "office": office.name,
        "minutes": int(_GOOD_FOR.total_seconds() // 60),
    }
    return Step(replies=(Reply("registration/link_code", parameters),), keep=True)


async def link_account(turn: Turn, invitation: Invitation, person_id: int) -> Step:
    """The account that sent the code is one of that person's from now on, who is told where they were known before."""
    session, person = turn.session, turn.known_person
    owner = await people.active_member(session, person_id)
    if turn.member is not None or owner is None:  # a seat of one's own is never given up by the way
        mine = person.id == person_id
        return Step(replies=(Reply("registration/link_refused", {"linked": mine, "member": turn.member is not None}),))
    if not await invitations.use(session, invitation.id, turn.answered_at):
        return Step(replies=(Reply("registration/spent_link_code"),))
    known = await addresses.of_person(session, person_id)
    await people.move_accounts(session, person.id, person_id)
    had_stopped = await agree_by_code(turn, owner, (await offices.get_office(session, owner.office_id)).name)
    told: tuple[Reply, ...] = ()
    if known is not None and known.chat_id is not None:
        told = (Reply("registration/link_told", to=Destination(known.channel, known.chat_id)),)
    return Step(replies=(Reply("registration/linked", {"name": owner.name, "had_stopped": had_stopped}), *told))


DIALOGUE = Dialogue(name="link_account", commands=(Command("sambung", _offer, Permission.ASK),))
