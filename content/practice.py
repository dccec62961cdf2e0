"""practice_of: a value or behaviour in our own words, beside what the regulation says of it."""

from functools import cache
from importlib import resources

import msgspec

from content.question_bank import keys_of
from content.regulation import Regulation
from content.yaml_text import plain_data


@cache
def packaged_practice() -> dict[str, dict[str, str]]:
    """A regulation's id or its acronym -> topic -> a sentence or two. Source: `knowledge/practice.yaml`."""
    source = resources.files("content").joinpath("knowledge", "practice.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), dict[str, dict[str, str]])


def practice_of(regulation: Regulation, topic: str) -> str | None:
    """The words for this topic, or None where we have none."""
    known = packaged_practice()
    return next((known[key][topic] for key in keys_of(regulation) if topic in known.get(key, {})), None)
