"""A hundred thousand schedules of which none is due: what the process costs while it waits."""

import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from tests.bench import databases
from tests.bench.loopback import loopback
from tests.bench.process import Running, running
from tests.bench.report import Table

MEMORY, SHARE = 150.0, 0.01
_SETTLES_WITHIN = 300.0  # seconds: start, recovery, the housekeeping of every office
_SETTLED = 0.05  # of a core over _LOOKED_AT seconds
_LOOKED_AT = 10.0
_EACH = 5  # schedules of one office
_COLUMNS = ("offices", "schedules", "memory", "share of a core")


def run(*, schedules: int = 100_000, seconds: float = 120.0) -> Table:
    """`apel run` on SQLite after it has settled, beside one that has nothing to do at all."""
    empty, _ = _rest(0, _LOOKED_AT)
    memory, share = _rest(schedules, seconds)
    costs = memory - empty
    rows = [
        ("0", "0", f"{empty:.0f} MiB", ""),
        (f"{schedules // _EACH:,}", f"{schedules:,}", f"{memory:.0f} MiB", f"{share:.2%}"),
    ]
    failures = []
    if costs > MEMORY or share > SHARE:
        failures.append(f"{costs:.0f} MiB more and {share:.1%} of a core; promised are {MEMORY:g} MiB and {SHARE:.0%}")
    notes = [f"apel run on SQLite, over {seconds:g} s once it has come to rest."]
    return Table("At rest", _COLUMNS, rows, notes, failures)


def _rest(schedules: int, seconds: float) -> tuple[float, float]:
    """MiB resident and share of a core."""
    with databases.sqlite() as url, tempfile.TemporaryDirectory() as place, loopback() as server:
        asyncio.run(_fill(url, schedules))
        with running(server, url, Path(place) / "log") as process:
            _let_settle(process)
            cpu, begun = process.cpu(), time.monotonic()
            time.sleep(seconds)
            return process.memory(), (process.cpu() - cpu) / (time.monotonic() - begun)


def _let_settle(process: Running) -> None:
    """Until it has done what every start has to do."""
    ends = time.monotonic() + _SETTLES_WITHIN
    while time.monotonic() < ends:
        cpu = process.cpu()
        time.sleep(_LOOKED_AT)
        if 0 < process.cpu() - cpu < _SETTLED * _LOOKED_AT:
            return


async def _fill(url: str, schedules: int) -> None:
    """Offices that have planned ahead; each has a reading tomorrow and meetings later."""
    tomorrow = SystemClock().now() + timedelta(days=1)
    async with databases.opened(url) as database:
        await databases.fill_with_offices(database, [tomorrow] * (schedules // _EACH), meetings_each=_EACH - 1)
