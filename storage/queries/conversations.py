"""Open dialogues: one per person and chat."""

from datetime import datetime

from sqlalchemy import delete, select

from storage.column_types import JsonObject
from storage.models import Conversation
from storage.transaction import Session


async def find_conversation(session: Session, channel: str, chat_id: str, user_id: str) -> Conversation | None:
    """Where this person stands in this chat."""
    query = select(Conversation).where(
        Conversation.channel == channel, Conversation.chat_id == chat_id, Conversation.user_id == user_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def keep_conversation(
    session: Session, channel: str, chat_id: str, user_id: str, dialogue: str, data: JsonObject, now: datetime
) -> None:
    """Store where this person stands, replacing what was there."""
    row = await find_conversation(session, channel, chat_id, user_id)
    if row is None:
        row = Conversation(channel=channel, chat_id=chat_id, user_id=user_id)
        session.add(row)
    row.dialogue, row.data, row.updated_at = dialogue, data, now


async def close_conversation(session: Session, channel: str, chat_id: str, user_id: str) -> None:
    """Forget where this person stands."""
    await session.execute(
        delete(Conversation).where(
            Conversation.channel == channel, Conversation.chat_id == chat_id, Conversation.user_id == user_id
        )
    )
