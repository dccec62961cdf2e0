"""Runs the revisions on the connection that `storage.migrate` or `storage.revise` hands in."""

from typing import Any, Literal

import sqlalchemy
from alembic import context

from storage.column_types import UtcDateTime
from storage.models import Base


def _plain_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write plain column types: a revision must not change when the models' own types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sqlalchemy.Enum):
        return f"sa.String(length={item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=_plain_type,
    transactional_ddl=True,  # SQLite too: our engine sends BEGIN itself, so a broken revision leaves nothing behind
)
with context.begin_transaction():
    context.run_migrations()
