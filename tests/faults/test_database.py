"""The database is locked for too long, full, or restarted: nothing is sent twice for it, and all goes on afterwards."""

import asyncio
import sqlite3
from contextlib import contextmanager
from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from scheduler.rate_limit import FEWEST_AT_ONCE
from tests.fakes.telegram_faults import Hold
from tests.faults import office
from tests.faults.bot import until
from tests.faults.conftest import morning
from tests.faults.launcher import Hooks

LONGER_THAN_BUSY = 6.5  # seconds; the product waits five for a lock


@contextmanager
def locked(scene):
    """Somebody else writes and does not end."""
    other = sqlite3.connect(scene.folder / scene.url.rpartition("/")[2], isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def said(scene, words):
    return words in scene.said()


async def test_locked_while_answers_come_in(sqlite_scene):
    """They stay in memory until they can be written down: nothing becomes uncertain."""
    scene, hold = sqlite_scene, Hold()
    scene.server.trouble = lambda _: hold
    messages = await morning(scene)
    scene.starts()
    await asyncio.wait_for(scene.server.arrived(messages), 30)
    with locked(scene):
        hold.release.set()
        await until(lambda: said(scene, "the database cannot be worked with"))
        assert {row.state.value for row in await scene.reader.rows()} == {"sending"}
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": messages}, messages)


@pytest.mark.in_full
async def test_locked_before_anything_could_be_claimed(sqlite_scene):
    scene = sqlite_scene
    await office.office(scene.database, scene.server, due=SystemClock().now() + timedelta(seconds=4))
    scene.starts_plain()
    await scene.server.until_polled()
    with locked(scene):
        await until(lambda: said(scene, "the database cannot be worked with"))
        await asyncio.sleep(LONGER_THAN_BUSY - 5)
        assert scene.server.arrivals == []
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 3}, 3)


async def test_killed_while_the_database_was_locked_and_answers_waited_in_memory(sqlite_scene):
    """Nobody knows them any more: uncertain, as many as were in flight, or sent again where that is harmless."""
    scene, hold = sqlite_scene, Hold()
    scene.server.trouble = lambda _: hold
    messages = await morning(scene)
    bot = scene.starts()
    await asyncio.wait_for(scene.server.arrived(messages), 30)
    with locked(scene):
        hold.release.set()
        await until(lambda: scene.server.in_flight == 0)
        await scene.kill(bot)
    scene.server.trouble = lambda _: None
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.uncertain, verdict.repeats) == ([], 3, 2)


async def test_full_while_a_broadcast_goes_out_and_then_given_room(sqlite_scene):
    """No file may grow: the log of what was written before (WAL) included. Then somebody makes room and starts anew."""
    scene = sqlite_scene
    now = SystemClock().now()
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=60)
    await office.broadcasts(scene.database, [now - timedelta(seconds=n) for n in (1, 2, 3)], groups=60)
    await scene.database.close()
    size = (scene.folder / scene.url.rpartition("/")[2]).stat().st_size
    bot = scene.starts(Hooks(largest_file=size + 300_000), telegram_per_second=200, telegram_per_chat_second=20)
    await until(lambda: said(scene, "the database cannot be worked with"))
    await asyncio.sleep(1)  # it goes on trying
    assert not bot.ended
    await scene.kill(bot)
    sending = sum(row.state == "sending" for row in await scene.reader.rows())
    scene.starts(telegram_per_second=200, telegram_per_chat_second=20)
    await scene.done()
    verdict = await scene.verdict()
    assert verdict.wrong == []
    assert verdict.uncertain <= sending <= FEWEST_AT_ONCE
    assert verdict.states["sent"] + verdict.uncertain >= 180
