"""A question that leans on the last answer, understood with it: "contohnya?", "yang nomor 2 apa?", "di rapat?"."""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import chain

import msgspec
import yaml
from msgspec import Struct

from content.normalising import words
from content.regulation import Regulation
from content.topics import Topic, labels, topic_of, topics_of

_LONGEST = 6  # words; a longer question stands by itself
_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan", "kesembilan")
NUMBERS = {word: n for n, word in enumerate(_ORDINALS, start=1)} | {str(n): n for n in range(1, 20)}
_SEATED = ("kelompok", "tim-daerah")  # topics that say who sits where, and each one's duties
_SHORTEST = 4  # letters before "-nya": "hanya" and "punya" are words


class Meant(Struct, frozen=True):
    """`topic`: what is plainly meant; otherwise `question`: what to look for, with what the last answer adds to it.

    `examples`: asked is how the topic, a value or behaviour, looks in deeds.
    """

    question: str
    topic: str | None = None
    examples: bool = False


class FollowUpWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What `knowledge/follow_up.yaml` says; `parts`: the last part of a topic -> what else people call it."""

    examples: frozenset[str]
    clauses: frozenset[str]
    again: frozenset[str]
    leaning: frozenset[str]
    without_weight: tuple[frozenset[str], ...]
    parts: dict[str, frozenset[str]]


@cache
def follow_up_words() -> FollowUpWords:
    """The words of `knowledge/follow_up.yaml`."""
    source = resources.files("content").joinpath("knowledge", "follow_up.yaml")
    return msgspec.convert(yaml.safe_load(source.read_text("utf-8")), FollowUpWords)


def follow_up(regulation: Regulation, question: str, context: str | None) -> Meant:
    """The question with what it leaves to the last answer, whose topic is `context` (None: there was none)."""
    last = topic_of(regulation, context) if context else None
    said = [_bare(word) for word in words(question)]
    if last is None or not said or len(said) > _LONGEST:
        return Meant(question)
    known = follow_up_words()
    topic = _topic(regulation, last, said)
    if topic is not None:
        return Meant(question, topic, examples=topic.startswith("nilai/") and not known.examples.isdisjoint(said))
    leans = said[0] in known.leaning and not any(value.name.lower() in " ".join(said) for value in regulation.values)
    return Meant(f"{last.heading} {question}" if leans or _called(labels().topics, last, _weighty(said)) else question)


def leans_wholly(question: str) -> bool:
    """Whether the question says nothing without an answer before it: "contohnya?", "pasal berapa?"."""
    said = [_bare(word) for word in words(question)]
    return not _weighty(said) and _asks_again(said)


def leans_only(question: str) -> bool:
    """Whether the question names no subject at all: "kapan?", "siapa ya", "tanggal berapa?"."""
    known = follow_up_words()
    return set(words(question)) <= known.leaning.union(*known.without_weight)


def _bare(word: str) -> str:
    return word.removesuffix("nya") if len(word) >= _SHORTEST + len("nya") else word


def _weighty(said: list[str]) -> list[str]:
    known = follow_up_words()
    light = known.again.union(known.clauses, known.examples, *known.without_weight)
    return [word for word in said if word not in light]


def _asks_again(said: list[str]) -> bool:
    known = follow_up_words()
    return not (known.again | known.clauses | known.examples).isdisjoint(said)


def _topic(regulation: Regulation, last: Topic, said: list[str]) -> str | None:
    known, rest = follow_up_words(), _weighty(said)
    if not rest:
        return last.id if _asks_again(said) else None
    if last.id.partition("/")[0] in _SEATED and set(rest) <= known.parts["peran"]:
        return last.id
    numbered = _numbered(regulation, last.id, rest) if known.clauses.isdisjoint(said) else None
    parts = _called(topics_of(regulation), last, rest)
    return numbered or (parts[0] if len(parts) == 1 else None)


def _numbered(regulation: Regulation, last: str, rest: list[str]) -> str | None:
    """Of the value that was answered, the behaviour with this number; of the list of values, the value."""
    if len(rest) != 1 or rest[0] not in NUMBERS:
        return None
    number = NUMBERS[rest[0]]
    if last == "nilai":
        return f"nilai/{regulation.values[number - 1].slug}" if number <= len(regulation.values) else None
    wanted = "/".join([*last.split("/")[:2], str(number)])
    return wanted if last.startswith("nilai/") and wanted in topics_of(regulation) else None


def _called(topics: Iterable[str], last: Topic, rest: list[str]) -> list[str]:
    """The parts of the same subject that are named, where nothing else is.

    "kalau sekretaris?" after the chair, "di rapat?" after assemblies; not "syarat naik pangkat" after change agents.
    """
    subject = last.id.partition("/")[0]
    if not rest or not set(rest) <= _part_words().union(words(last.heading)):
        return []
    beside = [topic for topic in topics if topic.startswith(f"{subject}/") and topic != last.id]
    return [topic for topic in beside if subject != "nilai" and _is_called(topic.partition("/")[2], set(rest))]


def _is_called(part: str, rest: set[str]) -> bool:
    return _own_words(part) <= rest or not follow_up_words().parts.get(part, frozenset()).isdisjoint(rest)


@cache
def _part_words() -> frozenset[str]:
    """All words by which any part of any subject is called."""
    parts = (topic.partition("/")[2] for topic in labels().topics)
    return frozenset(chain.from_iterable([*map(_own_words, parts), *follow_up_words().parts.values()]))


@cache
def _own_words(part: str) -> frozenset[str]:
    return frozenset(words(part.replace("-", " ")))
