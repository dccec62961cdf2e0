"""One holder at a time, on the database's own clock, whatever several processes try."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import make_engine, session_name
from storage.queries import leases
from storage.transaction import Database

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LONG, SHORT, OVER = timedelta(minutes=1), timedelta(milliseconds=50), timedelta(minutes=-1)


async def take(database, holder, lasts=LONG, now=NOW, **more):
    async with database.concurrent() as session:
        return await leases.take(session, "bot", holder, lasts, now, **more)


async def renew(database, holder, lasts=LONG, now=NOW):
    async with database.concurrent() as session:
        return await leases.renew(session, "bot", holder, lasts, now)


async def holds(database, holder, now=NOW):
    async with database.concurrent() as session:
        return await leases.holds(session, "bot", holder, now)


async def release(database, holder, now=NOW):
    async with database.concurrent() as session:
        await leases.release(session, "bot", holder, now)


async def test_the_first_who_asks_has_it_and_others_do_not(database):
    taken = await take(database, "a")
    assert (taken.before, taken.last_alive) == (None, None)
    assert await take(database, "b") is None
    assert (await holds(database, "a"), await holds(database, "b")) == (True, False)


async def test_a_lease_of_another_name_is_another_lease(database):
    await take(database, "a")
    async with database.concurrent() as session:
        assert await leases.take(session, "other bot", "b", LONG, NOW) is not None


async def test_what_was_let_go_is_taken_at_once_and_tells_who_had_it(database):
    first = await take(database, "a")
    await release(database, "b")  # not its to let go
    assert await holds(database, "a")
    await release(database, "a")
    assert not await holds(database, "a")
    second = await take(database, "b")
    assert second.before == "a"
    assert second.last_alive >= first.at


async def test_a_lease_that_lapsed_is_another_s_and_the_old_holder_notices(database):
    await take(database, "a", OVER)  # it stood still for longer than the lease lasts
    assert await take(database, "b") is not None
    assert await renew(database, "a") is None
    await release(database, "a")
    assert (await holds(database, "a"), await holds(database, "b")) == (False, True)


async def test_a_lease_that_lapsed_is_not_renewed_even_if_nobody_took_it(database):
    await take(database, "a", OVER)
    assert await renew(database, "a") is None
    assert (await take(database, "a")).before == "a"


async def test_a_renewal_lasts_from_then_on(database):
    first = await take(database, "a")
    again = await renew(database, "a")
    assert again >= first.at
    assert await take(database, "b") is None


async def test_whoever_holds_the_file_takes_it_from_a_process_that_died(database):
    await take(database, "a")
    assert (await take(database, "b", alone=True)).before == "a"
    assert await renew(database, "a") is None


async def test_the_longest_pause_of_the_whole_bot_counts(database):
    await take(database, "a")
    async with database.concurrent() as session:
        assert await leases.paused_until(session, "bot") is None
        await leases.pause(session, "bot", NOW + LONG)
        await leases.pause(session, "bot", NOW)
        assert await leases.paused_until(session, "bot") == NOW + LONG


async def test_a_lease_that_ends_later_than_any_may_is_taken_only_by_who_saw_it_stuck(database):
    await take(database, "a", 2 * LONG)  # the clock was set back since
    assert await take(database, "b", LONG) is None
    first = await take(database, "b", LONG, stuck=True)
    assert first.before == "a"
    assert await take(database, "c", LONG, stuck=True) is None
    assert await holds(database, "b")


async def test_on_sqlite_the_given_instant_counts(sqlite_database):
    await take(sqlite_database, "a", LONG, NOW)
    assert await take(sqlite_database, "b", LONG, NOW + LONG - SHORT) is None
    taken = await take(sqlite_database, "b", LONG, NOW + LONG)
    assert (taken.at, taken.last_alive) == (NOW + LONG, NOW)


async def test_on_postgresql_no_process_s_own_clock_counts(postgresql_database):
    await take(postgresql_database, "a", LONG, NOW)
    assert await take(postgresql_database, "b", LONG, NOW + timedelta(days=365)) is None
    assert await renew(postgresql_database, "a", LONG, NOW - timedelta(days=365)) is not None


@pytest.fixture
async def other_process(postgresql_database):
    database = Database(make_engine(postgresql_database.engine.url.render_as_string(hide_password=False)))
    yield database
    await database.close()


@pytest.mark.parametrize("lapsed", [False, True])
async def test_of_two_processes_that_try_at_once_one_succeeds(postgresql_database, other_process, lapsed):
    if lapsed:
        await take(postgresql_database, "a", OVER)
    tried = await asyncio.gather(take(postgresql_database, "b"), take(other_process, "c"))
    assert sorted(taken is not None for taken in tried) == [False, True]


async def test_a_taker_waits_for_whoever_is_just_taking_it_and_then_finds_it_taken(postgresql_database, other_process):
    await take(postgresql_database, "a", OVER)
    async with postgresql_database.concurrent() as session:
        assert await leases.take(session, "bot", "b", LONG, NOW) is not None
        second = asyncio.ensure_future(take(other_process, "c"))
        async with postgresql_database.concurrent() as watching:
            while not await waits_for_a_lock(watching):
                pass
    assert await second is None


async def waits_for_a_lock(session):
    connection = await session.connection()
    found = await connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return found.scalar_one() > 0


@pytest.fixture
async def standing_still(postgresql_database, monkeypatch):
    """A database as another process has it, with a lock that others need in its hands."""
    monkeypatch.setattr("storage.engine.session_name", lambda: "apel another")
    url = postgresql_database.engine.url.render_as_string(hide_password=False)
    another = Database(make_engine(url))
    async with another.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(1)"))
        yield connection
        await connection.invalidate()
    await another.close()


async def lapsed(database, holder):
    """The lease of one that was last heard of a minute ago."""
    await take(database, holder)
    async with database.concurrent() as session:
        await session.execute(
            text("UPDATE leases SET until = until - interval '2 minutes', renewed_at = until - interval '3 minutes'")
        )


async def test_whoever_let_a_lease_lapse_keeps_no_lock_from_the_one_that_takes_over(
    postgresql_database, standing_still
):
    await lapsed(postgresql_database, "apel another/a")
    assert (await take(postgresql_database, leases.holder_of(session_name()))).before == "apel another/a"
    async with postgresql_database.concurrent() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(1)"))
    with pytest.raises(DBAPIError):
        await standing_still.execute(text("SELECT 1"))


async def test_whoever_let_a_lease_go_goes_on_with_what_it_does(postgresql_database, standing_still):
    await take(postgresql_database, "apel another/a")
    await release(postgresql_database, "apel another/a")
    assert await take(postgresql_database, leases.holder_of(session_name()))
    assert (await standing_still.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_process_that_takes_its_own_lapsed_lease_ends_no_connection_of_its_own(postgresql_database):
    own = leases.holder_of(session_name())
    async with postgresql_database.engine.connect() as beside:
        await beside.execute(text("SELECT 1"))
        await lapsed(postgresql_database, own)
        assert await take(postgresql_database, leases.holder_of(session_name()))
        assert (await beside.execute(text("SELECT 1"))).scalar_one() == 1
