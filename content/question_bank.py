"""The bank of questions under `content/knowledge/`: how people ask for each topic, in their own informal words.

`behaviours.yaml` holds themes: one list of sayings for behaviours that mean the same, keyed by the regulation's id or by
the acronym of its values. `values.yaml` holds patterns around a value's name, `programme.yaml` sayings for the topics
that are not values, `out_of_scope.yaml` what the regulations do not deal with. The bank is our own writing.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
import yaml
from msgspec import Struct

from content.errors import InvalidKnowledge
from content.regulation import Regulation
from content.retrieval import Saying
from content.topics import labels, topics_of

T = TypeVar("T")


class Theme(Struct, frozen=True, forbid_unknown_fields=True):
    """`topics`: regulation id or acronym -> the behaviours meant; `words`: telling words; `says`: whole sayings."""

    topics: dict[str, tuple[str, ...]]
    says: tuple[str, ...]
    words: str = ""


class ValueSayings(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` with {name} for every value; `says` for single ones, keyed like a theme's topics."""

    patterns: tuple[str, ...]
    says: dict[str, dict[str, tuple[str, ...]]] = {}


class QuestionBank(Struct, frozen=True):
    """All of the bank, checked."""

    themes: tuple[Theme, ...]
    values: ValueSayings
    programme: dict[str, tuple[str, ...]]
    out_of_scope: tuple[str, ...]


@cache
def packaged_bank() -> QuestionBank:
    """The bank that ships with the product.

    Raises:
        InvalidKnowledge: a file is not in order; names the file, the entry and the reason.
    """
    return load_bank(resources.files("content").joinpath("knowledge"))


def load_bank(directory: Traversable) -> QuestionBank:
    """The bank in `directory`; raises like `packaged_bank`."""
    bank = QuestionBank(
        themes=_read(directory, "behaviours.yaml", tuple[Theme, ...]),
        values=_read(directory, "values.yaml", ValueSayings),
        programme=_read(directory, "programme.yaml", dict[str, tuple[str, ...]]),
        out_of_scope=_read(directory, "out_of_scope.yaml", tuple[str, ...]),
    )
    for topic in bank.programme:
        if topic not in labels().topics:
            raise InvalidKnowledge("programme.yaml", topic, "no such topic")
    return bank


def _read(directory: Traversable, file: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(yaml.safe_load(directory.joinpath(file).read_text("utf-8")), kind)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise InvalidKnowledge(file, "", " ".join(str(error).split())) from error


def sayings_for(bank: QuestionBank, regulation: Regulation) -> Iterator[Saying]:
    """What the bank says on the topics of one regulation, its own and those that only others have.

    Raises:
        InvalidKnowledge: the bank names a behaviour or value that this regulation does not have.
    """
    known = topics_of(regulation)
    for theme in bank.themes:
        for topic in _meant(theme.topics, regulation):
            _check("behaviours.yaml", topic, known)
            yield from (Saying(topic, text) for text in (*theme.says, *filter(None, (theme.words,))))
    for value in regulation.values:
        yield from (Saying(f"nilai/{value.slug}", text) for text in named_patterns(bank, value.name))
    for key in _keys(regulation):
        for topic, says in bank.values.says.get(key, {}).items():
            _check("values.yaml", topic, known)
            yield from (Saying(topic, text) for text in says)
    for topic, says in bank.programme.items():
        yield from (Saying(topic, text) for text in says)


def named_patterns(bank: QuestionBank, name: str) -> Iterator[str]:
    """The patterns for a value of this name."""
    return (pattern.replace("{name}", name) for pattern in bank.values.patterns)


def _keys(regulation: Regulation) -> tuple[str, ...]:
    return tuple(key for key in (regulation.id, (regulation.acronym or "").casefold()) if key)


def _meant(topics: Mapping[str, tuple[str, ...]], regulation: Regulation) -> Iterable[str]:
    return (topic for key in _keys(regulation) for topic in topics.get(key, ()))


def _check(file: str, topic: str, known: Mapping[str, object]) -> None:
    if topic not in known:
        raise InvalidKnowledge(file, topic, "no such topic in a regulation that the entry is for")
