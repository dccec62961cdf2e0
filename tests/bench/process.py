"""Processes: the real one, `apel run`, on the first core against a loopback Telegram on the last; and a scenario's own."""

import logging
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.loopback import Loopback
from tests.bench.report import Table

_TICKS = os.sysconf("SC_CLK_TCK")
_STOPS_WITHIN = 15.0


class Running:
    """A started process, seen from outside."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def memory(self) -> float:
        """MiB resident."""
        return self._kib("VmRSS") / 1024

    def cpu(self) -> float:
        """Seconds of processor time until now, all threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def complaints(self) -> list[str]:
        """Warnings and errors in its log."""
        return [line for line in self._log.read_text("utf-8").splitlines() if " WARNING" in line or " ERROR" in line]

    def _kib(self, name: str) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])


@contextmanager
def running(server: Loopback, database_url: str, log: Path) -> Iterator[Running]:
    """`apel run` on this database; stopped by SIGTERM at the end."""
    own = {
        "APEL_TELEGRAM_TOKEN": server.token,
        "APEL_TELEGRAM_API_URL": server.origin,
        "APEL_DATABASE_URL": database_url.replace("+aiosqlite", "").replace("+asyncpg", ""),
        "PYTHONPATH": str(Path.cwd()),
    }
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env={**os.environ, **own},
            stdout=written,
            stderr=written,
        )
        os.sched_setaffinity(process.pid, {0})
        try:
            yield Running(process, log)
        finally:
            process.terminate()
            process.wait(_STOPS_WITHIN)


def quietly(run: Callable[..., Table], options: Mapping[str, Any]) -> Table:
    """Run a scenario without what its peers log of every 429, at length, and what they warn of."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    return run(**options)


def sleep_until(monotonic: float) -> None:
    """Wait for an instant of the machine's monotonic clock, with nothing else to do."""
    time.sleep(max(0.0, monotonic - time.monotonic()))
