from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from storage.engine import make_engine
from storage.models import Setting
from tests.quick_engines import prepare_as_the_product

NOW = datetime(2026, 11, 30, tzinfo=UTC)


async def _write_twice(database):
    for _ in range(2):
        async with database.transaction() as session:
            session.add(Setting(name="x", value="rahasia", changed_at=NOW))


async def test_an_error_does_not_carry_what_people_wrote(database):
    with pytest.raises(IntegrityError) as caught:
        await _write_twice(database)
    assert "rahasia" not in str(caught.value)


async def test_a_commit_on_sqlite_is_on_the_disk_before_anything_follows_from_it(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.engine._prepare_sqlite", prepare_as_the_product)
    engine = make_engine(f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite")
    async with engine.connect() as connection:
        set_to = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous")
        ]
    await engine.dispose()
    assert set_to == ["wal", 2]  # FULL
