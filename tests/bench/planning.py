"""Writing fifty thousand deliveries that fall due in one minute: how long it takes, and what memory it needs."""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
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
_COLUMNS = ("database", "offices", "deliveries", "seconds", "CPU seconds", "memory grows by at most")


def run(*, offices: int = 1_250, groups_each: int = 40, with_postgresql: bool = True) -> Table:
    """Every office's reading, into each of its groups, due within one minute; nothing is sent."""
    own_core()
    kinds: dict[str, Callable[[], AbstractContextManager[str]]] = {"SQLite": databases.sqlite}
    if with_postgresql:
        kinds["PostgreSQL"] = databases.postgresql
    table = Table("Planning", _COLUMNS, [], failures=[])
    for name, database in kinds.items():
        with database() as url:
            # filled by another process: what that needed for it must not hide what planning needs
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                process.submit(_fill, url, offices, groups_each).result()
            count, seconds, cpu, grown = asyncio.run(_plan(url))
        if count != offices * groups_each:
            raise AssertionError(f"{count} deliveries of {offices * groups_each} were written")
        table.rows.append((name, f"{offices:,}", f"{count:,}", f"{seconds:.1f}", f"{cpu:.1f}", f"{grown:.0f} MiB"))
        if seconds > SECONDS or grown > MEMORY:
            table.failures.append(
                f"{name}: {seconds:.1f} s and {grown:.0f} MiB; promised are {SECONDS:g} s and {MEMORY:g} MiB"
            )
    return table


def _fill(url: str, offices: int, groups_each: int) -> None:
    now = SystemClock().now()
    due = [now - timedelta(seconds=60 * number / offices) for number in range(offices)]

    async def fill() -> None:
        async with databases.opened(url) as database:
            await databases.fill_with_offices(database, due, groups_each=groups_each)

    asyncio.run(fill())


async def _plan(url: str) -> tuple[int, float, float, float]:
    """Deliveries written, seconds, seconds of CPU, MiB grown."""
    async with databases.opened(url) as database:
        worker = Worker(database, SystemClock(), {}, load_regulations())
        await worker.tick(SystemClock().now() - timedelta(days=1), wait=False)  # nothing was due then
        before = _peak(forget=True)
        begun, cpu = time.perf_counter(), time.process_time()
        while (await worker.tick(SystemClock().now(), wait=False)).posted:
            pass
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        grown = _peak() - before
        async with database.transaction() as session:
            count = (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()
    return count, seconds, cpu, grown


def _peak(*, forget: bool = False) -> float:
    """The most MiB that were resident since the last time they were forgotten."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))[1]) / 1024
