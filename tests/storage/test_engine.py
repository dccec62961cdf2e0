from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from storage.models import Setting

NOW = datetime(2026, 11, 30, tzinfo=UTC)


async def test_an_error_does_not_carry_what_people_wrote(database):
    with pytest.raises(IntegrityError) as caught:
        async with database.transaction() as session:
            session.add(Setting(name="x", value="rahasia", changed_at=NOW))
            await session.flush()
            session.expunge_all()
            session.add(Setting(name="x", value="rahasia", changed_at=NOW))
            await session.flush()
    assert "rahasia" not in str(caught.value)
