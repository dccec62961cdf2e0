"""A group that got a new chat id: everything that is kept under the old one goes with it."""

from sqlalchemy import Update, delete, exists, select, update
from sqlalchemy.orm import aliased

from storage.ended import note
from storage.models import Conversation, Delivery, DeliveryState, GroupChat, GroupState
from storage.queries import group_chats
from storage.queries.deliveries import WAITING
from storage.transaction import Session


async def move_chat(session: Session, channel: str, old: str, new: str) -> list[GroupChat]:
    """Re-address groups, waiting messages and open dialogues from chat `old` to `new`; returns the moved groups.

    May be called any number of times, before or after the new chat was heard of. Messages sent before stay in the
    ledger under the old id: their references mean nothing in the new chat.
    """
    moved = [await _move_group(session, group, new) for group in await group_chats.in_chat(session, channel, old)]
    await _move_deliveries(session, channel, old, new)
    await _move_conversations(session, channel, old, new)
    await session.flush()
    return moved


async def _move_group(session: Session, group: GroupChat, new: str) -> GroupChat:
    heir = await group_chats.in_topic(session, group.channel, new, group.topic_id)
    if heir is not None and heir.office_id is not None:  # linked there already: the newer link counts
        if heir.office_id == group.office_id:
            await group_chats.hand_over_targets(session, group, heir)
        await group_chats.unlink(session, group)
        await _drop(session, group, heir)
        return heir
    if heir is not None:
        await _drop(session, heir, group)
    group.chat_id = new
    if group.reason is not None and group.office_id is None:
        group.state, group.reason = GroupState.UNLINKED, None
    await session.flush()
    return group


async def _drop(session: Session, group: GroupChat, heir: GroupChat) -> None:
    await session.execute(
        update(Delivery)
        .where(Delivery.group_id == group.id)
        .values(group_id=heir.id)
        .execution_options(synchronize_session=False)
    )
    await session.delete(group)
    await session.flush()


async def _move_deliveries(session: Session, channel: str, old: str, new: str) -> None:
    here = (Delivery.channel == channel, Delivery.chat_id == old, Delivery.state.in_(WAITING))
    cancel = update(Delivery).execution_options(synchronize_session=False)
    # The message to be edited stayed behind in the old chat.
    stayed = cancel.where(*here, Delivery.edits_id.is_not(None))
    await _cancel(session, channel, stayed, "moved")
    twin = aliased(Delivery)
    planned_twice = exists().where(
        twin.occurrence_id == Delivery.occurrence_id,
        twin.channel == Delivery.channel,
        twin.chat_id == new,
        twin.topic_id == Delivery.topic_id,
        twin.part == Delivery.part,
    )
    await _cancel(session, channel, cancel.where(*here, planned_twice), "planned_in_new_chat")
    # whoever has claimed one holds it under the old id
    await session.execute(cancel.where(*here).values(chat_id=new, state=DeliveryState.PLANNED))


async def _cancel(session: Session, channel: str, rows: Update, reason: str) -> None:
    statement = rows.values(state=DeliveryState.CANCELLED, reason=reason).returning(Delivery.id)
    cancelled = (await session.scalars(statement)).all()
    note(session, [(channel, DeliveryState.CANCELLED, reason) for _ in cancelled])


async def _move_conversations(session: Session, channel: str, old: str, new: str) -> None:
    going_on = select(Conversation.user_id).where(Conversation.channel == channel, Conversation.chat_id == new)
    here = (Conversation.channel == channel, Conversation.chat_id == old)
    await session.execute(delete(Conversation).where(*here, Conversation.user_id.in_(going_on)))
    await session.execute(
        update(Conversation).where(*here).values(chat_id=new).execution_options(synchronize_session=False)
    )
