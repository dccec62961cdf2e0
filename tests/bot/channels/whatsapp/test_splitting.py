"""Whatever shape a post of Meta's has, every event of it is stored on its own, under a key that tells a repeat."""

import json

import pytest

from bot.channels.whatsapp.splitting import events
from tests.fakes.graph_server import GraphServer


def parts(raw):
    return [(key, json.loads(event)["entry"][0]["changes"][0]["value"]) for key, event in events(raw)]


@pytest.fixture
def server():
    return GraphServer()


@pytest.mark.parametrize("shape", ["value", "changes", "entries"])
def test_three_of_three_in_every_shape(server, shape):
    people = [server.person(f"Anggota {number}") for number in (1, 2, 3)]
    references = [person.says("halo")["id"] for person in people]
    ((raw, _),) = server.posts(batch=3, shape=shape)
    found = parts(raw)
    assert [key for key, _ in found] == references
    assert [value["contacts"] for _, value in found] == [[person.as_contact()] for person in people]
    assert [len(value["messages"]) for _, value in found] == [1, 1, 1]


def test_messages_and_statuses_in_one_value_are_told_apart(server):
    value = {"messages": [{"id": "wamid.1", "from": "62"}], "statuses": [{"id": "wamid.2", "status": "read"}]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    assert [(key, set(value) & {"messages", "statuses"}) for key, value in parts(raw)] == [
        ("wamid.1", {"messages"}),
        ("wamid.2:read", {"statuses"}),
    ]


def test_each_stage_of_a_message_is_an_event_of_its_own(server):
    statuses = [{"id": "wamid.1", "status": stage} for stage in ("sent", "delivered", "delivered")]
    raw = json.dumps({"entry": [{"changes": [{"value": {"statuses": statuses}}]}]}).encode()
    assert [key for key, _ in parts(raw)] == ["wamid.1:sent", "wamid.1:delivered", "wamid.1:delivered"]


@pytest.mark.parametrize(
    "body",
    [
        {
            "object": "whatsapp_business_account",
            "entry": [{"changes": [{"field": "account_update", "value": {"x": 1}}]}],
        },
        {"entry": []},
        {"entry": "odd"},
        [],
        "text",
        None,
        {"entry": [{"changes": [{"value": {"messages": "odd"}}]}]},
        {"entry": [{"changes": [{"value": {"messages": [{"no": "id"}]}}]}]},
    ],
)
def test_what_is_not_as_documented_is_one_event_that_a_repeat_matches(body):
    raw = json.dumps(body).encode()
    (first,), (again,) = list(events(raw)), list(events(raw))
    assert first == again
    assert first[0].startswith("sha256:")


def test_what_is_no_json_is_kept_as_it_is():
    ((key, event),) = events(b"\xff not json")
    assert (key[:7], event) == ("sha256:", b"\xff not json")


def test_half_an_emoji_does_not_lose_the_message():
    raw = b'{"entry":[{"changes":[{"value":{"messages":[{"id":"wamid.1","text":{"body":"hai \\ud83d"}}]}}]}]}'
    ((key, value),) = parts(raw)
    assert (key, value["messages"][0]["text"]["body"]) == ("wamid.1", "hai ?")


def test_a_contact_is_not_given_to_somebody_else():
    value = {"messages": [{"id": "wamid.1", "from": "6281"}], "contacts": [{"wa_id": "6282"}]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    assert parts(raw)[0][1]["contacts"] == []


@pytest.mark.parametrize("reference", ["", 5, None, "w" * 600])
def test_an_id_that_is_none_is_replaced_by_the_hash_of_the_event(reference):
    raw = json.dumps({"entry": [{"changes": [{"value": {"messages": [{"id": reference}]}}]}]}).encode()
    ((key, _),) = events(raw)
    assert key.startswith("sha256:")
