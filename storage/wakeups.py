"""Telling other processes on one PostgreSQL that something was written, and hearing of it (LISTEN/NOTIFY)."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import POSTGRESQL, connection_arguments
from storage.trouble import CUT_OFF

log = logging.getLogger(__name__)

_NAME = "apel"
_AGAIN_AFTER = 1.0  # seconds until a lost connection is opened again
_TRIED_EVERY = 15.0  # seconds between two looks whether the connection is still there

# A transaction that has written something has an id, one that only read has none.
_ANNOUNCE_IF_WRITTEN = text(f"SELECT pg_notify('{_NAME}', '') WHERE pg_current_xact_id_if_assigned() IS NOT NULL")
_ANNOUNCE = text(f"NOTIFY {_NAME}")


async def announce_what_was_written(session: AsyncSession) -> None:
    """With the commit, wake whoever listens, if the PostgreSQL transaction has written anything."""
    await session.execute(_ANNOUNCE_IF_WRITTEN)


async def announce(session: AsyncSession) -> None:
    """With the commit, wake whoever listens; nothing on SQLite, where nobody else can act on it."""
    if session.get_bind().dialect.name == POSTGRESQL:
        await session.execute(_ANNOUNCE)


async def listen(url: str, on_written: Callable[[], None]) -> NoReturn:
    """Call `on_written` whenever another process has written something to the PostgreSQL at `url`, until cancelled.

    Also once whenever the connection was made (again): what was written meanwhile was not heard of.
    """
    told = ""

    def connected() -> None:
        nonlocal told
        told = ""
        on_written()

    while True:
        try:
            await _listen_once(url, connected, on_written)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, CUT_OFF) as error:
            kind = type(error).__name__
            log.log(logging.DEBUG if kind == told else logging.WARNING, "not heard of other writers now: %s", kind)
            told = kind
        await asyncio.sleep(_AGAIN_AFTER)


async def _listen_once(url: str, on_connected: Callable[[], None], on_written: Callable[[], None]) -> None:
    """Until the connection is lost; what that raises says how."""
    arguments: dict[str, Any] = make_url(url).translate_connect_args(username="user")
    arguments |= dict(make_url(url).query) | connection_arguments()
    connection = await asyncpg.connect(**arguments)
    try:
        await connection.add_listener(_NAME, lambda *_: on_written())
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        on_connected()
        while not lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_TRIED_EVERY):
                    await lost.wait()
            await connection.execute("SELECT 1")
    finally:
        connection.terminate()
