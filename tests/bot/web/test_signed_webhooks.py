import asyncio
import json
import logging
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.whatsapp.splitting import events
from bot.web.signed_webhooks import SIGNATURE_HEADER, Signatures, SignedInlet, signature, signed_route
from scheduler.clock import MovableClock
from storage.errors import Unavailable
from storage.queries import inbound
from tests.statements import recorded

PATH = "/whatsapp/webhook"
SECRET, WORD = "rahasia-aplikasi", "kata-kunci"
CLOCK = MovableClock(datetime(2026, 11, 30, tzinfo=UTC))


class LockedDatabase:
    def concurrent(self):
        raise Unavailable("OperationalError")


class SlowDatabase:
    """Gives a transaction to nobody before it is let go."""

    def __init__(self, database):
        self._database = database
        self.asked, self.let_go = 0, asyncio.Event()

    @asynccontextmanager
    async def concurrent(self):
        self.asked += 1
        await self.let_go.wait()
        async with self._database.concurrent() as session:
            yield session


class Awaited:
    """Hears of what is stored, and knows when it was so often."""

    def __init__(self, times):
        self._left, self.all = times, asyncio.Event()

    def append(self, _):
        self._left -= 1
        if not self._left:
            self.all.set()


@pytest.fixture
def woken():
    return []


def by_line(raw):
    return [(line[:20].decode(), line) for line in raw.split(b"\n")]


def client(database, woken, **more):
    inlet = SignedInlet("whatsapp", PATH, SECRET, WORD, by_line, lambda: woken.append(True), **more)
    app = Starlette(routes=[signed_route(inlet, database, CLOCK)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


@pytest.fixture
async def meta(database, woken):
    async with client(database, woken) as meta:
        yield meta


def signed(raw):
    return {"content": raw, "headers": {SIGNATURE_HEADER: signature(SECRET, raw)}}


async def stored(database):
    async with database.transaction() as session:
        return [(update.channel, update.update_id) for update in await inbound.unhandled(session)]


async def test_the_handshake_gives_the_challenge_back(meta):
    asked = {"hub.mode": "subscribe", "hub.verify_token": WORD, "hub.challenge": "1158201444"}
    answer = await meta.get(PATH, params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hub.mode": "subscribe", "hub.verify_token": "salah", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "é", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": WORD, "hub.challenge": "1"},
    ],
)
async def test_a_handshake_with_a_wrong_word_is_turned_away(meta, asked):
    assert (await meta.get(PATH, params=asked)).status_code == 403


async def test_every_event_of_a_post_is_committed_before_the_answer(database, meta, woken):
    assert (await meta.post(PATH, **signed(b"satu\ndua"))).status_code == 200
    assert await stored(database) == [("whatsapp", "satu"), ("whatsapp", "dua")]
    assert woken == [True]


async def test_a_repeat_is_stored_once_whether_it_comes_alone_or_among_others(database, meta):
    for raw in (b"satu", b"satu", b"satu\ndua\nsatu"):
        assert (await meta.post(PATH, **signed(raw))).status_code == 200
    assert await stored(database) == [("whatsapp", "satu"), ("whatsapp", "dua")]


async def test_a_large_post_costs_no_more_statements_than_a_small_one(database, meta):
    with recorded(database) as of_one:
        await meta.post(PATH, **signed(b"nol"))
    with recorded(database) as of_many:
        await meta.post(PATH, **signed(b"\n".join(b"%d" % number for number in range(500))))
    assert len(of_many) == len(of_one)
    assert [key for _, key in (await stored(database))[1:4]] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "shown",
    ["", "sha256=", "sha256=00", "sha1=00", signature("lain", b"satu"), signature(SECRET, b"dua"), b"sha256=\xe9"],
)
async def test_a_wrong_signature_is_turned_away_and_nothing_is_stored(database, meta, shown, caplog):
    with caplog.at_level(logging.WARNING):
        answer = await meta.post(PATH, content=b"satu", headers={SIGNATURE_HEADER: shown})
    assert (answer.status_code, await stored(database)) == (403, [])
    assert SECRET not in caplog.text


