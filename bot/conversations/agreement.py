"""That somebody agrees to be written to unasked: since when, and the words they agreed to, as the proof of it.

Meta asks for both (https://developers.facebook.com/docs/whatsapp/overview/getting-opt-in/).
"""

from bot.conversations.step import Turn
from content.markup import plain_text
from content.rendering import render
from storage.models import Member
from storage.queries import addresses, audit_log


async def agree_by_code(turn: Turn, member: Member, office: str) -> bool:
    """Who sent a code agreed to what its message says of that; whether this ended an earlier wish for answers only."""
    words = None
    if turn.abilities.opt_in:
        words = render("registration/agreed_to", {"channel": turn.abilities.name, "office": office}).text
    return await _agree(turn, member, words)


async def agree_by_word(turn: Turn, member: Member) -> None:
    """A member asked to be written to, and was told what comes."""
    await _agree(turn, member, render("consent/started", {}).text)


async def has_stopped(turn: Turn) -> bool:
    """Whether the person asked for answers only in this chat."""
    return await addresses.has_opted_out(turn.session, turn.inbound.channel, turn.inbound.chat.chat_id)


async def _agree(turn: Turn, member: Member, words: str | None) -> bool:
    had_stopped, message, in_order = await has_stopped(turn), turn.inbound, turn.abilities.in_order
    await addresses.opt_in(turn.session, message.channel, message.chat.chat_id, message.at, in_order=in_order)
    detail = {"channel": message.channel, "words": plain_text(words) if words else None}
    await audit_log.record(turn.session, member.office_id, member.id, "consent.given", detail, message.at)
    return had_stopped and not await has_stopped(turn)
