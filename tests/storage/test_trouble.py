"""What passes is told from what is a defect."""

import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import make_engine
from storage.errors import Unavailable
from storage.migrate import upgrade
from storage.transaction import Database


async def test_a_wrong_statement_is_a_defect(database):
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.execute(text("SELECT nothing FROM nowhere"))


async def test_a_broken_rule_of_the_tables_is_a_defect(database):
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO settings (name) VALUES ('x')"))


async def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "x.sqlite").write_text("no database at all, but long enough to be read as a header of one" * 20)
    with pytest.raises(Unavailable):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite")


async def test_a_folder_in_the_database_s_place_is_unavailable(tmp_path):
    with pytest.raises(Unavailable):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_database_that_others_hold_for_too_long_is_unavailable(tmp_path):
    path = tmp_path / "held.sqlite"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE t (n)")
    holder.execute("BEGIN EXCLUSIVE")
    database = Database(make_engine(f"sqlite+aiosqlite:///{path}", busy_seconds=0))
    with pytest.raises(Unavailable):
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
    holder.close()
    await database.close()
