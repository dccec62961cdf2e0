from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from storage.models import Setting

NOW = datetime(2026, 11, 30, tzinfo=UTC)


async def _write_twice(database):
    for _ in range(2):
        async with database.transaction() as session:
            session.add(Setting(name="x", value="rahasia", changed_at=NOW))


async def test_an_error_does_not_carry_what_people_wrote(database):
    with pytest.raises(IntegrityError) as caught:
        await _write_twice(database)
    assert "rahasia" not in str(caught.value)
