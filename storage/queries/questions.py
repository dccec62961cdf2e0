"""Questions that got no good answer, and what people made of them. Nobody's name or chat stands in these rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from storage.models import Question, QuestionReason, QuestionState
from storage.transaction import Session

MOST_AT_ONCE = 300  # open ones that are looked at together; the rest comes up as those are decided


async def keep(
    session: Session,
    office_id: int,
    regulation_id: str,
    text: str,
    reason: QuestionReason,
    now: datetime,
    topic: str | None = None,
) -> None:
    """Keep a question, its names taken out already; `topic` is what was answered, or named in declining."""
    session.add(
        Question(office_id=office_id, regulation_id=regulation_id, text=text, reason=reason, topic=topic, asked_at=now)
    )
    await session.flush()


async def forget_one(session: Session, office_id: int, text: str, reason: QuestionReason) -> None:
    """Drop the newest open question of these words that was kept for this reason: it found its answer."""
    newest = (
        select(func.max(Question.id))
        .where(Question.office_id == office_id, Question.text == text, Question.reason == reason)
        .where(Question.state == QuestionState.OPEN)
    )
    found = await session.scalar(newest)
    await session.execute(delete(Question).where(Question.id == found))


async def is_waiting(session: Session, office_id: int, text: str, reason: QuestionReason) -> bool:
    """Whether a question of these words is open for this reason already."""
    same = _in_state(office_id, QuestionState.OPEN).where(Question.text == text, Question.reason == reason)
    return (await session.execute(select(same.exists()))).scalar_one()


async def waiting(session: Session, office_id: int) -> Sequence[Question]:
    """The office's open questions, oldest first, at most MOST_AT_ONCE."""
    query = _in_state(office_id, QuestionState.OPEN).order_by(Question.id).limit(MOST_AT_ONCE)
    return (await session.scalars(query)).all()


async def count_waiting(session: Session, office_id: int) -> int:
    """How many are open in all."""
    query = select(func.count()).select_from(_in_state(office_id, QuestionState.OPEN).subquery())
    return (await session.execute(query)).scalar_one()


async def mapped(session: Session, office_id: int, regulation_id: str | None = None) -> Sequence[Question]:
    """What the office mapped to a topic, the newest decision first; of `regulation_id` only, if given."""
    query = _in_state(office_id, QuestionState.MAPPED).order_by(Question.decided_at.desc(), Question.id)
    if regulation_id is not None:
        query = query.where(Question.regulation_id == regulation_id)
    return (await session.scalars(query)).all()


async def decide(
    session: Session, office_id: int, ids: Collection[int], mapped_topic: str | None, now: datetime
) -> int:
    """Map the open ones of these to a topic; None: they are left. How many there were."""
    state = QuestionState.LEFT if mapped_topic is None else QuestionState.MAPPED
    statement = (
        update(Question)
        .where(Question.office_id == office_id, Question.id.in_(ids), Question.state == QuestionState.OPEN)
        .values(state=state, mapped_topic=mapped_topic, decided_at=now)
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


async def reopen(session: Session, office_id: int, question_id: int) -> int:
    """Undo the decision on this question, and on all that were decided with it. How many there were."""
    one = await session.get(Question, question_id, populate_existing=True)
    if one is None or one.office_id != office_id or one.decided_at is None:
        return 0
    statement = (
        update(Question)
        .where(Question.office_id == office_id, Question.decided_at == one.decided_at, Question.state == one.state)
        .values(state=QuestionState.OPEN, mapped_topic=None, decided_at=None)
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


def _in_state(office_id: int, state: QuestionState) -> Select[Any]:
    return select(Question).where(Question.office_id == office_id, Question.state == state)
