"""Of an account that Meta names by its number alone, the number stands with the account and nowhere else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversations import router
from storage.models import Base, Role, ScheduleKind
from tests.flows.whatsapp_office import WhatsAppTown

NUMBER = "6281200000101"


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town


async def places(town):
    """Every column of the database in which the number stands, as often as it does."""
    async with town.database.transaction() as session:
        return [
            f"{table.name}.{column}"
            for table in Base.metadata.sorted_tables
            for row in (await session.execute(select(table))).mappings()
            for column, value in row.items()
            if NUMBER in str(value)
        ]


async def test_it_stands_in_one_column_of_one_row_whatever_they_do(town, caplog):
    caplog.set_level("DEBUG")
    await town.pushes_to_persons(ScheduleKind.READING)
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=NUMBER)
    await town.says(member, f"Gabung {'x' * 16}")
    await town.says(member, "Kapan gajian?")
    await town.says(member, "lapor")
    await town.clock_to("2026-11-18T07:31+07:00")
    message = town.server.messages(member)[-1]
    assert ("*Fokus hari ini" in message.text, message.payload["to"]) == (True, NUMBER)
    assert await places(town) == ["person_addresses.phone"]
    assert NUMBER not in caplog.text
    assert await town.incidents() == []


async def test_who_has_it_is_the_same_person_each_time_also_after_a_long_silence(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=NUMBER)
    before = [(one.id, one.user_id) for one in await town.addresses()]
    for pause in (timedelta(minutes=1), timedelta(days=31)):
        town.clock.advance(pause)
        (answer, *_) = await town.says(member, "riwayat")
        assert "undangan" not in answer.text
    assert [(one.id, one.user_id) for one in await town.addresses()] == before


async def test_nothing_of_it_is_left_once_it_is_erased(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=NUMBER)
    await town.says(member, "hapusdata")
    await town.taps(member, "Ya, hapus data saya")
    assert await places(town) == []
    assert await town.addresses() == []


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_said_of_an_incident_names_no_number_either(town, monkeypatch, known):
    member = town.server.person("Anggota 1", user_id=None, phone=NUMBER)
    if known:
        await town.says(member, "halo")

    async def breaks(*_, **__):
        raise RuntimeError("a defect")

    monkeypatch.setattr(router.people, "active_member", breaks)
    answers = await town.says(member, "halo lagi")
    (incident,) = await town.incidents()
    assert [incident in answer.text for answer in answers] == [True] * known
    assert await places(town) == ["person_addresses.phone"] * known
