"""/undang: a secretary picks a seat and gets a link to hand on, or takes one back that is still good."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.press_numbers import press_number
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_argument
from bot.invitations import create_invitation, links_shown
from content.seat_words import seat_words, seats_are_fixed, seats_of
from storage.models import Role
from storage.queries import invitations

_AT_ONCE = 9  # of the newest; who takes one back sees the next


async def _ask_role(turn: Turn) -> Step:
    regulation, office = turn.regulation, turn.known_office
    seats = [{"slug": slug, "name": seat_words(regulation, slug)} for slug in seats_of(regulation)]
    parameters = {
        "office": office.name,
        "seats": seats,
        "fixed": seats_are_fixed(regulation),
        "open": len(await invitations.open_ones(turn.session, office.id, turn.now)),
    }
    return Step(replies=(Reply("registration/invite_role", parameters),))


async def _invite(turn: Turn) -> Step:
    slug = press_argument(turn)
    if slug not in seats_of(turn.regulation):
        return EXPIRED
    office, now = turn.known_office, turn.now
    invited = await create_invitation(turn.session, office, Role(slug), None, now, turn.known_member.id)
    parameters = {
        "office": office.name,
        "role": seat_words(turn.regulation, slug),
        "links": links_shown(turn.surroundings.links(invited.code)),
        "code": invited.code,
        "uses": invited.uses,
        "expires": invited.expires_at.astimezone(ZoneInfo(office.timezone)),
    }
    return Step(replies=(Reply("registration/invitation", parameters),))


async def _show_open(turn: Turn) -> Step:
    office, regulation = turn.known_office, turn.regulation
    zone = ZoneInfo(office.timezone)
    found = await invitations.open_ones(turn.session, office.id, turn.now)
    shown = [
        {
            "id": one.id,
            "role": seat_words(regulation, one.role.value),
            "uses": one.uses_left,
            "created": one.created_at.astimezone(zone),
            "expires": one.expires_at.astimezone(zone),
        }
        for one in found[:_AT_ONCE]
    ]
    parameters = {"office": office.name, "invitations": shown, "more": len(found) - len(shown)}
    return Step(replies=(Reply("registration/open_invitations", parameters, edits_pressed=True),))


async def _revoke(turn: Turn) -> Step:
    invitation_id = press_number(turn)
    if not await invitations.revoke(turn.session, turn.known_office.id, invitation_id, turn.now):
        return EXPIRED
    await record_act(turn, "member.invitation_revoked", {"invitation": invitation_id})
    return replace(await _show_open(turn), toast="toast/invitation_revoked")


DIALOGUE = Dialogue(
    name="invite",
    commands=(Command("undang", _ask_role, Permission.INVITE),),
    presses=(
        Press("invite.role", _invite, Permission.INVITE),
        Press("invite.open", _show_open, Permission.INVITE),
        Press("invite.revoke", _revoke, Permission.INVITE),
    ),
)
