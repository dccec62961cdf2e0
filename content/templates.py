"""Templates: what may be said to somebody who did not write lately, on a channel that has such a thing approved first.

A template is a short notice with one button that brings the message itself. `templates.yaml` holds them, each with the
keys of the messages that it announces; what fills it is made from the parameters of that message. Pure.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from content.message_catalog import catalog
from content.rendering import one_line, restored
from content.shortening import shortened, width
from content.yaml_text import plain_data

LANGUAGE = "id"
BODY_LENGTH = 1024  # with what fills it
READ = "push.read"  # what the button sends, before the number of the row
BUTTON = "Baca"
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NOTHING = "-"  # a parameter may not be empty


class Category(StrEnum):
    """What it is charged as, as we ask for it; the channel may decide otherwise."""

    UTILITY = "utility"
    MARKETING = "marketing"


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """`parameters`: name in the body -> a sample. `says`: key of a message -> what fills each of them."""

    category: Category
    body: str
    parameters: dict[str, str]
    says: dict[str, dict[str, str]]
    name: str = ""

    @property
    def numbered(self) -> str:
        """The body with {{1}}, {{2}} ... in the order of the parameters."""
        numbers = {name: str(place) for place, name in enumerate(self.parameters, start=1)}
        return _VARIABLE.sub(lambda found: "{{" + numbers[found[1]] + "}}", self.body)

    @property
    def samples(self) -> tuple[str, ...]:
        """What is submitted with it, in order."""
        return tuple(self.parameters.values())

    def filled(self, values: tuple[str, ...]) -> str:
        """What a reader sees of it."""
        by_name = dict(zip(self.parameters, values, strict=True))
        return _VARIABLE.sub(lambda found: by_name[found[1]], self.body)

    def values(self, key: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """What fills it for the message `key` with these parameters, as a row stores them or as they were given.

        One line each, never empty, and short enough that the whole stays within BODY_LENGTH.

        Raises:
            WrongParameters: the parameters are not those of the message, as where they were forgotten since.
        """
        given = restored(key, parameters)
        room = (BODY_LENGTH - width(_VARIABLE.sub("", self.body))) // max(len(self.parameters), 1)
        words = self.says[key]
        return tuple(shortened(one_line(words[name], given), room) or _NOTHING for name in self.parameters)


class _Listing(Struct, frozen=True, forbid_unknown_fields=True):
    templates: dict[str, Template]
    without: dict[str, str]


@cache
def _listing() -> _Listing:
    text = resources.files("content").joinpath("templates.yaml").read_text("utf-8")
    listed = msgspec.convert(plain_data(text), _Listing)
    named = {name: msgspec.structs.replace(template, name=name) for name, template in listed.templates.items()}
    return _Listing(named, listed.without)


@cache
def _by_key() -> dict[str, Template]:
    return {key: template for template in templates().values() for key in template.says}


def templates() -> Mapping[str, Template]:
    """All templates by name."""
    return _listing().templates


def without_template() -> Mapping[str, str]:
    """Messages that may go to somebody unasked and have none on purpose: key -> why, for engineers."""
    return _listing().without


def template_of(key: str) -> Template | None:
    """The template that announces the message `key`, or None."""
    return _by_key().get(key)


def category_of(key: str) -> Category | None:
    """What the message `key` is charged as where it needs a template; None: it has none, and does not leave so."""
    template = template_of(key)
    return template.category if template else None


def samples_of(key: str) -> tuple[str, ...]:
    """What fills the template of `key` with the catalogue's sample parameters."""
    return _by_key()[key].values(key, catalog()[key].parameters)
