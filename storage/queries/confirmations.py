"""Taps that are log entries: one for all under a reading or meeting, one for each person under a twibbon."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import delete, func, select

from storage.insert_once import insert_once
from storage.models import Confirmation, ConfirmationKind, Member, Occurrence, OccurrenceState, Schedule, ScheduleKind
from storage.transaction import Session

_KINDS = {
    ScheduleKind.READING: ConfirmationKind.READING,
    ScheduleKind.MEETING: ConfirmationKind.MEETING,
    ScheduleKind.TWIBBON: ConfirmationKind.TWIBBON,
}
FOR_ALL = 0  # `counted_for` where one entry stands for all


class Confirmable(Struct, frozen=True):
    """An occurrence that can be confirmed, its schedule's title, and what its confirmations are kept under."""

    occurrence: Occurrence
    title: str
    kind: ConfirmationKind
    subject: str

    def counted_for(self, member_id: int) -> int:
        """Under whom a tap of this member counts."""
        return member_id if self.kind is ConfirmationKind.TWIBBON else FOR_ALL


class Tap(Struct, frozen=True):
    """A confirmation and who made it; None once erased."""

    row: Confirmation
    name: str | None


async def find_confirmable(session: Session, occurrence_id: int) -> Confirmable | None:
    """The occurrence, or None where there is none or its kind has no button.

    A twibbon's eve and day share their subject: the slot's nominal day.
    """
    query = (
        select(Occurrence, Schedule.title)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(Occurrence.id == occurrence_id)
    )
    found = (await session.execute(query)).one_or_none()
    kind = _KINDS.get(found[0].kind) if found else None
    if found is None or kind is None:
        return None
    return _confirmable(found[0], found[1], kind)


def _confirmable(occurrence: Occurrence, title: str, kind: ConfirmationKind) -> Confirmable:
    if kind is ConfirmationKind.TWIBBON:
        subject = f"twibbon:{occurrence.schedule_id}:{occurrence.slot.partition('/')[0]}"
    else:
        subject = f"{kind.value}:{occurrence.id}"
    return Confirmable(occurrence, title, kind, subject)


async def record(
    session: Session, confirmable: Confirmable, member_id: int, now: datetime, *, afterwards: bool = False
) -> bool:
    """Keep the tap; False where it is recorded already."""
    occurrence = confirmable.occurrence
    values = {
        "office_id": occurrence.office_id,
        "occurrence_id": occurrence.id,
        "kind": confirmable.kind,
        "subject": confirmable.subject,
        "counted_for": confirmable.counted_for(member_id),
        "member_id": member_id,
        "day": occurrence.day,
        "at": now,
        "afterwards": afterwards,
    }
    return await insert_once(session, Confirmation, values) is not None


async def find(session: Session, confirmable: Confirmable, member_id: int) -> Tap | None:
    """The entry under which a tap of this member counts."""
    query = (
        select(Confirmation, Member.name)
        .outerjoin(Member, Member.id == Confirmation.member_id)
        .where(Confirmation.office_id == confirmable.occurrence.office_id)
        .where(Confirmation.subject == confirmable.subject)
        .where(Confirmation.counted_for == confirmable.counted_for(member_id))
    )
    found = (await session.execute(query)).one_or_none()
    return Tap(found[0], found[1]) if found else None


async def count(session: Session, confirmable: Confirmable) -> int:
    """How many entries stand under this subject."""
    query = select(func.count()).where(
        Confirmation.office_id == confirmable.occurrence.office_id, Confirmation.subject == confirmable.subject
    )
    return (await session.scalars(query)).one()


async def remove(session: Session, confirmation_id: int) -> None:
    """Take a tap back."""
    await session.execute(delete(Confirmation).where(Confirmation.id == confirmation_id))


async def unconfirmed(session: Session, office_id: int, since: date, now: datetime) -> list[Confirmable]:
    """Readings and meetings from `since` until `now` that nobody confirmed, newest first; missed posts too."""
    query = (
        select(Occurrence, Schedule.title)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .outerjoin(Confirmation, Confirmation.occurrence_id == Occurrence.id)
        .where(Occurrence.office_id == office_id, Confirmation.id.is_(None))
        .where(Occurrence.kind.in_([ScheduleKind.READING, ScheduleKind.MEETING]))
        .where(Occurrence.state.in_([OccurrenceState.POSTED, OccurrenceState.MISSED]))
        .where(Occurrence.day >= since, Occurrence.due_at <= now)
        .order_by(Occurrence.due_at.desc(), Occurrence.id.desc())
    )
    return [_confirmable(row, title, _KINDS[row.kind]) for row, title in await session.execute(query)]
