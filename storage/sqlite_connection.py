"""aiosqlite's connection, which can be stopped twice.

Where a transaction is cancelled while its file is locked, SQLAlchemy begins to close the connection, and stops it when
that is cancelled too; the closing then stops it once more, and waits for a thread that has ended: the process never
would. Here the second stop has nothing to wait for.
"""

import sqlite3
from asyncio import Future
from functools import partial
from typing import Any

import aiosqlite

_ROWS_AT_ONCE = 64  # as `aiosqlite.connect`


class StoppableTwice(aiosqlite.Connection):
    """A connection to the file, not opened yet; arguments are those of `sqlite3.connect`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, *arguments, **options), _ROWS_AT_ONCE)
        self._thread.daemon = True  # as SQLAlchemy has it: no thread keeps a process that is done
        self._is_stopped = False

    def stop(self) -> Future[Any] | None:
        """End the thread once what it was given before is done; what to wait for, None the second time."""
        if self._is_stopped:
            return None
        self._is_stopped = True
        return super().stop()
