"""Every template keeps Meta's rules, and every message that may go to somebody unasked has one, or none on purpose."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from content.errors import WrongParameters
from content.message_catalog import catalog
from content.rendering import storable
from content.shortening import width
from content.templates import (
    BODY_LENGTH,
    BUTTON,
    READ,
    Category,
    category_of,
    samples_of,
    template_of,
    templates,
    without_template,
)
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE

ROOT = Path(__file__).parents[2]
MAPPED = sorted(key for template in templates().values() for key in template.says)
NAMES = sorted(templates())
INSIDE_OTHERS = {
    "choice",
    "office",
    "log",
    "push/late",
    "push/leaders",
    "push/void",
    "channel/without_media",
}  # areas, and single messages


@pytest.mark.parametrize("name", NAMES)
def test_a_template_keeps_the_rules_of_its_review(name):
    template = templates()[name]
    assert re.fullmatch(r"apel_[a-z0-9_]{1,500}", name)
    assert width(template.body) <= BODY_LENGTH
    assert not re.search(r"^\{\{|\}\}$", template.numbered), "a variable at an edge"
    assert "}}{{" not in template.numbered.replace(" ", ""), "two variables side by side"
    assert not re.search(r"[\n\t]|\s{2}", template.body)


@pytest.mark.parametrize("name", NAMES)
def test_the_variables_of_a_template_are_its_parameters_in_order_and_few_for_its_length(name):
    template = templates()[name]
    numbers = re.findall(r"\{\{(\d+)\}\}", template.numbered)
    assert numbers == [str(n) for n in range(1, len(template.parameters) + 1)]
    assert all(template.samples)
    # https://docs.mercuri.cx/features/templates/whatsapp-templates/whatsapp-template-minimum-words-parameters-ratio
    assert len(template.numbered.split()) >= 3 * len(numbers) + 1


def test_the_button_keeps_the_rules_of_quick_replies():
    assert re.fullmatch(r"[A-Za-z]{1,25}", BUTTON)
    assert len(f"{READ}:{2**63}".encode()) <= 256


@pytest.mark.parametrize("key", MAPPED)
def test_a_message_fills_its_template_with_its_samples_as_given_and_as_stored(key):
    template, given = template_of(key), catalog()[key].parameters
    values = samples_of(key)
    assert values == template.values(key, storable(given))
    assert len([value for value in values if value]) == len(template.parameters)
    assert width(template.filled(values)) <= BODY_LENGTH
    assert not any(re.search(r"[\n\t<>&]|\s{2}", value) for value in values)


@pytest.mark.parametrize("key", MAPPED)
def test_hostile_and_endless_words_become_one_line_within_the_limit(key):
    hostile = "Baris satu\n\n\tbaris   dua <b>tebal</b> & 😀 " * 60
    parameters = {
        name: hostile if isinstance(value, str) and name not in ("zone", "day") else value
        for name, value in catalog()[key].parameters.items()
    }
    values = template_of(key).values(key, storable(parameters))
    assert width(template_of(key).filled(values)) <= BODY_LENGTH
    assert not any(re.search(r"[\n\t]|\s{2}", value) for value in values)


def test_a_parameter_without_words_is_no_empty_one():
    parameters = catalog()["broadcast/post"].parameters | {"office": " \n"}
    assert template_of("broadcast/post").values("broadcast/post", parameters) == ("-",)


def test_a_row_whose_parameters_were_forgotten_fills_nothing():
    with pytest.raises(WrongParameters):
        template_of("reading/leader").values("reading/leader", {})


def test_a_message_has_one_template_and_its_category_is_what_it_is_charged_as():
    assert len(MAPPED) == len(set(MAPPED))
    assert category_of("reading/post") is Category.MARKETING
    assert category_of("reading/leader") is category_of("notice/missed") is Category.UTILITY
    assert category_of("help/incident") is None


def keys_in(tree):
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in catalog()}


@cache
def unasked():
    """What the scheduler writes by itself, and what a dialogue says to somebody it is not with."""
    found = set()
    for path in ROOT.joinpath("scheduler").rglob("*.py"):
        found |= keys_in(ast.parse(path.read_text("utf-8")))
    for path in ROOT.joinpath("bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            elsewhere = any(keyword.arg == "to" for keyword in node.keywords)
            if called.startswith("tell_") or (called == "Reply" and elsewhere):
                found |= keys_in(node)
    return {key for key in found if not {key, key.split("/")[0]} & INSIDE_OTHERS}


def test_whatever_is_written_to_somebody_unasked_has_a_template_or_none_on_purpose():
    decided = set(MAPPED) | set(without_template()) | FORGOTTEN_ONCE_DONE  # those are answers, and kept by nobody
    assert unasked() - decided == set()
    assert {"reading/leader", "notice/missed", "review/returned", "registration/link_told"} <= unasked()


def test_nothing_is_listed_as_having_none_that_has_one_or_does_not_exist():
    assert set(without_template()) <= set(catalog()) - set(MAPPED)
    assert set(MAPPED) <= set(catalog())
