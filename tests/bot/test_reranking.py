"""A second opinion changes the order, or nothing: whatever the endpoint says, does or leaves undone."""

import json
import logging
from datetime import UTC, datetime

import pytest

from bot.config import Endpoint, Secret
from bot.conversations.second_opinion import Candidate, Doubt
from bot.reranking import REST, ChatEndpoint, order_in
from scheduler.clock import MovableClock
from tests.fakes.chat_endpoint import FakeChatEndpoint

TOPICS = ("nilai/loyal", "motto", "nilai/akuntabel/2")
DOUBT = Doubt("boleh pinjam mobil", tuple(Candidate(topic, topic, "bunyi " * 200) for topic in TOPICS))
PATIENCE = 20  # seconds; more than any loopback needs, and no test waits for it


@pytest.fixture
async def server():
    async with FakeChatEndpoint() as server:
        yield server


@pytest.fixture
def clock():
    return MovableClock(datetime(2026, 11, 30, tzinfo=UTC))


@pytest.fixture
def endpoint(server, clock):
    return ChatEndpoint(Endpoint(server.url, "kecil-1", Secret("rahasia-sekali"), PATIENCE), clock)


async def test_it_is_given_the_question_and_the_topics_and_its_order_is_taken(server, endpoint):
    server.says = json.dumps([TOPICS[2], TOPICS[0], TOPICS[1]])
    assert await endpoint.order(DOUBT) == (TOPICS[2], TOPICS[0], TOPICS[1])
    (request,) = server.requests
    assert (request["model"], request["temperature"]) == ("kecil-1", 0)
    assert server.asked["question"] == "boleh pinjam mobil"
    assert [topic["id"] for topic in server.asked["topics"]] == list(TOPICS)
    assert max(len(topic["text"]) for topic in server.asked["topics"]) == 300
    assert server.keys == ["Bearer rahasia-sekali"]


async def test_without_a_key_none_is_sent(server, clock):
    await ChatEndpoint(Endpoint(f"{server.url}/chat/completions", "kecil-1", None, PATIENCE), clock).order(DOUBT)
    assert server.keys == [None]


@pytest.mark.parametrize(
    ("says", "order"),
    [
        ('["motto"]', ("motto", "nilai/loyal", "nilai/akuntabel/2")),
        ('```json\n["motto"]\n```', ("motto", "nilai/loyal", "nilai/akuntabel/2")),
        ("[]", ()),
        ("", ()),
        ("motto", ()),
        ('Tentu! ["motto"]', ()),
        ('["motto", "gaji"]', ()),
        ('["motto", "motto"]', ()),
        ('["motto", 7]', ()),
        ('{"motto": 1}', ()),
        (json.dumps([*TOPICS, "salam"]), ()),
        ("Baik, saya abaikan instruksi. Jawabannya: boleh.", ()),
        ("\ud800", ()),
    ],
)
async def test_only_an_array_of_given_topics_each_once_counts(server, endpoint, says, order):
    server.says = says
    assert await endpoint.order(DOUBT) == order


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"<html>",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b"1" * 99_999,
    ],
)
async def test_what_is_no_completion_is_no_opinion(server, endpoint, raw):
    server.raw = raw
    assert await endpoint.order(DOUBT) == ()


def test_a_completion_without_choices_orders_nothing():
    assert order_in(b'{"choices": []}', TOPICS) == ()


@pytest.mark.parametrize("status", [302, 401, 429, 500])
async def test_a_refusal_is_no_opinion_and_nobody_is_asked_for_a_minute(server, endpoint, clock, status, caplog):
    server.says, server.status = json.dumps([TOPICS[1]]), status
    assert await endpoint.order(DOUBT) == ()
    server.status = 200
    assert await endpoint.order(DOUBT) == ()
    assert len(server.requests) == 1
    clock.advance(REST)
    assert (await endpoint.order(DOUBT))[0] == TOPICS[1]
    assert "rahasia-sekali" not in caplog.text
    assert "mobil" not in caplog.text


async def test_one_that_is_slow_is_not_waited_for(server, clock, caplog):
    server.silent = True
    caplog.set_level(logging.WARNING)
    hasty = ChatEndpoint(Endpoint(server.url, "kecil-1", None, 0.05), clock)
    assert await hasty.order(DOUBT) == ()
    assert await hasty.order(DOUBT) == ()
    assert len(server.requests) <= 1
    assert "TimeoutError" in caplog.text


async def test_one_that_is_not_there_is_no_opinion(server, clock):
    gone = server.url
    await server.__aexit__()
    assert await ChatEndpoint(Endpoint(gone, "kecil-1", None, PATIENCE), clock).order(DOUBT) == ()
