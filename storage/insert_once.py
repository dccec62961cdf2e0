"""Insert-or-ignore: the database's unique key decides, not a look beforehand."""

from typing import Any, TypeVar

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models.base import Base

Row = TypeVar("Row", bound=Base)


async def insert_once(session: AsyncSession, model: type[Row], values: dict[str, Any]) -> Row | None:
    """The new row, or None where a unique key already holds one like it."""
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(model)
    return (await session.scalars(statement)).one_or_none()
