"""The network is down over a reading; the clock is moved. What is late goes out once, what is too late is told."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from storage.models import DeliveryState
from tests.faults import office
from tests.faults.bot import until
from tests.faults.launcher import Hooks

SOON = timedelta(minutes=1)  # until the reading, whose window is an hour
FIRST, LAST = -1, -3


class MovedClock:
    """The clock of the processes that are started with these hooks."""

    def __init__(self, scene):
        self._file = scene.folder / "clock.txt"
        self.wrong_by(timedelta(0))
        self.hooks = Hooks(clock_file=str(self._file), answer_seconds=1.0)

    def wrong_by(self, span):
        new = self._file.with_suffix(".new")
        new.write_text(str(span.total_seconds()), "ascii")
        new.replace(self._file)

    def now(self):
        return SystemClock().now() + timedelta(seconds=float(self._file.read_text("ascii")))


async def running(scene):
    """A process with a clock that can be moved, on an office whose reading falls due in a minute."""
    clock = MovedClock(scene)
    await office.office(scene.database, scene.server, due=SystemClock().now() + SOON)
    scene.starts(clock.hooks)
    await scene.server.until_polled()
    return clock


async def posts(scene):
    return [row for row in await scene.reader.rows() if row.push is not None]


async def every(scene, state):
    """Wait until the reading's three posts are all in this state."""
    async with asyncio.timeout(30):
        while [row.state for row in await posts(scene)] != [state] * 3:  # noqa: ASYNC110  as in `until`
            await asyncio.sleep(0.05)


async def down_over_the_reading(scene, minutes):
    """From before it falls due until so many minutes after."""
    clock = await running(scene)
    await scene.server.goes_down()
    for minute in range(2, 2 + minutes, 6):
        clock.wrong_by(timedelta(minutes=minute))
        await asyncio.sleep(0.3)
    assert scene.server.arrivals == []
    return clock


@pytest.mark.in_full
async def test_the_network_is_down_for_less_than_the_window(sqlite_scene):
    scene = sqlite_scene
    clock = await down_over_the_reading(scene, 40)
    assert {row.state for row in await posts(scene)} == {DeliveryState.PLANNED}
    await scene.server.comes_up()
    clock.wrong_by(timedelta(minutes=50))
    await every(scene, DeliveryState.SENT)
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 3}, 3)


async def test_the_network_is_back_just_before_the_window_ends(sqlite_scene):
    """What waits for a channel that was out of reach does not wait for longer than there is time."""
    scene = sqlite_scene
    clock = await down_over_the_reading(scene, 57)
    await scene.server.comes_up()
    for second in range(10, 120, 10):  # 58 minutes after it fell due, and on
        clock.wrong_by(timedelta(minutes=58, seconds=second))
        await asyncio.sleep(0.3)
    await every(scene, DeliveryState.SENT)
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 3}, 3)


async def test_the_network_is_down_for_longer_than_the_window(sqlite_scene):
    scene = sqlite_scene
    clock = await down_over_the_reading(scene, 60)
    clock.wrong_by(timedelta(minutes=62))
    await every(scene, DeliveryState.MISSED)
    await scene.server.comes_up()
    clock.wrong_by(timedelta(minutes=75))
    await scene.server.message(office.SECRETARY, "tidak keluar")
    await scene.done()
    verdict = await scene.verdict("missed")
    assert (verdict.wrong, verdict.states["missed"], verdict.uncertain) == ([], 3, 0)
    assert not any(arrival.chat_id < 0 for arrival in scene.server.arrivals)


@pytest.mark.in_full
async def test_it_starts_without_a_network_and_answers_once_there_is_one(sqlite_scene):
    scene = sqlite_scene
    await office.office(scene.database, scene.server, due=SystemClock().now() - timedelta(seconds=1))
    await scene.server.goes_down()
    bot = scene.starts_plain()
    await until(lambda: "does not say who we are yet" in scene.said())
    await scene.server.comes_up()
    await scene.done()
    verdict = await scene.verdict()
    assert not bot.ended
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 3}, 3)


@pytest.mark.in_full
async def test_the_clock_is_moved_forward_past_the_reading(sqlite_scene):
    scene = sqlite_scene
    clock = await running(scene)
    clock.wrong_by(timedelta(minutes=10))
    await every(scene, DeliveryState.SENT)
    clock.wrong_by(timedelta(minutes=30))
    await asyncio.sleep(1)
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 3}, 3)


async def test_the_clock_is_moved_forward_past_the_whole_window(sqlite_scene):
    """Nobody was late but the clock; still a reading at the wrong time is worse than none, and it is told."""
    scene = sqlite_scene
    clock = await running(scene)
    clock.wrong_by(timedelta(hours=3))
    await scene.server.message(office.SECRETARY, "tidak keluar")
    await scene.done()
    assert not any(arrival.chat_id < 0 for arrival in scene.server.arrivals)
    assert (await scene.verdict("missed")).wrong == []


@pytest.mark.parametrize("back", [timedelta(hours=2), pytest.param(timedelta(minutes=5), marks=pytest.mark.in_full)])
async def test_the_clock_is_moved_back_after_the_reading(sqlite_scene, back):
    """The reading is not due again; and what falls due by the old time waits for the new."""
    scene = sqlite_scene
    clock = await running(scene)
    clock.wrong_by(timedelta(minutes=2))
    await every(scene, DeliveryState.SENT)
    clock.wrong_by(timedelta(minutes=2) - back)
    await asyncio.sleep(1)
    await office.reminders(scene.database, scene.server, (21, 22), due=clock.now())
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.arrivals) == ([], 5)


async def test_the_clock_is_set_back_while_nobody_runs(sqlite_scene):
    """The next start tells of it, and sends nothing again when the hour of the reading comes once more."""
    scene = sqlite_scene
    clock = await running(scene)
    clock.wrong_by(timedelta(minutes=2))
    await every(scene, DeliveryState.SENT)
    await scene.kill(scene.bots[-1])
    clock.wrong_by(-timedelta(hours=2))
    scene.starts(clock.hooks)
    await until(lambda: any("Jam mesin mundur" in arrival.text for arrival in scene.server.accepted()), 30)
    clock.wrong_by(timedelta(minutes=3))
    await asyncio.sleep(1)
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 4}, 4)


async def test_the_clock_is_moved_back_in_mid_broadcast(sqlite_scene):
    scene = sqlite_scene
    now = SystemClock().now()
    clock = MovedClock(scene)
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=12)
    await office.broadcasts(scene.database, [now - timedelta(seconds=1)], groups=12)
    scene.starts(clock.hooks, telegram_per_second=6)
    await asyncio.wait_for(scene.server.arrived(5), 30)
    clock.wrong_by(-timedelta(hours=1))
    await asyncio.sleep(1)
    clock.wrong_by(timedelta(0))
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states, verdict.arrivals) == ([], {"sent": 12}, 12)
