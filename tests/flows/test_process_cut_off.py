"""The whole process while something it needs is out of reach: what can be done is done, and nobody is told all is well."""

import asyncio
import signal
import socket
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from bot import loops
from bot.config import Settings
from bot.running import run
from scheduler import posting
from scheduler.clock import SystemClock
from scheduler.worker import Worker
from tests.fakes import telegram_faults as faults
from tests.fakes.graph_server import GraphServer
from tests.fakes.http_server import HttpServer, Response
from tests.fakes.telegram_server import TelegramServer, _refusal
from tests.faults.bot import until
from tests.flows.test_process_whatsapp import environment, free_port, post

pytestmark = pytest.mark.usefixtures("kept_logging")
PATIENCE = 20.0  # real seconds


@pytest.fixture
async def running():
    tasks = []

    def start(settings):
        tasks.append(asyncio.ensure_future(run(Settings.from_environment(settings))))

    yield start
    for task in tasks:
        if not task.done():
            signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(task, PATIENCE)


async def listening(port):
    """Wait until it has started: what it reads first takes its time."""
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


async def told(port, path):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}{path}")
    return answer.status_code, answer.json()


async def test_without_telegram_it_is_alive_and_answers_on_whatsapp(tmp_path, running):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    port = free_port()
    async with GraphServer(SystemClock()) as meta:
        telegram = {
            "APEL_TELEGRAM_TOKEN": "123456789:AAexample_token_of_thirty_five_char",
            "APEL_TELEGRAM_API_URL": f"http://127.0.0.1:{nobody}",
        }
        running(environment(meta, tmp_path, APEL_HTTP_PORT=str(port), **telegram))
        await listening(port)
        guest = meta.person("Tamu")
        guest.says("halo")
        await post(meta, f"http://127.0.0.1:{port}/whatsapp/webhook")
        await meta.message(guest, "belum terdaftar")
        status, alive = await told(port, "/healthz")
        assert (status, {name for name in ("inbox", "worker", "outbox") if alive[name]["ok"]}) == (
            200,
            {"inbox", "worker", "outbox"},
        )
        status, ready = await told(port, "/readyz")
        assert (status, ready["poll"]["ok"], ready["poll"]["age_seconds"]) == (503, False, None)


class Deaf(TelegramServer):
    """Takes everything but the question for updates, until `hears`."""

    hears = False

    async def _with_fault(self, method, request):
        if method == "getupdates" and not self.hears:
            return _refusal(faults.server_error())
        return await super()._with_fault(method, request)


class Watcher:
    """Somebody outside who is called; `well` tells at each call whether all was well."""

    def __init__(self, well):
        self.heard, self.called = [], asyncio.Event()
        self._well = well
        self._http = HttpServer(self._handle)

    async def __aenter__(self):
        self.origin = await self._http.start()
        return self

    async def __aexit__(self, *_):
        await self._http.stop()

    async def _handle(self, _):
        self.heard.append(self._well())
        self.called.set()
        return Response()


@pytest.fixture
def ticks_often(monkeypatch):
    monkeypatch.setattr(loops, "HEARTBEAT", timedelta(seconds=0.1))


def settings_of(server, watcher, tmp_path):
    return {
        "APEL_TELEGRAM_TOKEN": server.token,
        "APEL_TELEGRAM_API_URL": server.origin,
        "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/apel.sqlite",
        "APEL_HEARTBEAT_URL": watcher.origin,
    }


@pytest.mark.usefixtures("ticks_often")
async def test_the_heartbeat_waits_until_the_channel_is_heard(tmp_path, running, monkeypatch):
    tick, ticks = Worker.tick, []

    async def counted(*arguments, **more):
        ticks.append(1)
        return await tick(*arguments, **more)

    monkeypatch.setattr(Worker, "tick", counted)
    async with Deaf(SystemClock()) as server, Watcher(lambda: server.hears) as watcher:
        running(settings_of(server, watcher, tmp_path))
        await until(lambda: len(ticks) > 2)
        server.hears = True
        await asyncio.wait_for(watcher.called.wait(), PATIENCE)
        assert watcher.heard == [True]


@pytest.mark.usefixtures("ticks_often")
async def test_the_heartbeat_waits_until_a_tick_leaves_nothing_undone(tmp_path, running, monkeypatch):
    record, mended, failed = posting.record_missed, asyncio.Event(), []

    async def record_missed(*arguments, **more):
        if not mended.is_set():
            failed.append(1)
            raise RuntimeError("a defect")
        return await record(*arguments, **more)

    monkeypatch.setattr(posting, "record_missed", record_missed)
    async with TelegramServer(SystemClock()) as server, Watcher(mended.is_set) as watcher:
        running(settings_of(server, watcher, tmp_path))
        await until(lambda: server.calls.count("getUpdates") > 1)
        seen = len(failed)
        await until(lambda: len(failed) > seen + 2)  # it ticked, and the channel was heard
        mended.set()
        await asyncio.wait_for(watcher.called.wait(), PATIENCE)
        assert watcher.heard == [True]
