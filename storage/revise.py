"""Write a new revision from what the models now say: `make revision MESSAGE="..."`, in a checkout only."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.engine import make_engine
from storage.migrate import newest_revision, upgrade


async def revise(message: str, settings: Path) -> None:
    """Compare an empty database at the newest revision with the models; write the difference as a revision.

    `settings` is the pyproject.toml whose [tool.alembic] says where revisions stand.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/empty.sqlite"
        await upgrade(url)
        engine = make_engine(url)
        async with engine.connect() as connection:
            await connection.run_sync(_write, message, settings)
        await engine.dispose()


def _write(connection: Connection, message: str, settings: Path) -> None:
    config = Config(toml_file=settings)
    config.attributes["connection"] = connection
    command.revision(config, message, autogenerate=True, rev_id=f"{int(newest_revision() or 0) + 1:04d}")


if __name__ == "__main__":
    asyncio.run(revise(" ".join(sys.argv[1:]), Path("pyproject.toml")))
