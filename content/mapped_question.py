"""mapped_topic: the topic to which people mapped what a question says, in whatever order and spelling it is said.

A mapping reaches paraphrases: most of what either says, rare words counting more, has its like in the other. A shared
word or two is not enough: "kapan gaji cair" is neither "gaji" nor "kapan gaji ke-13 cair".
"""

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from msgspec import Struct

from content.courtesy import asking_words
from content.normalising import content_words, stem, words
from content.question_model import packaged_model

_SHARE = 0.65  # of what either says, that the other must say too
_SHORTEST, _MISTYPED = 5, 0.75  # letters of a word, and the likeness from which it is taken for another
_POINTS = frozenset({"siapa", "kapan", "kenapa", "dimana"})  # what tells questions with the same other words apart


class Mapped(Struct, frozen=True):
    """A question that people said belongs to `topic`."""

    topic: str
    text: str


def in_context(heading: str, follow_up: str) -> str:
    """A follow-up as it is kept: with what was answered before it, without which its words say too little."""
    return f"{heading}: {follow_up}"


def mapped_follow_up(heading: str, question: str, mapped: Sequence[Mapped], topics: Collection[str]) -> str | None:
    """The topic to which people mapped this follow-up on the answer with that heading; None where they did not."""
    begins = in_context(heading, "")
    here = [Mapped(item.topic, item.text.removeprefix(begins)) for item in mapped if item.text.startswith(begins)]
    return mapped_topic(question, here, topics)


class _Said(Struct, frozen=True):
    """`telling`: stem -> how much it says; `numbers` in it; `points`: what is asked of it."""

    telling: dict[str, float]
    numbers: frozenset[str]
    points: frozenset[str]


def mapped_topic(question: str, mapped: Sequence[Mapped], topics: Collection[str]) -> str | None:
    """The topic of the mapped question that says most of the same, among `topics`; None where none says enough."""
    best, found = _SHARE, None
    for item in mapped:
        share = _in_common(_said(question), _said(item.text)) if item.topic in topics else 0.0
        if share >= best and (found is None or share > best):
            best, found = share, item.topic
    return found


@lru_cache(maxsize=1024)
def _said(text: str) -> _Said:
    """A text's words; kept, as every question is compared with all that were mapped."""
    every = words(text)
    plain = [word for word in content_words(text) if not word.isdigit()]
    telling = [word for word in plain if word not in asking_words()] or plain
    weights = {stem(word): packaged_model().weight(stem(word)) for word in telling}
    return _Said(weights, frozenset(filter(str.isdigit, every)), _POINTS.intersection(every))


def _in_common(one: _Said, other: _Said) -> float:
    """The smaller share of what either says that the other says too; 0 where they ask for different things."""
    if one.numbers != other.numbers or (one.points and other.points and one.points != other.points):
        return 0.0
    same = one.telling.keys() & other.telling.keys()
    if not same or min(_share(same, one), _share(same, other)) < _SHARE / 2:  # mistyped words are few
        return 0.0
    return min(_share(_said_too(one, other), one), _share(_said_too(other, one), other))


def _share(roots: Collection[str], of: _Said) -> float:
    return sum(of.telling[root] for root in roots) / sum(of.telling.values())


def _said_too(one: _Said, other: _Said) -> list[str]:
    return [root for root in one.telling if root in other.telling or _mistyped(root, other.telling)]


def _mistyped(root: str, others: Collection[str]) -> bool:
    long = [other for other in others if len(other) >= _SHORTEST <= len(root)]
    return any(SequenceMatcher(None, root, other).ratio() >= _MISTYPED for other in long)
