"""Offices, group chats and the office's own calendar days."""

from sqlalchemy import select

from storage.models import GroupChat, Office
from storage.transaction import Session


async def get_office(session: Session, office_id: int) -> Office:
    """The office; raises sqlalchemy's NoResultFound where none has this id."""
    return await session.get_one(Office, office_id)


async def find_group(session: Session, channel: str, chat_id: str, topic_id: str | None) -> GroupChat | None:
    """The group chat row of this chat and topic."""
    query = select(GroupChat).where(
        GroupChat.channel == channel, GroupChat.chat_id == chat_id, GroupChat.topic_id == (topic_id or "")
    )
    return (await session.execute(query)).scalar_one_or_none()