async def test_wrong_signatures_are_counted_until_a_right_one_comes_and_told_seldom(database, woken, caplog):
    signatures = Signatures("APEL_RAHASIA")
    async with client(database, woken, signatures=signatures) as meta:
        assert signatures.trouble is None
        for _ in range(99):
            await meta.post(PATH, content=b"satu")
        told = "posts wrongly signed since the last right one: {}; does APEL_RAHASIA fit?"
        assert signatures.trouble == told.format(99)
        assert caplog.messages == [f"{PATH}: turned away: {told.format(times)}" for times in (1, 10)]
        await meta.post(PATH, **signed(b"satu"))
    assert signatures.trouble is None


async def test_the_raw_bytes_are_what_is_signed(database, meta):
    escaped = json.dumps({"nama": "é"}).encode()
    assert (await meta.post(PATH, **signed(escaped))).status_code == 200


async def test_a_post_larger_than_meta_sends_is_refused(meta):
    assert (await meta.post(PATH, **signed(b"x" * (3 * 1024 * 1024 + 1)))).status_code == 413
    assert (await meta.post(PATH, **signed(b"x" * (3 * 1024 * 1024)))).status_code == 200


async def test_without_a_database_meta_is_to_post_again(woken):
    async with client(LockedDatabase(), woken) as meta:
        answer = await meta.post(PATH, **signed(b"satu"))
    assert (answer.status_code, answer.headers["Retry-After"], woken) == (503, "10", [])


async def test_while_the_database_is_slow_meta_is_answered_and_what_is_stored_later_is_stored_once(database, woken):
    slow = SlowDatabase(database)
    async with client(slow, woken, within=0.01) as meta:
        answer = await meta.post(PATH, **signed(b"satu\ndua"))
        assert (answer.status_code, answer.headers["Retry-After"], woken) == (503, "10", [])
        slow.let_go.set()
    async with client(database, woken) as meta:
        assert (await meta.post(PATH, **signed(b"satu\ndua"))).status_code == 200
    assert await stored(database) == [("whatsapp", "satu"), ("whatsapp", "dua")]
    assert woken == [True, True]


async def test_no_more_posts_wait_for_a_slow_database_than_it_can_be_given_at_once(database):
    slow, stored_all = SlowDatabase(database), Awaited(50)
    async with client(slow, stored_all, within=0.001) as meta:
        for number in range(60):
            assert (await meta.post(PATH, **signed(b"%d" % number))).status_code == 503
        assert slow.asked == 50
        slow.let_go.set()
        async with asyncio.timeout(10):
            await stored_all.all.wait()
    assert len(await stored(database)) == 50


async def test_what_cannot_be_taken_apart_is_stored_as_it_is_and_meta_does_not_post_it_for_days(
    database, woken, caplog
):
    async with client(database, woken) as meta:
        for _ in range(2):
            assert (await meta.post(PATH, **signed(b"\xff 6281234567890"))).status_code == 200
    async with database.transaction() as session:
        assert [update.raw for update in await inbound.unhandled(session)] == [b"\xff 6281234567890"]
    assert "6281234567890" not in caplog.text


async def test_whatever_ids_meta_tells_are_stored(database, woken):
    inlet = SignedInlet("whatsapp", PATH, SECRET, WORD, events, lambda: woken.append(True))
    app = Starlette(routes=[signed_route(inlet, database, CLOCK)])
    odd = [
        {"messages": [{"id": "a\0b", "from": "6281"}, {"id": "good", "text": {"body": "hai\0"}}]},
        {"statuses": [{"id": "c", "status": "".join(chr(33 + i * 7919 % 90) for i in range(9000))}]},
        {"messages": [{"id": "d", "from": ["x"]}], "contacts": [{"wa_id": {}}]},
        {"messages": [{"id": "e\ud83d"}]},
    ]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as meta:
        for value in odd:
            raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
            assert (await meta.post(PATH, **signed(raw))).status_code == 200
    assert [key for _, key in await stored(database) if not key.startswith("sha256:")] == ["good", "d", "e?"]
