"""python -m tests.measure: the figures that a program can take by itself.

Cold start to first poll and memory at rest of `apel run` against a loopback Telegram, and the lines of the modules.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from scheduler.clock import SystemClock
from tests.fakes.telegram_server import TelegramServer

ROOMS = ("bot", "content", "scheduler", "storage")
AT_REST = 10.0  # seconds after the first poll


async def _start_and_rest() -> tuple[float, float]:
    """Seconds from the start of the process to its first getUpdates, and MiB resident ten seconds later."""
    async with TelegramServer(SystemClock()) as server:
        with tempfile.TemporaryDirectory() as place:
            own = {"APEL_TELEGRAM_TOKEN": server.token, "APEL_TELEGRAM_API_URL": server.origin}
            begun = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=place, env={**os.environ, **own, "PYTHONPATH": str(Path.cwd())}
            )
            try:
                await server.until(lambda: "getUpdates" in server.calls)
                first_poll = time.perf_counter() - begun
                await asyncio.sleep(AT_REST)
                return first_poll, _resident(process.pid)
            finally:
                process.terminate()
                await process.wait()


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kib = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kib) / 1024


def _lines() -> list[tuple[int, Path]]:
    modules = [path for room in ROOMS for path in Path(room).rglob("*.py") if "migrations" not in path.parts]
    return sorted((len(path.read_text("utf-8").splitlines()), path) for path in modules)


def main() -> None:
    """Take and print every figure."""
    starts = [asyncio.run(_start_and_rest()) for _ in range(3)]
    lines = _lines()
    counts = [count for count, path in lines if path.name != "__init__.py"]
    print(f"cold start to first poll: {statistics.median(start for start, _ in starts):.2f} s (median of 3)")
    print(f"memory at rest: {statistics.median(rest for _, rest in starts):.0f} MiB resident (median of 3)")
    print(f"modules: {len(counts)}, lines median {statistics.median(counts):.0f}, max {lines[-1][0]} ({lines[-1][1]})")


if __name__ == "__main__":
    main()
