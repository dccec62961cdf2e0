"""The revisions, run one after the other, make what the models say."""

import asyncio
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage.engine import make_engine
from storage.errors import NewerSchema, Unavailable
from storage.migrate import newest_revision, upgrade
from storage.models import Base


@pytest.fixture
def url(tmp_path):
    return f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite"


async def _revision(url):
    engine = make_engine(url)
    async with engine.connect() as connection:
        found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    await engine.dispose()
    return found


def _differences(connection):
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, Base.metadata)


async def test_the_migrated_schema_equals_the_models(url):
    await upgrade(url)
    engine = make_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_a_second_upgrade_changes_nothing_and_loses_nothing(url):
    await upgrade(url)
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO settings VALUES ('offset', '7', '2026-11-30 00:00:00')"))
    await upgrade(url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT value FROM settings"))).scalar_one() == "7"
    await engine.dispose()


async def test_a_database_of_a_later_version_is_left_alone(url):
    await upgrade(url)
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(NewerSchema):
        await upgrade(url)
    assert await _revision(url) == "9999"


async def test_it_needs_no_particular_working_directory(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await upgrade(url)
    assert await _revision(url) == newest_revision()


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path):
    with pytest.raises(Unavailable):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/absent/apel.sqlite")
    # aiosqlite's thread reports its end to this loop, which must still be there.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)
