"""Consent dates from joining, not from a stranger's first word

Revision: 0006
Follows: 0005
"""

from collections.abc import Sequence

from alembic import op

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JOINED_AT = 'SELECT max(members.joined_at) FROM members WHERE members.person_id = person_addresses.person_id'


def upgrade() -> None:
    # who never joined agreed to nothing; who joined did so then, unless they asked for more since
    op.execute(f'UPDATE person_addresses SET opted_in_at = NULL WHERE ({_JOINED_AT}) IS NULL')
    op.execute(f'UPDATE person_addresses SET opted_in_at = ({_JOINED_AT}) WHERE opted_in_at < ({_JOINED_AT})')


def downgrade() -> None:
    pass
