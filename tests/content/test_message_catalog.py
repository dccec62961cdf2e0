"""Every message the bot can send stands in the catalogue, renders with its samples, and keeps the channels' limits."""

from importlib import resources

import jinja2
import pytest

from content.markup import length, parse, write
from content.message_catalog import catalog
from content.rendering import render

CALLBACK_BYTES = 64
LABEL_LENGTH = 40
BUTTONS_IN_A_ROW = 8
TOAST_LENGTH = 200

KEYS = sorted(catalog())


def test_every_template_is_listed_and_every_listed_message_has_its_template():
    messages = resources.files("content").joinpath("messages")
    templates = {
        f"{area.name}/{file.name.removesuffix('.j2')}"
        for area in messages.iterdir()
        for file in area.iterdir()
        if file.name.endswith(".j2") and not file.name.startswith("_")
    }
    assert templates == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_message_renders_with_its_samples(key):
    message = render(key, catalog()[key].parameters)
    assert message.text.strip()
    assert write(parse(message.text)) == write(parse(write(parse(message.text)))), "markup is stable"
    assert "Undefined" not in message.text
    assert length(message.text) <= (TOAST_LENGTH if key.startswith("toast/") else 4096)


@pytest.mark.parametrize("key", KEYS)
def test_its_buttons_keep_the_channels_limits(key):
    for row in render(key, catalog()[key].parameters).choices:
        assert len(row) <= BUTTONS_IN_A_ROW
        for choice in row:
            assert 0 < len(choice.label) <= LABEL_LENGTH
            assert (choice.action is None) != (choice.url is None)
            assert len((choice.action or "").encode()) <= CALLBACK_BYTES


HOSTILE = "<b>&<a href='x'>"


def free_texts(key):
    """The parameters that are people's words: those that are no zone, no code and no finished message."""
    for name, value in catalog()[key].parameters.items():
        finished = (key.startswith("confirmation/") and name == "post") or (key, name) == ("schedule/trial", "text")
        if isinstance(value, str) and not finished:
            yield name


@pytest.mark.parametrize("key", KEYS)
def test_hostile_values_bring_no_markup_of_their_own(key):
    for name in free_texts(key):
        try:
            text = render(key, {**catalog()[key].parameters, name: HOSTILE}).text
        except (LookupError, ValueError, jinja2.UndefinedError):
            continue  # a zone or a code: nothing that a person could have typed gets there
        assert "<a" not in text, name
