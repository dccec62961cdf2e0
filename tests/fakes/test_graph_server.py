"""The loopback Meta refuses what the real one refuses."""

import asyncio
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from tests.fakes.graph_limits import Limits
from tests.fakes.graph_server import VERSION, Broken, GraphServer, Hold, Lose, Template, TooMany


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
            body = {name: value for name, value in body.items() if value is not None}
            answer = (await client.post(f"{server.origin}/{VERSION}/{server.phone_id}/messages", json=body)).json()
            return answer["error"]["code"] if "error" in answer else None

        yield send


async def test_a_proof_of_the_apps_secret_is_looked_at_where_one_is_given(server):
    url, bearer = f"{server.origin}/{VERSION}/{server.phone_id}", {"Authorization": f"Bearer {server.token}"}
    right = hmac.new(server.app_secret.encode(), server.token.encode(), hashlib.sha256).hexdigest()
    async with httpx.AsyncClient(trust_env=False, headers=bearer) as client:
        answers = [(await client.get(url, params={"appsecret_proof": proof})).json() for proof in (right, "0" * 64)]
        assert (await client.get(url)).status_code == 200
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, 100]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"to": "{user_id}", "recipient": None}, 100),
        ({"recipient": "{phone}"}, 100),
        ({"recipient": "phone:{phone}"}, 100),
        ({"to": "{phone}", "recipient": None}, None),
        ({"recipient": "{user_id}"}, None),
    ],
)
async def test_a_number_is_written_to_and_a_user_id_is_the_recipient(server, send, to, code):
    (person,) = server.people
    named = {name: value and value.format(user_id=person.user_id, phone=person.phone) for name, value in to.items()}
    assert await send(**text("x"), **named) == code


async def test_more_than_a_number_carries_in_a_second_is_refused_whoever_wrote_it(server, send):
    server.limits = Limits(per_second=3)
    server.person().says("halo")
    assert [await send(**text("x")) for _ in range(3)] == [None, None, 130429]
    server.clock.advance(timedelta(seconds=1))
    assert await send(**text("x")) is None
    assert server.limits.refused == [130429]


async def test_to_one_person_more_go_at_once_only_as_borrowed_from_the_time_to_come(server, send):
    server.limits = Limits()
    assert [await send(**text("x")) for _ in range(46)] == [None] * 45 + [131056]
    server.clock.advance(timedelta(seconds=6))
    assert [await send(**text("x")) for _ in range(2)] == [None, 131056]
    server.clock.advance(timedelta(seconds=44 * 6))
    assert [await send(**text("x")) for _ in range(46)] == [None] * 44 + [131056, 131056]


async def test_only_so_many_who_did_not_write_are_written_to_in_a_day(server, send):
    server.limits = Limits(persons=1)
    server.templates["a"] = Template("a")
    template = {"type": "template", "template": {"name": "a", "language": {"code": "id"}}}
    first, second = server.person(), server.person()
    assert await send(**template, recipient=first.user_id) is None
    assert await send(**template, recipient=second.user_id) == 131048
    assert await send(**template, recipient=first.user_id) is None
    assert await send(**template) is None  # has written
    server.clock.advance(timedelta(hours=24))
    assert await send(**template, recipient=second.user_id) is None


def text(body):
    return {"type": "text", "text": {"body": body}}


def buttons(*titles, body="x", **more):
    replies = [{"type": "reply", "reply": {"id": f"a:{n}", "title": title}} for n, title in enumerate(titles)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}} | more,
    }


def rows(*titles, opens="Lihat", header=None, **more):
    shown = [{"id": f"a:{n}", "title": title} | more for n, title in enumerate(titles)]
    return listed([{"rows": shown}], opens, **({"header": header} if header else {}))


def listed(sections, opens="Lihat", **more):
    action = {"button": opens, "sections": sections}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": "x"}, "action": action} | more}


def section(count, first=0, **more):
    return {"rows": [{"id": f"a:{n}", "title": "x"} for n in range(first, first + count)]} | more


def header(words):
    return {"type": "text", "text": words}


def button_with_id(reference):
    reply = {"type": "reply", "reply": {"id": reference, "title": "Ya"}}
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "x"}, "action": {"buttons": [reply]}},
    }


