"""Entries of a log, made directly in the database: for tests of what is counted and shown."""

from datetime import date

from storage.models import (
    Activity,
    Confirmation,
    ConfirmationKind,
    Evidence,
    EvidenceKind,
    Member,
    Report,
    ReportState,
    Role,
    ScheduleKind,
)
from tests.posted import make_occurrence


async def make_member(story, name="Anggota 1", role=Role.ANGGOTA):
    """A line of the roster; its id."""
    async with story.database.transaction() as session:
        member = Member(office_id=story.office_id, name=name, role=role, created_at=story.clock.now())
        session.add(member)
        await session.flush()
        return member.id


async def make_report(story, member_id, day=date(2026, 11, 30), **details):
    """A saved report; its id."""
    values = {
        "value_slug": "akuntabel",
        "behaviour_n": 1,
        "text": "SPJ selesai",
        "problem": "",
        "remedy": "",
        "state": ReportState.SUBMITTED,
    }
    async with story.database.transaction() as session:
        report = Report(
            office_id=story.office_id,
            member_id=member_id,
            key=f"key-{story.next_update_id()}",
            day=day,
            created_at=story.clock.now(),
            changed_at=story.clock.now(),
            **(values | details),
        )
        session.add(report)
        await session.flush()
        return report.id


async def make_activity(story, day=date(2026, 11, 30), **details):
    """An activity; its id."""
    values = {"what": "Sosialisasi", "means": "tatap muka", "problem": "", "remedy": ""}
    async with story.database.transaction() as session:
        activity = Activity(office_id=story.office_id, day=day, created_at=story.clock.now(), **(values | details))
        session.add(activity)
        await session.flush()
        return activity.id


async def make_confirmed(
    story, schedule_id, member_ids, kind=ScheduleKind.READING, day=date(2026, 11, 30), *, at=None, afterwards=False
):
    """An occurrence that these members confirmed (one for all, or each under a twibbon); its id."""
    occurrence_id = await make_occurrence(story, schedule_id, kind, day=day)
    twibbon = kind is ScheduleKind.TWIBBON
    async with story.database.transaction() as session:
        for member_id in member_ids:
            session.add(
                Confirmation(
                    office_id=story.office_id,
                    occurrence_id=occurrence_id,
                    kind=ConfirmationKind(kind.value),
                    subject=f"twibbon:{schedule_id}:{day}" if twibbon else f"{kind.value}:{occurrence_id}",
                    counted_for=member_id if twibbon else 0,
                    member_id=member_id,
                    day=day,
                    at=at or story.clock.now(),
                    afterwards=afterwards,
                )
            )
    return occurrence_id


async def make_forwarded(story, occurrence_id, member_id=None, day=date(2026, 11, 30), *, afterwards=False):
    """Somebody said that they forwarded this occurrence."""
    async with story.database.transaction() as session:
        session.add(
            Confirmation(
                office_id=story.office_id,
                occurrence_id=occurrence_id,
                kind=ConfirmationKind.FORWARDED,
                subject=f"forwarded:{occurrence_id}",
                member_id=member_id,
                day=day,
                at=story.clock.now(),
                afterwards=afterwards,
            )
        )


async def make_evidence(story, reference="photo-1", kind=EvidenceKind.PHOTO, **subject):
    """A photo, file or link for report_id, occurrence_id or activity_id."""
    async with story.database.transaction() as session:
        session.add(
            Evidence(office_id=story.office_id, kind=kind, reference=reference, at=story.clock.now(), **subject)
        )
