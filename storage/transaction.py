"""One unit of work: the only place that commits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.ended import Ended, noted
from storage.engine import POSTGRESQL
from storage.trouble import translated
from storage.wakeups import announce_what_was_written

Session = AsyncSession

_DECIDING = 41_574_331  # any number that nothing else in the database locks
_TAKE_TURN = text(f"SELECT pg_advisory_xact_lock({_DECIDING})")


class Database:
    """Hands out transactions on one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.shared = engine.dialect.name == POSTGRESQL  # other processes may write meanwhile
        # SQLite gives its write lock to whoever happens to ask when it is free; who waits longest is to come next
        self._queue = nullcontext() if self.shared else asyncio.Lock()
        self.announces = self.shared  # False for the process that acts: nobody waits to hear of what it writes
        self.on_ended: Callable[[Counter[Ended]], None] | None = None  # hears which rows a commit ended unsent

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """A session whose work is committed on leaving, rolled back on an error; one at a time in all processes.

        Whatever it reads stays true until it commits, as long as others decide in such transactions too.

        Raises:
            Unavailable: the database is locked for too long, full, damaged or gone.
        """
        return self._session(alone=True)

    def concurrent(self) -> AbstractAsyncContextManager[Session]:
        """As `transaction`, but on PostgreSQL beside others: for work that relies on row locks or unique keys alone.

        Raises:
            Unavailable: as `transaction`; also where two such transactions waited for each other.
        """
        return self._session(alone=False)

    @asynccontextmanager
    async def _session(self, *, alone: bool) -> AsyncIterator[Session]:
        with translated():
            async with self._queue, AsyncSession(self.engine, expire_on_commit=False) as session:
                try:
                    if alone and self.shared:
                        await session.execute(_TAKE_TURN)
                    yield session
                    if self.announces:
                        await session.flush()
                        await announce_what_was_written(session)
                    await session.commit()
                    if self.on_ended is not None:
                        self.on_ended(noted(session))
                except BaseException:
                    await session.rollback()
                    raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
