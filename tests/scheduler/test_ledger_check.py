"""The invariant, checked while the bot runs: rows written = rows found, and nothing waits behind its window."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from scheduler.delivery_queue import send_again
from scheduler.ledger_check import GRACE, LOOK_BACK, check
from storage.models import Delivery, DeliveryState, Occurrence, OccurrenceState, Role
from storage.queries.erasure import forget_deliveries
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story, rows


@pytest.fixture
async def story(database):
    story = Story(database, [])
    await story.open_office()
    return story


@pytest.fixture
async def push(story):
    """A reading of which two rows were written; its occurrence's id."""
    occurrence = await make_occurrence(story, await make_schedule(story))
    for chat_id in ("-1001", "-1002"):
        await post(story, occurrence, await story.group(chat_id=chat_id))
    await set_on(story, Occurrence, Occurrence.id == occurrence, rows=2)
    return occurrence


async def set_on(story, model, which, **values):
    async with story.database.transaction() as session:
        await session.execute(update(model).where(which).values(**values))


async def checked(story, after=timedelta(0)):
    """How many breaches are new so long after the push fell due."""
    async with story.database.transaction() as session:
        return await check(session, story.clock.now() + after)


async def told(story):
    return [row.message["text"] for row in await rows(story, Delivery, Delivery.message_key == "ledger/breach")]


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_rows_in_any_state_add_up(story, push, state):
    await set_on(story, Delivery, Delivery.occurrence_id == push, state=state)
    assert await checked(story) == 0


async def test_a_lost_row_is_told_to_the_administrator_once_and_logged(story, push, caplog):
    administrator = await story.person("Pengelola", Role.ADMINISTRATOR)
    await story.person("Sekretaris", Role.SEKRETARIS)
    async with story.database.transaction() as session:
        await session.execute(delete(Delivery).where(Delivery.chat_id == "-1002"))
    assert [await checked(story), await checked(story)] == [1, 0]
    (notice,) = await rows(story, Delivery, Delivery.message_key == "ledger/breach")
    assert notice.chat_id == administrator.user_id
    assert "Ditulis 2 kiriman, tetapi tercatat 1." in notice.message["text"]
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.push == push
    assert "2 written, 1 found" in record.getMessage()


async def test_a_row_too_many_is_a_breach_too(story, push):
    await post(story, push, await story.group(chat_id="-1003"))
    await story.person("Sekretaris", Role.SEKRETARIS)
    assert await checked(story) == 1
    assert ["Ditulis 2 kiriman, tetapi tercatat 3." in text for text in await told(story)] == [True]


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING])
async def test_nothing_may_wait_once_its_window_has_closed(story, push, state):
    await story.person("Sekretaris", Role.SEKRETARIS)
    await set_on(story, Delivery, Delivery.chat_id == "-1001", state=state)
    closes = timedelta(hours=1) + GRACE
    assert [await checked(story, closes - timedelta(seconds=1)), await checked(story, closes)] == [0, 1]
    assert ["1 kiriman masih menunggu" in text for text in await told(story)] == [True]


async def test_a_row_sent_again_by_hand_has_a_window_of_its_own(story, push):
    later = story.clock.now() + timedelta(hours=9)
    await set_on(
        story, Delivery, Delivery.chat_id == "-1001", state=DeliveryState.PLANNED, expires_at=later, part="/again"
    )
    assert await checked(story, timedelta(hours=8)) == 0


async def test_a_post_sent_again_by_hand_with_its_later_part_is_no_breach(story, push):
    await set_on(story, Delivery, Delivery.chat_id == "-1001", state=DeliveryState.UNCERTAIN)
    first, _ = await rows(story, Delivery, Delivery.occurrence_id == push)
    async with story.database.transaction() as session:
        later = {"occurrence_id": push, "part": "/2", "follows_id": first.id, "message": {"text": "b"}}
        same = ("office_id", "channel", "chat_id", "group_id", "message_key", "parameters", "not_before", "created_at")
        session.add(Delivery(**later, **{name: getattr(first, name) for name in same}))
    await set_on(story, Occurrence, Occurrence.id == push, rows=3)
    async with story.database.transaction() as session:
        assert await send_again(session, first.id, story.clock.now())
        assert await send_again(session, first.id, story.clock.now()) is None
    assert [row.part for row in await rows(story, Delivery, Delivery.chat_id == "-1001")] == [
        "",
        "/2",
        "/again",
        "/2/again",
    ]
    assert await checked(story) == 0


async def test_a_push_that_is_planned_still_behind_its_window_is_a_breach(story, push):
    await story.person("Sekretaris", Role.SEKRETARIS)
    await set_on(story, Occurrence, Occurrence.id == push, rows=None, state=OccurrenceState.PLANNED)
    closes = timedelta(hours=1) + GRACE
    assert [await checked(story, closes - timedelta(seconds=1)), await checked(story, closes)] == [0, 1]
    assert ["belum selesai disiapkan" in text for text in await told(story)] == [True]


@pytest.mark.parametrize("state", [OccurrenceState.MISSED, OccurrenceState.CANCELLED])
async def test_a_row_that_waits_although_its_push_was_called_off_is_a_breach(story, push, state):
    await set_on(story, Occurrence, Occurrence.id == push, rows=None, state=state)
    await set_on(story, Delivery, Delivery.chat_id == "-1001", state=DeliveryState.PLANNED)
    await set_on(story, Delivery, Delivery.chat_id == "-1002", state=DeliveryState.SENT)
    assert await checked(story) == 1


async def test_notices_about_a_push_are_not_counted_with_it(story, push):
    await set_on(story, Delivery, Delivery.chat_id == "-1001", part="uncertain:1")
    assert await checked(story) == 1


async def test_what_is_older_than_a_week_and_what_was_not_posted_are_left_alone(story, push):
    async with story.database.transaction() as session:
        await session.execute(delete(Delivery))
    assert await checked(story, LOOK_BACK + timedelta(seconds=1)) == 0
    await set_on(story, Occurrence, Occurrence.id == push, rows=None)
    assert await checked(story) == 0


async def test_rows_forgotten_with_their_reader_are_no_breach(story, push):
    async with story.database.transaction() as session:
        row = (await session.scalars(select(Delivery.id).where(Delivery.chat_id == "-1001"))).one()
        await forget_deliveries(session, [row])
    assert await checked(story) == 0
