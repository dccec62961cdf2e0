"""A hundred thousand schedules of which none is due: what the process costs while it waits."""

import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from tests.bench import databases
from tests.bench.loopback import loopback
from tests.bench.process import running
from tests.bench.report import Table

MEMORY, SHARE = 150.0, 0.01
_SETTLES_WITHIN = 30.0  # seconds: start, recovery, housekeeping
_COLUMNS = ("schedules", "memory", "share of a core")


def run(*, schedules: int = 100_000, seconds: float = 120.0) -> Table:
    """`apel run` on SQLite after it has settled."""
    with databases.sqlite() as url, tempfile.TemporaryDirectory() as place, loopback() as server:
        asyncio.run(_fill(url, schedules))
        with running(server, url, Path(place) / "log") as process:
            time.sleep(_SETTLES_WITHIN)
            cpu, begun = process.cpu(), time.monotonic()
            time.sleep(seconds)
            share = (process.cpu() - cpu) / (time.monotonic() - begun)
            memory = process.memory()
    row = (f"{schedules:,}", f"{memory:.0f} MiB", f"{share:.2%}")
    failures = []
    if memory > MEMORY or share > SHARE:
        failures.append(f"{memory:.0f} MiB and {share:.1%} of a core; promised are {MEMORY:g} MiB and {SHARE:.0%}")
    notes = [f"apel run on SQLite, over {seconds:g} s, {_SETTLES_WITHIN:g} s after its start."]
    return Table("At rest", _COLUMNS, [row], notes, failures)


async def _fill(url: str, schedules: int) -> None:
    tomorrow = SystemClock().now() + timedelta(days=1)
    async with databases.opened(url) as database:
        await databases.fill_with_offices(database, [tomorrow] * schedules)
