"""The project's one clock: a port, the system clock, one that follows a server's, and one that tests move."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_WRONG_BY = timedelta(seconds=1)  # what a reading may be; a clock that was set anew is followed back
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first counts also while a machine is suspended


def steady() -> float:
    """Seconds by a count that nobody sets and that goes on while the process stands still."""
    return time.clock_gettime(_STEADY)


class Clock(Protocol):
    """Tells the present instant, aware, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...

    def steady(self) -> float:
        """Seconds by a count that nobody sets: between two looks it tells how long it was, whatever `now` says."""
        ...


class SystemClock:
    """The only reader of the wall clock."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """As the port says."""
        return steady()


class FollowingClock:
    """Another machine's clock as it was last read, which goes on steadily from there; the system's until it was read.

    Processes that follow one clock agree on what is due, however their own machines are set. Each reading is a little
    wrong by the time it took: where that would turn the clock back it stands still instead.
    """

    def __init__(self) -> None:
        self._read: tuple[datetime, float] | None = None
        self._told = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The present instant, UTC."""
        instant = self._present()
        if timedelta(0) < self._told - instant < _WRONG_BY:
            return self._told
        self._told = instant
        return instant

    def steady(self) -> float:
        """This machine's own count."""
        return steady()

    def follow(self, instant: datetime, ago: timedelta = timedelta(0)) -> None:
        """The clock that is followed showed this aware instant, so long ago by a steady count."""
        self._read = (instant.astimezone(UTC) + ago, steady())

    def _present(self) -> datetime:
        if self._read is None:
            return datetime.now(UTC)
        instant, at = self._read
        return instant + timedelta(seconds=steady() - at)


class MovableClock:
    """A clock that stands still until it is moved; backwards only by who sets it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._steady = 0.0

    def now(self) -> datetime:
        """The instant it was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward to an aware `instant`; raises ValueError for an earlier one."""
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now}, cannot go back to {instant}")
        self._steady += (instant - self._now).total_seconds()
        self._now = instant.astimezone(UTC)

    def set_to(self, instant: datetime) -> None:
        """It shows another aware instant from now on, earlier or later, though no time has passed."""
        self._now = instant.astimezone(UTC)

    def steady(self) -> float:
        """The seconds for which it was moved."""
        return self._steady

    def advance(self, by: timedelta) -> None:
        """Move forward by a span."""
        self.move_to(self._now + by)
