"""The ASGI application: the webhooks of the channels, /healthz, /readyz and /metrics."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.health import Heartbeat, health_route
from bot.web.metrics import metrics_route
from bot.web.readiness import clock_check, database_check
from bot.web.signed_webhooks import SignedInlet, signed_route
from bot.web.webhooks import Inlet, webhook_route
from scheduler.clock import Clock
from scheduler.metrics import Metrics
from storage.transaction import Database


def make_app(
    database: Database,
    clock: Clock,
    metrics: Metrics,
    *,
    inlets: Sequence[Inlet | SignedInlet] = (),
    loops: Sequence[Heartbeat] = (),
    channels: Sequence[Heartbeat] = (),
    database_trouble: Callable[[], str | None] = lambda: None,
) -> Starlette:
    """What is served over HTTP; everything else is 404.

    `loops`, once begun, must turn for it to be alive; to be ready, they must have, and `channels` be heard of as well.
    `database_trouble` tells why the database could not be worked with lately.
    """
    checks = (database_check(database, database_trouble), clock_check(database, clock))
    return Starlette(
        routes=[
            health_route("/healthz", clock, loops, begun=False),
            health_route("/readyz", clock, [*loops, *channels], checks),
            metrics_route(database, clock, metrics),
            *(_route(inlet, database, clock) for inlet in inlets),
        ]
    )


def _route(inlet: Inlet | SignedInlet, database: Database, clock: Clock) -> Route:
    if isinstance(inlet, SignedInlet):
        return signed_route(inlet, database, clock)
    return webhook_route(inlet, database, clock)
