"""Runs the product's own `run(settings)`, and harms it at exactly the place that a test names.

    python -m tests.faults.launcher '{"kill": {"step": "before_commit", "number": 3}}'

The product knows nothing of this: what is hooked lies under it (the database's driver, HTTP, the clock), and SIGKILL
comes from the process itself, so that the place is the same at every run. A process without hooks is the product.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from bot import loops, on_telegram, running
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.transport import Transport
from bot.config import Settings
from scheduler import posting
from scheduler.clock import SystemClock

_WRITES = ("INSERT", "UPDATE", "DELETE")
_WRITTEN = "written"  # what a connection's transaction has changed, under this key
SENDS = "/sendMessage"


class Kill(Struct, frozen=True):
    """SIGKILL, or another signal, at the place with this number, from 1, of all places of this kind.

    Steps: "before_commit" and "after_commit" (of a transaction that changed something, by a statement that contains
    `by`); "before_request" (a message is about to leave) and "after_answer" (its answer is here, and not recorded).
    """

    step: str
    number: int = 1
    by: str = ""
    signal: int = signal.SIGKILL


class Hooks(Struct, frozen=True):
    """What is done to the process. Nothing: it is the product."""

    kill: Kill | None = None
    clock_file: str | None = None  # holds the seconds by which the system's clock is wrong
    answer_seconds: float | None = None  # how long an answer is waited for
    largest_file: int | None = None  # bytes
    rows_a_step: int | None = None  # written in one step of posting


class _Killer:
    """Counts the places, and ends the process at the chosen one."""

    def __init__(self, kill: Kill) -> None:
        self._kill = kill
        self._passed = 0

    def pass_by(self, step: str) -> None:
        if step != self._kill.step:
            return
        self._passed += 1
        if self._passed == self._kill.number:
            os.kill(os.getpid(), self._kill.signal)

    def install(self) -> None:
        if self._kill.step.endswith("_commit"):
            event.listen(Engine, "after_cursor_execute", _note_writing)
            event.listen(Engine, "rollback", _forget_writing)
            self._wrap_commits()
        else:
            self._wrap_requests()

    def _wrap_commits(self) -> None:
        commit, by = DefaultDialect.do_commit, self._kill.by

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            counts = any(by in statement for statement in connection.info.pop(_WRITTEN, ()))
            if counts:
                self.pass_by("before_commit")
            commit(dialect, connection)
            if counts:
                self.pass_by("after_commit")

        DefaultDialect.do_commit = do_commit

    def _wrap_requests(self) -> None:
        request = Transport.do_request

        async def do_request(transport: Transport, url: str, *arguments: Any, **more: Any) -> tuple[int, bytes]:
            if url.endswith(SENDS):
                self.pass_by("before_request")
            answer = await request(transport, url, *arguments, **more)
            if url.endswith(SENDS):
                self.pass_by("after_answer")
            return answer

        Transport.do_request = do_request


def _forget_writing(connection: Any) -> None:
    if not connection.invalidated:  # the server ended it, and with it all that is known of it
        connection.info.pop(_WRITTEN, None)


def _note_writing(connection: Any, cursor: Any, statement: str, *_: object) -> None:
    if not statement.lstrip().startswith(_WRITES):
        return
    changed = cursor.rowcount if cursor.description is None else len(cursor._rows)
    if changed:
        connection.info.setdefault(_WRITTEN, []).append(statement)


class _WrongClock(SystemClock):
    """The system's clock, wrong by what the file says: it can be moved while the process runs.

    Moved forward, so much time has passed; moved back, somebody set it.
    """

    def __init__(self, file: str) -> None:
        self._file = Path(file)
        self._wrong = self._passed = 0.0

    def now(self) -> Any:
        wrong = float(self._file.read_text("ascii"))
        self._passed += max(0.0, wrong - self._wrong)
        self._wrong = wrong
        return super().now() + timedelta(seconds=wrong)

    def steady(self) -> float:
        return super().steady() + self._passed


def run(environment: Mapping[str, str], hooks: Hooks) -> None:
    """Be `apel run` with these settings, until it ends or is ended."""
    if hooks.kill is not None:
        _Killer(hooks.kill).install()
    if hooks.clock_file is not None:
        running.SystemClock = partial(_WrongClock, hooks.clock_file)
        loops.HEARTBEAT = timedelta(seconds=0.2)  # a moved clock is noticed after this
    if hooks.answer_seconds is not None:
        on_telegram.Connection = partial(Connection, answer_seconds=hooks.answer_seconds)
    if hooks.largest_file is not None:
        _limit_files(hooks.largest_file)
    if hooks.rows_a_step is not None:
        posting._ROWS_AT_ONCE = hooks.rows_a_step
    asyncio.run(running.run(Settings.from_environment(environment)))


def _limit_files(size: int) -> None:
    import resource  # noqa: PLC0415  not everywhere

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def child(environment: Mapping[str, str], hooks: Hooks, log: str) -> NoReturn:
    """As `run`, for a process that was forked: what it says goes into a file."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    run(environment, hooks)
    os._exit(0)


if __name__ == "__main__":
    run(os.environ, Hooks() if len(sys.argv) < 2 else msgspec.json.decode(sys.argv[1], type=Hooks))
