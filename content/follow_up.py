"""A question that leans on the last answer, understood with it: "contohnya?", "yang nomor 2 apa?", "di rapat?"."""

from collections.abc import Iterable
from functools import cache
from itertools import chain

from msgspec import Struct

from content.follow_up_words import (
    asks_again,
    follow_up_said,
    follow_up_words,
    is_number,
    leans_only,
    number_among,
    points_back,
    weighty,
)
from content.listing import listed
from content.normalising import words
from content.regulation import Regulation
from content.topics import Topic, labels, topic_of, topics_of

_LONGEST = 7  # words; a longer question stands by itself
_HOW = {"cara"}  # "gimana caranya?" is the answer itself, where the subject has no such part
_PAGE = "halaman"
_SEATED = ("kelompok", "tim-daerah")  # topics that say who sits where, and each one's duties


class Meant(Struct, frozen=True):
    """`topic`: what is plainly meant; otherwise `question`: what to look for, with what the last answer adds to it.

    `item`: which entry of the topic's list, from 1.
    `examples`: asked is how the topic, a value or behaviour, looks in deeds.
    `onward`: asked is what stands behind what was shown of the topic.
    `lacking`: the part of the last subject that is asked for, where this regulation has no such part.
    """

    question: str
    topic: str | None = None
    item: int | None = None
    examples: bool = False
    onward: bool = False
    lacking: str | None = None


def follow_up(regulation: Regulation, question: str, context: str | None) -> Meant:
    """The question with what it leaves to the last answer, whose topic is `context` (None: there was none)."""
    last = topic_of(regulation, context) if context else None
    said = follow_up_said(question)
    if last is None or not said or len(said) > _LONGEST:
        return Meant(question)
    meant = _plain(regulation, question, last, said)
    if meant is not None:
        return meant
    leans = said[0] in follow_up_words().leaning or leans_only(question) or points_back(question)
    leans = leans and not any(value.name.lower() in " ".join(said) for value in regulation.values)
    named = _called(labels().topics, last, weighty(said))
    lacking = named[0] if len(named) == 1 and topic_of(regulation, named[0]) is None else None
    return Meant(f"{last.heading} {question}" if leans or named else question, lacking=lacking)


def _plain(regulation: Regulation, question: str, last: Topic, said: list[str]) -> Meant | None:
    """What is plainly meant: the last answer once more or more of it, an entry of its list, a part of its subject."""
    known, rest = follow_up_words(), weighty(said)
    if _PAGE in said:  # "halaman 2" is no entry
        rest = [word for word in rest if not is_number(word)]
    if last.value is not None and rest and set(rest) <= known.behaviours:
        return Meant(question, f"nilai/{last.value.slug}")
    if not rest:
        return _once_more(question, last, said) if asks_again(said) else None
    if last.id.partition("/")[0] in _SEATED and set(rest) <= known.parts["peran"]:
        return Meant(question, last.id)
    if last.id.partition("/")[0] == "kelompok" and set(rest) <= known.chart:
        return Meant(question, "kelompok")
    if known.clauses.isdisjoint(said):
        numbered = _numbered(regulation, question, last, rest)
        if numbered is not None:
            examples = numbered.topic is not None and numbered.topic.startswith("nilai/")
            return Meant(question, numbered.topic, numbered.item, examples and not known.examples.isdisjoint(said))
    parts = _called(topics_of(regulation), last, rest)
    if len(parts) == 1:
        return Meant(question, parts[0])
    return Meant(question, last.id) if set(rest) <= _HOW and not _called(labels().topics, last, rest) else None


def _once_more(question: str, last: Topic, said: list[str]) -> Meant:
    known = follow_up_words()
    if last.value is not None and not known.examples.isdisjoint(said):
        return Meant(question, last.id, examples=True)
    onward = not known.onward.isdisjoint(said)
    topic = f"nilai/{last.value.slug}" if onward and last.value is not None else last.id
    return Meant(question, topic, onward=onward)


def _numbered(regulation: Regulation, question: str, last: Topic, rest: list[str]) -> Meant | None:
    """Of the value that was answered, the behaviour with this number; of a list, its entry."""
    counted = [word for word in rest if is_number(word)]
    if len(counted) != 1:
        return None
    beside = [word for word in rest if word not in counted]
    if not set(beside) <= _words_of(last):
        return _in_a_part(regulation, question, last, counted[0], beside)
    if last.id == "nilai":
        number = number_among(counted[0], len(regulation.values))
        return Meant(question, f"nilai/{regulation.values[number - 1].slug}") if number else None
    if last.value is not None:
        number = number_among(counted[0], len(last.value.behaviours))
        return Meant(question, f"nilai/{last.value.slug}/{number}") if number else None
    whole = topics_of(regulation)["aktivasi"] if last.id.startswith("aktivasi/") else last
    number = number_among(counted[0], len(listed(whole)))
    return Meant(question, whole.id, number) if number else None


def _in_a_part(regulation: Regulation, question: str, last: Topic, counted: str, called: list[str]) -> Meant | None:
    """The entry of another part's list: "tahap 2" after the criteria."""
    parts = _called(topics_of(regulation), last, called)
    if len(parts) != 1:
        return None
    number = number_among(counted, len(listed(topics_of(regulation)[parts[0]])))
    return Meant(question, parts[0], number) if number else None


def _words_of(last: Topic) -> set[str]:
    """What may stand beside a number: the name of what is counted, "tahap 2", "kriteria nomor 2"."""
    part = last.id.rpartition("/")[2]
    called = follow_up_words().parts.get("peran" if last.id.partition("/")[0] in _SEATED else part, frozenset())
    counted = {"perilaku", "nilai", "bentuk", "kolom", "daftar", "nomor"}
    return {*words(last.heading), *words(part), *called, *counted}


def _called(topics: Iterable[str], last: Topic, rest: list[str]) -> list[str]:
    """The parts of the same subject that are named, where nothing else is; the last one too.

    "kalau sekretaris?" after the chair, "di rapat?" after assemblies; not "syarat naik pangkat" after change agents.
    """
    subject = last.id.partition("/")[0]
    subject = "kelompok" if subject in _SEATED else subject  # the seats of both stand there
    rest = [word for word in rest if word not in follow_up_words().leaning]
    if not rest or not set(rest) <= _part_words().union(words(last.heading)):
        return []
    beside = [topic for topic in topics if topic.startswith(f"{subject}/") and topic != last.id]
    found = [topic for topic in beside if subject != "nilai" and _is_called(topic.partition("/")[2], set(rest))]
    again = "/" in last.id and subject != "nilai" and _is_called(last.id.partition("/")[2], set(rest))
    return found or ([last.id] if again else [])


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
