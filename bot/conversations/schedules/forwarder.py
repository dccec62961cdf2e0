"""Whoever forwards a meeting or a broadcast that is proposed, and the most that handing it to them may cost."""

from collections.abc import Sequence
from typing import Any

from bot.conversations.schedules.plan import Plan
from bot.conversations.schedules.push_cost import category_of, free_since, most_words, wording_of
from bot.conversations.step import Turn
from content.message import Message
from scheduler import audience, forwarding
from scheduler.abilities import abilities_of
from scheduler.audience import Recipient
from scheduler.charges import Load
from scheduler.fitting import fitted
from storage.queries import addresses


async def handed(turn: Turn, plan: Plan) -> Sequence[Recipient]:
    """Who gets it to forward: the speaker, else the secretaries. Nobody where it is not forwarded by its maker."""
    if not plan.by_forwarding or plan.kind not in forwarding.BY_ITS_MAKER:
        return ()
    own = await audience.member(turn.session, turn.known_member)
    return (own,) if own else await audience.secretaries(turn.session, turn.known_office.id)


async def kit_cost(turn: Turn, plan: Plan, people: Sequence[Recipient], *, at_once: bool) -> dict[str, Any] | None:
    """The most that text and button may cost for these people, as the parameter `kit_cost`; None: nothing is charged.

    `amount` is None where the prices are not known.
    """
    charging = {one.destination.channel for one in people if abilities_of(one.destination.channel).charges}
    if not charging:
        return None
    wording, since = await wording_of(turn, plan), await free_since(turn, plan, at_once=at_once)
    text = Message(forwarding.text_of(wording), picture=wording.picture)
    loads = {}
    for channel in sorted(charging):
        chats = [one.destination.chat_id for one in people if one.destination.channel == channel]
        heard = [await addresses.heard_at(turn.session, channel, chat_id) for chat_id in chats]
        loads[channel] = Load(
            persons=len(chats),
            outside=sum(at is None or since is None or at <= since for at in heard),
            messages=len(fitted(text, abilities_of(channel))) + 1,
            category=await category_of(turn, forwarding.TEXT, channel),
        )
    return {"amount": most_words(turn, loads), "each_time": not plan.once}
