"""A copy is whole, private and never overwrites; what it replaces is kept; the next start knows of it."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import create_engine

from storage.backup import back_up, restore
from storage.engine import make_engine
from storage.errors import AlreadyExists, InUse, NewerSchema, NotOurs, Unavailable
from storage.migrate import _config, newest_revision, upgrade
from storage.models import Office
from storage.queries import holds, offices
from storage.sole_user import sole_user
from storage.transaction import Database

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A database as the program makes it."""
    file = tmp_path_factory.mktemp("migrated") / "apel.sqlite"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file.read_bytes()


@pytest.fixture
def file(tmp_path, migrated):
    place = tmp_path / "apel.sqlite"
    place.write_bytes(migrated)
    return place


@pytest.fixture
def url(file):
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def database(url):
    database = Database(make_engine(url))
    yield database
    await database.close()


async def add_office(database, name):
    async with database.transaction() as session:
        await offices.add_office(session, name, "kupang-30-2025", "Asia/Makassar", NOW)


async def offices_in(url):
    database = Database(make_engine(url))
    async with database.transaction() as session:
        names = [office.name for office in await offices.all_offices(session)]
    await database.close()
    return names


def back_to_the_first(file):
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()


def run(file, statement):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA secure_delete=OFF")  # on in some builds only
        connection.execute(statement)


async def test_a_copy_holds_what_was_committed_while_others_write(database, url, tmp_path):
    await add_office(database, "Dinas Satu")
    async with database.transaction() as session:
        session.add(Office(name="Dinas Dua", regulation_id="x", timezone="UTC", created_at=NOW))
        await session.flush()  # begun and not committed
        copy = back_up(url, tmp_path / "copy.sqlite")
    assert copy.counts == {"offices": 1, "members": 0, "deliveries": 0}
    assert copy.size == (tmp_path / "copy.sqlite").stat().st_size
    assert await offices_in(f"sqlite+aiosqlite:///{tmp_path / 'copy.sqlite'}") == ["Dinas Satu"]
    assert await offices_in(url) == ["Dinas Satu", "Dinas Dua"]


def test_only_its_owner_can_read_a_copy_and_it_is_one_file(url, tmp_path):
    place = tmp_path / "backups"
    place.mkdir()
    back_up(url, place / "copy.sqlite")
    [copy] = place.iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_nothing_is_overwritten(url, tmp_path):
    (tmp_path / "copy.sqlite").write_text("something else", "utf-8")
    with pytest.raises(AlreadyExists):
        back_up(url, tmp_path / "copy.sqlite")
    assert (tmp_path / "copy.sqlite").read_text("utf-8") == "something else"


async def test_what_was_deleted_leaves_no_trace_in_a_copy(database, file, url, tmp_path):
    await add_office(database, "Dinas Rahasia")
    await database.close()
    run(file, "DELETE FROM offices")
    back_up(url, tmp_path / "copy.sqlite")
    assert b"Dinas Rahasia" in file.read_bytes()
    assert b"Dinas Rahasia" not in (tmp_path / "copy.sqlite").read_bytes()


def test_where_there_is_no_database_nothing_is_copied(tmp_path):
    with pytest.raises(Unavailable):
        back_up(f"sqlite+aiosqlite:///{tmp_path}/absent.sqlite", tmp_path / "copy.sqlite")
    assert list(tmp_path.iterdir()) == []


async def test_restored_it_is_as_it_was_marked_and_what_it_replaced_is_kept(database, file, url, tmp_path):
    await add_office(database, "Dinas Satu")
    back_up(url, tmp_path / "copy.sqlite")
    await add_office(database, "Dinas Dua")
    await database.close()
    restored = restore(url, tmp_path / "copy.sqlite", NOW)
    assert await offices_in(url) == ["Dinas Satu"]
    assert restored.kept == tmp_path / "apel.sqlite.replaced-20261130T010000Z"
    assert await offices_in(f"sqlite+aiosqlite:///{restored.kept}") == ["Dinas Satu", "Dinas Dua"]
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(restored.kept.stat().st_mode) == 0o600
    async with database.transaction() as session:
        assert await holds.restored_at(session) == NOW


async def test_a_database_whose_last_commits_are_still_in_its_log_is_kept_whole(database, url, tmp_path):
    back_up(url, tmp_path / "copy.sqlite")
    await add_office(database, "Dinas Satu")  # still open: the log was not taken in
    assert (tmp_path / "apel.sqlite-wal").stat().st_size
    kept = restore(url, tmp_path / "copy.sqlite", NOW).kept
    assert await offices_in(f"sqlite+aiosqlite:///{kept}") == ["Dinas Satu"]
    assert await offices_in(url) == []


async def test_it_is_restored_where_no_database_was_and_in_place_of_a_damaged_one(url, file, tmp_path):
    back_up(url, tmp_path / "copy.sqlite")
    file.write_bytes(b"damaged")
    kept = restore(url, tmp_path / "copy.sqlite", NOW).kept
    assert kept.read_bytes() == b"damaged"
    file.unlink()
    assert restore(url, tmp_path / "copy.sqlite", NOW).kept is None
    assert await offices_in(url) == []


def test_while_a_bot_runs_nothing_is_restored(url, file, tmp_path):
    back_up(url, tmp_path / "copy.sqlite")
    before = file.read_bytes()
    with sole_user(url), pytest.raises(InUse):
        restore(url, tmp_path / "copy.sqlite", NOW)
    assert file.read_bytes() == before


def test_a_copy_of_a_later_version_is_refused(url, file, tmp_path):
    back_up(url, tmp_path / "copy.sqlite")
    run(tmp_path / "copy.sqlite", "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema):
        restore(url, tmp_path / "copy.sqlite", NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"apel.sqlite", "apel.sqlite.lock", "copy.sqlite"}


async def test_a_copy_of_an_older_version_is_brought_up_to_date_at_the_next_start(url, file, tmp_path):
    old = tmp_path / "old.sqlite"
    old.write_bytes(file.read_bytes())
    back_to_the_first(old)
    restore(url, old, NOW)
    await upgrade(url)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_revision(),)]
        assert connection.execute("SELECT name FROM settings").fetchall() == [("restored",)]


@pytest.mark.parametrize("content", [b"", b"no database at all", None])
def test_what_is_no_copy_of_ours_is_refused(url, file, tmp_path, content):
    strange = tmp_path / "strange.sqlite"
    if content is None:
        run(strange, "CREATE TABLE offices (id INTEGER)")
    else:
        strange.write_bytes(content)
    before = file.read_bytes()
    with pytest.raises(NotOurs):
        restore(url, strange, NOW)
    assert file.read_bytes() == before


def test_a_damaged_copy_is_refused(url, tmp_path):
    back_up(url, copy := tmp_path / "copy.sqlite")
    content = bytearray(copy.read_bytes())
    content[4096 * 2 : 4096 * 30] = bytes(4096 * 28)
    copy.write_bytes(content)
    with pytest.raises(NotOurs):
        restore(url, copy, NOW)
