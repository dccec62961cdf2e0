"""The ASGI application: the webhooks of the channels, and /healthz."""

from collections.abc import Sequence

from starlette.applications import Starlette

from bot.web.health import Heartbeat, health_route
from bot.web.webhooks import Inlet, webhook_route
from scheduler.clock import Clock
from storage.transaction import Database


def make_app(
    database: Database, clock: Clock, *, inlets: Sequence[Inlet] = (), heartbeats: Sequence[Heartbeat] = ()
) -> Starlette:
    """What is served over HTTP; everything else is 404."""
    webhooks = [webhook_route(inlet, database, clock) for inlet in inlets]
    return Starlette(routes=[health_route(database, clock, heartbeats), *webhooks])
