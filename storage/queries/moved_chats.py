"""What belongs to a private chat goes with it where its account is called otherwise from now on."""

from sqlalchemy import and_, select, update
from sqlalchemy.orm import aliased

from storage.models import Conversation, Delivery, DeliveryState, JoinAttempt
from storage.queries import deliveries, ledger
from storage.transaction import Session

MAY_ARRIVE = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN)  # if it does not, that is told
ELSEWHERE = "elsewhere"  # begins the part of a row for which one in another chat stands: it is no post any more


async def move(session: Session, channel: str, old_id: str, new_id: str) -> None:
    """Messages, the open dialogue and wrong codes of `old_id` are those of `new_id`, where there may be some already.

    What both were to get of one push, it gets once; of two dialogues the one that went on last stays open.
    """
    if old_id == new_id:
        return
    await _leave_one_of_each(session, channel, old_id, new_id)
    await session.execute(
        update(Delivery)
        .where(Delivery.channel == channel, Delivery.chat_id == old_id)
        .values(chat_id=new_id)
        .execution_options(synchronize_session=False)
    )
    await _move_dialogue(session, channel, old_id, new_id)
    await session.execute(
        update(JoinAttempt)
        .where(JoinAttempt.channel == channel, JoinAttempt.user_id == old_id)
        .values(user_id=new_id)
        .execution_options(synchronize_session=False)
    )


async def _leave_one_of_each(session: Session, channel: str, old_id: str, new_id: str) -> None:
    """Of a push with rows for both those of the one that has it, or may have it, stand for the person; else the new."""
    old, new = aliased(Delivery), aliased(Delivery)
    same = ("occurrence_id", "channel", "topic_id", "part")
    query = (
        select(old, new)
        .join(new, and_(*(getattr(old, name) == getattr(new, name) for name in same)))
        .where(old.channel == channel, old.chat_id == old_id, new.chat_id == new_id)
        .order_by(old.id)
    )
    pairs = [(one, other) for one, other in (await session.execute(query)).all()]
    begun = [{row.occurrence_id for row in rows if row.state in MAY_ARRIVE} for rows in zip(*pairs, strict=True)]
    for one, other in pairs:
        twin = other if one.occurrence_id in begun[0] - begun[1] else one
        gone = {"state": DeliveryState.CANCELLED, "reason": "superseded"}
        await deliveries.change(session, twin.id, of=deliveries.WAITING, to=gone)
        await ledger.uncount(session, [twin.id])
        to = {"part": f"{ELSEWHERE}{twin.part}:{twin.id}"}
        await deliveries.change(session, twin.id, of=list(DeliveryState), to=to)


async def _move_dialogue(session: Session, channel: str, old_id: str, new_id: str) -> None:
    of_channel = select(Conversation).where(Conversation.channel == channel)
    both = of_channel.where(Conversation.user_id.in_([old_id, new_id])).order_by(Conversation.updated_at.desc())
    for closed in (await session.scalars(both)).all()[1:]:
        await session.delete(closed)
    await session.flush()
    await session.execute(
        update(Conversation)
        .where(Conversation.channel == channel, Conversation.user_id == old_id)
        .values(user_id=new_id, chat_id=new_id)
        .execution_options(synchronize_session=False)
    )
