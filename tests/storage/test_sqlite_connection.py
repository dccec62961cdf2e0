import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from storage.sqlite_connection import SqliteConnection


async def test_a_connection_that_is_stopped_while_it_closes_on_a_locked_file_is_closed(tmp_path):
    path = tmp_path / "file.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        connection = await SqliteConnection(path, timeout=0.1)
        waits = asyncio.ensure_future(connection.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0)
        closes = asyncio.ensure_future(connection.close())
        await asyncio.sleep(0)
        connection.stop()
        await asyncio.wait_for(closes, 10)  # for ever, where it waits for a thread that has ended
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await waits


async def test_a_statement_goes_to_the_thread_of_its_connection_once(sqlite_database, monkeypatch):
    ways = []
    go = SqliteConnection._execute

    async def counted(connection, act, *arguments):
        ways.append(act)
        return await go(connection, act, *arguments)

    async with sqlite_database.transaction() as session:
        await session.connection()  # opened and begun
        monkeypatch.setattr(SqliteConnection, "_execute", counted)
        assert (await session.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]
        assert len(ways) == 1
