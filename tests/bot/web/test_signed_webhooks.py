import json
import logging
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

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
