from datetime import UTC, datetime, timedelta

import pytest

from storage.models import Delivery
from storage.queries import inbound

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=8)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


async def test_a_redelivered_update_is_stored_once(session):
    row = await inbound.store(session, "telegram", "7", b"{}", NOW)
    assert isinstance(row, int)
    assert await inbound.store(session, "telegram", "7", b"{}", NOW) is None


async def test_the_same_id_on_two_channels_is_two_updates(session):
    assert await inbound.store(session, "telegram", "7", b"{}", NOW)
    assert await inbound.store(session, "console", "7", b"{}", NOW)


async def test_what_waits_comes_oldest_first_whatever_its_id(session):
    for update_id in ("900", "7", "80"):
        await inbound.store(session, "telegram", update_id, update_id.encode(), NOW)
    assert [update.update_id for update in await inbound.unhandled(session, limit=2)] == ["900", "7"]


async def test_a_handled_update_no_longer_waits_and_keeps_no_content(session):
    row = await inbound.store(session, "telegram", "7", b"{}", NOW)
    [update] = await inbound.unhandled(session)
    assert not await inbound.is_handled(session, row)
    await inbound.mark_handled(session, row, NOW, incident="abc")
    await session.refresh(update)
    assert (update.raw, update.incident, update.handled_at) == (b"", "abc", NOW)
    assert await inbound.is_handled(session, row)
    assert await inbound.unhandled(session) == []


async def test_after_a_week_a_handled_update_is_forgotten_and_its_id_is_free(session):
    row = await inbound.store(session, "telegram", "7", b"{}", NOW)
    await inbound.mark_handled(session, row, NOW)
    await inbound.purge(session, NOW + timedelta(days=6))
    assert await inbound.store(session, "telegram", "7", b"{}", NOW) is None
    await inbound.purge(session, LATER)
    assert await inbound.store(session, "telegram", "7", b"{}", LATER) is not None


async def test_what_nobody_handled_is_never_forgotten(session):
    await inbound.store(session, "telegram", "7", b"{}", NOW)
    await inbound.purge(session, LATER)
    assert len(await inbound.unhandled(session)) == 1


async def test_an_update_stays_as_long_as_a_reply_points_to_it(session):
    row = await inbound.store(session, "telegram", "7", b"{}", NOW)
    await inbound.mark_handled(session, row, NOW)
    session.add(
        Delivery(
            inbound_id=row,
            channel="telegram",
            chat_id="1",
            message_key="x",
            parameters={},
            message={},
            not_before=NOW,
            created_at=NOW,
        )
    )
    await session.flush()
    await inbound.purge(session, LATER)
    assert await inbound.is_handled(session, row)
