"""One unit of work: the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.errors import Unavailable

Session = AsyncSession


_SQLITE_ERROR = 1  # https://www.sqlite.org/rescode.html#error: "no such table" and the like


def is_a_defect(error: OperationalError) -> bool:
    """Whether the statement itself is wrong, rather than the database locked, full or gone."""
    return getattr(error.orig, "sqlite_errorcode", None) == _SQLITE_ERROR


class Database:
    """Hands out transactions on one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A session whose work is committed on leaving, rolled back on an error.

        Raises:
            Unavailable: the database is locked for too long, full, or gone.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                await session.commit()
            except OperationalError as error:
                await session.rollback()
                if is_a_defect(error):
                    raise
                raise Unavailable(type(error.orig).__name__) from error
            except BaseException:
                await session.rollback()
                raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
