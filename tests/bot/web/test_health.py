"""/healthz: the loops turn. /readyz: database, clock and channel serve."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.web.app import make_app
from bot.web.health import Heartbeat
from scheduler.clock import MovableClock
from scheduler.delivery_queue import enqueue
from scheduler.metrics import Metrics
from scheduler.sender import Destination
from storage.errors import Unavailable

NOW = datetime(2026, 11, 30, tzinfo=UTC)
WELL = {"database": {"ok": True}, "clock": {"ok": True, "behind_seconds": 0}}


class LostDatabase:
    def transaction(self):
        raise Unavailable("OperationalError")

    concurrent = transaction


async def asked(path, database, **more):
    app = make_app(database, MovableClock(NOW), Metrics(), **more)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


def beat(name, ago, trouble=None):
    last = None if ago is None else NOW - timedelta(seconds=ago)
    return Heartbeat(name, lambda: last, timedelta(seconds=90), lambda: trouble)


def told(ok, age, trouble=None):
    return {"ok": ok, "age_seconds": age, "trouble": trouble}


async def test_all_is_well(database):
    loops, channels = [beat("worker", 90)], [beat("poll", 3)]
    assert await asked("/healthz", database, loops=loops, channels=channels) == (
        200,
        {"status": "ok", "worker": told(ok=True, age=90)},
    )
    assert await asked("/readyz", database, loops=loops, channels=channels) == (
        200,
        {"status": "ok", **WELL, "worker": told(ok=True, age=90), "poll": told(ok=True, age=3)},
    )


async def test_a_loop_that_has_not_turned_lately_is_neither_alive_nor_ready(database):
    for path in ("/healthz", "/readyz"):
        status, verdict = await asked(path, database, loops=[beat("worker", 91)])
        assert (status, verdict["status"], verdict["worker"]) == (503, "unwell", told(ok=False, age=91))


@pytest.mark.parametrize(("ahead", "status"), [(2, 200), (3, 503), (3600, 503)])
async def test_a_beat_of_before_the_clock_was_set_back_proves_nothing(database, ahead, status):
    for path in ("/healthz", "/readyz"):
        found, verdict = await asked(path, database, loops=[beat("worker", -ahead)])
        assert (found, verdict["worker"]) == (status, told(ok=status == 200, age=-ahead))


async def test_a_loop_that_has_not_begun_is_alive_and_not_ready(database):
    """To start the process anew would not help: what it waits for would have to be waited for again."""
    status, verdict = await asked("/healthz", database, loops=[beat("worker", None)])
    assert (status, verdict["worker"]) == (200, told(ok=True, age=None))
    status, verdict = await asked("/readyz", database, loops=[beat("worker", None)])
    assert (status, verdict["worker"]) == (503, told(ok=False, age=None))


async def test_a_silent_channel_is_no_reason_to_restart_but_not_ready(database):
    channels = [beat("poll", 91, "conflict")]
    assert await asked("/healthz", database, channels=channels) == (200, {"status": "ok"})
    assert await asked("/readyz", database, channels=channels) == (
        503,
        {"status": "unwell", **WELL, "poll": told(ok=False, age=91, trouble="conflict")},
    )


async def test_without_its_database_it_is_alive_and_not_ready():
    assert await asked("/healthz", LostDatabase()) == (200, {"status": "ok"})
    status, verdict = await asked("/readyz", LostDatabase())
    assert (status, verdict["database"]) == (503, {"ok": False})


async def test_a_database_that_answers_and_takes_nothing_is_alive_and_not_ready(database):
    full = {"database_trouble": lambda: "DiskFullError"}
    assert await asked("/healthz", database, **full) == (200, {"status": "ok"})
    status, verdict = await asked("/readyz", database, **full)
    assert (status, verdict["database"]) == (503, {"ok": False, "trouble": "DiskFullError"})


@pytest.mark.parametrize(("ahead", "status"), [(60, 200), (61, 503)])
async def test_a_clock_set_back_behind_what_was_written_is_not_ready(database, ahead, status):
    then = NOW + timedelta(seconds=ahead)
    async with database.transaction() as session:
        await enqueue(
            session, destination=Destination("telegram", "11"), key="help/not_understood", parameters={}, now=then
        )
    found, verdict = await asked("/readyz", database)
    assert (found, verdict["clock"]["behind_seconds"]) == (status, ahead)
