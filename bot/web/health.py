"""/healthz: is the database there, and does everything that must beat still beat?"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scheduler.clock import Clock
from storage.errors import Unavailable
from storage.queries import settings
from storage.transaction import Database


class Heartbeat(Struct, frozen=True):
    """Something that must have happened lately: `last` tells when it last did (aware; None: never yet).

    A task that has died silently still says it runs; the age of its last good round does not lie.
    """

    name: str  # "poll", "worker"
    last: Callable[[], datetime | None]
    within: timedelta
    trouble: Callable[[], str | None] = lambda: None


def health_route(database: Database, clock: Clock, heartbeats: Sequence[Heartbeat]) -> Route:
    """GET /healthz: 200 if all is well, else 503; the JSON says what is not. No secrets and no persons in it."""

    async def tell(_: Request) -> JSONResponse:
        checks = {"database": {"ok": await _answers(database)}}
        checks |= {heartbeat.name: _beats(heartbeat, clock.now()) for heartbeat in heartbeats}
        well = all(check["ok"] for check in checks.values())
        return JSONResponse({"status": "ok" if well else "unwell", **checks}, status_code=200 if well else 503)

    return Route("/healthz", tell, methods=["GET"])


async def _answers(database: Database) -> bool:
    try:
        async with database.transaction() as session:
            await settings.read(session, "health")
    except Unavailable:
        return False
    return True


def _beats(heartbeat: Heartbeat, now: datetime) -> dict[str, Any]:
    last = heartbeat.last()
    age = None if last is None else now - last
    return {
        "ok": age is not None and age <= heartbeat.within,
        "age_seconds": None if age is None else round(age.total_seconds()),
        "trouble": heartbeat.trouble(),
    }
