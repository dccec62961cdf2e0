"""/berhenti: nothing but answers from now on. /mulai: pushes again."""

import re

from bot.conversations.agreement import agree_by_word
from bot.conversations.step import Command, Dialogue, Reply, Step, Turn
from content.courtesy import asks
from scheduler.delivery_queue import forget_unasked
from storage.queries import addresses

_MESSAGES = (
    r"pesan(?:nya)?|chat|wa|whatsapp|telegram|bot|notif(?:ikasi)?(?:nya)?|pengingat|ringkasan|siaran|naskah|spam"
    r"|(?:ber)?langganan|(?:meng|di)?kirim(?:an|i|in|kan)?|(?:men)?(?:t)?erima|(?:meng)?hubungi|(?:meng)?ganggu"
)
_AROUND = (
    r"jangan|tidak|tak|gak|nggak|lagi|dong|deh|ya|dulu|saja|aja|pak|bu|kak|min|tolong|mohon|sekarang|semua|segala"
    r"|apapun|ini|itu|dari|ke|saya|aku|kami|no|nomor|please|me"
)
_SPEAKS_OF_MESSAGES = re.compile(rf"\b(?:{_MESSAGES})\b", re.IGNORECASE)
_NOTHING_ELSE = re.compile(rf"\W*(?:\b(?:{_MESSAGES}|{_AROUND})\b\W*)*", re.IGNORECASE)


def _of_messages(turn: Turn) -> bool:
    """Whether the words behind "berhenti" are, as far as one can tell, about what we send."""
    said = turn.inbound.text
    return not asks(said) and (_plainly(turn) or _SPEAKS_OF_MESSAGES.search(said) is not None)


def _plainly(turn: Turn) -> bool:
    return _NOTHING_ELSE.fullmatch(turn.inbound.text) is not None


async def _stop(turn: Turn) -> Step:
    message = turn.inbound
    if _of_messages(turn) and not _plainly(turn):
        return Step(replies=(Reply("consent/meant"),), keep=True)
    await addresses.opt_out(turn.session, message.channel, message.chat.chat_id, turn.answered_at)
    await forget_unasked(turn.session, message.channel, message.chat.chat_id)
    return Step(replies=(Reply("consent/stopped"),), keep=True)


async def _start(turn: Turn) -> Step:
    message = turn.inbound
    if turn.member is None:  # a stranger agrees to what an office sends by joining it
        await addresses.forget_opt_out(turn.session, message.channel, message.chat.chat_id)
        return Step(replies=(Reply("consent/not_stopped"), Reply("help/not_member")), keep=True)
    await agree_by_word(turn, turn.member)
    return Step(replies=(Reply("consent/started"),), keep=True)


DIALOGUE = Dialogue(
    name="consent",
    commands=(Command("berhenti", _stop, None, spoken=_of_messages), Command("mulai", _start, None)),
)
