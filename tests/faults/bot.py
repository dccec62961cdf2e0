"""The bot as a process of its own: started, waited for, killed, stopped, terminated."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.faults import launcher
from tests.faults.ledger import Reader
from tests.faults.telegram import FaultyTelegram

PATIENCE = 60.0  # real seconds until something that must come is given up
_LOOK_EVERY = 0.03
_ROOT = Path(__file__).parents[2]

# Every fork of this server is a process of its own that has imported the product already: it starts in a moment.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.launcher", "storage.migrate", "aiosqlite", "asyncpg", "alembic.command"])


def environment(server: FaultyTelegram, url: str, **more: object) -> dict[str, str]:
    """The settings of a bot that speaks with this server and keeps its rows there."""
    named = {f"APEL_{name.upper()}": str(value) for name, value in more.items()}
    own = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.origin, "DATABASE_URL": url}
    return {f"APEL_{name}": value for name, value in own.items()} | named


class Forked:
    """A process with hooks under it, or with none."""

    def __init__(self, settings: dict[str, str], hooks: launcher.Hooks, log: Path) -> None:
        self._process = _FORKS.Process(target=launcher.child, args=(settings, hooks, str(log)), daemon=True)
        self._process.start()

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.exitcode is not None

    @property
    def stands_still(self) -> bool:
        """Whether it was stopped, and did not go on yet."""
        return process_state(self._process.pid) == "T"

    def send_signal(self, number: int) -> None:
        """As the system does."""
        if not self.ended:
            os.kill(self._process.pid, number)

    async def gone(self) -> None:
        """Wait until it is gone."""
        await until(lambda: self.ended)
        self._process.join()


class Plain:
    """`apel run`, as an administrator starts it."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=_ROOT,
                env={"PATH": os.environ["PATH"], **settings},
                stdout=said,
                stderr=said,
            )

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    @property
    def status(self) -> int | None:
        """With what it ended."""
        return self._process.poll()

    def send_signal(self, number: int) -> None:
        """As the system does."""
        self._process.send_signal(number)

    async def gone(self) -> None:
        """Wait until it is gone."""
        await until(lambda: self.ended)


Bot = Forked | Plain


def process_state(pid: int) -> str:
    """The system's letter for what a process does: "T" stands still, "Z" is over; "" is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return ""


async def until(found: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look again and again until it is so.

    Raises:
        TimeoutError: it never came to be.
    """
    async with asyncio.timeout(patience):
        while not found():  # noqa: ASYNC110  another process sets no event here
            await asyncio.sleep(_LOOK_EVERY)


async def killed(bot: Bot) -> None:
    """SIGKILL: nothing is finished, nothing is said."""
    bot.send_signal(signal.SIGKILL)
    await bot.gone()


async def ended_or_done(bot: Bot, reader: Reader, patience: float = PATIENCE) -> bool:
    """Wait until the process is gone (False), or has nothing left to do (True)."""
    async with asyncio.timeout(patience):
        while not bot.ended:
            if await reader.undone() == 0:
                return True
            await asyncio.sleep(_LOOK_EVERY)
    return False
