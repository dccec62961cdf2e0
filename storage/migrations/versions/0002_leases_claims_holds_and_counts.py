"""Leases, claims, holds and counts

Revision: 0002
Follows: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:

    op.create_table('leases',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('renewed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_leases'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('claimed_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('held', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_deliveries_chat', ['channel', 'chat_id', 'state', 'priority', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_expiry', ['state', 'expires_at'], unique=False)
        batch_op.create_index('ix_deliveries_queue', ['state', 'priority', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_sending_at', ['channel', 'sending_at'], unique=False)

    with op.batch_alter_table('occurrences', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rows', WHOLE_NUMBER, nullable=True))
        batch_op.add_column(sa.Column('held', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('breach_told_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f('ix_occurrences_due_at'))
        batch_op.create_index('ix_occurrences_state_due_at', ['state', 'due_at'], unique=False)
        batch_op.create_index('ix_occurrences_state_expires_at', ['state', 'expires_at'], unique=False)
        batch_op.add_column(sa.Column('leader_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f('ix_occurrences_tell_at'))
        batch_op.create_index('ix_occurrences_state_leader_at', ['state', 'leader_at'], unique=False)
    op.execute("UPDATE occurrences SET leader_at = created_at WHERE state = 'planned' AND tell_at IS NOT NULL")

    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.create_index('ix_schedules_state_planned_until', ['state', 'planned_until'], unique=False)

    with op.batch_alter_table('turns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_turns_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_members_left_at'), ['left_at'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_members_left_at'))

    with op.batch_alter_table('turns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_turns_member_id'))

    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_index('ix_schedules_state_planned_until')

    with op.batch_alter_table('occurrences', schema=None) as batch_op:
        batch_op.drop_index('ix_occurrences_state_leader_at')
        batch_op.create_index(batch_op.f('ix_occurrences_tell_at'), ['tell_at'], unique=False)
        batch_op.drop_column('leader_at')
        batch_op.drop_index('ix_occurrences_state_expires_at')
        batch_op.drop_index('ix_occurrences_state_due_at')
        batch_op.create_index(batch_op.f('ix_occurrences_due_at'), ['due_at'], unique=False)
        batch_op.drop_column('breach_told_at')
        batch_op.drop_column('held')
        batch_op.drop_column('rows')

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_deliveries_sending_at')
        batch_op.drop_index('ix_deliveries_queue')
        batch_op.drop_index('ix_deliveries_expiry')
        batch_op.drop_index('ix_deliveries_chat')
        batch_op.drop_column('held')
        batch_op.drop_column('claimed_until')
        batch_op.drop_column('claimed_by')
        batch_op.drop_column('due_at')

    op.drop_table('leases')

