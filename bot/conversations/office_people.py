"""Private messages to members of an office, for dialogues that tell others what happened."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.conversations.step import Reply
from scheduler.sender import Destination
from storage.models import Member, Role
from storage.queries import addresses
from storage.transaction import Session

SECRETARIES = (Role.SEKRETARIS,)


async def tell_member(session: Session, member: Member, key: str, parameters: Mapping[str, Any]) -> list[Reply]:
    """The message `key` to this member in private; empty where the bot cannot write to them."""
    address = await addresses.of_person(session, member.person_id) if member.person_id is not None else None
    if address is None or address.chat_id is None:
        return []
    return [Reply(key, parameters, to=Destination(address.channel, address.chat_id))]


async def tell_roles(
    session: Session,
    office_id: int,
    roles: Collection[Role],
    key: str,
    parameters: Mapping[str, Any],
    *,
    but: int | None = None,
) -> list[Reply]:
    """The message `key` to every reachable member in these roles, except member `but`."""
    replies: list[Reply] = []
    for member in await addresses.seated(session, office_id, roles):
        if member.id != but:
            replies += await tell_member(session, member, key, parameters)
    return replies
