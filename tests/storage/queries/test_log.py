"""The one function that counts."""

from datetime import date, timedelta

import pytest

from storage.models import Confirmation, Delivery, EvidenceKind, GroupChat, ReportState, ScheduleKind
from storage.queries import log
from storage.queries.log import LogKind, Way
from tests.logged import make_activity, make_confirmed, make_evidence, make_forwarded, make_member, make_report
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story, rows

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


@pytest.fixture
async def story(database):
    story = Story(database, [])
    await story.open_office()
    return story


async def entries(story, first=MONDAY, last=FRIDAY):
    async with story.database.transaction() as session:
        return await log.entries(session, story.office_id, first, last)


async def test_reports_readings_meetings_twibbons_and_activities_are_one_list(story):
    member = await make_member(story)
    await make_report(story, member)
    await make_activity(story, MONDAY + timedelta(days=1))
    for kind in (ScheduleKind.READING, ScheduleKind.MEETING, ScheduleKind.TWIBBON):
        await make_confirmed(story, await make_schedule(story, kind, kind.value), [member], kind, FRIDAY)
    assert [(row.day, row.kind) for row in await entries(story)] == [
        (MONDAY, LogKind.REPORT),
        (MONDAY + timedelta(days=1), LogKind.ACTIVITY),
        (FRIDAY, LogKind.TWIBBON),
        (FRIDAY, LogKind.MEETING),
        (FRIDAY, LogKind.READING),
    ]


async def test_what_was_withdrawn_or_sent_back_is_not_in_the_log(story):
    member = await make_member(story)
    for state in ReportState:
        await make_report(story, member, text=state.value, state=state)
    await make_activity(story, withdrawn_at=story.clock.now())
    assert [row.title for row in await entries(story)] == ["submitted", "checked"]


async def test_the_bounds_are_included_and_nothing_beyond(story):
    member = await make_member(story)
    for day in (MONDAY - timedelta(days=1), MONDAY, FRIDAY, FRIDAY + timedelta(days=1)):
        await make_report(story, member, day)
    assert [row.day for row in await entries(story)] == [MONDAY, FRIDAY]


async def test_a_twibbon_is_one_entry_with_the_number_of_persons_and_all_its_evidence(story):
    members = [await make_member(story, f"Anggota {number}") for number in range(3)]
    schedule_id = await make_schedule(story, ScheduleKind.TWIBBON, "Twibbon")
    day_id = await make_confirmed(story, schedule_id, members, ScheduleKind.TWIBBON, MONDAY)
    eve_id = await make_occurrence(story, schedule_id, ScheduleKind.TWIBBON, day=MONDAY, slot=f"{MONDAY}/eve")
    for occurrence_id in (day_id, eve_id):
        await make_evidence(story, f"photo-{occurrence_id}", occurrence_id=occurrence_id)
    (row,) = await entries(story)
    assert (row.kind, row.count, row.name) == (LogKind.TWIBBON, 3, None)
    assert len(row.evidence) == 2


async def test_evidence_stands_with_its_entry(story):
    member = await make_member(story)
    report_id = await make_report(story, member)
    activity_id = await make_activity(story)
    await make_evidence(story, "https://example.org/r", EvidenceKind.LINK, report_id=report_id)
    await make_evidence(story, "photo-a", activity_id=activity_id)
    found = {row.kind: [item.reference for item in row.evidence] for row in await entries(story)}
    assert found == {LogKind.REPORT: ["https://example.org/r"], LogKind.ACTIVITY: ["photo-a"]}


async def test_an_erased_member_leaves_the_entries_without_a_name(story):
    await make_report(story, None)
    await make_confirmed(story, await make_schedule(story), [await make_member(story)])
    async with story.database.transaction() as session:
        (await session.get_one(Confirmation, 1)).member_id = None
    assert [(row.kind, row.name) for row in await entries(story)] == [(LogKind.READING, None), (LogKind.REPORT, None)]


async def test_another_office_s_entries_are_not_ours(story):
    await make_report(story, await make_member(story))
    await story.open_office("Dinas Sosial")
    assert await entries(story) == []


async def test_what_was_forwarded_is_an_entry_with_who_did_it_and_its_evidence(story):
    member = await make_member(story)
    schedule_id = await make_schedule(story, ScheduleKind.BROADCAST, "Rapat koordinasi", by_forwarding=True)
    occurrence_id = await make_occurrence(story, schedule_id, ScheduleKind.BROADCAST)
    await make_forwarded(story, occurrence_id, member)
    await make_evidence(story, "photo-1", occurrence_id=occurrence_id)
    (row,) = await entries(story)
    assert (row.kind, row.title, row.name) == (LogKind.FORWARDED, "Rapat koordinasi", "Anggota 1")
    assert (row.occurrence_id, row.at) == (occurrence_id, story.clock.now())
    assert [item.reference for item in row.evidence] == ["photo-1"]


async def test_of_a_reading_that_was_held_and_forwarded_the_evidence_counts_once(story):
    member = await make_member(story)
    occurrence_id = await make_confirmed(story, await make_schedule(story, by_forwarding=True), [member])
    await make_forwarded(story, occurrence_id, member)
    await make_evidence(story, "photo-1", occurrence_id=occurrence_id)
    found = {row.kind: len(row.evidence) for row in await entries(story)}
    assert found == {LogKind.READING: 1, LogKind.FORWARDED: 0}


async def confirmed_reading(story, **columns):
    """Its occurrence."""
    return await make_confirmed(story, await make_schedule(story, **columns), [await make_member(story)])


async def ways(story):
    return [row.ways for row in await entries(story) if row.kind is not LogKind.FORWARDED]


async def test_a_reading_says_that_its_text_went_into_a_group(story):
    chat = await story.group()
    (group,) = await rows(story, GroupChat)
    delivery_id = await post(story, await confirmed_reading(story), chat)
    async with story.database.transaction() as session:
        (await session.get_one(Delivery, delivery_id)).group_id = group.id
    assert await ways(story) == [(Way.GROUPS,)]


async def test_a_reading_says_that_its_text_went_to_members_also_once_their_messages_are_forgotten(story):
    person = await story.person("Anggota 1")
    delivery_id = await post(story, await confirmed_reading(story, to_persons=True), person.private)
    assert await ways(story) == [(Way.PERSONS,)]
    async with story.database.transaction() as session:
        await session.delete(await session.get_one(Delivery, delivery_id))
    assert await ways(story) == [(Way.PERSONS,)]


async def test_a_reading_says_that_its_text_was_forwarded_once_somebody_did(story):
    occurrence_id = await confirmed_reading(story, by_forwarding=True)
    assert await ways(story) == [()]
    await make_forwarded(story, occurrence_id)
    assert await ways(story) == [(Way.FORWARDED,)]
