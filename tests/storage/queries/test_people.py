"""The roster: who holds which line."""

from datetime import UTC, datetime

import pytest

from storage.models import Role
from storage.queries import offices, people

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)


async def test_a_line_is_claimed_once(session, office):
    line = await people.add_member(session, office.id, "Anggota 1", NOW)
    first, second = [await people.meet_person(session, "telegram", n, n, f"akun {n}", NOW) for n in "12"]
    assert await people.claim(session, line.id, first.id, Role.KETUA, NOW) is line
    assert (line.person_id, line.role, line.joined_at) == (first.id, Role.KETUA, NOW)
    assert await people.claim(session, line.id, second.id, Role.ANGGOTA, NOW) is None
    assert await people.unclaimed(session, office.id, [Role.ANGGOTA, Role.KETUA]) == []


async def test_who_left_is_on_no_roster_and_may_join_elsewhere(session, office):
    person = await people.meet_person(session, "telegram", "1", "1", "akun", NOW)
    line = await people.add_member(session, office.id, "Anggota 1", NOW, person_id=person.id)
    line.left_at = NOW
    await session.flush()
    assert await people.find_member(session, office.id, line.id) is None
    assert await people.roster(session, office.id) == []
    again = await people.add_member(session, office.id, "Anggota 1", NOW, person_id=person.id)
    assert await people.active_member(session, person.id) is again


async def test_a_seat_counts_only_once_somebody_joined_it(session, office):
    await people.add_member(session, office.id, "Sekretaris 1", NOW, Role.SEKRETARIS)
    assert await people.joined_in_role(session, office.id, Role.SEKRETARIS) == 0


async def test_a_name_of_any_length_is_kept_short(session):
    person = await people.meet_person(session, "telegram", "1", "1", "😀" * 4096, NOW)
    assert len(person.name) == 128
