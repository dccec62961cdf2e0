"""A SQLite file with every table and no rows: made once in a run, a fresh database of the tests is a copy."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from storage.models import Base


@cache
def empty_tables() -> bytes:
    """What stands in the file."""
    with tempfile.TemporaryDirectory(prefix="apel-tables-") as folder:
        path = Path(folder) / "empty.sqlite"
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()
