"""Whose account it is that writes, where a channel tells now this of it, now that."""

from datetime import datetime

from msgspec.structs import replace

from bot.channels.inbound import InboundMessage
from scheduler.changed_accounts import SAME_PERSON_FOR, record_told_together
from storage.queries import addresses
from storage.transaction import Session


async def as_known(session: Session, message: InboundMessage, now: datetime) -> InboundMessage:
    """What was said in a private chat, under the id by which we know the account at the aware instant `now`.

    What was known by its number alone, and wrote lately, gets the id that is told along with the number, and is one
    with the account that has that id already. What comes with the number alone is of the one account with this number
    that wrote lately. A number that was silent for longer says nothing about who has it now: to the account that was
    known by it nothing more is sent.
    """
    sender, channel, since = message.sender, message.channel, now - SAME_PERSON_FOR
    if not message.chat.private or sender.phone is None:
        return message
    if sender.formerly is not None:
        await record_told_together(session, channel, sender.formerly, sender.user_id, now)
        return message
    known = await addresses.sole_with(session, channel, sender.phone, since)
    if known is None or known.chat_id is None:
        return message
    return replace(
        message,
        chat=replace(message.chat, chat_id=known.chat_id),
        sender=replace(sender, user_id=known.user_id),
    )
