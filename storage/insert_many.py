"""Insert-or-ignore of many rows in one statement; a value that they share is prepared for the database once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from storage.insert_once import insert
from storage.models.base import Base


async def insert_many(
    session: AsyncSession,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    computed: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    """Add the rows, each unless a unique key already holds one like it.

    All name the same columns; the others get their default. `computed` gives columns as SQL, which reads a row's own
    values by `own`. Rows go to the driver as it takes them: SQLAlchemy's own way through the parameters of every row
    costs more than the database does.
    """
    if not rows:
        return
    columns = model.__table__.columns
    defaults = {
        column.name: column.default.arg
        for column in columns
        if column.default is not None and column.default.is_scalar and column.name not in rows[0]
    }
    bound: dict[str, Any] = {name: bindparam(_bound(name), type_=columns[name].type) for name in [*rows[0], *defaults]}
    statement = insert(session, model).values(bound | dict(computed or {})).on_conflict_do_nothing()
    dialect = session.get_bind().dialect
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  what compiling SQL gives
    same = compiled.params | {
        _bound(name): _Prepared(columns[name].type, dialect)(value) for name, value in defaults.items()
    }
    own_of_row = {_bound(name): (name, _Prepared(columns[name].type, dialect)) for name in rows[0]}
    order = [own_of_row.get(name, (None, same[name])) for name in compiled.positiontup or ()]
    parameters = [tuple([value if name is None else value(row[name]) for name, value in order]) for row in rows]
    await (await session.connection()).exec_driver_sql(str(compiled), parameters)


def own(column: str) -> BindParameter[Any]:
    """The row's own value of a column, inside what is `computed`."""
    return bindparam(_bound(column))


_PREFIX = "row_"  # a parameter called like a column means that column to SQLAlchemy


def _bound(name: str) -> str:
    return _PREFIX + name


class _Prepared:
    """A column's values as the driver takes them; one object is prepared once, however many rows hold it."""

    def __init__(self, kind: TypeEngine[Any], dialect: Dialect) -> None:
        self._prepare = kind.dialect_impl(dialect).bind_processor(dialect)
        self._known: dict[int, Any] = {}  # by identity: the rows keep the objects alive meanwhile

    def __call__(self, value: Any) -> Any:
        if self._prepare is None:
            return value
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self._prepare(value)
        return known
