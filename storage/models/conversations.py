"""What came in, and where each conversation stands."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import JsonObject
from storage.models.base import Base


class InboundUpdate(Base):
    """A raw update as the channel gave it, stored before it is confirmed. `handled_at` makes a repeat a no-op."""

    __tablename__ = "inbound_updates"
    __table_args__ = (UniqueConstraint("channel", "update_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    update_id: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)  # emptied once handled: least data
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
    incident: Mapped[str | None]  # id of an unexpected error, as told to the user


class Conversation(Base):
    """An open dialogue of one person in one chat; a restart goes on from here."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "chat_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    chat_id: Mapped[str]
    user_id: Mapped[str]
    dialogue: Mapped[str]
    data: Mapped[JsonObject]
    updated_at: Mapped[datetime]
