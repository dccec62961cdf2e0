"""An account that is known by its number alone has a name in which the number does not stand

Revision: 0009
Follows: 0008
"""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NAMED = (
    ('person_addresses', 'user_id'),
    ('person_addresses', 'chat_id'),
    ('deliveries', 'chat_id'),
    ('conversations', 'user_id'),
    ('conversations', 'chat_id'),
    ('join_attempts', 'user_id'),
)
_OF_WHATSAPP = "channel = 'whatsapp'"


def upgrade() -> None:
    # who was set aside because somebody else has the number now is called by both number and row, and has no number
    op.execute("UPDATE person_addresses SET phone = substr(user_id, 7)"
               f" WHERE {_OF_WHATSAPP} AND phone IS NULL AND user_id LIKE 'phone:%' AND user_id NOT LIKE 'phone:%#%'")
    found = {name for table, column in _NAMED for name in op.get_bind().scalars(sa.text(
        f"SELECT DISTINCT {column} FROM {table} WHERE {_OF_WHATSAPP} AND {column} LIKE 'phone:%'"))}
    _rename({name: f'number:{secrets.token_hex(8)}' for name in found})


def downgrade() -> None:
    rows = op.get_bind().execute(sa.text(
        f"SELECT user_id, phone FROM person_addresses WHERE {_OF_WHATSAPP} AND phone IS NOT NULL"
        " AND user_id LIKE 'number:%'"))
    _rename({row.user_id: f'phone:{row.phone}' for row in rows.all()})


def _rename(names: dict[str, str]) -> None:
    pairs = [{'old': old, 'new': new} for old, new in names.items()]
    for table, column in _NAMED if pairs else ():
        op.get_bind().execute(
            sa.text(f'UPDATE {table} SET {column} = :new WHERE {_OF_WHATSAPP} AND {column} = :old'), pairs)
