"""The whole process: it starts against a loopback Telegram, answers, tells its health, and stops on a signal."""

import asyncio
import signal
import socket
from contextlib import suppress

import httpx
import pytest

from bot.application import console_channel, identify, opened, telegram_link
from bot.channels.console import ConsoleChannel
from bot.config import Settings, WrongSetting
from bot.invitations import create_invitation
from bot.offices import add_office
from bot.running import run
from content.regulation_loader import load_regulations
from scheduler.clock import SystemClock
from scheduler.errors import ChannelRefusesUs
from storage.models import Role
from storage.queries import offices
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

pytestmark = pytest.mark.usefixtures("kept_logging")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
async def server():
    async with TelegramServer(SystemClock()) as server:
        yield server


@pytest.fixture
def settings_for(server, tmp_path):
    def settings(**more):
        named = {f"APEL_{name.upper()}": str(value) for name, value in more.items()}
        return Settings.from_environment(
            {
                "APEL_TELEGRAM_TOKEN": server.token,
                "APEL_TELEGRAM_API_URL": server.origin,
                "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/data/apel.sqlite",
                **named,
            }
        )

    return settings


@pytest.fixture
async def running(server):
    """Start the process with these settings; when the test is over it is stopped as an orchestrator does."""
    tasks = []

    def start(settings):
        tasks.append(asyncio.ensure_future(run(settings)))
        return tasks[-1]

    yield start
    for task in tasks:
        if not task.done():
            await stopped(task)


async def stopped(process):
    signal.raise_signal(signal.SIGTERM)
    with suppress(WrongSetting):
        await asyncio.wait_for(process, 10)


async def code_for_secretary(settings):
    async with opened(settings) as database, database.transaction() as session:
        regulation = load_regulations()[settings.regulation]
        office = await add_office(session, "Dinas Kominfo", regulation, None, SystemClock().now())
        return (await create_invitation(session, office, Role.SEKRETARIS, 1, SystemClock().now())).code


async def health(port):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/readyz")
    return answer.status_code, answer.json()


async def well(port):
    """What the process tells once all that must beat has beaten."""
    async with asyncio.timeout(5):
        while True:
            status, told = await health(port)
            if status == 200:
                return told


async def test_it_polls_answers_and_stops_on_a_signal(server, settings_for, running):
    settings = settings_for(http_port=(port := free_port()))
    code = await code_for_secretary(settings)
    process = running(settings)
    secretary = server.person(11, "Sekretaris")
    secretary.says(f"/start {code}")
    await server.message(secretary, "Anda sudah bergabung")
    secretary.says("/nilai")
    answer = await server.message(secretary, "Core Values")
    secretary.presses(answer, "Akuntabel")
    await server.message(secretary, "Pasal 8 huruf b angka 1", after=answer.message_id)
    told = await well(port)
    assert (told["status"], set(told)) == ("ok", {"status", "database", "clock", "inbox", "worker", "outbox", "poll"})
    assert set(server.commands) == {"all_private_chats", "all_group_chats"}
    assert "lapor" in server.commands["all_private_chats"]
    assert "start" not in server.commands["all_private_chats"]
    assert "tautkan" in server.commands["all_group_chats"]
    await stopped(process)
    with pytest.raises(httpx.ConnectError):
        await health(port)


async def test_with_a_public_address_it_sets_a_webhook_and_takes_what_comes(server, settings_for, running):
    port = free_port()
    running(settings_for(http_port=port, telegram_webhook_url=f"http://127.0.0.1:{port}"))
    guest = server.person(99, "Tamu")
    guest.says("/bantuan")
    await server.message(guest, "belum terdaftar")
    assert server.webhook_url == f"http://127.0.0.1:{port}/telegram/webhook"
    assert len(server.webhook_secret) >= 16
    assert set(await well(port)) == {"status", "database", "clock", "inbox", "worker", "outbox", "webhook"}


async def test_a_given_secret_and_path_are_used(server, settings_for, running):
    port = free_port()
    url = f"http://127.0.0.1:{port}/jalan/kantor%20kami"
    running(settings_for(http_port=port, telegram_webhook_url=url, telegram_webhook_secret="rahasia_kantor_2026"))
    await server.until(lambda: server.webhook_url)
    assert (server.webhook_url, server.webhook_secret) == (url, "rahasia_kantor_2026")
    guest = server.person(99, "Tamu")
    guest.says("halo")
    await server.message(guest, "belum terdaftar")


async def test_a_second_start_keeps_the_webhooks_secret(server, settings_for, running):
    secrets = []
    for _ in range(2):
        port = free_port()
        process = running(settings_for(http_port=port, telegram_webhook_url=f"http://127.0.0.1:{port}"))
        await server.until(lambda: server.webhook_url)
        secrets.append(server.webhook_secret)
        await stopped(process)
        server.set_webhook("", "")
    assert secrets[0] == secrets[1] != ""


async def test_a_refused_token_ends_the_process_with_a_sentence(settings_for, running):
    settings = settings_for(telegram_token="123456789:BBwrong-token_of_thirty-five_charac")
    with pytest.raises(WrongSetting) as error:
        await asyncio.wait_for(running(settings), 10)
    assert (error.value.name, error.value.key) == ("APEL_TELEGRAM_TOKEN", "token_refused")


async def test_a_taken_port_ends_the_process_with_a_sentence(settings_for, running):
    with socket.create_server(("", 0)) as taken, pytest.raises(WrongSetting) as error:
        await asyncio.wait_for(running(settings_for(http_port=taken.getsockname()[1])), 10)
    assert (error.value.name, error.value.key) == ("APEL_HTTP_PORT", "port_taken")


async def test_an_unknown_regulation_ends_the_process_with_a_sentence(settings_for):
    with pytest.raises(WrongSetting) as error:
        await run(settings_for(regulation="tidak-ada"))
    assert (error.value.name, error.value.key) == ("APEL_REGULATION", "regulation")


async def test_without_a_token_nothing_is_started(tmp_path):
    settings = Settings.from_environment({"APEL_DATABASE_URL": f"sqlite:///{tmp_path}/apel.sqlite"})
    with pytest.raises(WrongSetting):
        await run(settings)
    assert list(tmp_path.iterdir()) == []


async def test_opening_the_database_makes_its_folder_and_brings_it_up_to_date(settings_for):
    settings = settings_for()
    async with opened(settings) as database, database.transaction() as session:
        assert await offices.all_offices(session) == []


async def test_who_the_bot_is_is_asked_of_telegram(server, settings_for):
    identity = await identify(settings_for())
    assert (identity.username, identity.reads_everything) == ("apel_bot", True)
    server.next_call(faults.unauthorized(), method="getMe")
    with pytest.raises(ChannelRefusesUs):
        await identify(settings_for())


def test_links_by_which_people_join():
    assert telegram_link("apel_bot", "KODE") == "https://t.me/apel_bot?start=KODE"
    assert console_channel(ConsoleChannel(print, str, colour=False)).link("KODE") == "/start KODE"
