import asyncio
import logging
from datetime import timedelta

import pytest

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.webhook import WebhookKeeper, kept_secret
from scheduler.errors import ChannelRefusesUs
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

URL = "http://127.0.0.1:9/telegram/webhook"


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def connection(server):
    connection = Connection(server.token, server.origin)
    yield connection
    await connection.close()


@pytest.fixture
def naps():
    return []


@pytest.fixture
def keeper(server, connection, naps):
    async def nap(seconds):
        naps.append(seconds)
        server.changed()
        await asyncio.sleep(0)

    return WebhookKeeper(connection.bot, URL, "rahasia-123", server.clock, nap)


async def test_the_secret_is_made_once(database, server):
    async with database.transaction() as session:
        first = await kept_secret(session, server.clock.now())
    async with database.transaction() as session:
        assert await kept_secret(session, server.clock.now()) == first
    assert len(first) >= 32


async def test_it_sets_the_webhook_with_its_secret_and_kinds(server, keeper):
    await keeper.check()
    assert (server.webhook_url, server.webhook_secret) == (URL, "rahasia-123")
    assert server.allowed == ["message", "edited_message", "callback_query", "my_chat_member", "poll"]
    assert keeper.last_good_check == server.clock.now()


async def test_it_repairs_a_webhook_that_somebody_took_away(server, keeper):
    await keeper.check()
    server.set_webhook("", "")
    await keeper.check()
    assert server.webhook_url == URL


async def test_what_waits_is_never_dropped(server, keeper):
    server.person(11).says("halo")
    await keeper.check()
    assert len(server.pending) == 1


async def test_it_tells_when_telegram_cannot_deliver(server, keeper, caplog):
    caplog.set_level(logging.WARNING)
    await keeper.check()
    server.webhook_error = "Connection refused"
    await keeper.check()
    assert "Connection refused" in caplog.text


async def test_it_tries_again_and_then_looks_every_five_minutes(server, keeper, naps):
    server.next_call(faults.server_error(), method="setWebhook", times=2)
    running = asyncio.ensure_future(keeper.run())
    await server.until(lambda: len(naps) >= 4)
    running.cancel()
    assert naps[:4] == [1, 2, 300, 300]


async def test_a_revoked_token_ends_it_loudly(server, keeper):
    server.next_call(faults.unauthorized(), method="setWebhook")
    with pytest.raises(ChannelRefusesUs):
        await keeper.run()


async def test_a_check_is_not_good_while_updates_wait_for_a_delivery_that_fails(server, keeper):
    await keeper.check()
    set_at = server.clock.now()
    server.clock.advance(timedelta(minutes=5))
    server.person(11).says("halo")
    await server.until(lambda: server.webhook_error)
    await keeper.check()
    assert keeper.last_good_check == set_at
