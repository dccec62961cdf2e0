from datetime import UTC, datetime

from storage.queries import settings

NOW = datetime(2026, 11, 30, tzinfo=UTC)


async def test_what_was_never_set_is_none(database):
    async with database.transaction() as session:
        assert await settings.read(session, "x") is None


async def test_the_last_value_counts(database):
    async with database.transaction() as session:
        await settings.write(session, "x", "1", NOW)
        await settings.write(session, "x", "2", NOW)
    async with database.transaction() as session:
        assert await settings.read(session, "x") == "2"


async def test_keep_first_never_changes_a_value(database):
    async with database.transaction() as session:
        assert await settings.keep_first(session, "x", "1", NOW) == "1"
        assert await settings.keep_first(session, "x", "2", NOW) == "1"
