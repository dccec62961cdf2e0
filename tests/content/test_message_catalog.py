"""Every message the bot can send stands in the catalogue, renders with its samples, and keeps the channels' limits."""

import re
from importlib import resources

import jinja2
import pytest
import yaml

from content.markup import length, parse, write
from content.message_catalog import IfUnanswered, catalog
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


@pytest.mark.parametrize("key", KEYS)
def test_no_choice_is_spoken_of_by_where_it_stands(key):
    said = render(key, catalog()[key].parameters).text
    assert not re.search(r"\b(?:pilih|tekan|menekan|memilih)\b[^.\n]*\bdi (?:bawah|atas)\b", said, re.IGNORECASE)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("groups", ["some", "none"])
def test_no_sentence_runs_into_the_next(key, groups):
    parameters = dict(catalog()[key].parameters)
    if groups == "none" and "schedule" in parameters:
        parameters["schedule"] = dict(parameters["schedule"]) | {"groups": []}
    said = re.sub(r"<[^>]+>", "", render(key, parameters).text)
    assert not re.search(r"[a-z)]\.[A-Z]|[a-z]\d+ anggota", said)


HOSTILE = "<b>&<a href='x'>"


def free_texts(key):
    """The parameters that are people's words: those that are no zone, no code and no finished message."""
    for name, value in catalog()[key].parameters.items():
        finished = (key.startswith("confirmation/") and name == "post") or (
            name == "text" and key in ("schedule/trial", "forward/text")
        )
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


def test_every_area_says_what_is_preferred_when_an_answer_was_lost():
    areas = resources.files("content").joinpath("messages").iterdir()
    listings = [area.joinpath("catalog.yaml") for area in areas if area.joinpath("catalog.yaml").is_file()]
    silent = [str(path) for path in listings if "if_unanswered" not in yaml.safe_load(path.read_text("utf-8"))]
    assert silent == []


def test_what_is_read_out_or_announced_to_a_group_is_never_repeated_and_a_reminder_is():
    never = {key for key in KEYS if catalog()[key].if_unanswered is IfUnanswered.NEVER}
    not_sent = {"command", "demo", "office", "setting", "toast"}
    assert {key for key in never if key.split("/")[0] not in not_sent} == {
        "reading/post",
        "meeting/post",
        "broadcast/post",
        "quiz/post",
    }
    assert {"twibbon/eve", "twibbon/day", "reading/leader", "summary/week", "notice/missed"} <= set(KEYS) - never
