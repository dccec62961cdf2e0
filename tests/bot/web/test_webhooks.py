import json
import logging
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.web.webhooks import SECRET_HEADER, Inlet, webhook_route
from scheduler.clock import MovableClock
from storage.errors import Unavailable
from storage.queries import inbound

PATH = "/telegram/webhook"
SECRET = "rahasia_sekali-123"
CLOCK = MovableClock(datetime(2026, 11, 30, tzinfo=UTC))


class LockedDatabase:
    def concurrent(self):
        raise Unavailable("OperationalError")


@pytest.fixture
def woken():
    return []


def client(database, woken):
    inlet = Inlet("telegram", PATH, SECRET, lambda: woken.append(True))
    app = Starlette(routes=[webhook_route(inlet, database, CLOCK)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


@pytest.fixture
async def telegram(database, woken):
    async with client(database, woken) as telegram:
        yield telegram


async def stored(database):
    async with database.transaction() as session:
        return [(update.channel, update.update_id, update.raw) for update in await inbound.unhandled(session)]


async def test_an_update_is_committed_before_the_answer(database, telegram, woken):
    raw = json.dumps({"update_id": 7, "message": {"text": "halo"}}).encode()
    answer = await telegram.post(PATH, content=raw, headers={SECRET_HEADER: SECRET})
    assert (answer.status_code, answer.content) == (200, b"")
    assert await stored(database) == [("telegram", "7", raw)]
    assert woken == [True]


async def test_a_redelivery_is_taken_and_changes_nothing(database, telegram, woken):
    for _ in range(2):
        answer = await telegram.post(PATH, json={"update_id": 7}, headers={SECRET_HEADER: SECRET})
        assert answer.status_code == 200
    assert (len(await stored(database)), woken) == (1, [True])


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "salah"}, {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: ""}])
async def test_without_the_secret_nothing_is_stored_and_nothing_shown_is_logged(database, telegram, headers, caplog):
    caplog.set_level(logging.DEBUG)
    answer = await telegram.post(PATH, json={"update_id": 7}, headers=headers)
    assert (answer.status_code, await stored(database)) == (403, [])
    assert SECRET not in caplog.text
    assert "salah" not in caplog.text


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"update_id": "x"}', b'{"update_id": true}', b"\xff\xfe", b"null"])
async def test_what_cannot_be_read_is_stored_and_does_not_come_again(database, telegram, raw):
    for _ in range(2):
        answer = await telegram.post(PATH, content=raw, headers={SECRET_HEADER: SECRET})
        assert answer.status_code == 200
    [(channel, update_id, kept)] = await stored(database)
    assert (channel, kept) == ("telegram", raw)
    assert update_id.startswith("sha256:")


async def test_while_the_database_is_locked_the_sender_is_asked_to_come_again(woken):
    async with client(LockedDatabase(), woken) as telegram:
        answer = await telegram.post(PATH, json={"update_id": 7}, headers={SECRET_HEADER: SECRET})
    assert (answer.status_code, answer.headers["Retry-After"], woken) == (503, "10", [])


async def test_a_flood_of_bytes_is_refused(database, telegram):
    answer = await telegram.post(PATH, content=b"x" * (1024 * 1024 + 1), headers={SECRET_HEADER: SECRET})
    assert (answer.status_code, await stored(database)) == (413, [])


async def test_only_posts_are_taken(telegram):
    assert (await telegram.get(PATH)).status_code == 405
