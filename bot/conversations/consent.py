"""/berhenti: nothing but answers from now on. /mulai: pushes again."""

from bot.conversations.step import Command, Dialogue, Reply, Step, Turn
from scheduler.delivery_queue import forget_unasked
from storage.queries import addresses


async def _stop(turn: Turn) -> Step:
    message = turn.inbound
    await addresses.opt_out(turn.session, message.channel, message.chat.chat_id, turn.answered_at)
    await forget_unasked(turn.session, message.channel, message.chat.chat_id)
    return Step(replies=(Reply("consent/stopped"),), keep=True)


async def _start(turn: Turn) -> Step:
    message = turn.inbound
    await addresses.opt_in(turn.session, message.channel, message.chat.chat_id, turn.answered_at)
    nowhere = (Reply("help/not_member"),) if turn.member is None else ()
    return Step(replies=(Reply("consent/started"), *nowhere), keep=True)


DIALOGUE = Dialogue(
    name="consent",
    commands=(Command("berhenti", _stop, None), Command("mulai", _start, None)),
)
