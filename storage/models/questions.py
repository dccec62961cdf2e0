"""Questions that got no good answer, kept without their asker; and quizzes with how many took part."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import text_enum
from storage.models.base import Base


class QuestionReason(StrEnum):
    """Why it was kept."""

    DECLINED = "declined"  # it got no answer
    UNSURE = "unsure"  # none of what was suggested was meant
    DISLIKED = "disliked"  # the answer was called unfitting


class QuestionState(StrEnum):
    """What people made of it."""

    OPEN = "open"
    MAPPED = "mapped"  # it means `mapped_topic`, from then on
    LEFT = "left"  # nothing to answer


class Question(Base):
    """One question as it was asked, names taken out. Neither person nor chat is kept."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_office_id_state", "office_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    regulation_id: Mapped[str]  # the regulation by which it was answered
    text: Mapped[str]  # hostile text
    reason: Mapped[QuestionReason] = mapped_column(text_enum(QuestionReason))
    topic: Mapped[str | None]  # what was answered, where something was
    state: Mapped[QuestionState] = mapped_column(text_enum(QuestionState), default=QuestionState.OPEN)
    mapped_topic: Mapped[str | None]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Quiz(Base):
    """One quiz in one chat, with what the channel tells of it: numbers, never who."""

    __tablename__ = "quizzes"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrences.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    situation: Mapped[str]  # which one of the bank, so that it is not asked again soon
    poll_ref: Mapped[str | None] = mapped_column(index=True)  # the channel's own id of the poll
    voters: Mapped[int] = mapped_column(default=0)
    correct: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]  # when the channel last told these numbers
