"""One unit of work: the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.trouble import translated

Session = AsyncSession


class Database:
    """Hands out transactions on one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A session whose work is committed on leaving, rolled back on an error.

        Raises:
            Unavailable: the database is locked for too long, full, damaged or gone.
        """
        with translated():
            async with AsyncSession(self.engine, expire_on_commit=False) as session:
                try:
                    yield session
                    await session.commit()
                except BaseException:
                    await session.rollback()
                    raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
