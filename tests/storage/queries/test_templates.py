"""What is known of a channel's templates is what it told last."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage.models import Delivery, DeliveryState, MessageTemplate
from storage.queries import templates

NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def one(name, status="APPROVED", **more):
    return {"name": name, "language": "id", "status": status, "category": "UTILITY", "parameters": 1} | more


async def known(database):
    async with database.transaction() as session:
        rows = await session.scalars(select(MessageTemplate))
        return {(row.name, row.language): (row.status, row.category, row.parameters, row.told_at) for row in rows}


async def keep(database, at, *listed):
    async with database.transaction() as session:
        await templates.keep_all(session, "whatsapp", listed, at)


async def change(database, name, at, **to):
    async with database.transaction() as session:
        return await templates.change(session, "whatsapp", name, at, to)


async def test_the_newest_list_takes_the_place_of_the_one_before(database):
    await keep(database, NOON, one("apel_a"), one("apel_b"), one("apel_b", language="en"))
    await keep(database, NOON + MINUTE, one("apel_a", "PAUSED", parameters=2))
    assert await known(database) == {("apel_a", "id"): ("PAUSED", "UTILITY", 2, NOON + MINUTE)}


async def test_another_channels_templates_are_its_own(database):
    await keep(database, NOON, one("apel_a"))
    async with database.transaction() as session:
        await templates.keep_all(session, "other", [], NOON + MINUTE)
    assert len(await known(database)) == 1


async def test_news_change_what_is_known_and_late_news_do_not(database):
    await keep(database, NOON, one("apel_a"))
    assert await change(database, "apel_a", NOON + MINUTE, status="PAUSED")
    assert not await change(database, "apel_a", NOON, status="APPROVED")
    assert not await change(database, "apel_b", NOON + MINUTE, status="APPROVED")
    assert await known(database) == {("apel_a", "id"): ("PAUSED", "UTILITY", 1, NOON + MINUTE)}


async def test_a_list_that_was_asked_for_before_the_news_does_not_undo_them(database):
    await keep(database, NOON, one("apel_a"))
    await change(database, "apel_a", NOON + 2 * MINUTE, status="PAUSED")
    await keep(database, NOON + MINUTE, one("apel_a"))
    assert await known(database) == {("apel_a", "id"): ("PAUSED", "UTILITY", 1, NOON + 2 * MINUTE)}


async def test_one_is_found_by_its_name_and_language(database):
    await keep(database, NOON, one("apel_a", "PAUSED"), one("apel_a", language="en"))
    async with database.transaction() as session:
        assert (await templates.find(session, "whatsapp", "apel_a", "id")).status == "PAUSED"
        assert await templates.find(session, "whatsapp", "apel_a", "jv") is None


async def test_who_was_written_to_first_is_who_may_have_got_a_template_within_the_day(database):
    states, ago = DeliveryState, timedelta(hours=1)
    rows = [
        ("sent", states.SENT, "apel_a", ago),
        ("sent", states.SENT, "apel_b", 2 * ago),
        ("on its way", states.SENDING, "apel_a", ago),
        ("unanswered", states.UNCERTAIN, "apel_a", ago),
        ("to go again", states.PLANNED, "apel_a", ago),
        ("refused", states.FAILED, "apel_a", ago),
        ("freely", states.SENT, None, ago),
        ("long ago", states.SENT, "apel_a", 24 * ago),
        ("waits", states.PLANNED, None, None),
    ]
    async with database.transaction() as session:
        for chat, state, template, before in rows:
            row = Delivery(channel="whatsapp", chat_id=chat, message_key="x", parameters={}, message={}, state=state)
            row.template, row.sending_at = template, before and NOON - before
            row.not_before = row.created_at = NOON
            session.add(row)
    async with database.transaction() as session:
        found = await templates.written_first(session, "whatsapp", NOON - timedelta(days=1))
        assert await templates.written_first(session, "telegram", NOON - timedelta(days=1)) == {}
    assert found == dict.fromkeys(["sent", "on its way", "unanswered", "to go again"], NOON - ago)
