"""Insert-or-ignore of many rows in one statement; a value that they share is prepared for the database once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    TableValuedAlias,
    bindparam,
    column,
    func,
    select,
)
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
    the database does. SQLite is fastest row by row; PostgreSQL takes an array for each column, in which a value that
    many rows hold stands once.
    """
    if not rows:
        return
    columns = model.__table__.columns
    dialect = session.get_bind().dialect
    shared = _defaults(model, rows[0]) | _shared(rows)
    varying = [name for name in rows[0] if name not in shared]
    types = {name: columns[name].type for name in [*varying, *shared]}
    in_arrays = dialect.name == POSTGRESQL
    seldom = _Seldom.of(rows, varying) if in_arrays else _Seldom()
    of_row = {name: kind for name, kind in types.items() if name in varying and name not in seldom.names}
    same: Columns = {name: _value(name, kind) for name, kind in types.items() if name in shared or not in_arrays}
    into = insert(session, model)
    if in_arrays:
        found, source = _arrays(of_row, {name: types[name] for name in seldom.names})
        own: Columns = {**found, **same}
        values = {**own, **computed(own)}
        statement = into.from_select(list(values), source.add_columns(*values.values()))
    else:
        statement = into.values({**same, **computed(same)})
    compiled = statement.on_conflict_do_nothing().compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  what compiling SQL gives
    prepare = {name: _Prepared(kind, dialect) for name, kind in types.items()}
    of_all = compiled.params | {_PREFIX + name: prepare[name](value) for name, value in shared.items()}
    of_each = {
        _PREFIX + name: [prepare[name](row[name]) for row in rows] for name in varying if name not in seldom.names
    }
    of_each |= {_PREFIX + name: [prepare[name](row[name]) for row in seldom.rows] for name in seldom.names}
    of_each |= {_PREFIX + _PLACE: seldom.places} if seldom.names else {}
    order = compiled.positiontup or ()
    connection = await session.connection()
    if in_arrays:
        await connection.exec_driver_sql(str(compiled), tuple((of_all | of_each)[name] for name in order))
    else:
        by_column = [of_each.get(name) or repeat(of_all[name], len(rows)) for name in order]
        await connection.exec_driver_sql(str(compiled), list(zip(*by_column, strict=True)))


_OFTEN = 4  # rows for each value, from which on it is worth naming it once
_PLACE, _ORDER = "place_of_row", "order_of_row"
_PREFIX = "row_"  # a parameter called like a column means that column to SQLAlchemy


def _value(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(_PREFIX + name, type_=kind)


class _Seldom(Struct):
    """Columns in which many rows hold one object: a row of each kind, and for every row the place of its own."""

    names: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    places: list[int] = []

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], varying: Sequence[str]) -> "_Seldom":
        """What is worth it."""
        names = [name for name in varying if len({id(row[name]) for row in rows}) * _OFTEN <= len(rows)]
        known: dict[tuple[int, ...], int] = {}
        kinds: list[Mapping[str, Any]] = []
        places: list[int] = []
        for row in rows:
            place = known.setdefault(tuple([id(row[name]) for name in names]), len(known) + 1)
            if place > len(kinds):
                kinds.append(row)
            places.append(place)
        return cls(names, kinds, places) if names and len(kinds) * _OFTEN <= len(rows) else cls()


def _arrays(
    of_row: Mapping[str, TypeEngine[Any]], seldom: Mapping[str, TypeEngine[Any]]
) -> tuple[Columns, Select[Any]]:
    """Rows made of arrays, in their order: their columns, and a selection of none of these yet.

    What is `seldom` another value comes once each, and a row names its place among them.
    """
    named: Mapping[str, TypeEngine[Any]] = {**of_row, **({_PLACE: Integer()} if seldom else {})}
    each = _unnested(named, "each_row")
    if not seldom:
        return {name: each.c[name] for name in of_row}, select().select_from(each).order_by(each.c[_ORDER])
    told = _unnested(seldom, "told")
    source = select().select_from(each.join(told, each.c[_PLACE] == told.c[_ORDER])).order_by(each.c[_ORDER])
    return {name: each.c[name] for name in of_row} | {name: told.c[name] for name in seldom}, source


def _unnested(types: Mapping[str, TypeEngine[Any]], name: str) -> TableValuedAlias:
    arrays = func.unnest(*[_value(column_name, ARRAY(kind)) for column_name, kind in types.items()])
    columns = [column(column_name, kind) for column_name, kind in types.items()]
    return arrays.table_valued(*columns, with_ordinality=_ORDER, name=name).render_derived()


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
