"""Two processes on one PostgreSQL, of which the one that sends is killed, or stands still, or is told to stop."""

import asyncio
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from scheduler.clock import SystemClock
from tests.fakes.telegram_faults import Hold
from tests.faults import office
from tests.faults.bot import until
from tests.faults.launcher import Hooks, Kill

GROUPS = 20
PER_SECOND = 10  # what Telegram lets through here, and what both are told to keep to
TAKEN_OVER_WITHIN = 10.0  # seconds


async def two(scene, hooks=None):
    """The one that sends, and the one that stands by; a broadcast fell due once both were there."""
    now = SystemClock().now()
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=GROUPS)
    scene.server.limit(per_second=PER_SECOND)
    acting = scene.starts(hooks, telegram_per_second=PER_SECOND)
    await scene.server.until_polled()
    before = await listeners(scene)
    standing_by = scene.starts(telegram_per_second=PER_SECOND)
    async with asyncio.timeout(30):
        while await listeners(scene) <= before:  # noqa: ASYNC110  as in `until`
            await asyncio.sleep(0.05)
    await office.broadcasts(scene.database, [now - timedelta(seconds=n) for n in (1, 2)], groups=GROUPS)
    await asyncio.wait_for(scene.server.arrived(1), 30)
    return acting, standing_by


async def listeners(scene):
    """The connections on which somebody began to listen for what others write."""
    async with scene.database.concurrent() as session:
        return set(await session.scalars(text("SELECT pid FROM pg_stat_activity WHERE query ILIKE 'listen%'")))


async def goes_on(scene, since):
    """Seconds until the next message arrives."""
    count = len(scene.server.arrivals)
    await asyncio.wait_for(scene.server.arrived(count + 1), 30)
    return time.monotonic() - since


async def finished(scene, *, uncertain):
    await scene.done()
    verdict = await scene.verdict()
    assert verdict.wrong == [], scene.said()[-6000:]
    assert verdict.uncertain <= uncertain
    assert verdict.states["sent"] + verdict.uncertain >= 2 * GROUPS
    # a machine that is busy hands over late what left in time; without limits it would be most of them
    assert scene.server.refused_for_speed <= len(scene.server.arrivals) // 20


async def test_the_one_that_sends_is_killed(postgresql_scene):
    scene = postgresql_scene
    acting, _ = await two(scene)
    await asyncio.wait_for(scene.server.arrived(15), 30)
    await scene.kill(acting)
    killed, sending = time.monotonic(), [r for r in await scene.reader.rows() if r.state == "sending"]
    assert await goes_on(scene, killed) < TAKEN_OVER_WITHIN
    await finished(scene, uncertain=len(sending))


@pytest.mark.in_full
@pytest.mark.parametrize("step", ["before_request", "after_answer"])
async def test_the_one_that_sends_is_killed_around_a_request(postgresql_scene, step):
    scene = postgresql_scene
    acting, _ = await two(scene, Hooks(kill=Kill(step, 20)))
    await acting.gone()
    scene.kills, killed = 1, time.monotonic()
    assert await goes_on(scene, killed) < TAKEN_OVER_WITHIN
    await finished(scene, uncertain=PER_SECOND)


async def test_the_one_that_sends_stands_still_and_goes_on_later(postgresql_scene):
    """It wakes up in the middle of another's broadcast, and sends nothing a second time."""
    scene = postgresql_scene
    acting, _ = await two(scene)
    await asyncio.wait_for(scene.server.arrived(15), 30)
    acting.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    await asyncio.sleep(0.3)  # what had left has arrived
    sending = [row for row in await scene.reader.rows() if row.state == "sending"]
    assert await goes_on(scene, stopped) < TAKEN_OVER_WITHIN
    acting.send_signal(signal.SIGCONT)
    await finished(scene, uncertain=len(sending))
    assert not acting.ended


@pytest.mark.in_full
@pytest.mark.parametrize("by", ["sending_at=", "sent_at="])
async def test_the_one_that_sends_stands_still_in_mid_transaction(postgresql_scene, by):
    """Whatever it has locked is let go before its lease lapses: nobody waits for it any longer."""
    scene = postgresql_scene
    acting, _ = await two(scene, Hooks(kill=Kill("before_commit", 2, by=by, signal=signal.SIGSTOP)))
    await until(lambda: acting.stands_still)
    stopped = time.monotonic()
    await asyncio.sleep(0.3)
    assert await goes_on(scene, stopped) < TAKEN_OVER_WITHIN
    acting.send_signal(signal.SIGCONT)
    await finished(scene, uncertain=PER_SECOND)
    assert not acting.ended


@pytest.mark.in_full
async def test_the_one_that_sends_stands_still_between_the_commit_and_the_request(postgresql_scene):
    """What another called uncertain meanwhile, and the secretary may have sent again, does not leave when it goes on."""
    scene = postgresql_scene
    acting, _ = await two(scene, Hooks(kill=Kill("after_commit", 2, by="sending_at=", signal=signal.SIGSTOP)))
    await until(lambda: acting.stands_still)
    assert await goes_on(scene, time.monotonic()) < TAKEN_OVER_WITHIN
    uncertain = [row for row in await scene.reader.rows() if row.state == "uncertain"]
    left = {(arrival.chat_id, arrival.text) for arrival in scene.server.accepted()}
    kept = [row for row in uncertain if (int(row.chat_id), row.text) not in left]
    assert kept
    acting.send_signal(signal.SIGCONT)
    await finished(scene, uncertain=len(uncertain))
    assert not {(int(row.chat_id), row.text) for row in kept} & {(a.chat_id, a.text) for a in scene.server.accepted()}
    assert not acting.ended


@pytest.mark.in_full
async def test_the_one_that_sends_stands_still_while_a_request_is_on_its_way(postgresql_scene):
    """Its answer comes after another has taken over and called the message uncertain: the late word settles it."""
    scene, hold = postgresql_scene, Hold()
    scene.server.trouble = lambda arrival: hold if arrival.number == 12 else None
    acting, _ = await two(scene)
    await asyncio.wait_for(hold.arrived.wait(), 30)
    acting.send_signal(signal.SIGSTOP)
    hold.release.set()
    stopped = time.monotonic()
    assert await goes_on(scene, stopped) < TAKEN_OVER_WITHIN
    acting.send_signal(signal.SIGCONT)
    await finished(scene, uncertain=PER_SECOND)


@pytest.mark.in_full
async def test_the_one_that_sends_is_told_to_stop(postgresql_scene):
    """It lets the lease go at once, and leaves nothing uncertain."""
    scene = postgresql_scene
    acting, _ = await two(scene)
    await asyncio.wait_for(scene.server.arrived(15), 30)
    acting.send_signal(signal.SIGTERM)
    told = time.monotonic()
    await acting.gone()
    assert await goes_on(scene, told) < 5
    await finished(scene, uncertain=0)


@pytest.mark.in_full
async def test_the_one_that_stands_by_is_killed(postgresql_scene):
    scene = postgresql_scene
    acting, other = await two(scene)
    await scene.kill(other)
    scene.bots = [other, acting]  # the last is the one that must live
    await finished(scene, uncertain=0)


@pytest.mark.in_full
async def test_the_database_closes_every_connection_in_mid_broadcast(postgresql_scene, postgres):
    """What was answered meanwhile is kept until it can be recorded."""
    scene = postgresql_scene
    acting, _ = await two(scene)
    await asyncio.wait_for(scene.server.arrived(15), 30)
    await postgres._do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        database=make_url(scene.url).database,
    )
    await finished(scene, uncertain=0)
    assert not acting.ended
