"""make_engine(url): the one place that knows how to open the database."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS = 5.0


def make_engine(url: str, *, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """An async engine for the SQLite database at `url`: WAL, foreign keys, `busy_seconds` of waiting for a writer.

    Raises:
        sqlalchemy.exc.ArgumentError: `url` is not a database URL.
    """
    # parameters are people's words and names: an error must not carry them into the log
    engine = create_async_engine(url, connect_args={"timeout": busy_seconds}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is deferred and would let two writers deadlock; ours is sent by `_begin_immediate`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
