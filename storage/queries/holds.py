"""What is held after a restore or a long outage: found and marked at the start, listed, let go or discarded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from storage.ended import note
from storage.models import (
    Delivery,
    DeliveryState,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
    Setting,
)
from storage.queries import ledger, settings
from storage.transaction import Session

RESTORED = "restored"  # name of the setting that only a restored database has, until it has started
_UNSENT = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING)
_WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED)
_AT_ONCE = 500  # ids in one statement


class OldPush(Struct, frozen=True):
    """A planned occurrence that fell due, with its whole lateness window."""

    id: int
    window: timedelta


class OldMessage(Struct, frozen=True):
    """A row that waits; `due_at` and `window` are those of its occurrence, None where it has none."""

    id: int
    office_id: int | None
    due_at: datetime | None
    window: timedelta | None


class HeldPush(Struct, frozen=True):
    """One push that waits for a person, and into how many groups; `to_persons`: and to members one by one."""

    kind: ScheduleKind
    title: str
    due_at: datetime
    groups: int
    to_persons: bool


async def mark_restored(session: Session, now: datetime) -> None:
    """The next start is in hold: this database may not know what was sent."""
    await settings.write(session, RESTORED, now.isoformat(), now)


async def restored_at(session: Session) -> datetime | None:
    """When the database was restored, aware; None where it has started since, or never was."""
    written = await settings.read(session, RESTORED)
    return datetime.fromisoformat(written) if written else None


async def forget_restored(session: Session) -> None:
    """It has started."""
    await session.execute(delete(Setting).where(Setting.name == RESTORED))


async def old_pushes(session: Session, start: datetime) -> Sequence[OldPush]:
    """Planned occurrences, not held, that fell due by `start` and have not ended."""
    query = select(Occurrence.id, Occurrence.due_at, Occurrence.expires_at).where(
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.due_at <= start,
        Occurrence.expires_at > start,
        Occurrence.held.is_(False),
    )
    return [OldPush(row.id, row.expires_at - row.due_at) for row in await session.execute(query)]


async def old_messages(session: Session, start: datetime, besides: str) -> Sequence[OldMessage]:
    """Unsent rows, not held, that were written and might have left by `start` and have not ended.

    Those in the hands of a process that is gone are among them. `besides`: the key of messages that are never held.
    """
    put_back = or_(Delivery.attempt > 0, Delivery.reason.is_not(None))  # tried, and told to wait
    query = (
        select(Delivery.id, Delivery.office_id, Occurrence.due_at, Occurrence.expires_at)
        .outerjoin(Occurrence, Occurrence.id == Delivery.occurrence_id)
        .where(Delivery.state.in_(_UNSENT), Delivery.held.is_(False), Delivery.message_key != besides)
        .where(Delivery.created_at <= start, or_(Delivery.not_before <= start, put_back))
        .where(or_(Delivery.expires_at.is_(None), Delivery.expires_at > start))
    )
    return [
        OldMessage(row.id, row.office_id, row.due_at, row.expires_at - row.due_at if row.due_at else None)
        for row in await session.execute(query)
    ]


async def reading_windows(session: Session) -> dict[int, timedelta]:
    """Each office's lateness window of its reading; the longest of several, none where it has none in minutes."""
    query = (
        select(Schedule.office_id, func.max(Schedule.late_minutes))
        .where(Schedule.kind == ScheduleKind.READING, Schedule.late_minutes.is_not(None))
        .group_by(Schedule.office_id)
    )
    rows = (await session.execute(query)).all()
    return {office_id: timedelta(minutes=minutes) for office_id, minutes in rows if minutes is not None}


async def hold(session: Session, occurrence_ids: Sequence[int], delivery_ids: Sequence[int]) -> None:
    """From now on these wait for a person."""
    for model, ids in ((Occurrence, occurrence_ids), (Delivery, delivery_ids)):
        for first in range(0, len(ids), _AT_ONCE):
            statement = update(model).where(model.id.in_(ids[first : first + _AT_ONCE])).values(held=True)
            await session.execute(statement.execution_options(synchronize_session=False))


async def offices(session: Session) -> list[int | None]:
    """Ids of the offices of which something is held, in order; None, last, for messages to people of no office."""
    pushes = select(Occurrence.office_id).where(_held_occurrence()).distinct()
    messages = select(Delivery.office_id).where(_held_delivery()).distinct()
    found = {*await session.scalars(pushes), *await session.scalars(messages)}
    return sorted(found, key=lambda office_id: (office_id is None, office_id))


