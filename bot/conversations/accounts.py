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
    with the account that has that id already. A number that was silent for longer says nothing about who has it now:
    to the account that was known by it nothing more is sent.
    """
    sender = message.sender
    if message.chat.private and sender.phone is not None and sender.user_id:
        await record_told_together(session, message.channel, sender.phone, sender.user_id, now)
    return await with_name(session, message, now)


async def with_name(session: Session, message: InboundMessage, now: datetime) -> InboundMessage:
    """What came with a number alone, under an id of ours, in which no number stands.

    It is of the one account with this number that wrote lately; else of the one that is known by it alone; else of
    nobody we know, who gets an id.
    """
    sender, channel = message.sender, message.channel
    if sender.phone is None or sender.user_id:
        return message
    known = await addresses.sole_with(session, channel, sender.phone, now - SAME_PERSON_FOR)
    known = known or await addresses.known_by_number(session, channel, sender.phone)
    name = known.user_id if known is not None else addresses.new_name()
    return replace(message, chat=replace(message.chat, chat_id=name), sender=replace(sender, user_id=name))
