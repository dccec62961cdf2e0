"""Statements are compiled once in a run of the tests, though nearly every test has an engine of its own.

SQLAlchemy keeps what it compiled with the engine and the dialect that it was compiled for; a process of the product has
one for as long as it lives, the tests have thousands, which all speak the same.
"""

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

import storage.engine

_MOST_STATEMENTS = 3000  # more than the product has
_dialects, _compiled = {}, LRUCache(_MOST_STATEMENTS)


def share_what_is_compiled() -> None:
    """From now on, between all engines that `make_engine` makes in this process."""
    storage.engine.create_async_engine = _create_async_engine


def _create_async_engine(*arguments, **options) -> AsyncEngine:
    engine = create_async_engine(*arguments, **options)
    own = engine.sync_engine
    own._compiled_cache = _compiled
    if shared := _dialects.get(own.dialect.name):
        own.dialect = shared
    else:  # what a dialect knows of the database it learns at its first connection
        event.listen(own, "first_connect", lambda *_: _dialects.setdefault(own.dialect.name, own.dialect))
    return engine
