"""Quizzes: which situations an office was asked, and how many answered, in numbers alone."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import distinct, func, select, update

from storage.insert_once import insert_once
from storage.models import Delivery, DeliveryState, Occurrence, OccurrenceState, Quiz, ScheduleKind
from storage.transaction import Session

POST = "quiz/post"  # the message


class Participation(Struct, frozen=True):
    """Of the quizzes of some days: into how many groups they went, how many answered, and how many of these rightly."""

    groups: int = 0
    voters: int = 0
    correct: int = 0


async def asked(session: Session, office_id: int) -> list[str]:
    """The situations (keys) that the office was or will be asked, in order of time; cancelled ones do not count."""
    query = (
        select(Occurrence.focus)
        .where(Occurrence.office_id == office_id, Occurrence.kind == ScheduleKind.QUIZ)
        .where(Occurrence.state != OccurrenceState.CANCELLED, Occurrence.focus.is_not(None))
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return [key for key in await session.scalars(query) if key is not None]


async def keep(session: Session, delivery: Delivery, poll_ref: str | None) -> None:
    """The quiz stands in its chat; `poll_ref` is the channel's own id of it, None where it tells no votes."""
    values = {
        "delivery_id": delivery.id,
        "occurrence_id": delivery.occurrence_id,
        "office_id": delivery.office_id,
        "situation": delivery.parameters.get("key", ""),
        "poll_ref": poll_ref,
    }
    await insert_once(session, Quiz, values)


async def delivery_of_poll(session: Session, channel: str, poll_ref: str) -> Delivery | None:
    """The post that stands in its chat as this poll."""
    query = (
        select(Delivery)
        .join(Quiz, Quiz.delivery_id == Delivery.id)
        .where(Delivery.channel == channel, Quiz.poll_ref == poll_ref)
    )
    return (await session.scalars(query)).first()


async def uncertain(session: Session, channel: str) -> Sequence[Delivery]:
    """Quizzes of the channel of which nobody knows whether they stand in their chat, oldest first."""
    query = select(Delivery).where(Delivery.channel == channel, Delivery.state == DeliveryState.UNCERTAIN)
    return (await session.scalars(query.where(Delivery.message_key == POST).order_by(Delivery.id))).all()


async def count(session: Session, delivery_id: int, voters: int, correct: int, now: datetime) -> bool:
    """Keep what the channel tells of a quiz; whether it was news.

    A vote in a quiz cannot be taken back, so fewer voters than are known come from an older state: left alone.
    """
    statement = (
        update(Quiz)
        .where(Quiz.delivery_id == delivery_id, Quiz.voters < voters)
        .values(voters=voters, correct=correct, told_at=now)
        .returning(Quiz.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).first() is not None


async def participation(session: Session, office_id: int, first: date, last: date) -> Participation:
    """Of the office's quizzes from `first` to `last`, both included."""
    chats = distinct(Delivery.group_id)
    query = (
        select(func.count(chats), func.coalesce(func.sum(Quiz.voters), 0), func.coalesce(func.sum(Quiz.correct), 0))
        .select_from(Quiz)
        .join(Delivery, Delivery.id == Quiz.delivery_id)
        .join(Occurrence, Occurrence.id == Quiz.occurrence_id)
        .where(Quiz.office_id == office_id, Occurrence.day.between(first, last))
    )
    groups, voters, correct = (await session.execute(query)).one()
    return Participation(groups, int(voters), int(correct))
