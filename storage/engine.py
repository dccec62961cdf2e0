"""make_engine(url): the one place that knows how to open the database."""

import os
import secrets
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.sqlite_connection import SqliteConnection

_STARTED = secrets.token_hex(8)
BUSY_SECONDS = 5.0
POSTGRESQL = "postgresql"
_CONNECTIONS = 10
_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 30.0  # a server that vanished from the network never answers
_STANDSTILL_SECONDS = 4.0  # less than a lease lasts: whoever takes over finds no locks of the one before


def session_name() -> str:
    """By what a server knows the connections of this process, and of no other on any machine."""
    return f"apel {_STARTED} {os.getpid()}"  # what is forked has the same start


def make_engine(
    url: str, *, busy_seconds: float = BUSY_SECONDS, answer_seconds: float = _ANSWER_SECONDS
) -> AsyncEngine:
    """An async engine for the database at `url`, which waits `busy_seconds` for whoever holds a lock that it needs.

    A server has `answer_seconds` for each statement.

    SQLite: WAL, foreign keys, every transaction takes the write lock, every commit is on the disk. PostgreSQL: a pool
    whose connections are tried before use, and no statement or forgotten transaction that goes on for ever.

    Raises:
        sqlalchemy.exc.ArgumentError: `url` is not a database URL.
    """
    if is_postgresql(url):
        return create_async_engine(
            url,
            # parameters are people's words and names: an error must not carry them into the log
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args=connection_arguments(busy_seconds, answer_seconds),
        )
    engine = create_async_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "async_creator_fn": SqliteConnection},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def is_postgresql(url: str) -> bool:
    """Whether a server is behind this URL, which several processes may work with."""
    return make_url(url).get_backend_name() == POSTGRESQL


def connection_arguments(busy_seconds: float = BUSY_SECONDS, answer_seconds: float = _ANSWER_SECONDS) -> dict[str, Any]:
    """What asyncpg is told for every connection to PostgreSQL."""
    return {
        "timeout": _CONNECT_SECONDS,
        "command_timeout": answer_seconds,
        "server_settings": {
            "application_name": session_name(),
            "timezone": "UTC",
            "lock_timeout": _milliseconds(busy_seconds),
            "statement_timeout": _milliseconds(answer_seconds),
            # a process that stands still in mid-transaction, or whose machine is gone, holds nobody up for longer
            "idle_in_transaction_session_timeout": _milliseconds(_STANDSTILL_SECONDS),
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
        },
    }


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))  # 0 would mean: for ever


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is deferred and would let two writers deadlock; ours is sent by `_begin_immediate`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # What is marked as being sent must still be so after a power cut; NORMAL may lose the last commits of a WAL:
    # https://www.sqlite.org/pragma.html#pragma_synchronous
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
