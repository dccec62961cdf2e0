"""At Telegram's published limits, which the server enforces: how much of the allowance is used, and is it overstepped."""

import asyncio
import bisect
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from scheduler.clock import SystemClock
from tests.bench import databases, peers
from tests.bench.loopback import PUBLISHED, Arrival, Loopback, loopback
from tests.bench.process import running, sleep_until
from tests.bench.report import Table

LEAST_SHARE = 0.98
_STARTS_WITHIN = 12.0  # seconds, the process's own start included
_COLUMNS = ("sender", "sent in the time", "share of the allowance", "refused (429)", "most in any one second")


def run(*, seconds: float = 60.0) -> Table:
    """Ours, and python-telegram-bot's own rate limiter with its defaults."""
    table = Table(f"{PUBLISHED.per_second} messages a second allowed, {seconds:g} s", _COLUMNS, [], failures=[])
    for name, send in (("ours: apel run, SQLite", _ours), ("python-telegram-bot, AIORateLimiter", _limited)):
        with loopback(PUBLISHED) as server:
            arrivals = send(server, seconds)
        row, share, refused = _row(name, arrivals, seconds)
        table.rows.append(row)
        if name.startswith("ours") and share < LEAST_SHARE:
            table.failures.append(f"{share:.1%} of the allowance was used; promised is {LEAST_SHARE:.0%}")
        if name.startswith("ours") and refused:
            table.failures.append(f"{refused} sends were refused; promised is none")
    return table


def _ours(server: Loopback, seconds: float) -> list[Arrival]:
    begin = SystemClock().now() + timedelta(seconds=_STARTS_WITHIN)
    ends = time.monotonic() + _STARTS_WITHIN + seconds + 3
    with databases.sqlite() as url, tempfile.TemporaryDirectory() as place:
        asyncio.run(_fill(url, int(seconds * PUBLISHED.per_second * 1.2), begin))
        with running(server, url, Path(place) / "log"):
            sleep_until(ends)
            return server.arrivals()


async def _fill(url, count, begin) -> None:
    async with databases.opened(url) as database:
        await databases.fill_with_deliveries(database, count, not_before=begin)


def _limited(server: Loopback, seconds: float) -> list[Arrival]:
    async def for_a_while() -> None:
        async with peers.python_telegram_bot(server, limiter=AIORateLimiter()) as send:

            async def one(number: int) -> None:
                with suppress(RetryAfter):
                    await send(number)

            with suppress(TimeoutError):
                async with asyncio.timeout(seconds + 3):
                    await asyncio.gather(*map(one, range(int(seconds * PUBLISHED.per_second * 1.2))))

    asyncio.run(for_a_while())
    return server.arrivals()


def _row(name: str, arrivals: Sequence[Arrival], seconds: float) -> tuple[tuple[str, ...], float, int]:
    within = [arrival for arrival in arrivals if arrival.at < arrivals[0].at + seconds]
    accepted = sum(arrival.accepted for arrival in within)
    refused = len(within) - accepted
    instants = [arrival.at for arrival in within]
    fullest = max(bisect.bisect_left(instants, at + 1.0) - number for number, at in enumerate(instants))
    share = accepted / (seconds * PUBLISHED.per_second)
    return (name, f"{accepted:,}", f"{share:.1%}", str(refused), str(fullest)), share, refused
