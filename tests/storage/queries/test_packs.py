"""What belongs in the pack of an afternoon, and whether it was told."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import Occurrence, OccurrenceState, Schedule, ScheduleKind, ScheduleState
from storage.queries import packs
from tests.posted import make_occurrence, make_schedule
from tests.story import Story

TELL_AT = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
DUE = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
PACK = "forward/pack"


@pytest.fixture
async def story(database):
    story = Story(database, [])
    await story.open_office()
    return story


async def planned(story, schedule_id, *, slot="first", due_at=DUE, tell_at=TELL_AT, **columns):
    number = await make_occurrence(story, schedule_id, slot=slot, due_at=due_at, state=OccurrenceState.PLANNED)
    async with story.database.transaction() as session:
        row = await session.get_one(Occurrence, number)
        for name, value in ({"tell_at": tell_at} | columns).items():
            setattr(row, name, value)
    return number


async def found(story, now=TELL_AT):
    async with story.database.transaction() as session:
        return [item.id for item, _ in await packs.to_forward(session, story.office_id, TELL_AT, now)]


async def test_what_is_forwarded_and_told_together_comes_in_the_order_of_its_hours(story):
    reading = await make_schedule(story, by_forwarding=True)
    broadcast = await make_schedule(story, ScheduleKind.BROADCAST, by_forwarding=True)
    later = await planned(story, broadcast, due_at=DUE + timedelta(hours=6))
    first = await planned(story, reading)
    assert await found(story) == [first, later]
    assert await found(story, DUE) == [later]


async def test_nothing_else_comes(story):
    forwarded = await make_schedule(story, by_forwarding=True)
    await planned(story, await make_schedule(story))
    await planned(story, forwarded, slot="told another time", tell_at=TELL_AT + timedelta(days=1))
    await planned(story, forwarded, slot="cancelled", state=OccurrenceState.CANCELLED)
    await planned(story, forwarded, slot="held", held=True)
    first = story.office_id
    await story.open_office("Dinas Sosial")
    await planned(story, await make_schedule(story, by_forwarding=True))
    story.office_id = first
    assert await found(story) == []


async def test_a_paused_schedule_has_nothing_in_it(story):
    schedule_id = await make_schedule(story, by_forwarding=True)
    await planned(story, schedule_id)
    async with story.database.transaction() as session:
        (await session.get_one(Schedule, schedule_id)).state = ScheduleState.PAUSED
    assert await found(story) == []


async def test_it_is_told_once_its_row_is_written_and_found_again_by_the_office(story):
    number = await planned(story, await make_schedule(story, by_forwarding=True))
    async with story.database.transaction() as session:
        assert not await packs.is_told(session, story.office_id, "pack:2026-11-27")
        row = await enqueue(
            session,
            destination=Destination("telegram", "1"),
            key=PACK,
            parameters={"items": [], "zone": "Asia/Jakarta", "due_at": DUE, "texts": 0},
            now=TELL_AT,
            part="pack:2026-11-27",
            office_id=story.office_id,
            occurrence_id=number,
        )
        assert await packs.is_told(session, story.office_id, "pack:2026-11-27")
        assert not await packs.is_told(session, story.office_id, "pack:2026-11-30")
        assert not await packs.is_told(session, story.office_id + 1, "pack:2026-11-27")
        assert [one.id for one in await packs.of_office(session, story.office_id, PACK, TELL_AT)] == [row.id]
        assert await packs.of_office(session, story.office_id, PACK, TELL_AT + timedelta(seconds=1)) == []
