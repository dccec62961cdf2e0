"""Database errors told apart: what passes or an administrator mends is Unavailable, the rest are defects of ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from storage.engine import is_postgresql
from storage.errors import Unavailable

# https://www.sqlite.org/rescode.html, primary codes
_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, beginnings of codes
_UNAVAILABLE_STATES = (
    "08",  # connection lost or refused
    "25006",  # a standby server, which only reads
    "25P03",  # we stood still in mid-transaction
    "28",  # the user or the password is not accepted
    "3D",  # there is no such database
    "40",  # deadlock, serialization
    "42501",  # the user lacks a right
    "53",  # disk full, out of memory, too many connections
    "55P03",  # locked for too long
    "57",  # shutting down, starting up, statement took too long
    "58",  # the disk or the system under it
    "XX",  # damaged
)


# what the driver raises where the server's goodbye is still unread, and something is asked all the same
CUT_OFF = asyncpg.InternalClientError


@contextmanager
def translated() -> Iterator[None]:
    """Turn the libraries' errors into ours.

    Raises:
        Unavailable: the database is locked for too long, full, damaged or gone.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _passes(error.orig):
            raise Unavailable(_name(error.orig)) from error
        raise
    except asyncpg.PostgresError as error:  # while a connection opens, the driver speaks for itself
        if _passes(error):
            raise Unavailable(type(error).__name__) from error
        raise
    except (OSError, NoFreeConnection, CUT_OFF) as error:  # nothing but the database is waited for in a transaction
        raise Unavailable(type(error).__name__) from error


def probe(url: str) -> None:
    """Open a SQLite database once, in this thread: the driver's own thread dies noisily when it cannot.

    Raises:
        Unavailable: it cannot be opened or is no database.
    """
    if is_postgresql(url):
        return
    try:
        connection = sqlite3.connect(make_url(url).database or "")
    except sqlite3.Error as error:
        raise Unavailable(type(error).__name__) from error
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise Unavailable(type(error).__name__) from error
    finally:
        connection.close()


def _passes(error: BaseException | None) -> bool:
    if isinstance(getattr(error, "__cause__", None), asyncpg.InvalidCachedStatementError):
        return True  # another version of the program altered the table meanwhile: the driver has forgotten it now
    code = getattr(error, "sqlite_errorcode", None)
    state = getattr(error, "sqlstate", None)
    return (code is not None and code & 0xFF in _UNAVAILABLE) or (
        state is not None and state.startswith(_UNAVAILABLE_STATES)
    )


def _name(error: BaseException | None) -> str:
    """What it is called by the driver itself; its words may quote the address of the server."""
    return type(getattr(error, "__cause__", None) or error).__name__
