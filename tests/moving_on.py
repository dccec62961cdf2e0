"""A house whose clock is moved on: stopping wherever it has something to do on the way."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.application import House
from scheduler.clock import MovableClock
from scheduler.worker import LONGEST_SLEEP

_LEAST = timedelta(milliseconds=50)


async def move_on(house: House, clock: MovableClock, target: datetime, settle: Callable[[], Awaitable[object]]) -> None:
    """Move the clock to `target` (aware), and `settle` at every instant at which something falls due before it."""
    while (wake := await _next_event(house, clock.now(), target)) < target:
        clock.move_to(max(wake, clock.now() + _LEAST))
        await settle()
    clock.move_to(target)
    await settle()


async def _next_event(house: House, instant: datetime, before: datetime) -> datetime:
    """When there is something to do; the hourly looks round, at which nothing falls due, are passed over."""
    async with house.database.transaction() as session:
        while instant < before:
            wake = await house.worker.next_wake(session, instant)
            if wake < instant + LONGEST_SLEEP:
                return wake
            instant = wake - timedelta(seconds=1)
    return before
