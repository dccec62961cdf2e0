"""What is forgotten by itself once it is old; called once a day."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from storage.models import (
    Conversation,
    Delivery,
    DeliveryState,
    Invitation,
    JoinAttempt,
    Member,
    Person,
    PersonAddress,
    Question,
    QuestionState,
)
from storage.queries import inbound, kept_files
from storage.queries.deliveries import WAITING
from storage.queries.erasure import forget_deliveries
from storage.transaction import Session

KEPT_FOR = timedelta(days=30)  # as the privacy notice says
QUESTIONS_KEPT_FOR = timedelta(days=90)  # as it says too; those mapped to a topic are the office's own words then
_ATTEMPTS_KEPT_FOR = timedelta(days=1)


async def purge_old(session: Session, now: datetime) -> None:
    """Forget what is older than KEPT_FOR: what was said in private, replies, open dialogues, codes, strangers.

    Questions without a good answer are forgotten after QUESTIONS_KEPT_FOR, unless they were mapped to a topic.
    Posts into groups stay: they are the office's ledger of what was said. Handled updates go with their replies, kept
    files with the evidence or the broadcast that named them.
    """
    before = now - KEPT_FOR
    old = select(Delivery.id).where(
        or_(Delivery.occurrence_id.is_(None), Delivery.group_id.is_(None)),
        Delivery.created_at < before,
        Delivery.state.not_in([*WAITING, DeliveryState.SENDING]),
    )
    await forget_deliveries(session, [*await session.scalars(old)])
    await session.execute(delete(Conversation).where(Conversation.updated_at < before))
    await session.execute(delete(Invitation).where(Invitation.expires_at < before))
    await session.execute(delete(JoinAttempt).where(JoinAttempt.at < now - _ATTEMPTS_KEPT_FOR))
    questions = delete(Question).where(Question.state != QuestionState.MAPPED)
    await session.execute(questions.where(Question.asked_at < now - QUESTIONS_KEPT_FOR))
    await _forget_strangers(session, before)
    await inbound.purge(session, now)
    await kept_files.drop_unused(session, before)


async def _forget_strangers(session: Session, before: datetime) -> None:
    """People who wrote once and never joined an office; should they come again they are met anew."""
    seated = select(Member.person_id).where(Member.person_id.is_not(None))
    strangers = select(Person.id).where(Person.created_at < before, Person.id.not_in(seated))
    await session.execute(
        delete(PersonAddress).where(PersonAddress.person_id.in_(strangers)).execution_options(synchronize_session=False)
    )
    await session.execute(delete(Person).where(Person.id.in_(strangers)).execution_options(synchronize_session=False))
