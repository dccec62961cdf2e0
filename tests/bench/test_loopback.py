import asyncio

import aiohttp
import pytest

from tests.bench.loopback import PUBLISHED, Limits, Windows, loopback


@pytest.fixture(scope="module")
def server():
    with loopback(Limits(per_second=1000, per_chat_second=2, per_group_minute=3)) as server:
        yield server


def form(**fields):
    data = aiohttp.FormData(fields)
    data.add_field("document", b"x", filename="a.csv")
    return data


@pytest.mark.parametrize(
    ("chat_id", "body"),
    [
        (-7, {"json": {"chat_id": -7, "text": "kiriman-12 & <b>"}}),
        (-8, {"json": {"text": "kiriman-12", "chat_id": "-8"}}),
        (-9, {"data": {"chat_id": "-9", "text": "kiriman-12 & <b>"}}),
        (-10, {"data": form(chat_id="-10", text="kiriman-12")}),
    ],
)
async def test_it_notes_chat_and_number_however_a_client_writes_them(server, chat_id, body):
    async with aiohttp.ClientSession() as client:
        answer = await client.post(f"{server.origin}/bot{server.token}/sendMessage", **body)
        assert (await answer.json())["result"]["chat"]["id"] == chat_id
    [arrival] = server.arrivals()
    assert (arrival.chat_id, arrival.number, arrival.accepted) == (chat_id, 12, True)
    assert server.arrivals() == []


async def test_what_is_too_much_is_refused_as_telegram_does(server):
    async with aiohttp.ClientSession() as client:
        url = f"{server.origin}/bot{server.token}/sendMessage"
        answers = [await client.post(url, json={"chat_id": 5, "text": "halo"}) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert (await answers[2].json())["parameters"] == {"retry_after": 1}
    assert [arrival.accepted for arrival in server.arrivals()] == [True, True, False]


async def test_an_update_reaches_whoever_polls(server):
    async with aiohttp.ClientSession() as client:
        url = f"{server.origin}/bot{server.token}/getUpdates"
        poll = asyncio.ensure_future(client.post(url))
        server.push(b'{"update_id":%d}')
        assert (await (await poll).json())["result"] == [{"update_id": 1}]


def test_the_published_limits_count_in_sliding_windows():
    windows = Windows(PUBLISHED)
    assert [windows.wait(chat, 0.0) for chat in range(1, 32)] == [0] * 30 + [1]
    assert [windows.wait(1, at) for at in (0.9, 1.0, 1.5, 2.0)] == [1, 0, 1, 0]


def test_a_group_has_twenty_a_minute():
    windows = Windows(PUBLISHED)
    assert [windows.wait(-1, 2.0 * number) for number in range(21)] == [0] * 20 + [21]
    assert windows.wait(-1, 60.0) == 0
