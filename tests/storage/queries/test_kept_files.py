"""Files that are kept: wanted once, had or given up, and forgotten with what names them."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduler.recurrence import Once, to_json
from storage.models import EvidenceKind, HolidayRule, KeptFile, Occurrence, Schedule, ScheduleKind, ScheduleState
from storage.queries import evidence, kept_files, offices, people, reports
from storage.queries.erasure import erase_person
from storage.queries.evidence import Item, Subject

NOW = datetime(2026, 11, 17, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PHOTO = Item(EvidenceKind.PHOTO, "media-1", "whatsapp")


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)


async def _kept(session, *references):
    for reference in references:
        await kept_files.want(session, "whatsapp", reference, NOW)
        wanted = next(one for one in await kept_files.due(session, NOW, 9) if one.reference == reference)
        await kept_files.keep(session, wanted, "image/jpeg", b"\xff\xd8", NOW)


async def _references(session):
    return sorted(await session.scalars(select(KeptFile.reference)))


async def _broadcast(session, office, reference, state, due_at):
    schedule = Schedule(
        office_id=office.id,
        kind=ScheduleKind.BROADCAST,
        title="Siaran",
        picture={"channel": "whatsapp", "file_ref": reference},
        recurrence=to_json(Once(due_at.date())),
        at=time(7, 0),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.IGNORE,
        state=state,
        planned_until=NOW,
        created_at=NOW,
    )
    session.add(schedule)
    await session.flush()
    session.add(
        Occurrence(
            schedule_id=schedule.id,
            office_id=office.id,
            kind=ScheduleKind.BROADCAST,
            slot="1",
            day=due_at.date(),
            due_at=due_at,
            expires_at=due_at,
            created_at=NOW,
        )
    )


async def test_a_file_wanted_twice_is_one_and_is_had_once(session):
    for _ in range(2):
        await kept_files.want(session, "whatsapp", "media-1", NOW)
    (wanted,) = await kept_files.due(session, NOW, 9)
    await kept_files.keep(session, wanted, "image/jpeg", b"\xff\xd8", NOW)
    assert await kept_files.data_of(session, "whatsapp", "media-1") == b"\xff\xd8"
    assert await kept_files.data_of(session, "telegram", "media-1") is None
    await kept_files.want(session, "whatsapp", "media-1", LATER)
    assert await kept_files.due(session, LATER, 9) == []
    assert await kept_files.next_due(session) is None


async def test_a_file_that_could_not_be_had_waits_and_one_given_up_does_not(session):
    await kept_files.want(session, "whatsapp", "media-1", NOW)
    (wanted,) = await kept_files.due(session, NOW, 9)
    await kept_files.put_off(session, wanted, LATER)
    assert await kept_files.due(session, NOW, 9) == []
    assert await kept_files.next_due(session) == LATER
    (again,) = await kept_files.due(session, LATER, 9)
    assert (again.attempt, again.wanted_at) == (1, NOW)
    await kept_files.give_up(session, again, "too_large")
    assert await kept_files.next_due(session) is None
    await kept_files.keep(session, again, "image/jpeg", b"late", LATER)  # an answer that came too late
    assert await kept_files.data_of(session, "whatsapp", "media-1") is None


async def test_a_reference_too_long_for_an_index_is_not_wanted(session):
    await kept_files.want(session, "whatsapp", "x" * 513, NOW)
    assert await kept_files.next_due(session) is None


async def test_a_file_goes_with_the_evidence_that_named_it(session, office):
    subject = Subject(report_id=None, occurrence_id=None, activity_id=None)
    await _kept(session, "media-1", "media-2")
    await evidence.add(session, office.id, subject, [PHOTO], None, NOW)
    await kept_files.drop_unused(session, NOW)
    assert await _references(session) == ["media-1"]


async def test_a_broadcasts_picture_stays_while_it_goes_on_and_some_days_longer(session, office):
    await _kept(session, "active", "lately", "long-ago")
    await _broadcast(session, office, "active", ScheduleState.ACTIVE, NOW - timedelta(days=90))
    await _broadcast(session, office, "lately", ScheduleState.ENDED, NOW)
    await _broadcast(session, office, "long-ago", ScheduleState.ENDED, NOW - timedelta(days=31))
    await kept_files.drop_unused(session, NOW - timedelta(days=30))
    assert await _references(session) == ["active", "lately"]


async def test_an_erased_person_leaves_no_file(session, office):
    person = await people.meet_person(session, "whatsapp", "ID.1", "ID.1", "Anggota 1", NOW)
    member = await people.add_member(session, office.id, "Anggota 1", NOW, person_id=person.id)
    values = {"office_id": office.id, "member_id": member.id, "key": "k", "day": NOW.date(), "created_at": NOW}
    words = {"value_slug": "akuntabel", "behaviour_n": 1, "text": "SPJ", "problem": "", "remedy": "", "changed_at": NOW}
    await reports.save_once(session, values | words)
    report = await reports.find_by_key(session, "k")
    other = Item(EvidenceKind.FILE, "media-2", "whatsapp", "surat.pdf")
    link = Item(EvidenceKind.LINK, "https://contoh.go.id")
    await evidence.add(session, office.id, Subject(report_id=report.id), [PHOTO, link], member.id, NOW)
    await evidence.add(session, office.id, Subject(), [other], None, NOW)
    await _kept(session, "media-1", "media-2")
    await erase_person(session, person, "Terhapus", NOW)
    assert await _references(session) == ["media-2"]
