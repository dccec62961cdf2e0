"""The dead man's switch: somebody outside is called after each healthy tick, and alarms when the calls stop.

Any service that expects a GET at least every few minutes serves (Healthchecks, Cronitor, Uptime Kuma's push monitor).
"""

import asyncio
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp

from scheduler.clock import Clock

log = logging.getLogger(__name__)

# Ticks may come in dozens a second; whoever listens wants to hear from us, not each one. Somewhat shorter than the
# longest time between two ticks: one that comes a little early is not left out, and the gap twice as long.
EVERY = timedelta(seconds=25)
_ANSWER_SECONDS = 10.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Pulse:
    """Calls `url` at most every `EVERY`; a call that fails harms nothing and is logged once until one succeeds."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url, self._clock = url, clock
        self._last: datetime | None = None
        self._calling: asyncio.Task[None] | None = None
        self._failing = False

    def beat(self) -> None:
        """A tick went well."""
        now = self._clock.now()
        busy = self._calling is not None and not self._calling.done()
        early = self._last is not None and timedelta(0) <= now - self._last < EVERY
        if not busy and not early:
            self._last = now
            self._calling = asyncio.create_task(self._call())

    async def close(self) -> None:
        """Let the last call go."""
        if self._calling is not None:
            self._calling.cancel()
            await asyncio.gather(self._calling, return_exceptions=True)

    async def _call(self) -> None:
        proxied = urlsplit(self._url).hostname not in _LOOPBACK
        patience = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=patience, trust_env=proxied) as client,
                client.get(self._url) as answer,
            ):
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if not self._failing:  # the address may hold a secret: only the kind of trouble is told
                log.warning("the heartbeat could not be delivered: %s", type(error).__name__)
            self._failing = True
        else:
            self._failing = False
