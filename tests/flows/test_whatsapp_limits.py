"""A loopback Meta that enforces its limits refuses nothing of what an office sends: ours are stricter, and waited for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import Member, Office, Role, ScheduleKind
from storage.queries import people
from tests.fakes.graph_limits import Limits

AT_ONCE = 90  # more than one number carries in a second


@pytest.fixture
async def town(whatsapp_town):
    whatsapp_town.server.limits = Limits()
    yield whatsapp_town
    assert whatsapp_town.server.limits.refused == []


async def seats(town, count):
    """So many members at once, who joined long ago and have not written since."""
    members = [town.server.person(f"Anggota {number}") for number in range(1, count + 1)]
    now = town.clock.now()
    async with town.database.transaction() as session:
        office = (await session.scalars(select(Office))).one()
        for one in members:
            met = await people.meet_person(session, "whatsapp", one.user_id, one.user_id, one.name, now)
            session.add(Member(office_id=office.id, person_id=met.id, name=one.name, role=Role.ANGGOTA, created_at=now))
    return members


async def test_a_reading_to_many_leaves_no_faster_than_the_number_carries(town):
    members = await seats(town, AT_ONCE)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:31+07:00")
    assert len([person for person in members if town.server.messages(person)]) == AT_ONCE
    left = [row.sent_at for row in await town.ledger() if row.message_key == "reading/post" and row.sent_at]
    assert timedelta(seconds=1) < max(left) - min(left) < timedelta(seconds=10)


async def test_who_is_told_very_much_gets_it_all_and_no_faster_than_one_person_may(town):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    before, now = len(town.server.messages(secretary)), town.clock.now()
    async with town.database.transaction() as session:
        for number in range(60):
            to = Destination("whatsapp", secretary.user_id)
            await enqueue(session, destination=to, key="help/cancelled", parameters={}, now=now, part=str(number))
    await town.clock_to("2026-11-18T07:06+07:00")
    assert len(town.server.messages(secretary)) - before == 60


async def test_who_is_one_too_many_in_a_day_is_not_tried(town):
    town.server.limits.persons = town.daily_persons = town.persons.limit = 5
    members = await seats(town, 8)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T08:00+07:00")
    assert len([person for person in members if town.server.messages(person)]) == 5
