"""The town of a flow test. Whatever the story, it must end without an incident and with a ledger that tells the truth."""

import logging

import pytest

from storage.models import Role
from tests.flows.office import Town


@pytest.fixture
async def town(tmp_path, caplog):
    """An installation on Friday, 13 November 2026, 14.00 WIB; checked when the story is over."""
    async with Town(tmp_path, "2026-11-13T14:00+07:00") as town:
        yield town
        assert await town.incidents() == []
        assert "terjadi kesalahan" not in "".join(m.text for chat in town.server.chats.values() for m in chat.sent)
        assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []
        await town.check_ledger()


@pytest.fixture
async def office(town):
    """The town on Monday, 16 November 2026, 14.00 WIB, with one office of Karanganyar: `secretary`, `member`, `group`."""
    town.clock_jumps_to("2026-11-16T14:00+07:00")
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    town.secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    town.member = await town.joins(21, "Anggota 1", Role.ANGGOTA)
    town.group = await town.links_group(-100500, "Grup Dinas", town.secretary)
    return town
