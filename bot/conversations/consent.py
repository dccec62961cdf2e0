"""/berhenti: nothing but answers from now on. /mulai: pushes again."""

from bot.conversations.agreement import agree_by_word
from bot.conversations.step import Command, Dialogue, Reply, Step, Turn
from bot.conversations.wishes import Wish, wish_in
from scheduler.outcomes import record_stop
from storage.queries import addresses


async def _stop(turn: Turn) -> Step:
    message = turn.inbound
    if Wish.UNCLEAR in (wish_in(message.text), wish_in(f"berhenti {message.text}")):
        return Step(replies=(Reply("consent/meant"),), keep=True)
    await record_stop(turn.session, message.channel, message.chat.chat_id, turn.answered_at)
    return Step(replies=(Reply("consent/stopped"),), keep=True)


async def _start(turn: Turn) -> Step:
    message = turn.inbound
    if turn.member is None:  # a stranger agrees to what an office sends by joining it
        await addresses.forget_opt_out(turn.session, message.channel, message.chat.chat_id)
        return Step(replies=(Reply("consent/not_stopped"), Reply("help/not_member")), keep=True)
    await agree_by_word(turn, turn.member)
    return Step(replies=(Reply("consent/started"),), keep=True)


DIALOGUE = Dialogue(name="consent", commands=(Command("berhenti", _stop, None), Command("mulai", _start, None)))
