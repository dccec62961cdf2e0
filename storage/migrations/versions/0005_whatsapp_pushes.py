"""Pushes to persons, forwarding, templates, and files of evidence that are kept

Revision: 0005
Follows: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('message_templates',
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('parameters', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'name', 'language', name=op.f('pk_message_templates'))
    )
    op.create_table('evidence_files',
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_files_evidence_id')),
    sa.PrimaryKeyConstraint('evidence_id', name=op.f('pk_evidence_files'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('template', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('charged_as', sa.String(), nullable=True))

    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.add_column(sa.Column('to_persons', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('by_forwarding', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_column('by_forwarding')
        batch_op.drop_column('to_persons')

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_column('charged_as')
        batch_op.drop_column('template')

    op.drop_table('evidence_files')
    op.drop_table('message_templates')
