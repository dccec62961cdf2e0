"""The log of the work-culture group: reports, readings, meetings, what was forwarded, twibbon counts, activities.

The only function that counts: the screen, the file and the weekly summary all read `entries`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from storage.models import (
    Activity,
    Confirmation,
    ConfirmationKind,
    Delivery,
    DeliveryState,
    Member,
    Occurrence,
    OccurrenceState,
    Report,
    Role,
    Schedule,
    ScheduleKind,
)
from storage.queries import evidence
from storage.queries.evidence import Item, Subject
from storage.queries.reports import COUNTED
from storage.transaction import Session

_START = datetime.min.replace(tzinfo=UTC)


class LogKind(StrEnum):
    """What an entry tells of."""

    READING = "reading"  # the values were read aloud, confirmed by a tap or entered afterwards
    MEETING = "meeting"  # a meeting was opened with them
    FORWARDED = "forwarded"  # a text was forwarded into a WhatsApp group; whether it was read aloud nobody knows
    TWIBBON = "twibbon"  # how many put it up; one entry for each date
    REPORT = "report"  # a self-report that was neither withdrawn nor sent back
    ACTIVITY = "activity"  # entered by the secretary


class Way(StrEnum):
    """How the text of a reading or meeting came to people."""

    GROUPS = "groups"  # into groups of the office
    PERSONS = "persons"  # to members one by one
    FORWARDED = "forwarded"  # by hand, into groups that no channel of ours reaches


class LogRow(Struct, frozen=True):
    """One entry. `title` is a schedule's title, a report's text or an activity's words; hostile text.

    `at` is when it was tapped or reported (aware UTC), None where only the day is known. `ways`: of a reading or
    meeting, as far as anything did leave.
    """

    kind: LogKind
    entry_id: int
    day: date
    title: str
    at: datetime | None = None
    occurrence_id: int | None = None  # of a reading or meeting, or of what was forwarded
    member_id: int | None = None
    name: str | None = None  # None once erased
    author: str = ""  # of a report: the same for all reports of one person, also once erased
    value_slug: str = ""
    behaviour_n: int = 0
    means: str = ""
    ways: tuple[Way, ...] = ()
    problem: str = ""
    remedy: str = ""
    count: int = 0  # a twibbon's
    afterwards: bool = False
    evidence: tuple[Item, ...] = ()


async def entries(session: Session, office_id: int, first: date, last: date) -> list[LogRow]:
    """All entries of the office from `first` to `last`, both included, in order of time."""
    reported = await _reports(session, office_id, first, last)
    confirmed = await _confirmed(session, office_id, first, last)
    pinned, of_twibbon = await _twibbons(session, office_id, first, last)
    entered = await _activities(session, office_id, first, last)
    of_twibbons = {number for numbers in of_twibbon.values() for number in numbers}
    held = {row.occurrence_id for row in confirmed if row.kind is not LogKind.FORWARDED}
    occurrences = [*(row.occurrence_id for row in confirmed if row.occurrence_id is not None), *of_twibbons]
    proofs = await evidence.of_all(
        session, [row.entry_id for row in reported], occurrences, [row.entry_id for row in entered]
    )
    rows = [
        *(replace(row, evidence=_items(proofs, [Subject(report_id=row.entry_id)])) for row in reported),
        *(
            # of a reading that was forwarded and held too, the evidence is that it was held
            row
            if row.kind is LogKind.FORWARDED and row.occurrence_id in held | of_twibbons
            else replace(row, evidence=_items(proofs, [Subject(occurrence_id=row.occurrence_id)]))
            for row in confirmed
        ),
        *(
            replace(row, evidence=_items(proofs, [Subject(occurrence_id=number) for number in of_twibbon[subject]]))
            for subject, row in pinned.items()
        ),
        *(replace(row, evidence=_items(proofs, [Subject(activity_id=row.entry_id)])) for row in entered),
    ]
    return sorted(rows, key=lambda row: (row.day, row.at or _START, row.kind, row.entry_id))


def _items(proofs: dict[Subject, list[Item]], subjects: Iterable[Subject]) -> tuple[Item, ...]:
    return tuple(item for subject in subjects for item in proofs.get(subject, ()))


async def _reports(session: Session, office_id: int, first: date, last: date) -> list[LogRow]:
    query = (
        select(Report, Member.name)
        .outerjoin(Member, Member.id == Report.member_id)
        .where(Report.office_id == office_id, Report.day.between(first, last), Report.state.in_(COUNTED))
    )
    return [
        LogRow(
            LogKind.REPORT,
            report.id,
            report.day,
            report.text,
            at=report.created_at,
            member_id=report.member_id,
            name=name,
            author=_author(report),
            value_slug=report.value_slug,
            behaviour_n=report.behaviour_n,
            problem=report.problem,
            remedy=report.remedy,
        )
        for report, name in await session.execute(query)
    ]


def _author(report: Report) -> str:
    return str(report.member_id) if report.member_id is not None else report.key.rpartition("-")[0]


async def _confirmed(session: Session, office_id: int, first: date, last: date) -> list[LogRow]:
    """Readings, meetings and what was forwarded: at most one entry of each kind for an occurrence."""
    ways = _ways()
    query = (
        select(Confirmation, Schedule.title, Member.name, *ways.values())
        .join(Occurrence, Occurrence.id == Confirmation.occurrence_id)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .outerjoin(Member, Member.id == Confirmation.member_id)
        .where(Confirmation.office_id == office_id, Confirmation.day.between(first, last))
        .where(Confirmation.kind != ConfirmationKind.TWIBBON)
    )
    return [
        LogRow(
            LogKind(row.kind.value),
            row.id,
            row.day,
            title,
            at=row.at,
            occurrence_id=row.occurrence_id,
            member_id=row.member_id,
            name=name,
            afterwards=row.afterwards,
            ways=tuple(way for way, was_gone in zip(ways, gone, strict=True) if was_gone),
        )
        for row, title, name, *gone in await session.execute(query)
    ]


def _ways() -> dict[Way, ColumnElement[bool]]:
    """By which ways the text of an occurrence went.

    What went to members privately is forgotten after a while; then it is read from where the schedule goes.
    """
    row = select(Delivery.id).where(Delivery.occurrence_id == Occurrence.id, Delivery.edits_id.is_(None))
    private = row.where(Delivery.group_id.is_(None), Delivery.part == "")
    by_hand = aliased(Confirmation)
    forgotten = and_(Schedule.to_persons, Occurrence.state == OccurrenceState.POSTED, ~private.exists())
    forwarded = select(by_hand.id).where(
        by_hand.occurrence_id == Occurrence.id, by_hand.kind == ConfirmationKind.FORWARDED
    )
    return {
        Way.GROUPS: row.where(Delivery.group_id.is_not(None), Delivery.state == DeliveryState.SENT).exists(),
        Way.PERSONS: or_(private.where(Delivery.state == DeliveryState.SENT).exists(), forgotten),
        Way.FORWARDED: forwarded.exists(),
    }


async def _twibbons(
    session: Session, office_id: int, first: date, last: date
) -> tuple[dict[str, LogRow], dict[str, list[int]]]:
    """One entry for each date that somebody confirmed, by subject; and the occurrences (eve and day) of each."""
    query = (
        select(Confirmation, Schedule.title)
        .join(Occurrence, Occurrence.id == Confirmation.occurrence_id)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(Confirmation.office_id == office_id, Confirmation.day.between(first, last))
        .where(Confirmation.kind == ConfirmationKind.TWIBBON)
        .order_by(Confirmation.id)
    )
    rows: dict[str, LogRow] = {}
    for row, title in await session.execute(query):
        known = rows.get(row.subject) or LogRow(LogKind.TWIBBON, row.id, row.day, title)
        rows[row.subject] = replace(known, count=known.count + 1)
    posts = select(Occurrence.id, Occurrence.schedule_id, Occurrence.slot).where(
        Occurrence.office_id == office_id,
        Occurrence.kind == ScheduleKind.TWIBBON,
        Occurrence.day.between(first, last),
    )
    of_subject: dict[str, list[int]] = {subject: [] for subject in rows}
    for number, schedule_id, slot in await session.execute(posts):
        of_subject.get(f"twibbon:{schedule_id}:{slot.partition('/')[0]}", []).append(number)
    return rows, of_subject


async def _activities(session: Session, office_id: int, first: date, last: date) -> list[LogRow]:
    query = (
        select(Activity)
        .where(Activity.office_id == office_id, Activity.day.between(first, last))
        .where(Activity.withdrawn_at.is_(None))
    )
    return [
        LogRow(
            LogKind.ACTIVITY,
            row.id,
            row.day,
            row.what,
            means=row.means,
            problem=row.problem,
            remedy=row.remedy,
        )
        for row in await session.scalars(query)
    ]


async def planned(session: Session, office_id: int, first: date, last: date) -> list[Occurrence]:
    """The office's occurrences in these days, whatever became of them; those that were called off are left out."""
    query = (
        select(Occurrence)
        .where(Occurrence.office_id == office_id, Occurrence.day.between(first, last))
        .where(Occurrence.state != OccurrenceState.CANCELLED)
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return list(await session.scalars(query))


async def roster_size(session: Session, office_id: int, since: datetime, until: datetime) -> int:
    """How many stood on the office's roster between these aware instants, those who left since included.

    Whoever only runs the installation is not of the office.
    """
    query = select(func.count()).where(
        Member.office_id == office_id,
        Member.role != Role.ADMINISTRATOR,
        Member.created_at < until,
        or_(Member.left_at.is_(None), Member.left_at >= since),
    )
    return (await session.scalars(query)).one()
