"""The secretary is told in advance of what the calendar does not know for certain, once."""

from datetime import UTC, datetime

import pytest

from scheduler.calendar_notices import notify
from storage.models import Delivery, Role
from storage.queries import offices
from tests.scheduler.machine import Machine

NOVEMBER = datetime(2026, 11, 27, 1, tzinfo=UTC)


@pytest.fixture
async def machine(database):
    machine = Machine(database, NOVEMBER)
    await machine.open_office()
    return machine


async def told(machine, now, office_id=None):
    async with machine.database.transaction() as session:
        office = await offices.get_office(session, office_id or machine.office_id)
        return await notify(session, office, now)


async def notices(machine):
    return await machine.all(Delivery, Delivery.message_key == "calendar/notice")


async def test_an_estimated_date_of_the_next_thirty_days_is_told_once(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "501")
    assert not await told(machine, datetime(2027, 2, 1, 1, tzinfo=UTC))
    assert await told(machine, datetime(2027, 2, 8, 1, tzinfo=UTC))
    assert await told(machine, datetime(2027, 2, 9, 1, tzinfo=UTC))  # the day after comes into view
    assert not await told(machine, datetime(2027, 2, 10, 1, tzinfo=UTC))
    texts = [row.message["text"] for row in await notices(machine)]
    assert ["10 Maret 2027" in text for text in texts] == [True, False]
    assert ["11 Maret 2027" in text for text in texts] == [False, True]


async def test_a_year_without_joint_leave_is_told_once_from_december_on(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "501")
    assert not await told(machine, datetime(2027, 11, 30, 1, tzinfo=UTC))
    assert await told(machine, datetime(2027, 12, 1, 1, tzinfo=UTC))
    assert not await told(machine, datetime(2027, 12, 2, 1, tzinfo=UTC))
    (notice,) = await notices(machine)
    assert "Cuti bersama 2028" in notice.message["text"]


async def test_every_secretary_hears_it_with_the_buttons_of_libur(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "501")
    await machine.add_member("Sekretaris 2", Role.SEKRETARIS, "502")
    await machine.add_member("Anggota 1", Role.ANGGOTA, "503")
    await told(machine, datetime(2027, 2, 8, 1, tzinfo=UTC))
    rows = await notices(machine)
    assert [row.chat_id for row in rows] == ["501", "502"]
    assert rows[0].message["choices"][0][0]["action"] == "libur.ask:2027-03-10"


async def test_it_waits_for_somebody_who_can_hear_it(machine):
    february = datetime(2027, 2, 9, 1, tzinfo=UTC)
    assert not await told(machine, february)
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "501")
    assert await told(machine, february)


async def test_each_office_is_told_of_its_own(machine):
    first = machine.office_id
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "501")
    second = await machine.open_office("kupang-30-2025", "Asia/Makassar")
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "601")
    february = datetime(2027, 2, 9, 1, tzinfo=UTC)
    assert await told(machine, february, first)
    assert await told(machine, february, second)
