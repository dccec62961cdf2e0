"""The ledger read as a whole: what went out of each office, and whether the rows of every push add up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, update

from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleKind,
)
from storage.queries.deliveries import AGAIN, ON_TAP
from storage.transaction import Session

_OF_CHAT = (Delivery.channel, Delivery.chat_id, Delivery.topic_id)
FORWARD = "/forward"  # the part of what a person is given to forward; the button behind it is its next part
WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING)


class Push(Struct, frozen=True):
    """One post into one chat, or an occurrence that has no row (`state` None). `group` None: a private chat.

    Of several parts it is the first one that did not go out, else the last.
    """

    occurrence_id: int
    kind: ScheduleKind
    title: str
    due_at: datetime
    occurrence: OccurrenceState
    held: bool
    state: DeliveryState | None
    reason: str | None
    sent_at: datetime | None
    group: str | None
    left_at: datetime | None  # what arrived left, told or not
    delivered_at: datetime | None
    read_at: datetime | None
    channel: str | None


class Count(Struct, frozen=True):
    """An occurrence's rows: written, found, waiting, and waiting although they should not.

    `unsettled`: it is planned still, although its window has closed.
    """

    occurrence_id: int
    office_id: int
    written: int
    found: int
    waiting: int
    overdue: int
    unsettled: bool


def rows_of_post() -> ColumnElement[bool]:
    """The post itself and its parts and copies, and no notice about it: what `Occurrence.rows` counts."""
    return and_(Delivery.edits_id.is_(None), or_(Delivery.part == "", Delivery.part.like("/%")))


def is_of_post(row: Delivery) -> bool:
    """The same of a row that is at hand."""
    return row.edits_id is None and (row.part == "" or row.part.startswith("/"))


async def key_written(session: Session, occurrence_id: int) -> str | None:
    """Which message the push says, from any row written for it; None where there is none."""
    query = select(Delivery.message_key).where(Delivery.occurrence_id == occurrence_id, rows_of_post())
    query = query.order_by(Delivery.id).limit(1)
    return (await session.scalars(query)).one_or_none()


async def pushes(session: Session, office_id: int, since: datetime, until: datetime) -> Sequence[Push]:
    """What fell due in the office with `since` <= instant < `until`, in order; without what was called off."""
    query = (
        select(
            Occurrence.id,
            Occurrence.kind,
            Schedule.title,
            Occurrence.due_at,
            Occurrence.state,
            or_(Occurrence.held, func.coalesce(Delivery.held, false())),
            Delivery.state,
            func.coalesce(Delivery.reason, Occurrence.reason),
            Delivery.sent_at,
            GroupChat.title,
            func.coalesce(Delivery.left_at, Delivery.delivered_at),
            Delivery.delivered_at,
            Delivery.read_at,
            *_OF_CHAT,
            Delivery.part,
        )
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .outerjoin(Delivery, and_(Delivery.occurrence_id == Occurrence.id, rows_of_post()))
        .outerjoin(GroupChat, GroupChat.id == Delivery.group_id)
        .where(Occurrence.office_id == office_id, Occurrence.due_at >= since, Occurrence.due_at < until)
        .where(Occurrence.state != OccurrenceState.CANCELLED)
        .order_by(Occurrence.due_at, Occurrence.id, GroupChat.title, *_OF_CHAT, Delivery.id)
    )
    posts: dict[tuple[Any, ...], dict[str, Push]] = {}
    for *push, chat_id, topic_id, part in (await session.execute(query)).all():
        of_chat = posts.setdefault((push[0], push[-1], chat_id, topic_id), {})
        of_chat[(part or "").replace(AGAIN, "")] = Push(*push)  # the newest copy stands for the part
    return [_standing(list(parts.values())) for parts in posts.values() if not _is_rest(parts)]


def _is_rest(parts: Mapping[str, Push]) -> bool:
    """Of what began in another chat of its reader, for which that one stands unless something is missing."""
    return not {"", FORWARD} & parts.keys() and all(part.state is DeliveryState.SENT for part in parts.values())


def _standing(parts: Sequence[Push]) -> Push:
    """A part leaves only after the one before it: the first that did not go out says why the others did not.

    What went out as a whole left and arrived with the last part of it to do so, and was opened likewise.
    """
    parts = [part for part in parts if part.reason != ON_TAP] or parts
    stopped = next((part for part in parts if part.state is not DeliveryState.SENT), None)
    told = {name: _last(getattr(part, name) for part in parts) for name in ("left_at", "delivered_at", "read_at")}
    return stopped or replace(parts[-1], **told)


def _last(instants: Iterable[datetime | None]) -> datetime | None:
    """The last instant; None where one is missing."""
    found = list(instants)
    known = [instant for instant in found if instant is not None]
    return max(known) if len(known) == len(found) else None


async def waiting_for(session: Session, office_id: int, reason: str) -> int:
    """How many messages of the office wait for what `reason` names."""
    waits = (Delivery.office_id == office_id, Delivery.state == DeliveryState.PLANNED, Delivery.reason == reason)
    return await session.scalar(select(func.count()).select_from(Delivery).where(*waits)) or 0


async def charged(session: Session, office_id: int, since: datetime, until: datetime) -> Sequence[tuple[str, str, int]]:
    """Messages of the office sent with `since` <= instant < `until`: channel, price category as told, how many."""
    query = (
        select(Delivery.channel, Delivery.charged_as, func.count())
        .where(Delivery.office_id == office_id, Delivery.charged_as.is_not(None))
        .where(Delivery.sent_at >= since, Delivery.sent_at < until)
        .group_by(Delivery.channel, Delivery.charged_as)
        .order_by(Delivery.channel, func.count().desc(), Delivery.charged_as)
    )
    return [(channel, str(category), number) for channel, category, number in (await session.execute(query)).all()]


async def counts(session: Session, since: datetime, until: datetime, overdue_before: datetime) -> Sequence[Count]:
    """The rows of every push that fell due with `since` <= instant <= `until` and that nobody was told about yet.

    Overdue is what still waits although its window closed at or before `overdue_before`, or its push was called off.
    """
    waits = Delivery.state.in_(WAITING)
    unsettled = and_(Occurrence.state == OccurrenceState.PLANNED, Occurrence.expires_at <= overdue_before)
    called_off = Occurrence.state.in_([OccurrenceState.MISSED, OccurrenceState.CANCELLED])
    closed = or_(
        called_off,
        Delivery.expires_at <= overdue_before,
        and_(Delivery.expires_at.is_(None), Occurrence.expires_at <= overdue_before),
    )
    query = (
        select(
            Occurrence.id,
            Occurrence.office_id,
            func.coalesce(Occurrence.rows, func.count(Delivery.id)),
            func.count(Delivery.id),
            func.coalesce(func.sum(case((waits, 1), else_=0)), 0),
            func.coalesce(func.sum(case((and_(waits, closed), 1), else_=0)), 0),
            unsettled,
        )
        .outerjoin(Delivery, and_(Delivery.occurrence_id == Occurrence.id, rows_of_post()))
        .where(or_(Occurrence.state == OccurrenceState.POSTED, called_off, unsettled))
        .where(Occurrence.due_at.between(since, until), Occurrence.breach_told_at.is_(None))
        .group_by(Occurrence.id)
        .order_by(Occurrence.id)
    )
    return [Count(*row) for row in (await session.execute(query)).all()]


async def mark_told(session: Session, occurrence_id: int, now: datetime) -> bool:
    """Note that the breach was told; False where it was before."""
    statement = (
        update(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.breach_told_at.is_(None))
        .values(breach_told_at=now)
        .returning(Occurrence.id)
    )
    return (await session.execute(statement)).first() is not None


async def count_more(session: Session, occurrence_id: int, number: int = 1) -> None:
    """So many rows more were written for a push that is posted; what is still being written is counted at its end."""
    statement = update(Occurrence).where(Occurrence.id == occurrence_id).values(rows=Occurrence.rows + number)
    await session.execute(statement.execution_options(synchronize_session=False))


async def uncount(session: Session, delivery_ids: Sequence[int]) -> None:
    """These rows are about to be forgotten: their pushes have so many fewer from now on."""
    query = (
        select(Delivery.occurrence_id, func.count())
        .where(Delivery.id.in_(delivery_ids), Delivery.occurrence_id.is_not(None), rows_of_post())
        .group_by(Delivery.occurrence_id)
    )
    for occurrence_id, number in (await session.execute(query)).all():
        statement = update(Occurrence).where(Occurrence.id == occurrence_id).values(rows=Occurrence.rows - number)
        await session.execute(statement.execution_options(synchronize_session=False))


async def depth(session: Session) -> dict[str, int]:
    """How many rows wait, by state."""
    query = select(Delivery.state, func.count()).where(Delivery.state.in_(WAITING)).group_by(Delivery.state)
    found = {state.value: number for state, number in (await session.execute(query)).all()}
    return {state.value: found.get(state.value, 0) for state in WAITING}


async def oldest_waiting(session: Session, now: datetime) -> timedelta:
    """For how long the oldest row that may leave has been waiting."""
    query = select(func.min(Delivery.not_before)).where(
        Delivery.state == DeliveryState.PLANNED, Delivery.not_before <= now, Delivery.held.is_(False)
    )
    oldest = (await session.scalars(query)).one_or_none()
    return timedelta(0) if oldest is None else now - oldest


async def last_written(session: Session) -> datetime | None:
    """When the newest row was written."""
    return (await session.scalars(select(Delivery.created_at).order_by(Delivery.id.desc()).limit(1))).one_or_none()
