"""/undang: a secretary picks a seat and gets a link to hand on."""

from zoneinfo import ZoneInfo

from bot.access import Permission
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_argument
from bot.invitations import create_invitation, links_shown
from content.seat_words import seat_words, seats_are_fixed, seats_of
from storage.models import Role


async def _ask_role(turn: Turn) -> Step:
    regulation = turn.regulation
    seats = [{"slug": slug, "name": seat_words(regulation, slug)} for slug in seats_of(regulation)]
    parameters = {"office": turn.known_office.name, "seats": seats, "fixed": seats_are_fixed(regulation)}
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


DIALOGUE = Dialogue(
    name="invite",
    commands=(Command("undang", _ask_role, Permission.INVITE),),
    presses=(Press("invite.role", _invite, Permission.INVITE),),
)
