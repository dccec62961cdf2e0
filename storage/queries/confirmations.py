"""Taps that are log entries: one for all under a reading or meeting or what was forwarded, one each under a twibbon."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Select, and_, delete, func, or_, select

from storage.insert_once import insert_once
from storage.models import (
    Confirmation,
    ConfirmationKind,
    Delivery,
    Member,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.queries.ledger import FORWARD
from storage.transaction import Session

_KINDS = {
    ScheduleKind.READING: ConfirmationKind.READING,
    ScheduleKind.MEETING: ConfirmationKind.MEETING,
    ScheduleKind.TWIBBON: ConfirmationKind.TWIBBON,
}
_HELD = (ScheduleKind.READING, ScheduleKind.MEETING)
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


async def find_confirmable(
    session: Session, occurrence_id: int, kind: ConfirmationKind | None = None
) -> Confirmable | None:
    """The occurrence as what confirms it; None where there is none, or it has no button of this kind.

    `kind` None: the button of its own post, else that of what is forwarded. A twibbon's eve and day share their
    subject: the slot's nominal day.
    """
    found = (await session.execute(_occurrences().where(Occurrence.id == occurrence_id))).one_or_none()
    if found is None:
        return None
    occurrence, title, forwarded, _ = found
    kinds = [_KINDS.get(occurrence.kind), ConfirmationKind.FORWARDED if forwarded else None]
    chosen = next((one for one in kinds if one and kind in (None, one)), None)
    return _confirmable(occurrence, title, chosen) if chosen else None


def _occurrences() -> Select[Occurrence, str, bool, bool]:
    """With its title, whether a person forwards it (or was given it while that was so), and whether it only goes so."""
    given = select(Delivery.id).where(Delivery.occurrence_id == Occurrence.id, Delivery.part == FORWARD)
    target = select(ScheduleTarget.id).where(ScheduleTarget.schedule_id == Schedule.id)
    forwarded = or_(Schedule.by_forwarding, given.exists())
    only = and_(Schedule.by_forwarding, Occurrence.state == OccurrenceState.POSTED, ~target.exists())
    return select(Occurrence, Schedule.title, forwarded, only).join(Schedule, Schedule.id == Occurrence.schedule_id)


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
    """What fell due from `since` until `now` and nobody confirmed, newest first, as what it is entered afterwards.

    Readings and meetings, missed posts too; and whatever was given to somebody to forward.
    """
    held = and_(
        Occurrence.kind.in_(_HELD),
        Occurrence.state.in_([OccurrenceState.POSTED, OccurrenceState.MISSED]),
    )
    given = and_(Schedule.by_forwarding, Occurrence.state == OccurrenceState.POSTED)
    entry = and_(Confirmation.occurrence_id == Occurrence.id, Confirmation.kind != ConfirmationKind.TWIBBON)
    query = (
        _occurrences()
        .outerjoin(Confirmation, entry)
        .where(Occurrence.office_id == office_id, Confirmation.id.is_(None), or_(held, given))
        .where(Occurrence.day >= since, Occurrence.due_at <= now)
        .order_by(Occurrence.due_at.desc(), Occurrence.id.desc())
    )
    return [_entered_late(row, title, only) for row, title, _, only in await session.execute(query)]


async def find_unconfirmed(session: Session, occurrence_id: int) -> Confirmable | None:
    """One of `unconfirmed`, also once it was entered; None where there is no such occurrence."""
    found = (await session.execute(_occurrences().where(Occurrence.id == occurrence_id))).one_or_none()
    if found is None or not (found[0].kind in _HELD or found[2]):
        return None
    return _entered_late(found[0], found[1], found[3])


def _entered_late(occurrence: Occurrence, title: str, only_forwarded: bool) -> Confirmable:
    """That a reading was held is more than that its text was forwarded, where it was posted into groups too."""
    held = occurrence.kind in _HELD and not only_forwarded
    return _confirmable(occurrence, title, _KINDS[occurrence.kind] if held else ConfirmationKind.FORWARDED)
