"""What a channel told of its templates: whether each may be used, and how many parameters it has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.insert_once import insert, insert_once
from storage.models import Delivery, DeliveryState, MessageTemplate
from storage.transaction import Session


async def find(session: Session, channel: str, name: str, language: str) -> MessageTemplate | None:
    """What was last told of this template; None: nothing ever was."""
    return await session.get(MessageTemplate, (channel, name, language), populate_existing=True)


async def keep_all(session: Session, channel: str, listed: Iterable[Mapping[str, Any]], asked_at: datetime) -> None:
    """The whole list as of when the channel was asked: what does not stand in it (any more) is forgotten.

    `listed`: name, language, status, category and parameters of each. What was told later stands.
    """
    for template in listed:
        values = {**template, "channel": channel, "told_at": asked_at}
        adding = insert(session, MessageTemplate).values(values)
        key = ["channel", "name", "language"]
        fresh = {name: adding.excluded[name] for name in values if name not in key}
        await session.execute(
            adding.on_conflict_do_update(
                index_elements=key, set_=fresh, where=MessageTemplate.told_at <= adding.excluded.told_at
            )
        )
    gone = delete(MessageTemplate).where(MessageTemplate.channel == channel, MessageTemplate.told_at < asked_at)
    await session.execute(gone.execution_options(synchronize_session=False))


async def change(
    session: Session, channel: str, name: str, at: datetime, to: Mapping[str, Any], language: str | None = None
) -> bool:
    """News of a template that is known, as of the aware instant `at`; older news changes nothing. Whether it did.

    `language` None: in each that it has.
    """
    statement = (
        update(MessageTemplate)
        .where(MessageTemplate.channel == channel, MessageTemplate.name == name, MessageTemplate.told_at <= at)
        .values(**to, told_at=at)
        .returning(MessageTemplate.name)
        .execution_options(synchronize_session=False)
    )
    if language is not None:
        statement = statement.where(MessageTemplate.language == language)
    return (await session.execute(statement)).first() is not None


async def add(session: Session, values: dict[str, Any]) -> None:
    """The first that is known of a template; where anything is known of it already, nothing."""
    await insert_once(session, MessageTemplate, values)


async def left_as(session: Session, delivery_id: int) -> str | None:
    """Under which template this row left last; None: it did not, or freely."""
    return (await session.scalars(select(Delivery.template).where(Delivery.id == delivery_id))).one_or_none()


async def written_first(session: Session, channel: str, since: datetime) -> dict[str, datetime]:
    """Who was sent a template after the aware instant `since`, as far as it may have arrived, and when the last one."""
    ended_in_vain = [DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELLED]
    query = (
        select(Delivery.chat_id, func.max(Delivery.sending_at))
        .where(Delivery.channel == channel, Delivery.sending_at > since, Delivery.template.is_not(None))
        .where(Delivery.state.not_in(ended_in_vain))
        .group_by(Delivery.chat_id)
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    return {chat_id: at for chat_id, at in rows if at is not None}


async def leave_as(session: Session, delivery_id: int, name: str | None) -> None:
    """The row is about to leave under this template, or freely."""
    statement = update(Delivery).where(Delivery.id == delivery_id).values(template=name)
    await session.execute(statement.execution_options(synchronize_session=False))
