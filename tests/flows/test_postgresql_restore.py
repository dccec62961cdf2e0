"""The commands that are told for PostgreSQL do it: what they restore is as it was dumped, and starts in hold."""

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from content.markup import plain_text
from content.rendering import render
from scheduler.clock import SystemClock
from storage.engine import make_engine
from storage.migrate import upgrade
from storage.queries import holds, offices
from storage.transaction import Database


async def typed(key, dump, database_url, tools):
    """Type what the message tells, behind its last "dengan: "; the exit status."""
    _, _, command = plain_text(render(key, {"file": dump}).text).rpartition("dengan: ")
    paths = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    environment = os.environ | {"PATH": paths, "APEL_DATABASE_URL": url}
    process = await asyncio.create_subprocess_shell(command, env=environment, stdout=asyncio.subprocess.DEVNULL)
    return await process.wait()


async def add_office(database, name):
    async with database.transaction() as session:
        await offices.add_office(session, name, "kupang-30-2025", "Asia/Makassar", SystemClock().now())


async def test_what_is_told_for_postgresql_restores_it_into_hold(postgres, tmp_path):
    tools, dump = postgres._server.bin_path, tmp_path / "apel.dump"
    async with postgres.fresh("template1") as url:
        await upgrade(url)
        database = Database(make_engine(url))
        await add_office(database, "Dinas Satu")
        assert await typed("command/backup_postgresql", dump, url, tools) == 0
        await add_office(database, "Dinas Dua")
        await database.close()
        assert await typed("command/restore_postgresql", dump, url, tools) == 0
        async with database.transaction() as session:
            assert [office.name for office in await offices.all_offices(session)] == ["Dinas Satu"]
            assert await holds.restored_at(session) is not None
        await database.close()
