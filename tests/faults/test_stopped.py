"""SIGTERM in mid-broadcast: what is in flight is finished, within ten seconds; the next start sends the rest, once."""

import asyncio
import signal
import time
from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from tests.fakes.telegram_faults import Hold
from tests.faults import office
from tests.faults.conftest import MOSTLY_SQLITE
from tests.faults.telegram import Late

GROUPS = 12


async def mid_broadcast(scene, trouble, arrivals):
    """`apel run`, once so many messages of a broadcast have arrived."""
    now = SystemClock().now()
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=GROUPS)
    await office.broadcasts(scene.database, [now - timedelta(seconds=1)], groups=GROUPS)
    scene.server.trouble = trouble
    bot = scene.starts_plain(telegram_per_second=8)
    await asyncio.wait_for(scene.server.arrived(arrivals), 30)
    return bot


async def terminated(bot):
    """SIGTERM; how many seconds it took, and the exit status."""
    begun = time.monotonic()
    bot.send_signal(signal.SIGTERM)
    await bot.gone()
    return time.monotonic() - begun, bot.status


@pytest.mark.parametrize("scene", MOSTLY_SQLITE, indirect=True)
async def test_what_is_in_flight_is_finished(scene):
    bot = await mid_broadcast(scene, lambda _: Late(1.0), 4)
    took, status = await terminated(bot)
    rows = await scene.reader.rows()
    assert (status, took < 10) == (0, True)
    assert sum(row.state == "sent" for row in rows) == len(scene.server.arrivals)
    assert {row.state.value for row in rows} == {"sent", "planned"}  # nothing is left in anybody's hand
    scene.server.trouble = lambda _: None
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": GROUPS}, GROUPS)


@pytest.mark.in_full
async def test_what_is_not_answered_in_time_is_cut_off_and_uncertain(sqlite_scene):
    scene, hold = sqlite_scene, Hold()
    bot = await mid_broadcast(scene, lambda arrival: hold if arrival.number == 3 else None, 3)
    took, status = await terminated(bot)
    assert status == 0
    assert took < 10 + 5  # ten seconds for the answer, and the end itself
    hold.release.set()
    scene.server.trouble = lambda _: None
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states) == ([], {"sent": GROUPS - 1 + 1, "uncertain": 1})  # the secretary is told


@pytest.mark.in_full
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_with_nothing_to_do_it_ends_at_once(sqlite_scene, number):
    scene = sqlite_scene
    await office.office(scene.database, scene.server, due=SystemClock().now() + timedelta(hours=2))
    bot = scene.starts_plain()
    await scene.server.until_polled()
    begun = time.monotonic()
    bot.send_signal(number)
    await bot.gone()
    assert bot.status == 0
    assert time.monotonic() - begun < 5
