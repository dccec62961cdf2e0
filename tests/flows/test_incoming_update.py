"""The way in: stored before it is confirmed, answered once, whatever happens in between."""

import asyncio

import httpx
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from bot.web.app import make_app
from bot.web.serving import open_port, serve
from bot.web.webhooks import SECRET_HEADER, Inlet
from scheduler.clock import SystemClock
from scheduler.metrics import Metrics
from storage.queries import settings
from storage.transaction import Database

PATH = "/telegram/webhook"
SECRET = "rahasia_sekali-123456"


async def test_a_restart_in_the_middle_of_a_report_goes_on_where_it_stopped(office):
    await office.says(office.member, "/lapor")
    await office.presses(office.member, "Akuntabel")
    await office.kill_and_restart()
    await office.presses(office.member, "2")
    await office.kill_and_restart()
    await office.says(office.member, "Kendaraan dinas dikembalikan")
    await office.presses(office.member, "Lewati")
    await office.kill_and_restart()
    await office.presses(office.member, "Lewati")
    await office.kill_and_restart()
    saved = await office.presses(office.member, "Simpan")
    assert "Laporan tersimpan" in saved.text
    [history] = await office.says(office.member, "/riwayat")
    assert "Kendaraan dinas dikembalikan" in history.text


async def test_what_was_stored_and_not_confirmed_is_answered_once(office):
    office.member.says("/nilai")
    await office.poller.poll_once()  # stored; the confirmation would have gone with the next poll
    await office.kill_and_restart()
    assert len(office.containing(office.member, "Core Values")) == 1
    assert office.server.pending == []


async def test_reports_that_waited_in_private_are_processed_and_stale_group_commands_are_not(office):
    await office.kill()
    office.member.says("/lapor akuntabel 1: SPJ selesai")
    office.member.says("/rapat sekarang", to=office.group)
    office.member.says("/tanya@apel_bot apa arti akuntabel?", to=office.group)
    office.clock_jumps_to("2026-11-16T18:00+07:00")
    before = len(office.server.messages(office.group))
    await office.restart()
    assert "SPJ selesai" in office.last(office.member).text
    assert len(office.server.messages(office.group)) == before
    await office.presses(office.member, "Simpan")
    assert "Laporan tersimpan" in office.last(office.member).text


async def test_two_devices_give_one_report(office):
    [form] = await office.says(office.member, "/lapor akuntabel 1: SPJ selesai")
    [again] = await office.says(office.member, "/lapor akuntabel 1: SPJ selesai")
    for message, button in [(screen, screen.button("Simpan").data) for screen in (form, again, form)]:
        office.member.presses_data(message, button)
        await office.settle()
    [history] = await office.says(office.member, "/riwayat")
    assert history.text.count("SPJ selesai") == 1


@pytest.fixture
async def webhook(office):
    """The office with its updates posted to a port of ours instead of polled; `office.house` answers as before."""
    listener = open_port(0, "127.0.0.1")
    app = make_app(office.database, office.clock, Metrics(), inlets=[Inlet("telegram", PATH, SECRET, lambda: None)])
    serving = asyncio.ensure_future(serve(app, listener))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    await office.connection.bot.set_webhook(url, secret_token=SECRET)
    yield url
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def received(office):
    await office.server.until(lambda: not office.server.pending or office.server.webhook_error)
    await office.house.settle()


async def test_a_webhook_with_the_right_secret_is_answered(office, webhook):
    office.member.says("/nilai")
    await received(office)
    assert office.server.webhook_error is None
    assert len(office.containing(office.member, "Core Values")) == 1


async def test_a_webhook_with_a_wrong_secret_is_turned_away(office, webhook):
    office.server.set_webhook(webhook, "salah")
    office.member.says("/nilai")
    await received(office)
    assert office.server.webhook_error == "Wrong response from the webhook: 403"
    assert office.containing(office.member, "Core Values") == []
    office.server.set_webhook(webhook, SECRET)
    await received(office)
    assert len(office.containing(office.member, "Core Values")) == 1


async def test_one_update_delivered_three_times_gives_one_reply(office, webhook):
    office.member.says("/nilai")
    update = dict(office.server.pending[0])
    await received(office)
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(2):
            answer = await client.post(webhook, json=update, headers={SECRET_HEADER: SECRET})
            assert answer.status_code == 200
    await received(office)
    assert len(office.containing(office.member, "Core Values")) == 1


async def test_while_the_database_is_locked_telegram_is_asked_to_come_again(sqlite_database):
    impatient = Database(create_async_engine(sqlite_database.engine.url, connect_args={"timeout": 0}))
    app = make_app(impatient, SystemClock(), Metrics(), inlets=[Inlet("telegram", PATH, SECRET, lambda: None)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as telegram:

        async def posted():
            answer = await telegram.post(PATH, json={"update_id": 1}, headers={SECRET_HEADER: SECRET})
            return answer.status_code, answer.headers.get("Retry-After")

        async with sqlite_database.transaction() as session:
            await settings.read(session, "takes the lock")
            assert await posted() == (503, "10")
        assert await posted() == (200, None)
    await impatient.close()
