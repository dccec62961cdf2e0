"""Loops that do one step whenever they are woken, and the alarm clock that wakes them.

APScheduler supplies wake-ups and nothing else: what is due is decided by the step itself, from the database and the
project's clock. An alarm that never rings costs at most one heartbeat.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.clock import Clock, SystemClock
from storage.errors import Unavailable

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=30)  # a moved system clock or a lost alarm is noticed after this
_SHORTEST_PAUSE = timedelta(milliseconds=20)
_NEAR = timedelta(seconds=1)
_AFTER_TROUBLE = timedelta(seconds=2)
_LET_FINISH = 3.0  # seconds that work under way may take once its task is cancelled

T = TypeVar("T")
Step = Callable[[], Coroutine[Any, Any, datetime | None]]


class Alarm:
    """Wakes loops at instants of `clock`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._system = SystemClock()
        self._clock = clock or self._system
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._near: dict[str, asyncio.TimerHandle] = {}

    def start(self) -> None:
        """Begin to ring; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)

    def ring_at(self, name: str, instant: datetime, wake: Callable[[], None]) -> None:
        """Call `wake` once at the aware instant; replaces what was set under this name."""
        if (ahead := instant - self._clock.now()) < _NEAR:  # to the millisecond, and for next to nothing
            if (before := self._near.pop(name, None)) is not None:
                before.cancel()
            self._near[name] = asyncio.get_running_loop().call_later(ahead.total_seconds(), wake)
            return
        rings = self._system.now() + (instant - self._clock.now())  # APScheduler knows the system's clock alone
        self._scheduler.add_job(wake, "date", run_date=rings, id=name, replace_existing=True, misfire_grace_time=None)

    def ring_every(self, name: str, every: timedelta, wake: Callable[[], None]) -> None:
        """Call `wake` again and again; replaces what was set under this name."""
        self._scheduler.add_job(
            wake,
            "interval",
            seconds=every.total_seconds(),
            id=name,
            replace_existing=True,
            misfire_grace_time=None,
            coalesce=True,
        )


class Loop:
    """Does `step` when woken; the step tells when it wants to be woken next. `last` (aware) is the heartbeat."""

    def __init__(
        self, name: str, step: Step, clock: Clock, alarm: Alarm, shortest_pause: timedelta = _SHORTEST_PAUSE
    ) -> None:
        self._name = name
        self._step = step
        self._clock = clock
        self._alarm = alarm
        self._shortest_pause = shortest_pause
        self._awake = asyncio.Event()
        self.last: datetime | None = None
        self.trouble: str | None = None  # why the database could not be worked with at the last step

    def wake(self) -> None:
        """Do the step soon."""
        self._awake.set()

    async def run(self) -> NoReturn:
        """Go on until cancelled; a step under way is let finish, within _LET_FINISH.

        A database that cannot be worked with is asked again after a pause.
        """
        self._alarm.ring_every(f"{self._name}: heartbeat", HEARTBEAT, self.wake)
        self.last = self._clock.now()  # from now on it has to turn
        self.trouble = None
        self.wake()
        while True:
            await self._awake.wait()
            self._awake.clear()
            self._set_alarm(await finished(self._once()))

    async def _once(self) -> datetime | None:
        try:
            wanted = await self._step()
        except Unavailable as error:
            log.warning("%s: the database cannot be worked with (%s)", self._name, error)
            self.trouble = str(error)
            self.last = self._clock.now()  # it turns; that the database does not serve is told by itself
            return self._clock.now() + _AFTER_TROUBLE
        except Exception:  # the loop outlives a defect: the rows are still there at the next heartbeat
            log.exception("%s: a step failed", self._name)
            return self._clock.now() + _AFTER_TROUBLE
        self.last, self.trouble = self._clock.now(), None
        return wanted

    def _set_alarm(self, wanted: datetime | None) -> None:
        if wanted is not None:
            self._alarm.ring_at(self._name, max(wanted, self._clock.now() + self._shortest_pause), self.wake)


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Await work that a cancellation does not cut in two, unless it takes longer than _LET_FINISH.

    A connection to the database that is cut off while it opens, or in mid-transaction, is never closed.
    """
    under_way = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        await asyncio.wait([under_way], timeout=_LET_FINISH)
        under_way.cancel()
        raise
