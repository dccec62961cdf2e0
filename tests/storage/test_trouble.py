"""What passes is told from what is a defect."""

import asyncio
import sqlite3

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import make_engine
from storage.errors import Unavailable
from storage.migrate import upgrade
from storage.transaction import Database
from storage.trouble import translated


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


async def _ask(database, *statements):
    async with database.concurrent() as session:
        for statement in statements or ["SELECT 1"]:
            await session.execute(text(statement))


async def test_a_connection_that_the_server_cut_is_unavailable_and_the_next_one_is_tried_first(postgresql_database):
    await _ask(postgresql_database)
    with pytest.raises(Unavailable):
        await _ask(postgresql_database, "SELECT pg_terminate_backend(pg_backend_pid())")
    await _ask(postgresql_database)


async def test_an_idle_connection_that_was_cut_is_replaced_unseen(postgresql_database):
    await _ask(postgresql_database)
    async with postgresql_database.concurrent() as session:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        async with postgresql_database.concurrent() as other:
            await other.execute(text("SELECT 1"))
        await session.execute(text(f"{others} AND datname = current_database()"))
    await asyncio.gather(_ask(postgresql_database), _ask(postgresql_database))


async def test_tables_that_another_version_alters_meanwhile_are_asked_again(postgresql_database):
    await _ask(postgresql_database, "SELECT * FROM settings")
    await _ask(postgresql_database, "ALTER TABLE settings ADD COLUMN more text")
    try:
        with pytest.raises(Unavailable, match="InvalidCachedStatementError"):
            await _ask(postgresql_database, "SELECT * FROM settings")
        await _ask(postgresql_database, "SELECT * FROM settings")
    finally:
        await _ask(postgresql_database, "ALTER TABLE settings DROP COLUMN more")


def _raises(code):
    return [f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"]


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        (["SET LOCAL statement_timeout = 1", "SELECT pg_sleep(9)"], "QueryCanceledError"),
        (["SET LOCAL transaction_read_only = on", "DELETE FROM settings"], "ReadOnlySQLTransactionError"),
        (_raises("disk_full"), "DiskFullError"),
        (_raises("too_many_connections"), "TooManyConnectionsError"),
        (_raises("serialization_failure"), "SerializationError"),
        (_raises("data_corrupted"), "DataCorruptedError"),
        (_raises("insufficient_privilege"), "InsufficientPrivilegeError"),
    ],
)
async def test_what_passes_on_a_server_is_unavailable_and_named(postgresql_database, statements, name):
    with pytest.raises(Unavailable, match=name):
        await _ask(postgresql_database, *statements)


async def _stand_still(database):
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 1"))
        async with database.transaction() as next_one:  # waits until the first has been cut off
            await next_one.execute(text("SELECT 1"))
        await session.execute(text("SELECT 1"))


async def test_who_stands_still_in_mid_transaction_holds_nobody_up_and_notices(postgresql_database):
    with pytest.raises(Unavailable):
        await _stand_still(postgresql_database)


async def test_all_connections_taken_for_too_long_is_unavailable(postgres, monkeypatch):
    monkeypatch.setattr("storage.engine._CONNECTIONS", 1)
    database = Database(make_engine(postgres.url("postgres")))
    async with database.concurrent() as session:
        await session.connection()
        database.engine.pool._timeout = 0.01
        with pytest.raises(Unavailable):
            await _ask(database)
    await database.close()


def test_what_is_asked_before_the_server_s_goodbye_was_read_is_unavailable():
    with pytest.raises(Unavailable, match="InternalClientError"), translated():
        raise asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")
