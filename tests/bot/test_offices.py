"""Opening an office and inviting its first people."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import select

from bot.invitations import code_in, create_invitation, find_invitation
from bot.offices import add_office
from content.regulation_loader import load_regulations
from storage.errors import AlreadyExists, NotFound
from storage.models import AuditEntry, Role, Schedule
from storage.queries import offices

NOW = datetime(2026, 11, 30, tzinfo=UTC)
REGULATIONS = load_regulations()


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


async def test_an_office_takes_its_zone_from_the_regulation(session):
    office = await add_office(session, " Dinas  Kominfo ", REGULATIONS["kupang-30-2025"], None, NOW)
    assert (office.name, office.timezone, office.regulation_id) == ("Dinas Kominfo", "Asia/Makassar", "kupang-30-2025")
    assert list(await session.scalars(select(AuditEntry.act))) == ["office.added"]


async def test_another_zone_may_be_named_and_a_wrong_one_is_refused(session):
    office = await add_office(session, "Dinas Kominfo", REGULATIONS["serang-25-2018"], "Asia/Jayapura", NOW)
    assert office.timezone == "Asia/Jayapura"
    with pytest.raises(ZoneInfoNotFoundError):
        await add_office(session, "Dinas Lain", REGULATIONS["serang-25-2018"], "Asia/Serang", NOW)


async def test_a_name_is_taken_in_whatever_case(session):
    office = await add_office(session, "Dinas Kominfo", REGULATIONS["serang-25-2018"], None, NOW)
    with pytest.raises(AlreadyExists):
        await add_office(session, "DINAS KOMINFO", REGULATIONS["serang-25-2018"], None, NOW)
    assert await offices.find_office(session, "dinas kominfo") is office
    with pytest.raises(NotFound):
        await offices.find_office(session, "Dinas Lain")


async def test_its_schedules_stand_as_rows(session):
    await add_office(session, "Dinas Kominfo", REGULATIONS["karanganyar-44-2023"], None, NOW)
    rows = await session.scalars(select(Schedule).order_by(Schedule.id))
    assert [(row.title, row.at.isoformat("minutes"), row.state.value, row.timezone) for row in rows] == [
        ("Apel pagi", "07:30", "paused", "Asia/Jakarta"),
        ("Pemasangan twibbon", "07:00", "paused", "Asia/Jakarta"),
        ("Ringkasan mingguan", "15:30", "active", "Asia/Jakarta"),
    ]


async def test_a_code_is_random_hashed_good_for_a_week_and_audited(session):
    office = await add_office(session, "Dinas Kominfo", REGULATIONS["serang-25-2018"], None, NOW)
    one, other = [await create_invitation(session, office, Role.SEKRETARIS, None, NOW) for _ in range(2)]
    assert one.code != other.code
    assert (one.uses, one.expires_at) == (1, NOW + timedelta(days=7))
    found = await find_invitation(session, one.code)
    assert (found.role, found.office_id) == (Role.SEKRETARIS, office.id)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", one.code), "nothing that looks like something else"
    entries = list(await session.scalars(select(AuditEntry)))
    assert one.code not in str([entry.detail for entry in entries])
    assert entries[-1].act == "member.invited"


async def test_members_share_a_code_and_the_number_of_uses_can_be_set(session):
    office = await add_office(session, "Dinas Kominfo", REGULATIONS["serang-25-2018"], None, NOW)
    assert (await create_invitation(session, office, Role.ANGGOTA, None, NOW)).uses == 100
    assert (await create_invitation(session, office, Role.ANGGOTA, 3, NOW)).uses == 3


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ABCDEFGH23456789", "ABCDEFGH23456789"),
        ("abcdefgh23456789", "ABCDEFGH23456789"),
        ("oO0iIlL123456789", "0001111123456789"),
        (" https://t.me/apel_bot?start=ABCDEFGH23456789 ", "ABCDEFGH23456789"),
        ("https://wa.me/628110000001?text=Gabung%20ABCDEFGH23456789", "ABCDEFGH23456789"),
        ("ABCD EFGH 2345 6789", "ABCDEFGH23456789"),
        ("abcd-efgh-2345-6789", "ABCDEFGH23456789"),
        ("ABCDEFGH2 3456789", "ABCDEFGH23456789"),
        ("ABCDEFGH2\n345 – 6789", "ABCDEFGH23456789"),
        ("Gabung ABCD EFGH-2345-6789", "ABCDEFGH23456789"),
        ("gabung: abcdefgh23456789", "ABCDEFGH23456789"),
        ("selamat pagi semua", None),
        ("tanggal 17 agustus", None),
        ("saya anak buah anda", None),
        ("ABCD EFGH 2345 6789 ya", None),
        ("ABCD EFGH 2345 678", None),
        ("ABCDEFGH", None),
        ("kode ABCDEFGH23456789", None),
        ("😀" * 16, None),
        ("", None),
    ],
)
def test_a_code_is_found_alone_or_in_its_link_however_it_was_typed(typed, code):
    assert code_in(typed) == code
