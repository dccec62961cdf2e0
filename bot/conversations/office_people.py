"""People of an office whom a dialogue is not with: told in private what happened, counted before a seat falls free."""

from collections.abc import Mapping
from typing import Any

from bot.conversations.step import Reply
from scheduler import audience
from storage.models import Member, Role
from storage.queries import people
from storage.transaction import Session


async def tell_member(session: Session, member: Member, key: str, parameters: Mapping[str, Any]) -> list[Reply]:
    """The message `key` to this member in private; empty where the bot cannot write to them."""
    recipient = await audience.member(session, member)
    return [] if recipient is None else [Reply(key, parameters, to=recipient.destination)]


async def tell_secretaries(
    session: Session, office_id: int, key: str, parameters: Mapping[str, Any], *, but: int | None = None
) -> list[Reply]:
    """The message `key` to every secretary that can be written to, except member `but`."""
    return [
        Reply(key, parameters, to=recipient.destination)
        for recipient in await audience.secretaries(session, office_id)
        if recipient.member_id != but
    ]


async def is_last_secretary(session: Session, member: Member) -> bool:
    """Whether the office would be without a secretary if this one went; a mere name on the roster is none."""
    if member.role is not Role.SEKRETARIS or member.person_id is None:
        return False
    return await people.joined_in_role(session, member.office_id, Role.SEKRETARIS) == 1
