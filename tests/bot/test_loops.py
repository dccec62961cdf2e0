import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from bot.loops import Alarm, Loop
from scheduler.clock import MovableClock, SystemClock
from storage.errors import Unavailable

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SOON = timedelta(milliseconds=5)


class RecordedAlarm:
    """An alarm that writes down when it should ring."""

    def __init__(self):
        self.set = []
        self.every = []

    def ring_at(self, name, instant, wake):
        self.set.append((name, instant))

    def ring_every(self, name, every, wake):
        self.every.append((name, every))


class Steps:
    """What the loop's step does, one after the other; `done` is set after the last."""

    def __init__(self, *results):
        self.results = list(results)
        self.done = asyncio.Event()

    async def __call__(self):
        result = self.results.pop(0)
        if not self.results:
            self.done.set()
        if isinstance(result, Exception):
            raise result
        return result


async def ran(steps, alarm):
    """A loop that has done all of these steps, woken as often as needed."""
    loop = Loop("worker", steps, MovableClock(NOW), alarm)
    running = asyncio.ensure_future(loop.run())
    while not steps.done.is_set():
        loop.wake()
        for _ in range(5):  # turns of the event loop in which a step is done and its result looked at
            await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return loop


async def test_the_step_tells_when_it_wants_to_be_woken():
    alarm = RecordedAlarm()
    loop = await ran(Steps(NOW + timedelta(hours=1), None), alarm)
    assert alarm.set == [("worker", NOW + timedelta(hours=1))]
    assert loop.last == NOW


async def test_what_is_due_at_once_still_leaves_a_breath():
    alarm = RecordedAlarm()
    await ran(Steps(NOW - timedelta(hours=1)), alarm)
    assert alarm.set == [("worker", NOW + timedelta(milliseconds=20))]


async def test_a_lost_alarm_is_made_good_by_the_heartbeat():
    alarm = RecordedAlarm()
    await ran(Steps(None), alarm)
    assert alarm.every == [("worker: heartbeat", timedelta(seconds=30))]


@pytest.mark.parametrize("error", [Unavailable("OperationalError"), RuntimeError("a defect")])
async def test_it_outlives_an_error_and_tries_again_soon(error, caplog):
    alarm = RecordedAlarm()
    loop = await ran(Steps(error, None), alarm)
    assert alarm.set == [("worker", NOW + timedelta(seconds=2))]
    assert loop.last == NOW
    assert "worker" in caplog.text


async def test_it_says_why_the_database_could_not_be_worked_with_until_a_step_succeeds():
    clock, done, troubles = MovableClock(NOW), asyncio.Event(), []

    async def step():
        troubles.append(loop.trouble)
        if len(troubles) == 1:
            loop.wake()
            raise Unavailable("DiskFullError")
        if len(troubles) == 3:
            done.set()
        loop.wake()

    loop = Loop("worker", step, clock, RecordedAlarm())
    running = asyncio.ensure_future(loop.run())
    await done.wait()
    running.cancel()
    assert troubles == [None, "DiskFullError", None]


async def test_a_step_that_failed_is_no_heartbeat():
    """From its beginning a loop has time to turn, and whoever never does is told of."""
    clock, failed = MovableClock(NOW), asyncio.Event()

    async def fail():
        clock.advance(timedelta(minutes=1))
        failed.set()
        raise RuntimeError("a defect")

    loop = Loop("worker", fail, clock, RecordedAlarm())
    running = asyncio.ensure_future(loop.run())
    await failed.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert loop.last == NOW


@pytest.fixture
async def alarm():
    alarm = Alarm()
    alarm.start()
    yield alarm
    alarm.stop()


async def test_the_alarm_rings_once_at_the_latest_instant_set(alarm):
    rung = []
    done = asyncio.Event()
    now = SystemClock().now()
    alarm.ring_at("worker", now + timedelta(hours=1), lambda: rung.append("late"))
    alarm.ring_at("worker", now + SOON, lambda: (rung.append("soon"), done.set()))
    await asyncio.wait_for(done.wait(), 5)
    assert rung == ["soon"]


async def test_an_instant_that_has_passed_rings_at_once(alarm):
    done = asyncio.Event()
    alarm.ring_at("worker", SystemClock().now() - timedelta(days=1), done.set)
    assert await asyncio.wait_for(done.wait(), 5)


async def test_the_heartbeat_rings_again_and_again(alarm):
    rung = asyncio.Semaphore(0)
    alarm.ring_every("worker", SOON, rung.release)
    assert all([await asyncio.wait_for(rung.acquire(), 5) for _ in range(3)])


async def test_a_step_under_way_is_let_finish_when_its_loop_is_cancelled():
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step():
        begun.set()
        await may_end.wait()
        ended.set()

    running = asyncio.ensure_future(Loop("worker", step, MovableClock(NOW), RecordedAlarm()).run())
    await begun.wait()
    running.cancel()
    asyncio.get_running_loop().call_soon(may_end.set)
    with suppress(asyncio.CancelledError):
        await running
    assert ended.is_set()
