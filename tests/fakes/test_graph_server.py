"""The loopback Meta refuses what the real one refuses."""

from datetime import timedelta

import httpx
import pytest

from tests.fakes.graph_server import VERSION, GraphServer, Template


@pytest.fixture
async def server():
    async with GraphServer() as server:
        yield server


@pytest.fixture
async def send(server):
    person = server.person()
    person.says("halo")
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {server.token}"}) as client:

        async def send(**content):
            body = {"messaging_product": "whatsapp", "recipient": person.user_id} | content
            answer = (await client.post(f"{server.origin}/{VERSION}/{server.phone_id}/messages", json=body)).json()
            return answer["error"]["code"] if "error" in answer else None

        yield send


def text(body):
    return {"type": "text", "text": {"body": body}}


def buttons(*titles, body="x", **more):
    replies = [{"type": "reply", "reply": {"id": f"a:{n}", "title": title}} for n, title in enumerate(titles)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}} | more,
    }


def rows(*titles, **more):
    shown = [{"id": f"a:{n}", "title": title} | more for n, title in enumerate(titles)]
    action = {"button": "Lihat", "sections": [{"rows": shown}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": "x"}, "action": action}}


def template(name, *parameters, language="id"):
    part = {"type": "body", "parameters": [{"type": "text", "text": text} for text in parameters]}
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": [part]}}


@pytest.mark.parametrize(
    "content",
    [
        text("x" * 4096),
        buttons("a" * 20, "b", "c", body="x" * 1024),
        rows(*(f"{n:02}" + "x" * 22 for n in range(10)), description="d" * 72),
    ],
    ids=["text", "buttons", "rows"],
)
async def test_what_keeps_the_limits_is_taken(send, content):
    assert await send(**content) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text("x" * 4097), 131009),
        (text(""), 131009),
        (buttons("a" * 21), 131009),
        (buttons("a", "b", "c", "d"), 131009),
        (buttons("a", "a"), 131009),
        (buttons("a", body="x" * 1025), 131009),
        (buttons(), 131009),
        (rows(*"abcdefghijk"), 131009),
        (rows("x" * 25), 131009),
        (rows("x", description="d" * 73), 131009),
        ({"type": "poll"}, 131051),
        ({"type": "document", "document": {"id": "media-99"}}, 131053),
        (text("x") | {"to": "62811"}, 100),
        (text("x") | {"recipient": "ID.unknown"}, 131026),
        (text("x") | {"biz_opaque_callback_data": "x" * 513}, 100),
    ],
)
async def test_what_does_not_is_refused(send, content, code):
    assert await send(**content) == code


async def test_after_a_day_only_an_approved_template_with_the_right_parameters_goes(server, send):
    server.clock.advance(timedelta(hours=24))
    server.templates |= {
        "siap": Template("siap", 1),
        "menunggu": Template("menunggu", status="PENDING"),
        "dijeda": Template("dijeda", status="PAUSED"),
    }
    assert await send(**text("x")) == 131047
    assert await send(**template("siap", "satu")) is None
    assert await send(**template("siap")) == 132000
    assert await send(**template("siap", "dua\nbaris")) == 132018
    assert await send(**template("siap", "satu", language="en")) == 132001
    assert await send(**template("menunggu")) == 132001
    assert await send(**template("dijeda")) == 132015


async def test_a_wrong_token_and_number_are_refused(server):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{server.origin}/{VERSION}/{server.phone_id}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)
        head = {"Authorization": f"Bearer {server.token}"}
        answer = await client.get(f"{server.origin}/{VERSION}/1", headers=head)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
