"""/berhenti: nothing but answers from now on. /mulai: pushes again."""

from bot.access import Permission, may
from bot.conversations.agreement import agree_by_word, has_stopped
from bot.conversations.schedules.broadcast_progress import call_back_in_words
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn
from bot.conversations.wishes import Wish, speaks_of_a_broadcast, wish_in, wonders
from scheduler.outcomes import record_stop
from storage.queries import addresses

_MEANT = Step(replies=(Reply("consent/meant"),), keep=True)


async def _stop(turn: Turn) -> Step:
    message = turn.inbound
    if wonders(message.text) or Wish.UNCLEAR in (wish_in(message.text), wish_in(f"berhenti {message.text}")):
        may_broadcast = turn.member is not None and may(turn.member.role, Permission.BROADCAST)
        if may_broadcast and speaks_of_a_broadcast(message.text):
            return await call_back_in_words(turn)
        return _MEANT
    return await _stopped(turn)


async def _stopped(turn: Turn) -> Step:
    message = turn.inbound
    await record_stop(turn.session, message.channel, message.chat.chat_id, message.at, turn.answered_at)
    return await _as_it_stands(turn)


async def _bidden_start(turn: Turn) -> Step:
    """`/mulai`: what stands behind it may make it another thing than a plain consent."""
    return await _start(turn) if wish_in(f"mulai {turn.inbound.text}") is Wish.GO_ON else _MEANT


async def _start(turn: Turn) -> Step:
    message = turn.inbound
    if turn.member is None:  # a stranger agrees to what an office sends by joining it
        in_order = turn.abilities.in_order
        await addresses.forget_opt_out(
            turn.session, message.channel, message.chat.chat_id, message.at, in_order=in_order
        )
        return Step(replies=(Reply("consent/not_stopped"), Reply("help/not_member")), keep=True)
    await agree_by_word(turn, turn.member)
    return await _as_it_stands(turn)


async def _as_it_stands(turn: Turn) -> Step:
    """What holds now: where words come in any order, it may be the contrary of what was just heard."""
    if await has_stopped(turn):
        return Step(replies=(Reply("consent/stopped", {"member": turn.member is not None}),), keep=True)
    return Step(replies=(Reply("consent/started"),), keep=True)


async def _pressed_stop(turn: Turn) -> Step:
    """`consent.stop` under a question what was meant."""
    return await _stopped(turn) if turn.inbound.chat.private else EXPIRED


async def _pressed_start(turn: Turn) -> Step:
    """`consent.start` under a question what was meant."""
    return await _start(turn) if turn.inbound.chat.private else EXPIRED


DIALOGUE = Dialogue(
    name="consent",
    commands=(Command("berhenti", _stop, None), Command("mulai", _bidden_start, None)),
    presses=(Press("consent.stop", _pressed_stop, None), Press("consent.start", _pressed_start, None)),
)
