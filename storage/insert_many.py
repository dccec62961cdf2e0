"""Insert-or-ignore of many rows in one statement; JSON that they share is written out once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, Dialect, TypeDecorator, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from storage.insert_once import insert
from storage.models.base import Base


class _WrittenJson(TypeDecorator[Any]):
    """JSON that is text already."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:  # noqa: ARG002  SQLAlchemy's signature
        """Nothing is left to do."""
        return


async def insert_many(
    session: AsyncSession,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    computed: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    """Add the rows, each unless a unique key already holds one like it.

    All name the same columns. `computed` gives further columns as SQL, which reads a row's own values by `own`.
    A JSON value that several rows hold as one object is written out once for all of them.
    """
    if not rows:
        return
    table = model.__table__
    kept_as_json = [name for name in rows[0] if isinstance(table.c[name].type, JSON)]
    values: dict[str, Any] = {
        name: bindparam(_bound(name), type_=_WrittenJson() if name in kept_as_json else table.c[name].type)
        for name in rows[0]
    }
    statement = insert(session, model).values(values | dict(computed or {})).on_conflict_do_nothing()
    written: dict[int, str] = {}  # by identity: `rows` keeps the objects alive meanwhile
    parameters = []
    for row in rows:
        bound = {_bound(name): value for name, value in row.items()}
        for name in kept_as_json:
            value = row[name]
            if (text := written.get(id(value))) is None:
                text = written[id(value)] = json.dumps(value)
            bound[_bound(name)] = text
        parameters.append(bound)
    await (await session.connection()).execute(statement, parameters)


def own(column: str) -> BindParameter[Any]:
    """The row's own value of a column, inside what is `computed`."""
    return bindparam(_bound(column))


def _bound(name: str) -> str:
    return f"row_{name}"  # a parameter called like a column means that column to SQLAlchemy
