"""Tenure: of the processes that share a database one acts for the bot, until its lease lapses; the others stand by.

Whoever acts renews the lease every `RENEWED_EVERY` and stops a good while before it could be another's. A process
that stood still and does not know it yet sends nothing twice either: each row changes hands in the database.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NoReturn

from bot.loops import finished
from scheduler.clock import FollowingClock, SystemClock, steady
from storage.engine import session_name
from storage.errors import Unavailable
from storage.queries import leases
from storage.queries.leases import Taken
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

LASTS = timedelta(seconds=6)
RENEWED_EVERY = 2.0  # seconds
_ACTS_FOR = 4.0  # since the last renewal that succeeded was asked for
_TRIED_EVERY = 1.0  # by those who stand by
_AGAIN_AFTER = 0.2  # a renewal that failed
_LET_GO_WITHIN = 2.0  # or else the lease lapses by itself

Act = Callable[[Taken], Coroutine[Any, Any, Any]]


class Tenure:
    """One process's part in it. Whoever is alone on a SQLite file acts for as long as it runs."""

    def __init__(
        self,
        database: Database,
        name: str,
        clock: FollowingClock | SystemClock,
        own: Database | None = None,
        *,
        more: Sequence[str] = (),
    ) -> None:
        """`name` and `more` are the leases', one for each channel: whoever acts for the bot has them all.

        A clock that follows another is shown the database's.
        `own`: the same database by connections of its own, so that no rush of work keeps the lease from being renewed.
        """
        self._database, self._clock = database, clock
        self._names = sorted({name, *more})  # taken in one order, so that no two wait for each other
        self._own = own or database
        self._own.announces = False  # who lets the lease go says so by itself
        self._until = -math.inf
        self._too_late_since = math.inf  # by the steady count, that another's lease ends later than it may
        self.trouble: str | None = None  # why the lease could not be asked for, or renewed, the last time
        self._woken = asyncio.Event()
        self.holder = leases.holder_of(session_name())

    @property
    def held(self) -> bool:
        """Whether this process may act now."""
        return steady() < self._until

    def look(self) -> None:
        """Something was written: perhaps the lease was let go."""
        self._woken.set()

    async def whenever_held(self, act: Act) -> NoReturn:
        """Run `act` while the lease is ours and cancel it when that is lost, again and again; raises what it raises.

        While it is being cancelled the lease is still renewed, so that what is in hand is finished in peace; then it
        is let go.
        """
        try:
            while True:
                taken = await self._taken()
                log.info("acting for the bot, %s", "the first" if taken.before is None else "after another process")
                await self._while_held(act(taken))
                log.warning("standing by: the lease could not be renewed")
        finally:
            await self._let_go()

    async def _while_held(self, work: Coroutine[Any, Any, Any]) -> None:
        acting, keeping = asyncio.create_task(work), asyncio.create_task(self._keep())
        try:
            await asyncio.wait([acting, keeping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            acting.cancel()
            await asyncio.wait([acting])
            keeping.cancel()
            await asyncio.wait([keeping])
            self._database.announces = self._database.shared
        if not acting.cancelled():
            acting.result()

    async def _taken(self) -> Taken:
        told = ""
        while True:
            self._woken.clear()
            try:
                taken = await finished(self._take())
                self.trouble = None
            except Unavailable as error:
                level = logging.DEBUG if str(error) == told else logging.WARNING
                log.log(level, "the database cannot be worked with (%s)", error)
                self.trouble = told = str(error)
                taken = None
            if taken is not None:
                return taken
            with suppress(TimeoutError):
                async with asyncio.timeout(_TRIED_EVERY):
                    await self._woken.wait()

    async def _take(self) -> Taken | None:
        asked = steady()
        alone = not self._database.shared
        async with self._own.concurrent() as session:
            await self._follow(session, asked)
            taken = await self._take_all(session, alone=alone, stuck=not alone and await self._is_stuck(session))
        if taken is not None:
            self._until = math.inf if alone else asked + _ACTS_FOR
            self._database.announces = False  # those who stand by do nothing about what is written
        return taken

    async def _is_stuck(self, session: Session) -> bool:
        """Whether for as long as a lease lasts one has stood for longer than any may: the server's clock was set back.

        Whoever is alive renews it within that time, by the clock as it is now.
        """
        if not await leases.ends_too_late(session, self._names, self.holder, LASTS, self._clock.now()):
            self._too_late_since = math.inf
        else:
            self._too_late_since = min(self._too_late_since, steady())
        return steady() - self._too_late_since > LASTS.total_seconds()

    async def _take_all(self, session: Session, *, alone: bool, stuck: bool) -> Taken | None:
        """Every lease; None where one is another's, and those before it are let go again."""
        taken: list[Taken] = []
        for name in self._names:
            now = self._clock.now()
            found = await leases.take(session, name, self.holder, LASTS, now, alone=alone, stuck=stuck)
            if found is None:
                for given_up in self._names[: len(taken)]:
                    await leases.release(session, given_up, self.holder, self._clock.now())
                return None
            taken.append(found)
        return max(taken, key=lambda one: (one.before is not None, one.last_alive or one.at))

    async def _keep(self) -> None:
        """Renew the lease until it is lost."""
        if not self._database.shared:
            await asyncio.get_running_loop().create_future()
        pause = RENEWED_EVERY
        while self.held:
            await asyncio.sleep(pause)
            pause = RENEWED_EVERY if await self._renewed() else _AGAIN_AFTER

    async def _renewed(self) -> bool:
        """Whether it was; a database that does not answer is waited for no longer than we may act."""
        renewing = asyncio.ensure_future(self._renew())
        done, _ = await asyncio.wait([renewing], timeout=max(0.0, self._until - steady()))
        return bool(done) and renewing.result()

    async def _renew(self) -> bool:
        asked = steady()
        try:
            async with self._own.concurrent() as session:
                now = self._clock.now()
                renewed = [await leases.renew(session, name, self.holder, LASTS, now) for name in self._names]
                await self._follow(session, steady())
        except Unavailable as error:
            level = logging.DEBUG if self.trouble else logging.WARNING
            log.log(level, "the lease could not be renewed yet (%s)", error)
            self.trouble = str(error)
            return False
        self.trouble = None
        self._until = -math.inf if None in renewed else max(self._until, asked + _ACTS_FOR)
        return True

    async def _let_go(self) -> None:
        if not self.held:
            return
        self._until = -math.inf
        releasing = asyncio.ensure_future(self._release())
        await asyncio.wait([releasing], timeout=_LET_GO_WITHIN)
        if not releasing.done():
            log.warning("the lease lapses by itself (the database does not answer)")
            releasing.cancel()

    async def _release(self) -> None:
        try:
            async with self._own.concurrent() as session:
                for name in self._names:
                    await leases.release(session, name, self.holder, self._clock.now())
        except Unavailable as error:
            log.warning("the lease lapses by itself (%s)", error)

    async def _follow(self, session: Session, asked: float) -> None:
        if isinstance(self._clock, FollowingClock):
            instant = await leases.clock(session, self._clock.now())
            self._clock.follow(instant, timedelta(seconds=(steady() - asked) / 2))