def template(name, *parameters, language="id"):
    part = {"type": "body", "parameters": [{"type": "text", "text": text} for text in parameters]}
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": [part]}}


@pytest.mark.parametrize(
    "content",
    [
        text("x" * 4096),
        buttons("a" * 20, "b", "c", body="x" * 1024),
        rows(*(f"{n:02}" + "x" * 22 for n in range(10)), description="d" * 72),
        rows("x", opens="x" * 20, header=header("x" * 60)),
        buttons("a", header=header("x" * 60), footer={"text": "x" * 60}),
        listed([section(5, title="x" * 24), section(5, 5, title="y")]),
        button_with_id("x" * 256),
    ],
    ids=["text", "buttons", "rows", "list header", "header and footer", "sections", "button id"],
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
        (rows("x", opens="x" * 21), 131009),
        (rows("x", id="x" * 201), 131009),
        (rows("x", "y", id="same"), 131009),
        (rows("x", header=header("x" * 61)), 131009),
        (rows("x", header={"type": "image", "image": {"id": "media-1"}}), 131009),
        (listed([section(6, title="a"), section(5, 6, title="b")]), 131009),
        (listed([section(1, title="a"), section(1, 1)]), 131009),
        (listed([section(1, title="a"), section(1, 1, title="b" * 25)]), 131009),
        (buttons("a", header=header("x" * 61)), 131009),
        (buttons("a", footer={"text": "x" * 61}), 131009),
        (button_with_id("x" * 257), 131009),
        (button_with_id(" x"), 131009),
        (text("x") | {"type": "interactive", "interactive": {"type": "flow", "body": {"text": "x"}}}, 131051),
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
        "siap": Template("siap", "Ada pemberitahuan tentang {{1}} untuk Anda."),
        "menunggu": Template("menunggu", status="PENDING"),
        "dijeda": Template("dijeda", status="PAUSED"),
    }
    assert await send(**text("x")) == 131047
    assert await send(**template("siap", "satu")) is None
    assert await send(**template("siap")) == 132000
    assert await send(**template("siap", "dua\nbaris")) == 132018
    assert await send(**template("siap", "satu", language="en")) == 132001
    assert await send(**template("siap", "x" * 1000)) == 132005
    assert server.messages(server.people[0])[-1].text == "Ada pemberitahuan tentang satu untuk Anda."
    assert await send(**template("menunggu")) == 132001
    assert await send(**template("dijeda")) == 132015


HEADED = {"type": "header", "parameters": [{"type": "text", "text": "Halo"}]}
TAPPED = {
    "type": "button",
    "sub_type": "quick_reply",
    "index": "0",
    "parameters": [{"type": "payload", "payload": "a:1"}],
}


@pytest.mark.parametrize(
    ("built", "components", "code"),
    [
        ({}, [TAPPED], None),
        ({}, [], None),
        ({}, [HEADED, TAPPED], 132000),
        ({}, [TAPPED | {"index": "1"}], 132018),
        ({}, [TAPPED | {"parameters": [{"type": "payload", "payload": ""}]}], 131009),
        ({"header": "Halo {{1}}"}, [HEADED, TAPPED], None),
        ({"header": "Halo {{1}}"}, [TAPPED], 132000),
        ({"header": "Halo"}, [TAPPED], None),
        ({"header_format": "IMAGE"}, [TAPPED], 132012),
        ({"header_format": "IMAGE"}, [HEADED, TAPPED], 132012),
        ({"buttons": ()}, [TAPPED], 132018),
        ({"buttons": ("URL",)}, [TAPPED], 132018),
        ({"buttons": ("URL",)}, [], 131008),
    ],
)
async def test_a_template_goes_only_with_what_its_header_and_buttons_take(server, send, built, components, code):
    server.templates["siap"] = Template("siap", **built)
    about = {"name": "siap", "language": {"code": "id"}, "components": components}
    assert await send(type="template", template=about) == code


async def test_a_wrong_token_and_number_are_refused(server):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{server.origin}/{VERSION}/{server.phone_id}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)
        head = {"Authorization": f"Bearer {server.token}"}
        answer = await client.get(f"{server.origin}/{VERSION}/1", headers=head)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


