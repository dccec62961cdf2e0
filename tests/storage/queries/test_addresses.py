"""Where somebody is written to instead: on the same channel freely, on another one only if they never stopped us here."""

from datetime import UTC, datetime

import pytest

from storage.models import Person, PersonAddress
from storage.queries import addresses

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
STOPPED, LOST = {"opted_out_at": NOW}, {"unreachable": "not_on_channel"}


@pytest.mark.parametrize(
    ("others", "instead"),
    [
        ([("groups", {})], "1"),
        ([("phone", STOPPED), ("groups", {})], None),
        ([("phone", LOST | STOPPED), ("groups", {})], None),
        ([("groups", {}), ("phone", STOPPED), ("phone", {})], "3"),
        ([("groups", STOPPED), ("phone", {})], "2"),
        ([("groups", LOST), ("phone", LOST)], None),
    ],
)
async def test_of_the_other_accounts_of_whom_nothing_reaches_at_one(database, others, instead):
    async with database.transaction() as session:
        person = Person(name="Anggota 1", created_at=NOW)
        session.add(person)
        await session.flush()
        for number, (channel, columns) in enumerate([("phone", LOST), *others]):
            own = {"user_id": str(number), "chat_id": str(number)} | columns
            session.add(PersonAddress(person_id=person.id, channel=channel, **own))
            await session.flush()
        found = await addresses.another_of(session, "phone", "0")
        assert (found.chat_id if found else None) == instead
