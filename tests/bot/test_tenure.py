"""Of two processes on one PostgreSQL one acts; the other takes over when it ends, dies or stands still."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot import tenure
from bot.tenure import Tenure
from scheduler.clock import FollowingClock, SystemClock, steady
from storage.engine import make_engine
from storage.errors import Unavailable
from storage.queries import leases
from storage.transaction import Database


class Process:
    """A process with its own connections; it acts in `acting`, which others can watch."""

    def __init__(self, url):
        self.database, self.own = Database(make_engine(url)), Database(make_engine(url))
        self.clock = FollowingClock() if self.database.shared else SystemClock()
        self.tenure = Tenure(self.database, "telegram", self.clock, self.own)
        self.acts, self.stopped = asyncio.Event(), asyncio.Event()
        self.taken = []
        self.fails = None
        self.running = asyncio.ensure_future(self.tenure.whenever_held(self._act))

    async def _act(self, taken):
        self.taken.append(taken)
        self.stopped.clear()
        self.acts.set()
        try:
            if self.fails:
                raise self.fails
            await asyncio.Event().wait()
        finally:
            self.acts.clear()
            self.stopped.set()

    async def ends(self):
        self.running.cancel()
        await asyncio.wait([self.running])
        await self.database.close()
        await self.own.close()

    def cut_off(self):
        """The database is not reached any more."""

        def unreachable():
            raise Unavailable("ConnectionDoesNotExistError")

        self.own.concurrent = unreachable


async def soon(event):
    await asyncio.wait_for(event.wait(), 5)


@pytest.fixture
async def process(postgresql_database):
    started = []

    def start():
        started.append(Process(postgresql_database.engine.url.render_as_string(hide_password=False)))
        return started[-1]

    yield start
    for process in started:
        await process.ends()


@pytest.fixture
def often(monkeypatch):
    """Renewed again and again."""
    monkeypatch.setattr(tenure, "RENEWED_EVERY", 0.01)
    monkeypatch.setattr(tenure, "_TRIED_EVERY", 0.01)


@pytest.fixture
def short(often, monkeypatch):
    """Leases that last for moments."""
    monkeypatch.setattr(tenure, "LASTS", timedelta(milliseconds=300))
    monkeypatch.setattr(tenure, "_ACTS_FOR", 0.2)


async def test_the_second_stands_by_until_the_first_has_ended(process):
    first = process()
    await soon(first.acts)
    second = process()
    await asyncio.sleep(0)
    await first.ends()
    assert first.stopped.is_set()
    second.tenure.look()  # as it does when it hears that something was written
    await soon(second.acts)
    assert second.taken[0].before == first.tenure.holder
    assert (first.tenure.held, second.tenure.held) == (False, True)
    assert (first.database.announces, second.database.announces) == (True, False)


async def test_a_renewal_lets_it_act_for_longer_and_nobody_else(process):
    first = process()
    await soon(first.acts)
    until = first.tenure._until
    assert await first.tenure._renew()
    assert first.tenure._until > until
    assert await process().tenure._take() is None


async def test_a_rush_of_work_does_not_keep_it_from_renewing(process):
    first = process()
    await soon(first.acts)
    async with AsyncExitStack() as rush:
        for _ in range(first.database.engine.pool.size()):
            session = await rush.enter_async_context(first.database.concurrent())
            await session.connection()
        assert await asyncio.wait_for(first.tenure._renewed(), 5)


async def test_whoever_cannot_renew_stops_before_another_begins_and_stands_by_again(process, short):
    first = process()
    await soon(first.acts)
    first.cut_off()
    second = process()
    await soon(second.acts)
    assert not first.tenure.held
    await soon(first.stopped)
    assert not first.running.done()


async def test_whoever_was_passed_over_while_it_stood_still_notices(process, postgresql_database, often):
    first = process()
    await soon(first.acts)
    async with postgresql_database.concurrent() as session:
        await leases.take(session, "telegram", "another", timedelta(minutes=1), first.clock.now(), alone=True)
    await soon(first.stopped)
    assert not first.tenure.held


async def test_what_ends_the_acting_ends_the_process_and_lets_the_lease_go(process):
    first = process()
    first.fails = RuntimeError("the token is refused")
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(first.running, 5)
    second = process()
    await soon(second.acts)


async def test_whoever_acts_is_shown_the_clock_of_the_database_at_each_renewal(process):
    first = process()
    await soon(first.acts)
    right = first.clock.now()
    first.clock.follow(right + timedelta(days=1))
    await first.tenure._renew()
    assert abs(first.clock.now() - right) < timedelta(hours=1)


async def test_on_a_file_the_lease_is_taken_at_once_whoever_had_it(sqlite_database):
    async with sqlite_database.concurrent() as session:
        await leases.take(session, "telegram", "killed", timedelta(minutes=1), SystemClock().now())
    process = Process(sqlite_database.engine.url.render_as_string())
    await soon(process.acts)
    assert process.taken[0].before == "killed"
    assert process.tenure.held
    await process.ends()


async def test_a_lease_of_before_the_server_s_clock_was_set_back_is_waited_for_no_longer_than_one_lasts(
    process, postgresql_database, often, monkeypatch
):
    monkeypatch.setattr(tenure, "LASTS", timedelta(seconds=0.3))
    async with postgresql_database.transaction() as session:
        await leases.take(session, "telegram", "gone", timedelta(hours=2), SystemClock().now())
    begun = steady()
    next_one = process()
    await soon(next_one.acts)
    assert next_one.taken[0].before == "gone"
    assert steady() - begun > 0.3


async def stands_too_late(database):
    async with database.concurrent() as session:
        return await leases.ends_too_late(session, ["telegram"], "nobody", tenure.LASTS, SystemClock().now())


async def test_who_acts_keeps_its_lease_though_the_server_s_clock_is_set_back(
    process, postgresql_database, often, monkeypatch
):
    monkeypatch.setattr(tenure, "LASTS", timedelta(seconds=1))
    first, second = process(), process()
    await asyncio.wait(
        [asyncio.ensure_future(one.acts.wait()) for one in (first, second)], return_when="FIRST_COMPLETED"
    )
    acting, other = (first, second) if first.acts.is_set() else (second, first)
    async with postgresql_database.transaction() as session:
        await session.execute(text("UPDATE leases SET until = until + interval '2 hours'"))
    async with asyncio.timeout(5):
        while await stands_too_late(postgresql_database):  # noqa: ASYNC110  until it is renewed
            await asyncio.sleep(0.01)
    assert (acting.acts.is_set(), other.acts.is_set()) == (True, False)
