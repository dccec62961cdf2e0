"""/healthz: does everything that must turn still turn? /readyz: can it work, with its database, clock and channel?

Who restarts a process asks the first, who routes to it or watches over it the second. No secrets and no persons in
either.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scheduler.clock import Clock

Verdict = Mapping[str, Any]  # "ok", and what else there is to tell
_AHEAD = timedelta(seconds=2)  # by so much clocks are corrected as a matter of course


class Heartbeat(Struct, frozen=True):
    """Something that must have happened lately: `last` tells when it last did (aware; None: never yet).

    A task that has died silently still says it runs; the age of its last good round does not lie.
    """

    name: str  # "poll", "worker"
    last: Callable[[], datetime | None]
    within: timedelta
    trouble: Callable[[], str | None] = lambda: None

    def verdict(self, now: datetime, *, begun: bool = True) -> Verdict:
        """Whether it beat within its time at the aware instant `now`, and how long ago.

        A beat that lies ahead of `now`, by more than a correction of the clock, proves nothing: the clock was set back,
        and it is well again with the next one.

        `begun`: what never beat yet is unwell; otherwise it may still wait for what it begins with.
        """
        last = self.last()
        age = None if last is None else now - last
        return {
            "ok": not begun if age is None else -_AHEAD <= age <= self.within,
            "age_seconds": None if age is None else round(age.total_seconds()),
            "trouble": self.trouble(),
        }


class Check(Struct, frozen=True):
    """Something that is asked when somebody wants to know."""

    name: str  # "database", "clock"
    ask: Callable[[], Awaitable[Verdict]]


def health_route(
    path: str, clock: Clock, heartbeats: Sequence[Heartbeat], checks: Sequence[Check] = (), *, begun: bool = True
) -> Route:
    """GET `path`: 200 if all is well, else 503; the JSON says what is not. `begun` as `Heartbeat.verdict` takes it."""

    async def tell(_: Request) -> JSONResponse:
        verdicts = {check.name: await check.ask() for check in checks}
        verdicts |= {heartbeat.name: heartbeat.verdict(clock.now(), begun=begun) for heartbeat in heartbeats}
        well = all(verdict["ok"] for verdict in verdicts.values())
        return JSONResponse({"status": "ok" if well else "unwell", **verdicts}, status_code=200 if well else 503)

    return Route(path, tell, methods=["GET"])
