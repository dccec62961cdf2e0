"""Other processes hear of what was written, and of nothing else."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import text

from storage import wakeups
from storage.engine import make_engine
from storage.queries import leases, settings
from storage.transaction import Database
from storage.wakeups import listen

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Ear:
    """Counts what was heard."""

    def __init__(self):
        self.heard = 0
        self._news = asyncio.Event()

    def __call__(self):
        self.heard += 1
        self._news.set()

    async def next(self):
        await asyncio.wait_for(self._news.wait(), 5)
        self._news.clear()


def url_of(database):
    return database.engine.url.render_as_string(hide_password=False)


@asynccontextmanager
async def listening(database):
    ear = Ear()
    task = asyncio.ensure_future(listen(url_of(database), ear))
    await ear.next()  # it listens now
    try:
        yield ear
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def write(database, divisor=1):
    async with database.transaction() as session:
        await settings.write(session, "x", "1", NOW)
        _ = 1 / divisor


async def test_a_commit_is_heard_of_once(postgresql_database):
    async with listening(postgresql_database) as ear:
        async with postgresql_database.concurrent() as session:
            await settings.write(session, "x", "1", NOW)
            await settings.write(session, "y", "1", NOW)
        await ear.next()
        await write(postgresql_database)
        await ear.next()
        assert ear.heard == 3


async def test_neither_reading_nor_what_was_rolled_back_is_heard_of(postgresql_database):
    async with listening(postgresql_database) as ear:
        async with postgresql_database.transaction() as session:
            await settings.read(session, "x")
        with pytest.raises(ZeroDivisionError):
            await write(postgresql_database, divisor=0)
        await write(postgresql_database)
        await ear.next()
        assert ear.heard == 2


async def test_the_process_that_acts_announces_nothing_but_that_it_lets_the_lease_go(postgresql_database):
    acting = Database(make_engine(url_of(postgresql_database)))
    acting.announces = False
    async with listening(postgresql_database) as ear:
        await write(acting)
        async with acting.concurrent() as session:
            await leases.release(session, "bot", "a", NOW)
        await ear.next()
        assert ear.heard == 2
    await acting.close()


async def test_a_lost_connection_is_made_again_and_what_was_missed_meanwhile_is_looked_for(
    postgresql_database, monkeypatch, caplog
):
    monkeypatch.setattr("storage.wakeups._AGAIN_AFTER", 0)
    async with listening(postgresql_database) as ear:
        for _ in range(2):
            async with postgresql_database.concurrent() as session:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                await session.execute(text(f"{others} AND datname = current_database()"))
            await ear.next()
            await write(postgresql_database)
            await ear.next()
    told = [record.levelname for record in caplog.records if record.name == "storage.wakeups"]
    assert told == ["WARNING", "WARNING"]  # each loss is news


async def test_a_server_that_is_not_there_is_told_of_once(caplog, monkeypatch):
    tries = []

    async def refuse(**asked):
        tries.append(asked)
        if len(tries) == 3:
            raise asyncio.CancelledError
        raise ConnectionRefusedError("10.0.0.1")

    monkeypatch.setattr("storage.wakeups._AGAIN_AFTER", 0)
    monkeypatch.setattr("storage.wakeups.asyncpg.connect", refuse)
    with pytest.raises(asyncio.CancelledError):
        await listen("postgresql+asyncpg://apel:rahasia@db:5433/apel?ssl=require", lambda: None)
    assert {name: tries[0][name] for name in ("user", "password", "host", "port", "database", "ssl")} == {
        "user": "apel",
        "password": "rahasia",
        "host": "db",
        "port": 5433,
        "database": "apel",
        "ssl": "require",
    }
    assert caplog.messages == ["not heard of other writers now: ConnectionRefusedError"]


async def test_it_listens_again_though_it_asked_before_it_had_read_the_server_s_goodbye(
    postgresql_database, monkeypatch
):
    once, ends = wakeups._listen_once, [asyncpg.InternalClientError("another operation is in progress")]

    async def listen_once(*arguments):
        if ends:
            raise ends.pop()
        await once(*arguments)

    monkeypatch.setattr(wakeups, "_listen_once", listen_once)
    monkeypatch.setattr(wakeups, "_AGAIN_AFTER", 0)
    async with listening(postgresql_database):
        assert not ends
