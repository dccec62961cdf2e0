"""What decides is serial in all processes; the rest goes on beside it."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.engine import make_engine
from storage.errors import Unavailable
from storage.queries import settings
from storage.transaction import Database

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
async def other_process(database):
    other = Database(make_engine(database.engine.url.render_as_string(hide_password=False)))
    yield other
    await other.close()


@pytest.fixture
async def impatient(database):
    """A process that waits for a lock no longer than a moment."""
    url = database.engine.url.render_as_string(hide_password=False)
    other = Database(make_engine(url, busy_seconds=0.01))
    yield other
    await other.close()


async def count_one_more(database):
    async with database.transaction() as session:
        counted = int(await settings.read(session, "count") or 0)
        await asyncio.sleep(0)
        await settings.write(session, "count", str(counted + 1), NOW)


async def test_of_two_processes_that_read_and_then_write_neither_loses_anything(database, other_process):
    await asyncio.gather(*(count_one_more(process) for process in [database, other_process] * 5))
    async with database.transaction() as session:
        assert await settings.read(session, "count") == "10"


async def fail(database):
    async with database.transaction() as session:
        await settings.write(session, "x", "1", NOW)
        raise ZeroDivisionError


async def test_nothing_is_left_of_a_transaction_that_failed(database):
    with pytest.raises(ZeroDivisionError):
        await fail(database)
    async with database.concurrent() as session:
        assert await settings.read(session, "x") is None


async def test_a_decision_waits_for_another_only_so_long(database, impatient):
    async with database.transaction() as session:
        await settings.write(session, "x", "1", NOW)
        with pytest.raises(Unavailable):
            async with impatient.transaction() as late:
                await settings.read(late, "x")


async def test_on_postgresql_what_relies_on_unique_keys_goes_on_beside_a_decision(postgresql_database):
    async with postgresql_database.transaction() as deciding:
        await settings.write(deciding, "x", "1", NOW)
        async with postgresql_database.concurrent() as beside:
            await settings.write(beside, "y", "1", NOW)
        async with postgresql_database.concurrent() as session:
            assert (await settings.read(session, "y"), await settings.read(session, "x")) == ("1", None)


async def test_on_postgresql_two_that_wait_for_each_other_are_told_apart_from_a_defect(postgresql_database):
    async with postgresql_database.concurrent() as session:
        for name in "ab":
            await settings.write(session, name, "0", NOW)
    both = asyncio.Barrier(2)

    async def write(first, second):
        async with postgresql_database.concurrent() as session:
            await session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            await settings.write(session, first, "1", NOW)
            await both.wait()
            await settings.write(session, second, "1", NOW)

    ended = await asyncio.gather(write("a", "b"), write("b", "a"), return_exceptions=True)
    assert [type(error) for error in ended if error is not None] == [Unavailable]
