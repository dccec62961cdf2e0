"""The one way out: a row per message per chat, written before anything is sent, with its final wording."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import JsonObject, text_enum
from storage.models.base import Base


class DeliveryState(StrEnum):
    """States, never a cursor."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # in one sender's hand until its lease lapses; then planned again
    SENDING = "sending"  # committed before the request leaves
    SENT = "sent"  # the channel's server accepted it ("diterima server", never "terbaca")
    FAILED = "failed"
    MISSED = "missed"  # its lateness window closed first
    UNCERTAIN = "uncertain"  # the answer was lost ("tidak pasti")
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Smaller leaves first."""

    REPLY = 0
    NOTICE = 5
    PUSH = 10
    BROADCAST = 20  # one office's announcement may go to thousands: the readings of all others do not wait behind it


def _where(condition: str) -> dict[str, Any]:
    return {f"{database}_where": text(condition) for database in ("sqlite", "postgresql")}


class Delivery(Base):
    """One message to one chat."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "channel", "chat_id", "topic_id", "part"),
        UniqueConstraint("inbound_id", "part"),
        Index("ix_deliveries_waiting", "state", "not_before"),
        Index("ix_deliveries_expiry", "state", "expires_at"),
        Index("ix_deliveries_queue", "state", "priority", "id"),
        Index("ix_deliveries_chat", "channel", "chat_id", "state", "priority", "id"),
        # a row that waits is in neither, so that writing it costs less; a reference alone may name the message
        Index("ix_deliveries_sending_at", "channel", "sending_at", **_where("sending_at IS NOT NULL")),
        Index("ix_deliveries_message", "channel", "message_ref", "chat_id", **_where("message_ref IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrences.id"))  # a push of a schedule
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_updates.id"))  # a reply
    part: Mapped[str] = mapped_column(default="")  # tells several messages of one cause apart
    channel: Mapped[str]
    chat_id: Mapped[str]
    topic_id: Mapped[str] = mapped_column(default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group_chats.id"))
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))  # replaces that message's text
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))  # leaves only after that one was sent
    message_key: Mapped[str]
    parameters: Mapped[JsonObject]
    message: Mapped[JsonObject]  # the final neutral message; a retry sends the same words
    priority: Mapped[int] = mapped_column(default=Priority.PUSH)
    repeatable: Mapped[bool] = mapped_column(default=False)  # may go again when the answer was lost
    state: Mapped[DeliveryState] = mapped_column(text_enum(DeliveryState), default=DeliveryState.PLANNED)
    reason: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]  # which process has it in hand, or had it last
    claimed_until: Mapped[datetime | None]
    held: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # fell due before a restore or a long outage; a person decides
    due_at: Mapped[datetime | None]  # when its push fell due: lateness is counted from here
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]  # went on from the server to its reader, where the channel tells
    delivered_at: Mapped[datetime | None]  # reached a device, where the channel tells
    read_at: Mapped[datetime | None]  # was opened, where the channel tells
    template: Mapped[str | None]  # under which it left, where the person could not be written to freely
    charged_as: Mapped[str | None]  # the price category that the channel told; None: none, or not told
    message_ref: Mapped[str | None]
    created_at: Mapped[datetime]
