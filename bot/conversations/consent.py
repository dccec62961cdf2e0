"""/berhenti: nothing but answers from now on. /mulai: pushes again."""

from bot.conversations.agreement import agree_by_word, has_stopped
from bot.conversations.step import Command, Dialogue, Reply, Step, Turn
from bot.conversations.wishes import Wish, wish_in
from scheduler.outcomes import record_stop
from storage.queries import addresses


async def _stop(turn: Turn) -> Step:
    message = turn.inbound
    if Wish.UNCLEAR in (wish_in(message.text), wish_in(f"berhenti {message.text}")):
        return Step(replies=(Reply("consent/meant"),), keep=True)
    await record_stop(turn.session, message.channel, message.chat.chat_id, message.at, turn.answered_at)
    return await _as_it_stands(turn)


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
    stopped = await has_stopped(turn)
    return Step(replies=(Reply("consent/stopped" if stopped else "consent/started"),), keep=True)


DIALOGUE = Dialogue(name="consent", commands=(Command("berhenti", _stop, None), Command("mulai", _start, None)))
