"""upgrade(url): bring a database to the newest revision; needs no checkout and no working directory."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import is_postgresql, make_engine
from storage.errors import NewerSchema
from storage.trouble import probe, translated

_SCRIPTS = "storage:migrations"  # Alembic finds a package's folder wherever it is installed
_MIGRATING = text("SELECT pg_advisory_xact_lock(41574332)")
_PATIENCE = 600.0  # seconds for a large table to be altered, or for another process that does it


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(url: str) -> None:
    """Run every revision that the database at `url` has not had; all or nothing, two at once wait for each other.

    Raises:
        Unavailable: the database cannot be opened or changed.
        NewerSchema: a later version of the program has changed it already.
    """
    probe(url)
    engine = _migrating_engine(url)
    try:
        with translated():
            async with engine.begin() as connection:
                if is_postgresql(url):
                    await connection.execute(_MIGRATING)
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def known_revisions() -> set[str]:
    """The id of every revision that the program knows."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def newest_revision() -> str | None:
    """The id of the last revision that the program knows: they are numbered from "0001"."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _migrating_engine(url: str) -> AsyncEngine:
    if is_postgresql(url):
        return make_engine(url, busy_seconds=_PATIENCE, answer_seconds=_PATIENCE)
    engine = make_engine(url)
    # A table is altered by copying it, and dropping the original would count against keys that point to it.
    event.listen(engine.sync_engine, "connect", _foreign_keys_off)
    return engine


def _foreign_keys_off(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF").close()


def _upgrade(connection: Connection) -> None:
    config = _config()
    if _stands_at(connection) not in {None, *known_revisions()}:
        raise NewerSchema
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _stands_at(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
