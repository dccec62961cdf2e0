"""Offices, their group chats, and the days by which their calendar differs from the nation's."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import text_enum
from storage.models.base import Base


class Office(Base):
    """A unit (Perangkat Daerah) that keeps one regulation. Schedules, groups and the log belong to it."""

    __tablename__ = "offices"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    regulation_id: Mapped[str]
    timezone: Mapped[str]  # IANA
    workdays: Mapped[int] = mapped_column(default=5)  # 5 or 6 days a week
    created_at: Mapped[datetime]


class GroupState(StrEnum):
    """Whether a group can be written to."""

    ACTIVE = "active"
    PAUSED = "paused"  # `reason` says why; comes back by membership events or a person's act
    UNLINKED = "unlinked"  # the bot is in it, no office has taken it


class GroupChat(Base):
    """A group chat (with its topic, where the group has topics). `chat_id` is the channel's, and may change."""

    __tablename__ = "group_chats"
    __table_args__ = (UniqueConstraint("channel", "chat_id", "topic_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    channel: Mapped[str]
    chat_id: Mapped[str]
    topic_id: Mapped[str] = mapped_column(default="")  # "" = no topic: NULLs would escape the unique key
    title: Mapped[str]
    state: Mapped[GroupState] = mapped_column(text_enum(GroupState), default=GroupState.UNLINKED)
    reason: Mapped[str | None]  # scheduler.errors.UnreachableReason
    created_at: Mapped[datetime]


class DayKind(StrEnum):
    """What the office says of a date."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class CalendarDay(Base):
    """A date that the office added, overrode or confirmed (`/libur`)."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(text_enum(DayKind))
    name: Mapped[str]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime]
