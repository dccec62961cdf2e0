"""Self-reports: saved once by their key, corrected and withdrawn by their author, checked by the secretary."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select

from storage.insert_once import insert_once
from storage.models import Member, Report, ReportState
from storage.transaction import Session

COUNTED = (ReportState.SUBMITTED, ReportState.CHECKED)  # what the log shows: not withdrawn, not sent back


class NamedReport(Struct, frozen=True):
    """A report with its author's name; None once the author's data were erased."""

    report: Report
    name: str | None


class Page(Struct, frozen=True):
    """Some rows of a longer list, and how long it is."""

    rows: tuple[NamedReport, ...]
    total: int


async def save_once(session: Session, values: Mapping[str, Any]) -> bool:
    """Keep a new report; False where its key is taken already, which is what a second press finds."""
    return await insert_once(session, Report, dict(values)) is not None


async def find_by_key(session: Session, key: str) -> Report | None:
    """The report that was saved under the key of its form."""
    return (await session.scalars(select(Report).where(Report.key == key))).one_or_none()


async def find_same(
    session: Session, member_id: int, day: date, value_slug: str, behaviour_n: int, text: str
) -> Report | None:
    """A report with the same words by the same member on the same day: the same message sent again."""
    query = (
        select(Report)
        .where(Report.member_id == member_id, Report.day == day, Report.state != ReportState.WITHDRAWN)
        .where(Report.value_slug == value_slug, Report.behaviour_n == behaviour_n, Report.text == text)
        .order_by(Report.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def find_own(session: Session, member_id: int, report_id: int) -> Report | None:
    """The member's own report, unless it was withdrawn."""
    report = await session.get(Report, report_id)
    own = report is not None and report.member_id == member_id and report.state is not ReportState.WITHDRAWN
    return report if own else None


async def find_in_office(session: Session, office_id: int, report_id: int) -> NamedReport | None:
    """A report of this office with its author's name."""
    query = (
        select(Report, Member.name)
        .outerjoin(Member, Member.id == Report.member_id)
        .where(Report.id == report_id, Report.office_id == office_id)
    )
    row = (await session.execute(query)).one_or_none()
    return NamedReport(row[0], row[1]) if row else None


async def own_page(session: Session, member_id: int, offset: int, limit: int) -> Page:
    """The member's own reports, newest first, withdrawn ones left out."""
    kept = [Report.member_id == member_id, Report.state != ReportState.WITHDRAWN]
    query = select(Report).where(*kept).order_by(Report.day.desc(), Report.id.desc()).offset(offset).limit(limit)
    total = (await session.scalars(select(func.count()).select_from(Report).where(*kept))).one()
    return Page(tuple(NamedReport(report, None) for report in await session.scalars(query)), total)


async def waiting_page(session: Session, office_id: int, offset: int, limit: int) -> Page:
    """The office's reports that nobody has checked yet, oldest first; of an erased author nothing is left to check."""
    waiting = [
        Report.office_id == office_id,
        Report.state == ReportState.SUBMITTED,
        Report.member_id.is_not(None),
    ]
    query = (
        select(Report, Member.name)
        .outerjoin(Member, Member.id == Report.member_id)
        .where(*waiting)
        .order_by(Report.day, Report.id)
        .offset(offset)
        .limit(limit)
    )
    total = (await session.scalars(select(func.count()).select_from(Report).where(*waiting))).one()
    return Page(tuple(NamedReport(report, name) for report, name in await session.execute(query)), total)


async def correct(session: Session, report: Report, values: Mapping[str, Any], now: datetime) -> None:
    """Change what the author says; the report waits to be checked again, the remark is answered."""
    for name, value in values.items():
        setattr(report, name, value)
    report.state, report.remark, report.changed_at = ReportState.SUBMITTED, None, now
    await session.flush()


async def withdraw(session: Session, report: Report, now: datetime) -> None:
    """Take the report out of the log; its author did so."""
    report.state, report.changed_at = ReportState.WITHDRAWN, now
    await session.flush()


async def mark_checked(session: Session, report: Report, now: datetime) -> None:
    """The secretary found it in order."""
    report.state, report.remark, report.changed_at = ReportState.CHECKED, None, now
    await session.flush()


async def send_back(session: Session, report: Report, remark: str, now: datetime) -> None:
    """The secretary asks its author to correct it."""
    report.state, report.remark, report.changed_at = ReportState.RETURNED, remark, now
    await session.flush()
