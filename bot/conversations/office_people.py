"""Private messages to people of an office, for dialogues that tell others what happened."""

from collections.abc import Mapping
from typing import Any

from bot.conversations.step import Reply
from scheduler import audience
from storage.models import Member
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
