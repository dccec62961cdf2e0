"""The words of follow-ups, read as people type them: "contohny", "mksdnya?", "nmr 2", "kalau laptop?"."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import chain

import msgspec
from msgspec import Struct

from content.normalising import content_words, stem, words
from content.question_model import packaged_model
from content.spelling_guess import SpellingGuess
from content.yaml_text import plain_data

_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan", "kesembilan")
LAST = "terakhir"
NUMBERS = {word: n for n, word in enumerate(_ORDINALS, start=1)} | {str(n): n for n in range(1, 20)}
_SHORTEST = 4  # letters before "-nya": "hanya" and "punya" are words
_ENDINGS = ("nya", "ny")
_LONGEST_POINTING = 4  # words of a question on one thing of what was said
_LONGEST_VARIED = 7  # words of a question that changes one thing of a situation
_MOST_VARIED, _MOST_ALONE = 4, 3  # words of weight in it, after an answer and alone; with more it tells a situation
_BEGINNING = 3  # words among which the one stands that makes a variation
_ITS = re.compile(r"\bnya\b", re.IGNORECASE)  # typed by itself: "pj nya siapa"
_JOINED_NUMBER = re.compile(r"\b(no|nomor|ke|poin)(?=\d)", re.IGNORECASE)


class FollowUpWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What `knowledge/follow_up.yaml` says; `parts`: the last part of a topic -> what else people call it."""

    examples: frozenset[str]
    of_examples: frozenset[str]
    clauses: frozenset[str]
    again: tuple[frozenset[str], ...]
    onward: frozenset[str]
    leaning: frozenset[str]
    particulars: frozenset[str]
    asked_by: frozenset[str]
    varying: frozenset[str]
    without_weight: tuple[frozenset[str], ...]
    spelt: dict[str, frozenset[str]]
    behaviours: frozenset[str]
    chart: frozenset[str]
    numbers: tuple[str, ...]
    counting: frozenset[str]
    parts: dict[str, frozenset[str]]
    subjects: tuple[frozenset[str], ...]

    @property
    def asking(self) -> frozenset[str]:
        """The words that ask something of the last answer itself."""
        return self.examples.union(self.clauses, self.onward, *self.again)


