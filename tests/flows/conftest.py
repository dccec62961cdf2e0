"""The town of a flow test. Whatever the story, it must end without an incident and with a ledger that tells the truth."""

import logging
from contextlib import asynccontextmanager

import pytest

from storage.models import Role
from tests.fakes.telegram_people import Group
from tests.flows.office import Town
from tests.flows.whatsapp_office import WhatsAppTown

MONDAY = "2026-11-16T14:00+07:00"
_prepared = []


@asynccontextmanager
async def _checked(town, caplog):
    async with town:
        yield town
        assert await town.incidents() == []
        assert "terjadi kesalahan" not in "".join(m.text for chat in town.server.chats.values() for m in chat.sent)
        assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []
        await town.check_ledger()


@pytest.fixture
async def url(request):
    """Of an empty database for a town; None: a new SQLite file."""
    if getattr(request, "param", request.config.getoption("database")) == "sqlite":
        yield None
    else:
        async with request.getfixturevalue("postgres").fresh() as url:
            yield url


@pytest.fixture
async def town(tmp_path, url, caplog):
    """An installation on Friday, 13 November 2026, 14.00 WIB; checked when the story is over."""
    async with _checked(Town(tmp_path, "2026-11-13T14:00+07:00", url=url), caplog) as town:
        yield town


@pytest.fixture
async def office(tmp_path, tmp_path_factory, url, caplog):
    """A town on Monday, 16 November 2026, 14.00 WIB, with one office of Karanganyar: `secretary`, `member`, `group`."""
    if url is None and not _prepared:
        async with Town(tmp_path_factory.mktemp("office"), MONDAY) as first:
            await _prepare(first)
            _prepared.append(await first.snapshot())
    async with _checked(Town(tmp_path, MONDAY, found=None if url else _prepared[0], url=url), caplog) as town:
        if url is not None:
            await _prepare(town)
        town.office_name = "Dinas Kominfo"
        town.secretary, town.member = town.server.people[11], town.server.people[21]
        town.group = Group(town.server, -100500)
        yield town


@pytest.fixture
async def whatsapp_town(tmp_path):
    """An office on WhatsApp alone on Wednesday, 18 November 2026, 07.00 WIB, with our templates approved."""
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


async def _prepare(town):
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    await town.joins(21, "Anggota 1", Role.ANGGOTA)
    await town.links_group(-100500, "Grup Dinas", secretary)
