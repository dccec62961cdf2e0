"""Database errors told apart: what passes or an administrator mends is Unavailable, the rest are defects of ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

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


@contextmanager
def translated() -> Iterator[None]:
    """Turn the library's errors into ours.

    Raises:
        Unavailable: the database is locked for too long, full, damaged or gone.
    """
    try:
        yield
    except DBAPIError as error:
        if _code(error.orig) in _UNAVAILABLE:
            raise Unavailable(type(error.orig).__name__) from error
        raise


def probe(url: str) -> None:
    """Open a SQLite database once, in this thread: the driver's own thread dies noisily when it cannot.

    Raises:
        Unavailable: it cannot be opened or is no database.
    """
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


def _code(error: BaseException | None) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
