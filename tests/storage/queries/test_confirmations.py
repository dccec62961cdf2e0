"""What confirms an occurrence: the button of its own post, and of what is forwarded; and what nobody confirmed."""

from datetime import date, timedelta

import pytest

from storage.models import ConfirmationKind, GroupChat, GroupState, OccurrenceState, ScheduleKind, ScheduleTarget
from storage.queries import confirmations
from tests.logged import make_forwarded, make_member
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story

SINCE = date(2026, 11, 1)
FORWARDED, READING = ConfirmationKind.FORWARDED, ConfirmationKind.READING


@pytest.fixture
async def story(database):
    story = Story(database, [])
    await story.open_office()
    return story


async def into_a_group(story, schedule_id):
    async with story.database.transaction() as session:
        group = GroupChat(
            office_id=story.office_id,
            channel="telegram",
            chat_id="-1001",
            title="Grup",
            state=GroupState.ACTIVE,
            created_at=story.clock.now(),
        )
        session.add(group)
        await session.flush()
        session.add(ScheduleTarget(schedule_id=schedule_id, group_id=group.id))


async def confirmable(story, occurrence_id, kind=None):
    async with story.database.transaction() as session:
        found = await confirmations.find_confirmable(session, occurrence_id, kind)
        return found and found.subject


async def unconfirmed(story):
    async with story.database.transaction() as session:
        found = await confirmations.unconfirmed(session, story.office_id, SINCE, story.clock.now())
        again = [await confirmations.find_unconfirmed(session, item.occurrence.id) for item in found]
        assert [item.subject for item in again] == [item.subject for item in found]
        return [item.subject for item in found]


async def occurrence(story, kind=ScheduleKind.READING, *, group=False, state=OccurrenceState.POSTED, **columns):
    schedule_id = await make_schedule(story, kind, kind.value, **columns)
    if group:
        await into_a_group(story, schedule_id)
    return await make_occurrence(story, schedule_id, kind, state=state)


async def test_a_forwarded_reading_has_the_button_of_its_post_and_that_of_forwarding(story):
    number = await occurrence(story, by_forwarding=True)
    assert await confirmable(story, number) == f"reading:{number}"
    assert await confirmable(story, number, FORWARDED) == f"forwarded:{number}"
    assert await confirmable(story, number, ConfirmationKind.MEETING) is None


async def test_what_nobody_forwards_has_no_such_button(story):
    assert await confirmable(story, await occurrence(story), FORWARDED) is None
    assert await confirmable(story, await occurrence(story, ScheduleKind.BROADCAST)) is None


async def test_a_broadcast_is_confirmed_as_forwarded_alone(story):
    number = await occurrence(story, ScheduleKind.BROADCAST, by_forwarding=True)
    assert await confirmable(story, number) == f"forwarded:{number}"


async def test_what_was_given_to_somebody_to_forward_keeps_its_button_when_the_schedule_is_changed(story):
    number = await occurrence(story)
    await post(story, number, await story.group(), part="/forward")
    assert await confirmable(story, number, FORWARDED) == f"forwarded:{number}"


@pytest.mark.parametrize(
    ("group", "state", "kind"),
    [
        (False, OccurrenceState.POSTED, "forwarded"),
        (True, OccurrenceState.POSTED, "reading"),  # somebody says that it was read aloud, which is more
        (False, OccurrenceState.MISSED, "reading"),  # nobody got the text: there was nothing to forward
    ],
)
async def test_a_reading_is_entered_afterwards_as_what_can_be_true_of_it(story, group, state, kind):
    number = await occurrence(story, group=group, state=state, by_forwarding=True)
    assert await unconfirmed(story) == [f"{kind}:{number}"]


async def test_twibbons_and_broadcasts_are_entered_afterwards_only_where_they_were_given_to_be_forwarded(story):
    for kind in (ScheduleKind.TWIBBON, ScheduleKind.BROADCAST):
        await occurrence(story, kind)
        await occurrence(story, kind, by_forwarding=True, state=OccurrenceState.MISSED)
    twibbon = await occurrence(story, ScheduleKind.TWIBBON, by_forwarding=True)
    broadcast = await occurrence(story, ScheduleKind.BROADCAST, by_forwarding=True)
    assert await unconfirmed(story) == [f"forwarded:{broadcast}", f"forwarded:{twibbon}"]


async def test_who_put_a_twibbon_up_does_not_say_that_it_was_forwarded(story):
    number = await occurrence(story, ScheduleKind.TWIBBON, by_forwarding=True)
    member = await make_member(story)
    async with story.database.transaction() as session:
        found = await confirmations.find_confirmable(session, number, ConfirmationKind.TWIBBON)
        await confirmations.record(session, found, member, story.clock.now())
    assert await unconfirmed(story) == [f"forwarded:{number}"]


async def test_what_was_forwarded_is_not_asked_for_again(story):
    number = await occurrence(story, by_forwarding=True)
    await make_forwarded(story, number)
    assert await unconfirmed(story) == []


async def test_of_one_occurrence_there_is_one_entry_of_each_kind(story):
    number = await occurrence(story, by_forwarding=True)
    member, other = await make_member(story), await make_member(story, "Anggota 2")
    async with story.database.transaction() as session:
        found = [await confirmations.find_confirmable(session, number, kind) for kind in (FORWARDED, READING) * 2]
        recorded = [
            await confirmations.record(session, one, person, story.clock.now())
            for one in found
            for person in (member, other)
        ]
    assert recorded == [True, False, True, False, False, False, False, False]


async def test_what_is_still_to_come_or_long_ago_is_not_asked_for(story):
    schedule_id = await make_schedule(story, by_forwarding=True)
    later = story.clock.now() + timedelta(minutes=1)
    await make_occurrence(story, schedule_id, due_at=later)
    await make_occurrence(story, schedule_id, day=date(2026, 10, 31), slot="old")
    assert await unconfirmed(story) == []
