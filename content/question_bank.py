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
from content.regulation_loader import load_regulations
from content.topics import labels, topics_of
from content.yaml_text import plain_data

T = TypeVar("T")
Situations = tuple[tuple[str, ...], ...]
OUT_OF_SCOPE = "?"  # what no regulation deals with, where a topic's id would stand
NOISE = f"{OUT_OF_SCOPE}noise"  # the same, where nothing is asked
_QUOTED_TOPICS = ("definisi", "dasar-hukum")  # long quotations whose words would draw every question
_BEHAVIOUR = re.compile(r"nilai/[a-z0-9-]+/[1-9]\d*")


class Theme(Struct, frozen=True, forbid_unknown_fields=True):
    """`topics`: regulation id or acronym -> the behaviours meant; `words`: telling words, no sentence."""

    topics: dict[str, tuple[str, ...]]
    situations: Situations
    words: str = ""


class ValueSayings(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` with {name} for every value; `situations` for single ones, keyed like a theme's topics.

    They may be on another topic too, where one regulation alone words it so.
    """

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


class Utterance(Struct, frozen=True):
    """One phrasing and the topics that it means; `situation` names the story, None for a list of words."""

    situation: str | None
    text: str
    topics: tuple[str, ...]


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
        return msgspec.convert(plain_data(directory.joinpath(file).read_text("utf-8")), kind)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise InvalidKnowledge(file, "", " ".join(str(error).split())) from error


def utterances_for(bank: QuestionBank, regulation: Regulation) -> Iterator[Utterance]:
    """What the bank says to an asker under one regulation, on its own topics and on those that only others have.

    What stands under an acronym is for every regulation with these values; a behaviour that one of them lacks is
    passed over. What stands under a regulation's id must exist.

    Raises:
        InvalidKnowledge: the bank gives this regulation a behaviour or value that it does not have.
    """
    for number, theme in enumerate(bank.themes):
        if topics := tuple(_meant("behaviours", theme.topics, regulation)):
            yield from _told(f"theme {number}", theme.situations, topics)
            if theme.words:
                yield Utterance(None, theme.words, topics)
    yield from _on_values(bank, regulation)
    for topic, situations in bank.programme.items():
        yield from _told(topic, situations, (topic,))
    for kind in bank.out_of_scope:
        name = f"{OUT_OF_SCOPE}{kind.kind}"
        yield from _told(name, kind.situations, (name if name == NOISE else OUT_OF_SCOPE,))


def _on_values(bank: QuestionBank, regulation: Regulation) -> Iterator[Utterance]:
    names = {value.slug: value.name for pack in (regulation, *load_regulations().values()) for value in pack.values}
    for slug, name in names.items():
        for number, pattern in enumerate(bank.values.patterns):
            yield Utterance(f"pattern {number}", pattern.replace("{name}", name), (f"nilai/{slug}",))
    for topic in _meant("values.yaml", bank.values.situations, regulation):
        for key in keys_of(regulation):
            yield from _told(topic, bank.values.situations.get(key, {}).get(topic, ()), (topic,))


def _told(name: str, situations: Situations, topics: tuple[str, ...]) -> Iterator[Utterance]:
    for number, phrasings in enumerate(situations):
        yield from (Utterance(f"{name} {number}", text, topics) for text in phrasings)


def own_words(regulation: Regulation) -> Iterator[Utterance]:
    """The regulation's own headings and passages, as utterances on its topics."""
    for topic in topics_of(regulation).values():
        texts = [topic.heading]
        if topic.id in _QUOTED_TOPICS:
            texts += [passage.heading for passage in topic.passages if passage.heading]
        else:
            for passage in topic.passages:
                texts += [f"{passage.heading or ''} {passage.text}", *(variant.text for variant in passage.variants)]
            if topic.behaviour is None:
                texts += [item.text for item in topic.manifestations]
        yield from (Utterance(None, text, (topic.id,)) for text in texts)


def keys_of(regulation: Regulation) -> tuple[str, ...]:
    """What the bank may name this regulation by: its id, and the acronym of its values."""
    return tuple(key for key in (regulation.id, (regulation.acronym or "").casefold()) if key)


def _meant(file: str, topics: Mapping[str, Iterable[str]], regulation: Regulation) -> Iterator[str]:
    known = topics_of(regulation)
    for key in keys_of(regulation):
        for topic in topics.get(key, ()):
            if topic in known:
                yield topic
            elif key == regulation.id:
                raise InvalidKnowledge(file, topic, f"no such topic in {regulation.id}")
