"""Questions and quizzes

Revision: 0003
Follows: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WHOLE_NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('questions',
    sa.Column('id', WHOLE_NUMBER, nullable=False),
    sa.Column('office_id', WHOLE_NUMBER, nullable=False),
    sa.Column('regulation_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('topic', sa.String(), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('mapped_topic', sa.String(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_questions_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index('ix_questions_office_id_state', ['office_id', 'state'], unique=False)

    op.create_table('quizzes',
    sa.Column('id', WHOLE_NUMBER, nullable=False),
    sa.Column('delivery_id', WHOLE_NUMBER, nullable=False),
    sa.Column('occurrence_id', WHOLE_NUMBER, nullable=True),
    sa.Column('office_id', WHOLE_NUMBER, nullable=False),
    sa.Column('situation', sa.String(), nullable=False),
    sa.Column('poll_ref', sa.String(), nullable=True),
    sa.Column('voters', WHOLE_NUMBER, nullable=False),
    sa.Column('correct', WHOLE_NUMBER, nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_quizzes_delivery_id')),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrences.id'], name=op.f('fk_quizzes_occurrence_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_quizzes_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quizzes')),
    sa.UniqueConstraint('delivery_id', name=op.f('uq_quizzes_delivery_id'))
    )
    with op.batch_alter_table('quizzes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quizzes_occurrence_id'), ['occurrence_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quizzes_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quizzes_poll_ref'), ['poll_ref'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('quizzes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quizzes_poll_ref'))
        batch_op.drop_index(batch_op.f('ix_quizzes_office_id'))
        batch_op.drop_index(batch_op.f('ix_quizzes_occurrence_id'))

    op.drop_table('quizzes')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index('ix_questions_office_id_state')

    op.drop_table('questions')
