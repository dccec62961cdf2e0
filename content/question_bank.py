"""The bank of questions under `content/knowledge/`: how people ask for each topic, in their own informal words.

A situation is one story in several phrasings. `behaviours/` holds themes: situations for behaviours that mean the same,
keyed by the regulation's id or by the acronym of its values. `values.yaml` holds patterns around a value's name and
situations for single values, `programme.yaml` those for topics that are not values, `out_of_scope.yaml` what the
regulations do not deal with. The bank is our own writing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import chain
from typing import TypeVar

import msgspec
import yaml
from msgspec import Struct

from content.errors import InvalidKnowledge
from content.regulation import Regulation
from content.retrieval import Saying
from content.topics import labels, topics_of

T = TypeVar("T")
Situations = tuple[tuple[str, ...], ...]
_BEHAVIOUR = re.compile(r"nilai/[a-z0-9-]+/[1-9]\d*")


class Theme(Struct, frozen=True, forbid_unknown_fields=True):
    """`topics`: regulation id or acronym -> the behaviours meant; `words`: telling words, no sentence."""

    topics: dict[str, tuple[str, ...]]
    situations: Situations
    words: str = ""


class ValueSayings(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` with {name} for every value; `situations` for single ones, keyed like a theme's topics."""

    patterns: tuple[str, ...]
    situations: dict[str, dict[str, Situations]] = {}


class Outside(Struct, frozen=True, forbid_unknown_fields=True):
    """Situations that no regulation deals with, of one kind ("salary")."""

    kind: str
    situations: Situations


class QuestionBank(Struct, frozen=True):
    """All of the bank, checked."""

    themes: tuple[Theme, ...]
    values: ValueSayings
    programme: dict[str, Situations]
    out_of_scope: tuple[Outside, ...]


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
        themes=tuple(_themes(directory)),
        values=_read(directory, "values.yaml", ValueSayings),
        programme=_read(directory, "programme.yaml", dict[str, Situations]),
        out_of_scope=_read(directory, "out_of_scope.yaml", tuple[Outside, ...]),
    )
    for topic in bank.programme:
        if topic not in labels().topics:
            raise InvalidKnowledge("programme.yaml", topic, "no such topic")
    return bank


def _themes(directory: Traversable) -> Iterator[Theme]:
    for file in sorted(place.name for place in directory.joinpath("behaviours").iterdir()):
        for theme in _read(directory, f"behaviours/{file}", tuple[Theme, ...]):
            for topic in chain.from_iterable(theme.topics.values()):
                if not _BEHAVIOUR.fullmatch(topic):
                    raise InvalidKnowledge(f"behaviours/{file}", topic, "not a behaviour's topic")
            yield theme


def _read(directory: Traversable, file: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(yaml.safe_load(directory.joinpath(file).read_text("utf-8")), kind)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise InvalidKnowledge(file, "", " ".join(str(error).split())) from error


def sayings_for(bank: QuestionBank, regulation: Regulation) -> Iterator[Saying]:
    """What the bank says on the topics of one regulation, its own and those that only others have.

    What stands under an acronym is for every regulation with these values; a behaviour that one of them lacks is
    passed over. What stands under a regulation's id must exist.

    Raises:
        InvalidKnowledge: the bank gives this regulation a behaviour or value that it does not have.
    """
    for theme in bank.themes:
        for topic in _meant("behaviours", theme.topics, regulation):
            yield from (Saying(topic, text) for text in (*chain(*theme.situations), *filter(None, (theme.words,))))
    for value in regulation.values:
        yield from (Saying(f"nilai/{value.slug}", text) for text in named_patterns(bank, value.name))
    for topic in _meant("values.yaml", bank.values.situations, regulation):
        for key in _keys(regulation):
            single = bank.values.situations.get(key, {}).get(topic, ())
            yield from (Saying(topic, text) for text in chain(*single))
    for topic, situations in bank.programme.items():
        yield from (Saying(topic, text) for text in chain(*situations))


def named_patterns(bank: QuestionBank, name: str) -> Iterator[str]:
    """The patterns for a value of this name."""
    return (pattern.replace("{name}", name) for pattern in bank.values.patterns)


def _keys(regulation: Regulation) -> tuple[str, ...]:
    return tuple(key for key in (regulation.id, (regulation.acronym or "").casefold()) if key)


def _meant(file: str, topics: Mapping[str, Iterable[str]], regulation: Regulation) -> Iterator[str]:
    known = topics_of(regulation)
    for key in _keys(regulation):
        for topic in topics.get(key, ()):
            if topic in known:
                yield topic
            elif key == regulation.id:
                raise InvalidKnowledge(file, topic, f"no such topic in {regulation.id}")
