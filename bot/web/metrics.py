"""GET /metrics: what Prometheus scrapes; counters of this process, and the queue as the database has it now."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scheduler.clock import Clock
from scheduler.metrics import Metrics
from storage.errors import Unavailable
from storage.queries import ledger
from storage.transaction import Database


def metrics_route(database: Database, clock: Clock, metrics: Metrics) -> Route:
    """The route; without its database the counters are still told, 200 as ever."""

    async def tell(_: Request) -> Response:
        try:
            async with database.concurrent() as session:
                metrics.queue(await ledger.depth(session), await ledger.oldest_waiting(session, clock.now()))
        except Unavailable:
            pass  # /readyz says so; the rest is worth telling
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", tell, methods=["GET"])
