"""Indexes of what left hold no row that waits

Revision: 0007
Follows: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index('ix_deliveries_sending_at', table_name='deliveries')
    op.drop_index('ix_deliveries_message', table_name='deliveries')
    left = sa.text('sending_at IS NOT NULL')
    op.create_index('ix_deliveries_sending_at', 'deliveries', ['channel', 'sending_at'], unique=False,
                    sqlite_where=left, postgresql_where=left)
    known = sa.text('message_ref IS NOT NULL')
    op.create_index('ix_deliveries_message', 'deliveries', ['channel', 'message_ref', 'chat_id'], unique=False,
                    sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    op.drop_index('ix_deliveries_message', table_name='deliveries')
    op.drop_index('ix_deliveries_sending_at', table_name='deliveries')
    op.create_index('ix_deliveries_message', 'deliveries', ['channel', 'chat_id', 'message_ref'], unique=False)
    op.create_index('ix_deliveries_sending_at', 'deliveries', ['channel', 'sending_at'], unique=False)
