"""Files of Telegram: fetched by their reference, as far as Telegram gives them to bots."""

import pytest

from bot.channels.telegram import files
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.files import TelegramFiles
from scheduler.errors import ChannelDown, ChannelRefusesUs
from scheduler.files import FileGone, Gone
from tests.fakes.telegram_faults import Refuse
from tests.fakes.telegram_server import TelegramServer


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        server.person(11).sends_document("a.pdf")
        yield server


@pytest.fixture
async def channel(server):
    connection = Connection(server.token, server.origin)
    yield TelegramFiles(connection.bot, server.clock)
    await connection.close()


async def test_a_file_is_fetched_by_its_reference(channel):
    assert await channel.fetch("file-1") == b"%PDF a file"


async def test_what_telegram_does_not_know_is_gone(channel):
    with pytest.raises(FileGone) as raised:
        await channel.fetch("file-9")
    assert raised.value.reason is Gone.REFUSED


async def test_what_is_too_large_for_bots_is_gone(server, channel, monkeypatch):
    server.next_call(Refuse(400, "Bad Request: file is too big", {}), method="getFile")
    with pytest.raises(FileGone) as raised:
        await channel.fetch("file-1")
    assert raised.value.reason is Gone.TOO_LARGE
    monkeypatch.setattr(files, "LARGEST", 10)
    with pytest.raises(FileGone) as raised:
        await channel.fetch("file-1")
    assert raised.value.reason is Gone.TOO_LARGE


async def test_a_revoked_token_and_a_server_that_is_down_are_told_apart(server):
    for token, origin, error in (
        ("1:other", server.origin, ChannelRefusesUs),
        (server.token, "http://127.0.0.1:9", ChannelDown),
    ):
        connection = Connection(token, origin)
        with pytest.raises(error) as raised:
            await TelegramFiles(connection.bot, server.clock).fetch("file-1")
        assert token not in str(raised.value)
        await connection.close()
