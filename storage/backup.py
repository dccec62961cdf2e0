"""Copies of a SQLite database: made while the bot runs, put back while it does not. PostgreSQL brings its own tools.

A copy is one file without the traces of deleted rows (VACUUM INTO), read in one transaction, for its owner's eyes only.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import create_engine, delete, insert
from sqlalchemy.engine import URL, make_url

from storage.errors import AlreadyExists, NewerSchema, NotOurs, Unavailable
from storage.migrate import known_revisions
from storage.models import Setting
from storage.queries.holds import RESTORED
from storage.sole_user import sole_user

_COUNTED = ("offices", "members", "deliveries")


class Copy(Struct, frozen=True):
    """What a copy holds: bytes, and rows of the tables that people know. `kept`: the database that it replaced."""

    size: int
    counts: dict[str, int]
    kept: Path | None = None


def back_up(url: str, target: Path) -> Copy:
    """Copy the SQLite database at `url` to the new file `target`, readable by its owner alone.

    Others may go on writing meanwhile: the copy is the database as it was at one instant.

    Raises:
        AlreadyExists: `target` is there; nothing is overwritten.
        NotOurs: `url` leads to no database of this program.
        Unavailable: the database cannot be read, or the copy cannot be written.
    """
    with _translated():
        _copy(_file_of(url), target, mode="rw")
        return _described(target)


def restore(url: str, source: Path, now: datetime) -> Copy:
    """Put the copy `source` in the place of the database at `url`, which is kept beside it; the next start is in hold.

    Cut off or failed at any point, it leaves there what was, with all that was ever committed, or the copy, in hold.

    Raises:
        InUse: a bot works with the database.
        NotOurs: `source` is damaged, or no database of this program.
        NewerSchema: a later version of the program has written it.
        Unavailable: it cannot be read, or there is no writing at `url`.
    """
    place = _file_of(url)
    with sole_user(url), _translated():
        fresh = place.with_name(f"{place.name}.restoring")
        fresh.unlink(missing_ok=True)  # of a restore that was cut off
        _copy(source, fresh, mode="ro")
        _mark_restored(fresh, now)
        described = _described(fresh)
        kept = _keep(place, now)
        _take_in_log(place)
        fresh.replace(place)
        _write_through(place.parent)
    return replace(described, kept=kept)


def _file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copy(source: Path, target: Path, *, mode: str) -> None:
    """`mode` "rw": who only reads would leave files beside it that belong to somebody else than the bot."""
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode={mode}", uri=True)) as connection:
        _check(connection)
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise AlreadyExists(target.name) from None
        try:
            connection.execute("VACUUM INTO ?", [str(target)])
            _write_through(target)
            _write_through(target.parent)
        except BaseException:
            target.unlink()
            raise


def _write_through(place: Path) -> None:
    """A file's content, or the names in a folder, onto the disk.

    VACUUM INTO leaves that to the caller: https://www.sqlite.org/lang_vacuum.html
    """
    written = os.open(place, os.O_RDONLY)
    try:
        os.fsync(written)
    finally:
        os.close(written)


def _check(connection: sqlite3.Connection) -> None:
    try:
        [[sound]] = connection.execute("PRAGMA quick_check(1)").fetchall()
        revisions = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
        connection.execute("SELECT 1 FROM settings, deliveries LIMIT 1")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # it has no such table
            raise NotOurs from error
        raise
    except sqlite3.DatabaseError as error:
        raise NotOurs from error
    if sound != "ok":
        raise NotOurs
    if not revisions <= known_revisions():
        raise NewerSchema


def _mark_restored(file: Path, now: datetime) -> None:
    engine = create_engine(URL.create("sqlite", database=str(file)))
    with engine.begin() as connection:
        connection.execute(delete(Setting).where(Setting.name == RESTORED))
        connection.execute(insert(Setting).values(name=RESTORED, value=now.isoformat(), changed_at=now))
    engine.dispose()


def _described(file: Path) -> Copy:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        count = "SELECT count(*) FROM {}".format
        return Copy(file.stat().st_size, {table: connection.execute(count(table)).fetchone()[0] for table in _COUNTED})


def _keep(place: Path, now: datetime) -> Path | None:
    """Copy what is there now, sound or not, with the log that it has not yet taken in; None: there is nothing."""
    if not place.exists():
        return None
    kept = place.with_name(f"{place.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    for end in ("", "-wal"):
        part = place.with_name(place.name + end)
        if part.exists() and part.stat().st_size:
            shutil.copyfile(part, copied := kept.with_name(kept.name + end))
            copied.chmod(0o600)
            _write_through(copied)
    _write_through(place.parent)
    return kept


def _take_in_log(place: Path) -> None:
    """Let the database there be whole without its log, which would be taken for the new one's.

    A damaged one never is; it stands, with its log, in what was kept.

    Raises:
        Unavailable: another program reads it.
        sqlite3.OperationalError, OSError: it cannot be written.
    """
    if place.exists() and _is_busy(place):
        raise Unavailable("busy")
    for end in ("-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    _write_through(place.parent)


def _is_busy(place: Path) -> bool:
    """Whether somebody keeps the log from being taken in; otherwise it was, if the database is sound."""
    try:
        with closing(sqlite3.connect(place)) as connection:
            [[busy, *_]] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    return bool(busy)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(type(error).__name__) from error
