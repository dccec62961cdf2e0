import asyncio
import sqlite3
from contextlib import closing

import pytest

from storage.sqlite_connection import StoppableTwice


async def test_a_connection_that_is_stopped_while_it_closes_on_a_locked_file_is_closed(tmp_path):
    path = tmp_path / "file.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        connection = await StoppableTwice(path, timeout=0.1)
        waits = asyncio.ensure_future(connection.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0)
        closes = asyncio.ensure_future(connection.close())
        await asyncio.sleep(0)
        connection.stop()
        await asyncio.wait_for(closes, 10)  # for ever, where it waits for a thread that has ended
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await waits
