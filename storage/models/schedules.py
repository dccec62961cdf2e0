"""Schedules, their exceptions and targets, the occurrences made from them, and whose turn it was to lead."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import JsonObject, text_enum
from storage.models.base import Base


class ScheduleKind(StrEnum):
    """What a schedule pushes."""

    READING = "reading"  # the morning-assembly reading, into groups
    MEETING = "meeting"  # the recitation that opens a meeting
    TWIBBON = "twibbon"  # reminder the day before and on the day
    BROADCAST = "broadcast"  # free text, maybe a picture
    SUMMARY = "summary"  # the weekly summary, privately to the leads
    QUIZ = "quiz"  # a situation, and which value it is about, into groups


class ScheduleState(StrEnum):
    """Whether it runs. Never deleted by the machine: paused with a reason."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class HolidayRule(StrEnum):
    """What becomes of an occurrence on a day that is not a working day."""

    IGNORE = "ignore"  # goes out all the same (twibbon on the 17th)
    SKIP = "skip"
    BEFORE = "before"  # moves to the working day before
    AFTER = "after"


class Schedule(Base):
    """A push that belongs to an office, as local time plus zone. `recurrence` is scheduler.recurrence's JSON."""

    __tablename__ = "schedules"
    __table_args__ = (Index("ix_schedules_state_planned_until", "state", "planned_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    kind: Mapped[ScheduleKind] = mapped_column(text_enum(ScheduleKind))
    title: Mapped[str]  # "Apel pagi", the meeting's subject, the broadcast's first words
    body: Mapped[str | None]  # a broadcast's text; a twibbon's link
    picture: Mapped[JsonObject | None]  # {"channel", "file_ref"}
    recurrence: Mapped[JsonObject]
    at: Mapped[time]  # local
    timezone: Mapped[str]  # IANA
    holiday_rule: Mapped[HolidayRule] = mapped_column(text_enum(HolidayRule))
    late_minutes: Mapped[int | None]  # lateness window; None with `late_until` set
    late_until: Mapped[time | None]  # local; a twibbon's window closes at 20.00
    to_persons: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # also to each member on a channel that has no groups
    by_forwarding: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # a person forwards it into groups that no channel of ours reaches
    state: Mapped[ScheduleState] = mapped_column(text_enum(ScheduleState), default=ScheduleState.ACTIVE)
    reason: Mapped[str | None]  # why paused
    planned_until: Mapped[datetime]  # occurrences due before this instant exist as rows
    created_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]


class ScheduleException(Base):
    """Another time, or none, for a span of dates (jam Ramadan)."""

    __tablename__ = "schedule_exceptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    at: Mapped[time | None]  # None: nothing goes out in the span


class ScheduleTarget(Base):
    """A group that a schedule posts into. A summary has none: it goes to the leads."""

    __tablename__ = "schedule_targets"
    __table_args__ = (UniqueConstraint("schedule_id", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group_chats.id"), index=True)


class OccurrenceState(StrEnum):
    """Where an occurrence stands; its deliveries have states of their own."""

    PLANNED = "planned"
    POSTED = "posted"  # its deliveries were written
    MISSED = "missed"  # `reason` says why; the secretary is told once
    CANCELLED = "cancelled"


class Occurrence(Base):
    """One time a schedule falls due. `slot` names it within its schedule, so a moved time makes no second one."""

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("schedule_id", "slot"),
        Index("ix_occurrences_state_due_at", "state", "due_at"),
        Index("ix_occurrences_state_expires_at", "state", "expires_at"),
        Index("ix_occurrences_state_leader_at", "state", "leader_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    kind: Mapped[ScheduleKind] = mapped_column(text_enum(ScheduleKind))
    slot: Mapped[str]  # "2026-11-30"; a twibbon's eve "2026-11-17/eve"
    day: Mapped[date]  # the local day it counts for
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]  # when a reading's leader gets the text, and the secretaries what is forwarded
    leader_at: Mapped[datetime | None]  # when to see next that there is a leader, and they were told; None: no need
    state: Mapped[OccurrenceState] = mapped_column(text_enum(OccurrenceState), default=OccurrenceState.PLANNED)
    reason: Mapped[str | None]
    rows: Mapped[int | None]  # deliveries written for it, which its states must add up to; None: not posted
    held: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # fell due before a restore or a long outage; a person decides
    breach_told_at: Mapped[datetime | None]  # when the administrator heard that its rows do not add up
    focus: Mapped[str | None]  # "akuntabel/2/5": value, behaviour, manifestation of the day; a quiz's situation
    created_at: Mapped[datetime]


class TurnState(StrEnum):
    """What became of somebody's turn to lead the reading."""

    ASSIGNED = "assigned"
    SKIPPED = "skipped"  # owed, not lost
    SWAPPED = "swapped"  # given to someone else, owed


class Turn(Base):
    """Whose turn it is to lead a reading. A skipped turn leaves its row, so that it counts as owed."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("occurrence_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrences.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    day: Mapped[date]
    state: Mapped[TurnState] = mapped_column(text_enum(TurnState), default=TurnState.ASSIGNED)
    told_at: Mapped[datetime | None]  # when the text was queued for the leader, or handed to the secretary
    created_at: Mapped[datetime]