async def test_a_caption_has_its_length_and_a_file_its_size(server, send):
    kept = server.keep_file("a.jpg", b"x")
    assert await send(type="image", image={"id": kept, "caption": "x" * 1024}) is None
    assert await send(type="image", image={"id": kept, "caption": "x" * 1025}) == 131009
    assert await uploaded(server, b"x" * (5 << 20), "image/jpeg") is None
    assert await uploaded(server, b"x" * (5 << 20 | 1), "image/jpeg") == 131053
    assert await uploaded(server, b"x" * (5 << 20 | 1), "application/pdf") is None
    assert await uploaded(server, b"x", "text/csv") == 100


async def uploaded(server, data, media_type):
    head = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(trust_env=False, headers=head) as client:
        form = {"data": {"messaging_product": "whatsapp"}, "files": {"file": ("a", data, media_type)}}
        answer = (await client.post(f"{server.origin}/{VERSION}/{server.phone_id}/media", **form)).json()
    return answer["error"]["code"] if "error" in answer else None


async def test_posts_are_signed_over_their_bytes_and_batched_in_any_shape(server):
    person = server.person("Anggota é")
    for words in ("satu", "dua", "tiga"):
        person.says(words)
    waiting = list(server.pending)
    for shape, found in (("value", _in_one_value), ("changes", _in_changes), ("entries", _in_entries)):
        server.pending = list(waiting)
        ((raw, head),) = server.posts(batch=3, shape=shape)
        digest = hmac.new(server.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        assert head["X-Hub-Signature-256"] == f"sha256={digest}"
        assert [item["text"]["body"] for item in found(json.loads(raw))] == ["satu", "dua", "tiga"]


def _in_one_value(body):
    return body["entry"][0]["changes"][0]["value"]["messages"]


def _in_changes(body):
    return [change["value"]["messages"][0] for change in body["entry"][0]["changes"]]


def _in_entries(body):
    return [entry["changes"][0]["value"]["messages"][0] for entry in body["entry"]]


async def test_statuses_come_late_twice_and_in_any_order(server, send):
    server.pending.clear()
    await send(**text("x"), biz_opaque_callback_data="17")
    (sent,) = server.messages(server.people[0])
    for status in ("read", "sent", "sent"):
        server.tells(sent, status)
    server.tells(sent, "failed", 131026)
    told = [item for raw, _ in server.posts() for item in _statuses(raw)]
    assert [item["status"] for item in told] == ["read", "sent", "sent", "failed"]
    assert {(item["id"], item["biz_opaque_callback_data"]) for item in told} == {(sent.reference, "17")}
    assert told[-1]["errors"][0]["code"] == 131026


def _statuses(raw):
    return json.loads(raw)["entry"][0]["changes"][0]["value"]["statuses"]


@pytest.mark.parametrize(
    ("fault", "taken"), [(130429, 0), (Broken(429), 0), (Broken(503), 0), (Broken(502, accepted=True), 1), (Lose(), 1)]
)
async def test_what_goes_wrong_goes_wrong_once(server, send, fault, taken):
    server.next_call(fault)
    with suppress(httpx.RemoteProtocolError, json.JSONDecodeError):
        assert await send(**text("x")) == fault
    assert len(server.messages(server.people[0])) == taken
    assert await send(**text("y")) is None


@pytest.mark.parametrize("after", [None, 7])
async def test_too_many_are_answered_with_429_and_when_to_ask_again_where_it_is_told(server, after):
    person = server.person()
    person.says("halo")
    server.next_call(TooMany(retry_after=after))
    body = {"messaging_product": "whatsapp", "recipient": person.user_id} | text("x")
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {server.token}"}) as client:
        answer = await client.post(f"{server.origin}/{VERSION}/{server.phone_id}/messages", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, 130429)
    assert answer.headers.get("Retry-After") == (None if after is None else str(after))
    assert server.messages(person) == []


async def test_an_answer_that_is_held_back_outlasts_a_callers_patience(server, send):
    held = server.next_call(Hold())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await send(**text("x"))
    assert held.arrived.is_set()
    assert server.messages(server.people[0]) == []