async def held_pushes(session: Session, office_id: int | None) -> list[HeldPush]:
    """What is held of the office's schedules, in the order in which it fell due."""
    groups = (
        select(func.count())
        .select_from(ScheduleTarget)
        .where(ScheduleTarget.schedule_id == Occurrence.schedule_id)
        .scalar_subquery()
    )
    not_posted = (
        select(Occurrence.kind, Schedule.title, Occurrence.due_at, groups, Schedule.to_persons)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(_held_occurrence(), Occurrence.office_id == office_id)
    )
    posted = (
        select(Occurrence.kind, Schedule.title, Occurrence.due_at, func.count(Delivery.group_id), Schedule.to_persons)
        .select_from(Delivery)
        .join(Occurrence, Occurrence.id == Delivery.occurrence_id)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(_held_delivery(), _is_post(), Delivery.office_id == office_id, ~_held_occurrence())
        .group_by(Occurrence.id, Occurrence.kind, Schedule.title, Occurrence.due_at, Schedule.to_persons)
    )
    found = [*await _pushes(session, not_posted), *await _pushes(session, posted)]
    return sorted(found, key=lambda push: push.due_at)


async def held_messages(session: Session, office_id: int | None) -> int:
    """How many other messages are held: answers, notices, texts for a leader, edits."""
    later_part = and_(_is_post_of_schedule(), Delivery.follows_id.is_not(None))
    query = select(func.count()).where(_held_delivery(), ~_is_post(), ~later_part, _of(office_id))
    return (await session.scalars(query)).one()


async def held_and_begun(session: Session, office_id: int | None) -> Sequence[Occurrence]:
    """Pushes of this office that are held and of which some chats have their row already."""
    has_row = select(Delivery.id).where(Delivery.occurrence_id == Occurrence.id, ledger.rows_of_post()).exists()
    query = select(Occurrence).where(_held_occurrence(), Occurrence.office_id == office_id, has_row)
    return (await session.scalars(query.order_by(Occurrence.id))).all()


async def release(session: Session, office_id: int | None) -> bool:
    """Let go what is held of this office (None: of no office); whether anything was."""
    pushes = await _change_pushes(session, office_id, {"held": False})
    rows = await _change_rows(session, office_id, {"held": False})
    return bool(pushes or rows)


async def discard(session: Session, office_id: int | None, reason: str) -> list[int] | None:
    """End what is held of this office: occurrences missed, rows cancelled; None where nothing was held.

    Returns the ids of the schedules whose occurrences were ended, in order.
    """
    schedule_ids = await _change_pushes(session, office_id, {"state": OccurrenceState.MISSED, "reason": reason})
    rows = await _change_rows(session, office_id, {"state": DeliveryState.CANCELLED, "reason": reason})
    return sorted(set(schedule_ids)) if schedule_ids or rows else None


async def _pushes(session: Session, query: Select[ScheduleKind, str, datetime, int, bool]) -> list[HeldPush]:
    return [HeldPush(*row) for row in await session.execute(query)]


async def _change_pushes(session: Session, office_id: int | None, to: dict[str, Any]) -> list[int]:
    statement = (
        update(Occurrence)
        .where(_held_occurrence(), Occurrence.office_id == office_id)
        .values(**to)
        .returning(Occurrence.schedule_id)
        .execution_options(synchronize_session=False)
    )
    return list((await session.scalars(statement)).all())


async def _change_rows(session: Session, office_id: int | None, to: dict[str, Any]) -> int:
    statement = (
        update(Delivery)
        .where(_held_delivery(), _of(office_id))
        .values(**to)
        .returning(Delivery.channel, Delivery.state, Delivery.reason)
        .execution_options(synchronize_session=False)
    )
    rows = [(channel, state, reason) for channel, state, reason in (await session.execute(statement)).all()]
    if "state" in to:
        note(session, rows)
    return len(rows)


def _held_occurrence() -> ColumnElement[bool]:
    return and_(Occurrence.held.is_(True), Occurrence.state == OccurrenceState.PLANNED)


def _held_delivery() -> ColumnElement[bool]:
    """Of a row that was being sent when the process ended it is known afterwards whether it may go again."""
    again = and_(Delivery.state == DeliveryState.SENDING, Delivery.repeatable.is_(True))
    return and_(Delivery.held.is_(True), or_(Delivery.state.in_(_WAITING), again))


def _is_post_of_schedule() -> ColumnElement[bool]:
    return and_(Delivery.occurrence_id.is_not(None), ledger.rows_of_post())


def _is_post() -> ColumnElement[bool]:
    """The first part of what a schedule posts into a chat."""
    return and_(_is_post_of_schedule(), Delivery.follows_id.is_(None))


def _of(office_id: int | None) -> ColumnElement[bool]:
    return Delivery.office_id.is_(None) if office_id is None else Delivery.office_id == office_id
