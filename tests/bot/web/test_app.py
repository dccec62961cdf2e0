import asyncio
from contextlib import suppress

import httpx
import pytest

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.webhook import WebhookKeeper
from bot.web.app import make_app
from bot.web.serving import open_port, serve
from bot.web.webhooks import Inlet
from scheduler.metrics import Metrics
from storage.queries import inbound
from tests.fakes.telegram_server import TelegramServer

SECRET = "rahasia_sekali-123"


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def origin(database, server):
    inlet = Inlet("telegram", "/telegram/webhook", SECRET, server.changed)
    app = make_app(database, server.clock, Metrics(), inlets=[inlet])
    listener = open_port(0, "127.0.0.1")
    serving = asyncio.ensure_future(serve(app, listener))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def keep_webhook(server, url, secret):
    connection = Connection(server.token, server.origin)
    await WebhookKeeper(connection.bot, url, secret, server.clock, asyncio.sleep).check()
    await connection.close()


async def test_telegram_posts_what_people_write(database, server, origin):
    await keep_webhook(server, f"{origin}/telegram/webhook", SECRET)
    server.person(11).says("satu")
    server.person(11).says("dua")
    await server.received_all()
    async with database.transaction() as session:
        assert [update.update_id for update in await inbound.unhandled(session)] == ["7001", "7002"]


async def test_with_the_wrong_secret_it_keeps_waiting_at_telegram(database, server, origin):
    await keep_webhook(server, f"{origin}/telegram/webhook", "lain_sama_sekali")
    server.person(11).says("satu")
    await server.until(lambda: server.webhook_error)
    assert (server.webhook_error, len(server.pending)) == ("Wrong response from the webhook: 403", 1)


async def test_everything_else_is_not_found(origin):
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{origin}/")).status_code == 404


def test_a_port_that_is_taken_says_so():
    with open_port(0, "127.0.0.1") as listener, pytest.raises(OSError):
        open_port(listener.getsockname()[1], "127.0.0.1")
