"""find_answer: which topic of the asker's own regulation a question means, or the honest reason why none.

The regulation's own words and the question bank are compared with the question. Topics that only other regulations
have, and subjects that none deals with, compete as well: where one of them is nearest, the question is declined.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from content.courtesy import courtesy_in
from content.normalising import words
from content.question_bank import named_patterns, packaged_bank, sayings_for
from content.regulation import MissingPart, Regulation
from content.regulation_loader import load_regulations
from content.retrieval import Index, Saying
from content.topics import Topic, topics_of

SURE = 0.30  # nearness from which a topic is answered without asking back
FAINT = 0.10  # nearness under which nothing is close
_FOREIGN_SURE, _FOREIGN_AHEAD = 0.25, 0.1  # another regulation's topic must be near, and this much nearer
_OUTSIDE_SURE, _OUTSIDE_AHEAD = 0.14, 0.03  # the same for a subject that no regulation deals with
_KNOWN = 0.4  # of the question's words must occur anywhere in what we know, or it is about something else
_BESIDE = 0.3  # of the best topic's nearness makes another an alternative
_OUT_OF_SCOPE = "?"
_FOREIGN = "!"
_MOST = 3
_QUOTED_TOPICS = ("definisi", "dasar-hukum")  # long quotations whose words would draw every question


class Reason(StrEnum):
    """Why a question gets no answer."""

    NOT_REGULATED = "not_regulated"  # another regulation's topic, or no regulation's
    ATTACHMENT_MISSING = "attachment_missing"  # the part that would say it is absent from the text at hand
    NOT_UNDERSTOOD = "not_understood"  # nothing is close to the question


class Answer(Struct, frozen=True):
    """The topic that is meant, and what else is near, nearest first."""

    topic: str
    alternatives: tuple[str, ...] = ()


class Suggestions(Struct, frozen=True):
    """Not sure: "did you mean", nearest first."""

    topics: tuple[str, ...]


class Declined(Struct, frozen=True):
    """No answer. `topic`: what the question seems to mean, where that is known; `missing`: the absent part."""

    reason: Reason
    topic: str | None = None
    missing: MissingPart | None = None


Result = Answer | Suggestions | Declined


def find_answer(regulation: Regulation, question: str) -> Result:
    """The topic of this regulation that the question means. Never raises for any question."""
    if courtesy_in(question):
        return Declined(Reason.NOT_UNDERSTOOD)
    named = _named_behaviour(regulation, question)
    index = _index(regulation)
    scores = index.scores(question)
    known = topics_of(regulation)
    own = {topic: score for topic, score in scores.items() if topic in known}
    ranked = sorted(own, key=lambda topic: -own[topic])
    if named:
        return Answer(named, tuple(topic for topic in ranked if topic != named)[: _MOST - 1])
    best = own[ranked[0]] if ranked else 0.0
    other = _subject_elsewhere(scores, best)
    if other is not None:
        return _declined(regulation, other)
    absent = _named_part(regulation, question)
    if absent is not None and best < SURE:
        return Declined(Reason.ATTACHMENT_MISSING, missing=absent)
    if best < FAINT or index.known_share(question) < _KNOWN:
        return Declined(Reason.NOT_UNDERSTOOD)
    if best < SURE:
        return Suggestions(tuple(ranked[:_MOST]))
    return Answer(ranked[0], tuple(topic for topic in ranked[1:_MOST] if own[topic] >= _BESIDE * best))


def missing_part(regulation: Regulation, topic: str) -> MissingPart | None:
    """The absent part that would say something on this topic, if there is one."""
    return next((part for part in regulation.missing if topic in part.topics), None)


def _named_part(regulation: Regulation, question: str) -> MissingPart | None:
    """The absent part that the question asks for by its name ("apa isi lampirannya")."""
    said = {word.removesuffix("nya") for word in words(question)}
    return next((part for part in regulation.missing if part.part.lower() in said), None)


def _subject_elsewhere(scores: Mapping[str, float], best: float) -> str | None:
    for mark, sure, ahead in (
        (_FOREIGN, _FOREIGN_SURE, _FOREIGN_AHEAD),
        (_OUT_OF_SCOPE, _OUTSIDE_SURE, _OUTSIDE_AHEAD),
    ):
        marked = [label for label in scores if label.startswith(mark)]
        nearest = max(marked, key=scores.__getitem__, default=None)
        if nearest is not None and scores[nearest] >= max(sure, best + ahead):
            return nearest
    return None


def _declined(regulation: Regulation, label: str) -> Declined:
    if label.startswith(_OUT_OF_SCOPE):
        return Declined(Reason.NOT_REGULATED)
    topic = label.removeprefix(_FOREIGN)
    missing = missing_part(regulation, topic)
    return Declined(Reason.ATTACHMENT_MISSING if missing else Reason.NOT_REGULATED, topic, missing)


def _named_behaviour(regulation: Regulation, question: str) -> str | None:
    """The behaviour in "akuntabel 2" or "perilaku ketiga dari loyal", where the regulation has it."""
    said = words(question)
    number = next((_NUMBERS[word] for word in said if word in _NUMBERS), None)
    if number is None or len(said) > 8:
        return None
    joined = " ".join(said)
    named = [value for value in regulation.values if value.name.lower() in joined]
    topic = f"nilai/{named[0].slug}/{number}" if len(named) == 1 else ""
    return topic if topic in topics_of(regulation) else None


_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan", "kesembilan")
_NUMBERS = {word: n for n, word in enumerate(_ORDINALS, start=1)} | {str(n): n for n in range(1, 20)}


@lru_cache(maxsize=16)
def _index(regulation: Regulation) -> Index:
    return Index(_sayings(regulation))


def _sayings(regulation: Regulation) -> Iterator[Saying]:
    bank, known = packaged_bank(), topics_of(regulation)
    for saying in sayings_for(bank, regulation):
        yield saying if saying.label in known else Saying(f"{_FOREIGN}{saying.label}", saying.text)
    for topic in known.values():
        yield from _quoted(topic)
    own = {value.slug for value in regulation.values}
    for other in load_regulations().values():
        for value in other.values:
            if value.slug not in own:
                label = f"{_FOREIGN}nilai/{value.slug}"
                yield from (Saying(label, text) for text in named_patterns(bank, value.name))
    outside = chain.from_iterable(situation for kind in bank.out_of_scope for situation in kind.situations)
    yield from (Saying(f"{_OUT_OF_SCOPE}{number}", text) for number, text in enumerate(outside))


def _quoted(topic: Topic) -> Iterator[Saying]:
    yield Saying(topic.id, topic.heading)
    if topic.id in _QUOTED_TOPICS:
        yield from (Saying(topic.id, passage.heading) for passage in topic.passages if passage.heading)
        return
    for passage in topic.passages:
        yield Saying(topic.id, f"{passage.heading or ''} {passage.text}")
        yield from (Saying(topic.id, variant.text) for variant in passage.variants)
    if topic.behaviour is None:
        yield from (Saying(topic.id, item.text) for item in topic.manifestations)
