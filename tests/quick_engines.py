"""What the tests change of the engines of the product: nothing that a test could see, but for the disk.

Statements are compiled once in a run, though nearly every test has an engine of its own: SQLAlchemy keeps what it
compiled with the engine and the dialect that it was compiled for; a process of the product has one for as long as it
lives, the tests have thousands, which all speak the same. And no commit waits for the disk: no test pulls the plug.
"""

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

import storage.engine

_MOST_STATEMENTS = 3000  # more than the product has
_dialects, _compiled = {}, LRUCache(_MOST_STATEMENTS)
prepare_as_the_product = storage.engine._prepare_sqlite


def quicken() -> None:
    """From now on, all engines that `make_engine` makes in this process."""
    storage.engine.create_async_engine = _create_async_engine
    storage.engine._prepare_sqlite = _prepare_sqlite


def _create_async_engine(*arguments, **options) -> AsyncEngine:
    engine = create_async_engine(*arguments, **options)
    own = engine.sync_engine
    own._compiled_cache = _compiled
    if shared := _dialects.get(own.dialect.name):
        own.dialect = shared
    else:  # what a dialect knows of the database it learns at its first connection
        event.listen(own, "first_connect", lambda *_: _dialects.setdefault(own.dialect.name, own.dialect))
    return engine


def _prepare_sqlite(connection, record) -> None:
    prepare_as_the_product(connection, record)
    connection.execute("PRAGMA synchronous=OFF").close()
