"""aiosqlite's connection, with one way to its thread for each statement, and one that can be stopped twice.

SQLAlchemy opens a cursor, executes, fetches all and closes, and aiosqlite goes to the connection's thread and back for
each of the four; the way costs more than most statements do. Here it is gone once.

Where a transaction is cancelled while its file is locked, SQLAlchemy begins to close the connection, and stops it when
that is cancelled too; the closing then stops it once more, and waits for a thread that has ended: the process never
would. Here the second stop has nothing to wait for.
"""

import sqlite3
from asyncio import Future
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, Self

import aiosqlite

_ROWS_AT_ONCE = 64  # as `aiosqlite.connect`


class SqliteConnection(aiosqlite.Connection):
    """A connection to the file, not opened yet; arguments are those of `sqlite3.connect`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, *arguments, **options), _ROWS_AT_ONCE)
        self._thread.daemon = True  # as SQLAlchemy has it: no thread keeps a process that is done
        self._is_stopped = False

    def cursor(self) -> "OneWayCursor":  # type: ignore[override]  # what SQLAlchemy asks of it, no more
        """A cursor for SQLAlchemy; opens nothing yet."""
        return OneWayCursor(self)

    async def in_thread(self, act: Callable[[sqlite3.Connection], None]) -> None:
        """Do this in the connection's thread, after what it was given before."""
        await self._execute(act, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    def stop(self) -> Future[Any] | None:
        """End the thread once what it was given before is done; what to wait for, None the second time."""
        if self._is_stopped:
            return None
        self._is_stopped = True
        return super().stop()


class OneWayCursor:
    """What a statement left behind: all its rows, and what a cursor of `sqlite3` tells of it."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """There is nothing to open."""
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Execute it, and fetch its rows."""
        await self._connection.in_thread(lambda driver: self._keep(driver, sqlite3.Cursor.execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Any) -> Self:
        """Execute it once for each of the parameters."""
        await self._connection.in_thread(lambda driver: self._keep(driver, sqlite3.Cursor.executemany, sql, parameters))
        return self

    def _keep(self, driver: sqlite3.Connection, act: Callable[..., Any], sql: str, parameters: Any) -> None:
        with closing(driver.cursor()) as cursor:
            act(cursor, sql, parameters)
            self._rows = cursor.fetchall()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    async def fetchall(self) -> list[Any]:
        """Its rows."""
        return self._rows

    async def close(self) -> None:
        """It is closed since its rows are here."""
