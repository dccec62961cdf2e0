"""Whatever shape a post of Meta's has, every event of it is stored on its own, under a key that tells a repeat."""

import json
import sys

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


def big(people):
    """A post of one message of each of so many, all of them in one value."""
    names = [(f"wamid.{number}", f"62812{number:07}", f"ID.{number}") for number in range(people)]
    messages = [{"id": reference, "from": phone, "from_user_id": user_id} for reference, phone, user_id in names]
    contacts = [{"wa_id": phone, "user_id": user_id} for _, phone, user_id in names]
    return json.dumps({"entry": [{"changes": [{"value": {"messages": messages, "contacts": contacts}}]}]}).encode()


def calls(raw):
    """How many functions are called, ours and the interpreter's, to split this."""
    counted = 0

    def count(_frame, event, _argument):
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        list(events(raw))
    finally:
        sys.setprofile(before)
    return counted


def test_a_post_with_twice_as_many_messages_is_twice_the_work():
    assert calls(big(200)) < 2.1 * calls(big(100))


def test_each_message_of_a_large_post_has_its_own_contact():
    assert all(
        [contact["user_id"] for contact in value["contacts"]] == [value["messages"][0]["from_user_id"]]
        for _, value in parts(big(50))
    )


@pytest.mark.parametrize("odd", [["x"], {}, {"a": 1}, 1.5, True, "", None])
def test_an_odd_name_of_somebody_costs_no_event_of_the_post(odd):
    good = {"id": "wamid.2", "from": "6281"}
    for message, contact in (({"id": "wamid.1", "from": odd}, {"wa_id": "6281"}), (good, {"wa_id": odd})):
        value = {"messages": [message, good], "contacts": [contact, {"wa_id": "6281", "user_id": "ID.1"}]}
        found = parts(json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode())
        assert [key for key, _ in found] == [message["id"], "wamid.2"]
        assert {"wa_id": "6281"}.items() <= found[1][1]["contacts"][0].items()


def test_a_number_that_is_no_text_still_finds_its_contact():
    value = {"messages": [{"id": "wamid.1", "from": 6281}], "contacts": [{"wa_id": "6281"}, {"wa_id": "6282"}]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    assert parts(raw)[0][1]["contacts"] == [{"wa_id": "6281"}]


@pytest.mark.parametrize("status", [{"id": "a\0b", "status": "read"}, {"id": "a", "status": "x" * 600}])
def test_a_status_whose_key_no_database_holds_is_known_by_its_hash(status):
    raw = json.dumps({"entry": [{"changes": [{"value": {"statuses": [status]}}]}]}).encode()
    ((key, _),) = events(raw)
    assert key.startswith("sha256:")
