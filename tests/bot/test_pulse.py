"""The dead man's switch is called after a healthy tick, at most every half minute, and never harms the bot."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.loops import HEARTBEAT
from bot.pulse import EVERY, Pulse
from scheduler.clock import MovableClock
from tests.fakes.http_server import HttpServer, Response


class Watcher:
    """Somebody outside who counts the calls."""

    def __init__(self):
        self.paths, self.answers = [], []
        self.called = asyncio.Event()
        self._http = HttpServer(self._handle)

    async def __aenter__(self):
        self.origin = await self._http.start()
        return self

    async def __aexit__(self, *_):
        await self._http.stop()

    async def _handle(self, request):
        self.paths.append(request.path)
        self.called.set()
        return self.answers.pop(0) if self.answers else Response()


@pytest.fixture
async def watcher():
    async with Watcher() as watcher:
        yield watcher


@pytest.fixture
def clock():
    return MovableClock(datetime(2026, 11, 30, tzinfo=UTC))


@pytest.fixture
async def pulse(watcher, clock):
    pulse = Pulse(f"{watcher.origin}/ping/rahasia", clock)
    yield pulse
    await pulse.close()


async def beaten(pulse):
    pulse.beat()
    await asyncio.wait_for(asyncio.shield(pulse._calling), 5)


async def test_a_healthy_tick_is_told(watcher, pulse):
    await beaten(pulse)
    assert watcher.paths == ["/ping/rahasia"]


async def test_ticks_of_every_half_minute_are_all_told_though_one_comes_a_little_early(watcher, pulse, clock):
    for early in (0, 1, 0):
        await beaten(pulse)
        clock.advance(HEARTBEAT - timedelta(milliseconds=10 * early))
    assert len(watcher.paths) == 3


async def test_many_ticks_are_told_once_in_half_a_minute(watcher, pulse, clock):
    for _ in range(3):
        await beaten(pulse)
    clock.advance(EVERY - timedelta(seconds=1))
    await beaten(pulse)
    assert len(watcher.paths) == 1
    clock.advance(timedelta(seconds=1))
    await beaten(pulse)
    assert len(watcher.paths) == 2


@pytest.mark.parametrize("answer", [Response(status=500), Response(lost=True)])
async def test_a_call_that_fails_is_logged_once_without_its_address_and_made_again(
    watcher, pulse, clock, caplog, answer
):
    watcher.answers = [answer, answer]
    for _ in range(3):
        await beaten(pulse)
        clock.advance(EVERY)
    assert len(watcher.paths) >= 3  # a GET whose connection broke may be made twice
    (record,) = caplog.records
    assert "the heartbeat could not be delivered" in record.getMessage()
    assert "rahasia" not in record.getMessage()


async def test_closing_does_not_wait_for_a_call_under_way(watcher, pulse):
    pulse.beat()
    await pulse.close()
    assert pulse._calling.done()
