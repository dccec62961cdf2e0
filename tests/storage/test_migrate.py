"""The revisions, run one after the other, make what the models say."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import bindparam, inspect, select, text

from storage.column_types import UtcDateTime
from storage.engine import make_engine
from storage.errors import NewerSchema, Unavailable
from storage.migrate import _config, newest_revision, upgrade
from storage.models import Base, Conversation, JoinAttempt, PersonAddress
from storage.queries.addresses import is_by_number


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


async def test_two_that_start_at_once_on_a_server_both_find_it_up_to_date(postgres):
    async with postgres.fresh() as url:
        await asyncio.gather(upgrade(url), upgrade(url))
        assert await _revision(url) == newest_revision()


async def test_every_revision_can_be_taken_back(url):
    await upgrade(url)
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(_take_back, "base")
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda found: inspect(found).get_table_names()) == ["alembic_version"]
    await engine.dispose()


def _take_back(connection, to):
    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, to)


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path):
    with pytest.raises(Unavailable):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/absent/apel.sqlite")
    # aiosqlite's thread reports its end to this loop, which must still be there.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


@pytest.mark.parametrize("place", ["/absent", "?host=/absent"])
async def test_a_server_that_is_not_there_is_unavailable(place):
    with pytest.raises(Unavailable):
        await upgrade(f"postgresql+asyncpg://apel:rahasia@127.0.0.1:9{place}")


async def test_a_database_that_the_server_does_not_have_is_unavailable(postgres):
    with pytest.raises(Unavailable):
        await upgrade(postgres.url("absent"))


_OFFICE = text(
    "INSERT INTO offices (id, name, regulation_id, timezone, workdays, created_at) "
    "VALUES (1, 'Dinas', 'x', 'Asia/Jakarta', 5, '2026-11-30 00:00:00+00:00')"
)
_PERSON = text("INSERT INTO persons (id, name, created_at) VALUES (:id, '', '2026-11-30 00:00:00+00:00')")
_ACCOUNT = text(
    "INSERT INTO person_addresses (person_id, channel, user_id, opted_in_at) VALUES (:id, 'whatsapp', :user, :at)"
).bindparams(bindparam("at", type_=UtcDateTime()))
_MEMBER = text(
    "INSERT INTO members (office_id, person_id, name, role, leads_assembly, joined_at, created_at) "
    "VALUES (1, :id, '', 'anggota', true, :at, :at)"
).bindparams(bindparam("at", type_=UtcDateTime()))


async def test_consent_dates_from_joining_and_not_from_a_first_word(url):
    await upgrade(url)
    engine = make_engine(url)
    first, second, third = (datetime(2026, 11, 30, hour, tzinfo=UTC) for hour in (1, 2, 3))
    async with engine.begin() as connection:
        await connection.run_sync(_take_back, "0005")
        await connection.execute(_OFFICE)
        for person, opted_in, joined in ((1, first, None), (2, first, second), (3, third, second)):
            await connection.execute(_PERSON, {"id": person})
            await connection.execute(_ACCOUNT, {"id": person, "user": f"ID.{person}", "at": opted_in})
            if joined:
                await connection.execute(_MEMBER, {"id": person, "at": joined})
    await upgrade(url)
    async with engine.connect() as connection:
        found = (await connection.scalars(select(PersonAddress.opted_in_at).order_by(PersonAddress.person_id))).all()
    await engine.dispose()
    assert found == [None, second, third]


_BY_NUMBER = """
    INSERT INTO person_addresses (person_id, channel, user_id, chat_id, phone) VALUES
        (1, 'whatsapp', 'phone:62811', 'phone:62811', '62811'), (2, 'whatsapp', 'ID.2', 'ID.2', '62812'),
        (3, 'whatsapp', 'phone:62811#3', 'phone:62811#3', NULL);
    INSERT INTO conversations (channel, chat_id, user_id, dialogue, data, updated_at)
        VALUES ('whatsapp', 'phone:62811', 'phone:62811', 'x', '{}', '2026-11-30 00:00:00+00:00');
    INSERT INTO join_attempts (channel, user_id, at) VALUES ('whatsapp', 'phone:62899', '2026-11-30 00:00:00+00:00')
"""


async def test_no_number_is_left_in_a_name_and_whoever_had_one_is_called_the_same_everywhere(url):
    await upgrade(url)
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(_take_back, "0008")
        for person in (1, 2, 3):
            await connection.execute(_PERSON, {"id": person})
        for statement in _BY_NUMBER.split(";"):
            await connection.execute(text(statement))
    await upgrade(url)
    account = select(PersonAddress.user_id, PersonAddress.chat_id, PersonAddress.phone).order_by(PersonAddress.id)
    async with engine.begin() as connection:
        first, other, aside = (await connection.execute(account)).all()
        dialogue = (await connection.execute(select(Conversation.user_id, Conversation.chat_id))).one()
        stranger = await connection.scalar(select(JoinAttempt.user_id))
        await connection.run_sync(_take_back, "0008")
        taken_back = (await connection.execute(account)).all()
    await engine.dispose()
    assert all(is_by_number(name) and "62811" not in name for name in (first[0], aside[0], stranger))
    assert (first, aside) == ((*dialogue, "62811"), (aside[0], aside[0], None))
    assert (dialogue[0] == dialogue[1], other) == (True, ("ID.2", "ID.2", "62812"))
    assert taken_back == [("phone:62811", "phone:62811", "62811"), other, aside]
