"""The process is alone on its file, shares a server with others, and no odd first answer ends it."""

import asyncio
import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.application import opened
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.config import Settings, WrongSetting
from bot.running import _Running, alone, run
from scheduler.clock import SystemClock
from storage.errors import Unavailable
from storage.models import Occurrence
from storage.queries import inbound, leases
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer
from tests.posted import make_occurrence, make_schedule
from tests.scheduler.machine import DyingDatabase
from tests.story import Story

pytestmark = pytest.mark.usefixtures("kept_logging")


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def settings(server, tmp_path):
    return Settings.from_environment(
        {
            "APEL_TELEGRAM_TOKEN": server.token,
            "APEL_TELEGRAM_API_URL": server.origin,
            "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/data/apel.sqlite",
        }
    )


def _update(person, text):
    told = {"id": person.user_id, "is_bot": False, "first_name": person.name}
    command = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    chat = {"id": person.user_id, "type": "private"}
    message = {"message_id": 5000, "date": 1, "chat": chat, "from": told, "text": text, "entities": command}
    return json.dumps({"update_id": 9999, "message": message}).encode()


async def _stopped(running):
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)


async def test_a_second_bot_on_the_same_database_is_refused(settings):
    with alone(settings.database_url), pytest.raises(WrongSetting) as refused:
        await run(settings)
    assert (refused.value.name, refused.value.key) == ("APEL_DATABASE_URL", "database_in_use")


@pytest.mark.parametrize("fault", [faults.forbidden("a proxy says no"), faults.Break(b"[]"), faults.server_error()])
async def test_an_odd_answer_at_the_start_does_not_end_it(server, settings, fault):
    server.next_call(fault, method="getMe")
    server.next_call(fault, method="getUpdates")
    running = asyncio.ensure_future(run(settings))
    await server.until(lambda: server.calls.count("getUpdates") > 1)
    assert not running.done()
    await _stopped(running)


@pytest.fixture
async def shared(server, postgres):
    """Settings of a process on a database that others use as well."""
    async with postgres.fresh() as url:
        yield Settings.from_environment(
            {
                "APEL_TELEGRAM_TOKEN": server.token,
                "APEL_TELEGRAM_API_URL": server.origin,
                "APEL_DATABASE_URL": url,
            }
        )


async def test_on_a_server_it_acts_at_once_on_what_another_process_stored(server, shared):
    running = asyncio.ensure_future(run(shared))
    guest = server.person(99, "Tamu")
    guest.says("/bantuan")
    first = await server.message(guest, "belum terdaftar")
    async with opened(shared) as other, other.concurrent() as session:  # as the webhook of a process that stands by
        await inbound.store(session, TELEGRAM, "9999", _update(guest, "/bantuan"), SystemClock().now())
    second = await server.message(guest, "belum terdaftar", after=first.message_id)  # in 15 s; a heartbeat is 25
    assert server.messages(guest)[-1] == second
    await _stopped(running)


async def test_on_a_server_the_lease_is_let_go_at_the_end(server, shared):
    running = asyncio.ensure_future(run(shared))
    await server.until(lambda: "getUpdates" in server.calls)
    await _stopped(running)
    async with opened(shared) as database, database.concurrent() as session:
        assert await leases.take(session, TELEGRAM, "next", timedelta(seconds=6), SystemClock().now()) is not None


async def test_a_breach_is_counted_once_though_its_first_finding_cannot_be_committed(settings, sqlite_database):
    story = Story(sqlite_database, [])
    await story.open_office()
    occurrence = await make_occurrence(story, await make_schedule(story))
    async with sqlite_database.transaction() as session:
        (await session.get_one(Occurrence, occurrence)).rows = 1  # which is not there
    running = _Running(settings, DyingDatabase(sqlite_database, 0, error=Unavailable), {})
    running._ticked_at = story.clock.now()
    with pytest.raises(Unavailable):
        await running._check_ledger()
    running._database = sqlite_database
    await running._check_ledger()
    assert running._metrics.registry.get_sample_value("apel_ledger_breaches_total") == 1


async def test_a_signal_ends_it_in_time_though_the_file_is_locked(server, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.running.STOP_WITHIN", 1.0)
    running = asyncio.ensure_future(run(settings))
    await server.until(lambda: "getUpdates" in server.calls)
    file = tmp_path / "data" / "apel.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as lock:
        await asyncio.to_thread(lock.execute, "BEGIN IMMEDIATE")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 1 + 3 + 2 + 2)  # for answers, for loops, for the lease, and on a slow machine
        assert lock.in_transaction  # it ended although nobody had let go
    closing_still = [task for task in asyncio.all_tasks() if "graceful_close" in repr(task.get_coro())]
    if closing_still:  # of connections that waited for the lock; the driver never ends one that is cancelled then
        await asyncio.wait(closing_still, timeout=5)
