"""Insert-or-ignore of many rows in one statement; a value that they share is prepared for the database once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from storage.engine import POSTGRESQL
from storage.insert_once import insert
from storage.models.base import Base

Columns = Mapping[str, ColumnElement[Any]]


async def insert_many(
    session: AsyncSession,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    computed: Callable[[Columns], Columns] = lambda own: {},  # noqa: ARG005  nothing is computed
) -> None:
    """Add the rows, each unless a unique key already holds one like it.

    All name the same columns; the others get their default. `computed` makes further columns, as SQL, of a row's own.
    Rows go to the driver as it takes them: SQLAlchemy's own way through the parameters of every row costs more than
    the database does. SQLite is fastest row by row; PostgreSQL takes an array for each column.
    """
    if not rows:
        return
    columns = model.__table__.columns
    dialect = session.get_bind().dialect
    shared = _defaults(model, rows[0]) | _shared(rows)
    varying = [name for name in rows[0] if name not in shared]
    types = {name: columns[name].type for name in [*varying, *shared]}
    in_arrays = dialect.name == POSTGRESQL
    own = _own_of_arrays(types, varying) if in_arrays else {name: _value(name, kind) for name, kind in types.items()}
    values = {**own, **computed(own)}
    into = insert(session, model)
    statement = into.from_select(list(values), select(*values.values())) if in_arrays else into.values(values)
    compiled = statement.on_conflict_do_nothing().compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  what compiling SQL gives
    prepare = {name: _Prepared(kind, dialect) for name, kind in types.items()}
    of_all = compiled.params | {_PREFIX + name: prepare[name](value) for name, value in shared.items()}
    of_each = {_PREFIX + name: [prepare[name](row[name]) for row in rows] for name in varying}
    order = compiled.positiontup or ()
    connection = await session.connection()
    if in_arrays:
        await connection.exec_driver_sql(str(compiled), tuple((of_all | of_each)[name] for name in order))
    else:
        by_column = [of_each.get(name) or repeat(of_all[name], len(rows)) for name in order]
        await connection.exec_driver_sql(str(compiled), list(zip(*by_column, strict=True)))


_PREFIX = "row_"  # a parameter called like a column means that column to SQLAlchemy


def _value(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(_PREFIX + name, type_=kind)


def _own_of_arrays(types: Mapping[str, TypeEngine[Any]], varying: Sequence[str]) -> Columns:
    """A row's own columns, where the statement is given as many rows as its arrays of the varying ones are long."""
    arrays = func.unnest(*[_value(name, ARRAY(types[name])) for name in varying])
    table = arrays.table_valued(*[column(name, types[name]) for name in varying]).render_derived()
    return {name: table.c[name] if name in varying else _value(name, kind) for name, kind in types.items()}


def _defaults(model: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: column.default.arg
        for column in model.__table__.columns
        if column.default is not None and column.default.is_scalar and column.name not in row
    }


def _shared(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Columns in which all rows hold one object; never the first column, which tells how many rows there are."""
    _, *others = rows[0].items()
    return {name: value for name, value in others if all(row[name] is value for row in rows)}


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
