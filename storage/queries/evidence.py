"""Data dukung: what was handed in for a report, an occurrence or an activity."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, func, select

from storage.models import Evidence, EvidenceKind, Member
from storage.transaction import Session


class Item(Struct, frozen=True, omit_defaults=True):
    """One photo or file by its channel's reference, or one link."""

    kind: EvidenceKind
    reference: str
    channel: str | None = None  # None for a link
    name: str | None = None  # a file's name; hostile text


class Subject(Struct, frozen=True):
    """What it proves: exactly one of the three."""

    report_id: int | None = None
    occurrence_id: int | None = None
    activity_id: int | None = None


async def add(
    session: Session, office_id: int, subject: Subject, items: Iterable[Item], member_id: int | None, now: datetime
) -> None:
    """Keep these items for the subject."""
    for item in items:
        session.add(
            Evidence(
                office_id=office_id,
                report_id=subject.report_id,
                occurrence_id=subject.occurrence_id,
                activity_id=subject.activity_id,
                kind=item.kind,
                reference=item.reference,
                channel=item.channel,
                name=item.name,
                member_id=member_id,
                at=now,
            )
        )
    await session.flush()


async def replace(
    session: Session, office_id: int, subject: Subject, items: Iterable[Item], member_id: int | None, now: datetime
) -> None:
    """Keep these items for the subject and nothing else."""
    await session.execute(delete(Evidence).where(_about(subject)))
    await add(session, office_id, subject, items, member_id, now)


async def of(session: Session, subject: Subject) -> list[Item]:
    """What was handed in for the subject, in order."""
    rows = await session.scalars(select(Evidence).where(_about(subject)).order_by(Evidence.id))
    return [item_of(row) for row in rows]


async def files_of_person(session: Session, person_id: int, offset: int, limit: int) -> tuple[list[Item], int]:
    """Photos and files that this person handed in, oldest first, and how many there are in all."""
    theirs = select(Member.id).where(Member.person_id == person_id)
    query = select(Evidence).where(Evidence.member_id.in_(theirs), Evidence.kind != EvidenceKind.LINK)
    total = (await session.scalars(select(func.count()).select_from(query.subquery()))).one()
    rows = await session.scalars(query.order_by(Evidence.id).offset(offset).limit(limit))
    return [item_of(row) for row in rows], total


async def latest_at(session: Session, subject: Subject, member_id: int) -> datetime | None:
    """When this member last handed something in for the subject."""
    query = select(func.max(Evidence.at)).where(_about(subject), Evidence.member_id == member_id)
    return (await session.scalars(query)).one_or_none()


async def count(session: Session, subject: Subject) -> int:
    """How many items the subject has."""
    return (await session.scalars(select(func.count()).select_from(Evidence).where(_about(subject)))).one()


async def of_all(
    session: Session, report_ids: Sequence[int], occurrence_ids: Sequence[int], activity_ids: Sequence[int]
) -> dict[Subject, list[Item]]:
    """What was handed in for each of these, by subject."""
    chosen = (
        Evidence.report_id.in_(report_ids)
        | Evidence.occurrence_id.in_(occurrence_ids)
        | Evidence.activity_id.in_(activity_ids)
    )
    found: dict[Subject, list[Item]] = {}
    for row in await session.scalars(select(Evidence).where(chosen).order_by(Evidence.id)):
        found.setdefault(Subject(row.report_id, row.occurrence_id, row.activity_id), []).append(item_of(row))
    return found


def item_of(row: Evidence) -> Item:
    """The row as a plain item."""
    return Item(row.kind, row.reference, row.channel, row.name)


def _about(subject: Subject) -> ColumnElement[bool]:
    if subject.report_id is not None:
        return Evidence.report_id == subject.report_id
    if subject.occurrence_id is not None:
        return Evidence.occurrence_id == subject.occurrence_id
    return Evidence.activity_id == subject.activity_id
