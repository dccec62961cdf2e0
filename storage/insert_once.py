"""Insert-or-ignore: the database's unique key decides, not a look beforehand."""

from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import POSTGRESQL
from storage.models.base import Base

Row = TypeVar("Row", bound=Base)


async def insert_once(session: AsyncSession, model: type[Row], values: dict[str, Any]) -> Row | None:
    """The new row, or None where a unique key already holds one like it."""
    statement = insert(session, model).values(**values).on_conflict_do_nothing().returning(model)
    return (await session.scalars(statement)).one_or_none()


def insert(session: AsyncSession, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the session's own database, which knows what to do on a conflict."""
    return postgresql.insert(model) if session.get_bind().dialect.name == POSTGRESQL else sqlite.insert(model)
