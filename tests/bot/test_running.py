"""The process is alone on its database, and no odd first answer ends it."""

import asyncio
import os
import signal

import pytest

from bot.config import Settings, WrongSetting
from bot.running import alone, run
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

pytestmark = pytest.mark.usefixtures("kept_logging")


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def settings(server, tmp_path):
    return Settings.from_environment(
        {
            "APEL_TELEGRAM_TOKEN": server.token,
            "APEL_TELEGRAM_API_URL": server.origin,
            "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/data/apel.sqlite",
        }
    )


async def _stopped(running):
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)


async def test_a_second_bot_on_the_same_database_is_refused(settings):
    with alone(settings.database_url), pytest.raises(WrongSetting) as refused:
        await run(settings)
    assert (refused.value.name, refused.value.key) == ("APEL_DATABASE_URL", "database_in_use")


@pytest.mark.parametrize("fault", [faults.forbidden("a proxy says no"), faults.Break(b"[]"), faults.server_error()])
async def test_an_odd_answer_at_the_start_does_not_end_it(server, settings, fault):
    server.next_call(fault, method="getMe")
    server.next_call(fault, method="getUpdates")
    running = asyncio.ensure_future(run(settings))
    await server.until(lambda: server.calls.count("getUpdates") > 1)
    assert not running.done()
    await _stopped(running)
