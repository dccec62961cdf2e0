"""Whatever the catalogue can say in a private chat, Meta takes it, and no label is cut in the midst of a word."""

import re
from datetime import UTC, datetime
from importlib import resources

import pytest

from bot.channels.whatsapp import ABILITIES
from bot.channels.whatsapp.payload import payload
from content.message import Choice, Message
from content.message_catalog import catalog
from content.rendering import render
from scheduler.fitting import fitted
from tests.fakes.graph_chats import Chat, check

NOW = datetime(2026, 11, 30, tzinfo=UTC)
_ELSEWHERE = {"command", "setting", "demo"}  # printed in a terminal
KEYS = sorted(key for key in catalog() if key.partition("/")[0] not in _ELSEWHERE)
TEMPLATES = resources.files("content").joinpath("messages")
_LABEL = re.compile(r"choice\(\"([^\"]+)\", (.*?)\) %}")
_SHORT = re.compile(r"short=\"([^\"]+)\"")


def taken(message: Message) -> list[dict]:
    """The payloads of a message, each of them checked as Meta checks it."""
    payloads = [{"messaging_product": "whatsapp", "recipient": "ID.1"} | payload(part, None) for part in message]
    for one in payloads:
        check(one, Chat(heard_at=NOW), set(), NOW)
    return payloads


@pytest.mark.parametrize("key", KEYS)
def test_every_message_is_taken(key):
    message = render(key, catalog()[key].parameters)
    if message.text:  # toasts and parts of others may be empty
        assert taken(fitted(message, ABILITIES))


@pytest.mark.parametrize("key", KEYS)
def test_a_label_that_has_no_room_stands_in_full_beneath(key):
    message = render(key, catalog()[key].parameters)
    labels = {choice.label for line in message.choices for choice in line}
    shorts = {choice.short for line in message.choices for choice in line}
    shown = [choice for part in fitted(message, ABILITIES) for line in part.choices for choice in line]
    cut = [choice for choice in shown if choice.label not in labels | shorts]
    assert [choice for choice in cut if choice.description not in labels] == []


def test_every_label_written_in_a_template_has_room_on_a_button_or_names_a_shorter_one():
    too_long = []
    for key in KEYS:
        for label, rest in _LABEL.findall(TEMPLATES.joinpath(f"{key}.j2").read_text("utf-8")):
            short = _SHORT.search(rest)
            if len(label) > ABILITIES.button_length and (short is None or len(short[1]) > ABILITIES.button_length):
                too_long.append((key, label))
    assert too_long == []


def test_what_opens_a_list_has_room_on_it():
    assert 0 < len(render("choice/open_list").text) <= ABILITIES.button_length


@pytest.mark.parametrize("count", [1, 3, 4, 10, 11, 30])
@pytest.mark.parametrize("length", [10, 1000, 1100, 4000, 9000])
def test_any_number_of_choices_is_shown_under_a_text_of_any_length(count, length):
    choices = tuple((Choice(f"Pilihan {number}", f"a.b:{number}"),) for number in range(count))
    parts = fitted(Message("kata " * (length // 5), choices), ABILITIES)
    taken(parts)
    offered = [choice.action for part in parts for line in part.choices for choice in line]
    assert offered == [f"a.b:{number}" for number in range(count)]
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_bold_throughout_a_long_text_still_has_room_for_its_marks():
    parts = fitted(Message("<b>kata</b> " * 1200), ABILITIES)
    assert len(parts) > 1
    taken(parts)


def test_choices_that_say_the_same_are_rows():
    choices = tuple((Choice("Apel pagi", f"sched.open:{number}"),) for number in (1, 2))
    (one,) = taken(fitted(Message("Jadwal", choices), ABILITIES))
    assert one["interactive"]["type"] == "list"
