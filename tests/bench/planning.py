"""Writing fifty thousand deliveries that fall due in one minute: how long it takes, and what memory it needs."""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from content.regulation_loader import load_regulations
from scheduler.clock import SystemClock
from scheduler.worker import Worker
from storage.models import Delivery
from tests.bench import databases
from tests.bench.loopback import own_core
from tests.bench.report import Table

SECONDS, MEMORY = 3.0, 100.0
_COLUMNS = ("database", "offices", "deliveries", "seconds", "memory grows by at most")


def run(*, offices: int = 1_250, groups_each: int = 40, with_postgresql: bool = True) -> Table:
    """Every office's reading, into each of its groups, due within one minute; nothing is sent."""
    own_core()
    kinds: dict[str, Callable[[], AbstractContextManager[str]]] = {"SQLite": databases.sqlite}
    if with_postgresql:
        kinds["PostgreSQL"] = databases.postgresql
    table = Table("Planning", _COLUMNS, [], failures=[])
    for name, database in kinds.items():
        with database() as url:
            count, seconds, grown = asyncio.run(_plan(url, offices, groups_each))
        table.rows.append((name, f"{offices:,}", f"{count:,}", f"{seconds:.1f}", f"{grown:.0f} MiB"))
        if seconds > SECONDS or grown > MEMORY:
            table.failures.append(
                f"{name}: {seconds:.1f} s and {grown:.0f} MiB; promised are {SECONDS:g} s and {MEMORY:g} MiB"
            )
    return table


async def _plan(url: str, offices: int, groups_each: int) -> tuple[int, float, float]:
    now = SystemClock().now()
    due = [now - timedelta(seconds=60 * number / offices) for number in range(offices)]
    async with databases.opened(url) as database:
        await databases.fill_with_offices(database, due, groups_each=groups_each)
        worker = Worker(database, SystemClock(), {}, load_regulations())
        before = _peak(forget=True)
        begun = time.perf_counter()
        while (await worker.tick(SystemClock().now(), wait=False)).posted:
            pass
        seconds = time.perf_counter() - begun
        grown = _peak() - before
        async with database.transaction() as session:
            count = (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()
    if count != offices * groups_each:
        raise AssertionError(f"{count} deliveries of {offices * groups_each} were written")
    return count, seconds, grown


def _peak(*, forget: bool = False) -> float:
    """The most MiB that were resident since the last time they were forgotten."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))[1]) / 1024