@cache
def follow_up_words() -> FollowUpWords:
    """The words of `knowledge/follow_up.yaml`."""
    source = resources.files("content").joinpath("knowledge", "follow_up.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), FollowUpWords)


def follow_up_said(question: str) -> list[str]:
    """The words of the question without "-nya", those of follow-ups in one spelling, numbers as digits."""
    return list(_said(question))


@lru_cache(maxsize=64)  # like the words themselves
def _said(question: str) -> tuple[str, ...]:
    read = words(_JOINED_NUMBER.sub(r"\1 ", question))
    said = [_spelt(bare) for word in read for bare in words(_bare(word))]  # "deadlinenya" is known without its ending
    known = follow_up_words()
    counted = {word: str(n) for n, word in enumerate(known.numbers, start=1)}
    return tuple(
        counted.get(word, word) if place and said[place - 1] in known.counting else word
        for place, word in enumerate(said)
    )


def weighty(said: Sequence[str]) -> list[str]:
    """What is left to say what the question is about."""
    known = follow_up_words()
    light = _light() if known.examples.isdisjoint(said) else _light() | known.of_examples
    return [word for word in said if word not in light]


def asks_again(said: Sequence[str]) -> bool:
    """Whether something of the last answer is asked for: an example, its clause, its meaning, its rest."""
    return not follow_up_words().asking.isdisjoint(said)


def number_among(said: str, count: int) -> int | None:
    """The number that this word is, of a list with so many entries; None where it is none of theirs."""
    number = count if said == LAST else int(said) if said.isdigit() else NUMBERS.get(said, 0)
    return number if 0 < number <= count else None


def is_number(said: str) -> bool:
    """Whether the word tells which entry of a list is meant."""
    return said.isdigit() or said in NUMBERS or said == LAST


def numbered_alone(question: str) -> str | None:
    """The word that tells a number where the question tells nothing else: "yang kedua", "nomor 2 apa?", "2"."""
    rest = weighty(follow_up_said(question))
    return rest[0] if len(rest) == 1 and is_number(rest[0]) else None


def leans_wholly(question: str) -> bool:
    """Whether the question says nothing without an answer before it: "contohnya?", "pasal berapa?", "tahap 2 apa?"."""
    said = follow_up_said(question)
    rest = [word for word in weighty(said) if word not in _called()]
    numbered = len(rest) == 1 and is_number(rest[0]) and not question.strip().isdigit()  # "2" alone asks nothing
    return numbered or (not weighty(said) and asks_again(said))


def leans_only(question: str) -> bool:
    """Whether the question names no subject at all: "kapan?", "siapa ya", "tanggal berapa?"."""
    known = follow_up_words()
    said = words(question)
    return bool(said) and set(said) <= known.leaning.union(*known.without_weight)


def varies(question: str, *, after_answer: bool) -> bool:
    """Whether the question changes one thing of a situation and tells none: "kalau laptop?", "motor juga?"."""
    most = _MOST_VARIED if after_answer else _MOST_ALONE
    said = follow_up_said(question)
    marked = not follow_up_words().varying.isdisjoint(said[:_BEGINNING]) or said[-1:] == ["juga"]
    return marked and len(said) <= _LONGEST_VARIED and len(_told(said)) <= most


def points_back(question: str) -> bool:
    """Whether the question names no more than one thing of something that was said before: "formatnya?"."""
    said = words(question)
    told = _told(follow_up_said(question))
    its = _ITS.search(question) is not None or any(_bare(word) == told[0] != word for word in said if told)
    return its and len(told) == 1 and len(said) <= _LONGEST_POINTING


def is_short(question: str) -> bool:
    """Whether the question has so few words that it may leave its subject to what was said before."""
    return len(words(question)) <= _LONGEST_POINTING


def asks_particular(question: str) -> bool:
    """Whether the question wants to know who, when, where or how many: "dikirim kemana", "kapan dipakai?"."""
    return not follow_up_words().particulars.isdisjoint(follow_up_said(question))


def is_asked(question: str) -> bool:
    """Whether one of its words makes it a question: "boleh ganti nama", "dapet apa"; not "mobil dinas"."""
    return asks_particular(question) or not follow_up_words().asked_by.isdisjoint(follow_up_said(question))


def names_foreign_subject(question: str) -> bool:
    """Whether one of its words is a subject of its own of which no regulation speaks: "kalau gaji?"."""
    return not _subjects().isdisjoint(follow_up_said(question))


def _told(said: Sequence[str]) -> tuple[str, ...]:
    known = follow_up_words()
    return content_words(" ".join(word for word in weighty(said) if word not in known.varying))


def _bare(word: str) -> str:
    ending = next((end for end in _ENDINGS if word.endswith(end)), "")
    return word.removesuffix(ending) if len(word) >= _SHORTEST + len(ending) else word


def _spelt(word: str) -> str:
    """The word of a follow-up that is meant, where the bank has no such word; otherwise the word as it was."""
    meant = _variants().get(word, word)
    if meant != word or meant in _vocabulary() or stem(word) in packaged_model().numbers:
        return meant
    guessed = _guess().guess(word)
    return guessed if guessed[0] == word[0] else word


@cache
def _light() -> frozenset[str]:
    known = follow_up_words()
    return known.asking.union(*known.without_weight)


@cache
def _called() -> frozenset[str]:
    return frozenset(chain.from_iterable(follow_up_words().parts.values()))


@cache
def _subjects() -> frozenset[str]:
    return frozenset(chain.from_iterable(follow_up_words().subjects))


@cache
def _variants() -> dict[str, str]:
    return {variant: word for word, variants in follow_up_words().spelt.items() for variant in variants}


@cache
def _vocabulary() -> frozenset[str]:
    known = follow_up_words()
    return _light().union(*(known.varying, known.leaning, known.chart, NUMBERS, known.numbers, *known.parts.values()))


@cache
def _guess() -> SpellingGuess:
    return SpellingGuess(_vocabulary())
