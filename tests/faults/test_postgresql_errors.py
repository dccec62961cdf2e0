"""PostgreSQL is full, has no connection left, shuts down or takes sides: once each, and all goes on by itself."""

import asyncio
import socket
from datetime import timedelta

import httpx
import pytest
from sqlalchemy.engine import make_url

from scheduler.clock import SystemClock
from tests.fakes.telegram_faults import Hold
from tests.faults import office
from tests.faults.bot import until
from tests.faults.conftest import IN_FULL, morning
from tests.faults.server_errors import CLAIMED, ENDED_BY_ADMINISTRATOR, PLANNED, SENDING, SENT, ServerErrors

FULL, SERIALIZATION, DEADLOCK = "53100", "40001", "40P01"
USUALLY = {(FULL, SENDING, False), (FULL, SENT, True), (ENDED_BY_ADMINISTRATOR, SENT, False)}
AT_ONE_STEP = [
    *((FULL, step, at_commit) for step in (PLANNED, CLAIMED, SENDING, SENT) for at_commit in (False, True)),
    *((ENDED_BY_ADMINISTRATOR, step, at_commit) for step in (SENDING, SENT) for at_commit in (False, True)),
    (SERIALIZATION, SENT, True),
    (DEADLOCK, SENDING, False),
]


async def troubled(scene):
    errors = ServerErrors(scene)
    await errors.install()
    return errors


async def once_each(scene, messages):
    await scene.done()
    verdict = await scene.verdict()
    found = (verdict.wrong, verdict.states, verdict.arrivals)
    assert found == ([], {"sent": messages}, messages), scene.said()[-6000:]
    assert not scene.bots[-1].ended


@pytest.mark.parametrize(
    ("code", "step", "at_commit"),
    [pytest.param(*one, marks=[] if one in USUALLY else [IN_FULL]) for one in AT_ONE_STEP],
)
async def test_it_fails_twice_at_one_step(postgresql_scene, code, step, at_commit):
    scene = postgresql_scene
    errors = await troubled(scene)
    messages = await morning(scene)
    await errors.begin(code, step, times=2, at_commit=at_commit)
    scene.starts()
    await once_each(scene, messages)
    assert await errors.met() == 2


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def ready(port):
    """What /readyz says of the database."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).json()["database"]


async def in_mid_broadcast(scene, **more):
    """Twenty posts, of which the first five are accepted and some wait for an answer that is held."""
    hold, now = Hold(), SystemClock().now()
    scene.server.trouble = lambda arrival: hold if arrival.number > 5 else None
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=20)
    await office.broadcasts(scene.database, [now - timedelta(seconds=1)], groups=20)
    scene.starts(telegram_per_second=10, **more)
    await asyncio.wait_for(scene.server.arrived(8), 30)
    return hold


@IN_FULL
async def test_full_for_longer_than_the_lease_lasts_and_then_given_room(postgresql_scene):
    """Nothing at all can be written: who acts stands by, and acts again once there is room, without a new start.

    What was answered meanwhile is known to it still, and is not called uncertain. /readyz tells of it all the while.
    """
    scene = postgresql_scene
    errors = await troubled(scene)
    port = free_port()
    hold = await in_mid_broadcast(scene, http_port=port)
    assert await ready(port) == {"ok": True}
    await errors.begin(FULL)
    hold.release.set()
    await until(lambda: "standing by" in scene.said())
    assert await ready(port) == {"ok": False, "trouble": "DiskFullError"}
    scene.server.trouble = lambda _: None
    await errors.end()
    await once_each(scene, 20)
    assert await ready(port) == {"ok": True}


async def limited_user(scene, errors):
    """The product's user from now on: one whom the server's limits of connections hold for."""
    await errors.do("DROP ROLE IF EXISTS apel_limited", "CREATE ROLE apel_limited LOGIN", "SELECT 1")
    rights = [f"GRANT ALL ON ALL {kind} IN SCHEMA public TO apel_limited" for kind in ("TABLES", "SEQUENCES")]
    await errors.do(*rights, "SELECT 1")
    scene.url = make_url(scene.url).set(username="apel_limited").render_as_string(False)


@IN_FULL
async def test_no_connection_is_left_for_a_while(postgresql_scene):
    scene = postgresql_scene
    errors = ServerErrors(scene)
    await limited_user(scene, errors)
    hold = await in_mid_broadcast(scene)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'apel_limited'"
    await errors.do("ALTER ROLE apel_limited CONNECTION LIMIT 0", cut)
    hold.release.set()
    scene.server.trouble = lambda _: None
    await until(lambda: "TooManyConnectionsError" in scene.said())
    await errors.do("ALTER ROLE apel_limited CONNECTION LIMIT -1")
    await once_each(scene, 20)
