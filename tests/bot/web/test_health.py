from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.web.app import make_app
from bot.web.health import Heartbeat
from scheduler.clock import MovableClock
from storage.errors import Unavailable

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class LostDatabase:
    def transaction(self):
        raise Unavailable("OperationalError")


async def health(database, *heartbeats):
    app = make_app(database, MovableClock(NOW), heartbeats=heartbeats)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        answer = await client.get("/healthz")
    return answer.status_code, answer.json()


def beat(ago, trouble=None):
    last = None if ago is None else NOW - timedelta(seconds=ago)
    return Heartbeat("poll", lambda: last, timedelta(seconds=90), lambda: trouble)


async def test_all_is_well(database):
    assert await health(database, beat(90)) == (
        200,
        {"status": "ok", "database": {"ok": True}, "poll": {"ok": True, "age_seconds": 90, "trouble": None}},
    )


@pytest.mark.parametrize(("ago", "age"), [(91, 91), (None, None)])
async def test_what_has_not_beaten_lately_or_ever_is_unwell(database, ago, age):
    assert await health(database, beat(ago, "conflict")) == (
        503,
        {
            "status": "unwell",
            "database": {"ok": True},
            "poll": {"ok": False, "age_seconds": age, "trouble": "conflict"},
        },
    )


async def test_without_its_database_nothing_is_well():
    assert await health(LostDatabase()) == (503, {"status": "unwell", "database": {"ok": False}})
