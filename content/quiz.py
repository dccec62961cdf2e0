"""The weekly quiz: one situation of the bank, and the values of a regulation to choose from.

Asked are whole sentences on what somebody does, as `knowledge/quiz.yaml` tells them from other phrasings: nobody is
there to explain them. None is about behaviours that two values share. Nothing comes again before everything was asked.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from content.normalising import is_chat_form, stem
from content.question_bank import packaged_bank, utterances_for
from content.regulation import Behaviour, Regulation, Value
from content.topics import topic_of
from content.yaml_text import plain_data

# https://core.telegram.org/bots/api#sendpoll, in characters; other channels have no smaller ones
EXPLANATION_LIMIT = 200
_LONGEST = 240  # of a situation: a question may have 300, and the rest is ours
_WORDS = range(8, 36)  # shorter ones cannot be understood alone
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_TYPED = re.compile(r"[\w-]+")


class Situation(Struct, frozen=True):
    """A sentence, and the behaviour that it is about; `key` stays the same while the sentence does."""

    key: str
    text: str
    value: Value
    behaviour: Behaviour


class QuizRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that sentences begin with, or do not hold; sentences and, by regulation, behaviours not asked about."""

    actors: frozenset[str]
    unfit: frozenset[str]
    unfit_in_any_form: frozenset[str]
    undecided: frozenset[str]
    twins: dict[str, frozenset[str]]


@cache
def quiz_rules() -> QuizRules:
    """What may be asked. Source: `knowledge/quiz.yaml`."""
    source = resources.files("content").joinpath("knowledge", "quiz.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), QuizRules)


@cache
def _unfit_stems() -> frozenset[str]:
    return frozenset(map(stem, quiz_rules().unfit_in_any_form))


def is_clear(text: str) -> bool:
    """Whether a phrasing of the bank can be asked as it stands."""
    words = _WORD.findall(text.casefold())
    if len(words) not in _WORDS or len(text) > _LONGEST or text in quiz_rules().undecided:
        return False
    if any(map(is_chat_form, _TYPED.findall(text))):
        return False
    told = words[0] in quiz_rules().actors and words[1] != "yang"  # "staf yang rajin" alone is nobody's doing
    spoken = "?" in text or '"' in text
    return told and not spoken and quiz_rules().unfit.isdisjoint(words) and _unfit_stems().isdisjoint(map(stem, words))


@lru_cache(maxsize=32)
def situations_of(regulation: Regulation) -> Mapping[str, Situation]:
    """All that may be asked under this regulation, by key, in the order of the bank.

    Of a story its first phrasing; none that means behaviours of several values, or one that two values share. Reads
    the bank, up to half a second, when it is asked for the first time.
    """
    stories: dict[str, tuple[str, list[str]]] = {}
    for said in utterances_for(packaged_bank(), regulation):
        if said.situation is not None:
            stories.setdefault(said.situation, (said.text, [*said.topics]))
    meant: dict[str, list[str]] = {}  # one sentence may stand in several stories
    for text, topics in stories.values():
        if is_clear(text):
            meant.setdefault(text, []).extend(topics)
    found = [_situation(regulation, text, topics) for text, topics in meant.items()]
    return {situation.key: situation for situation in found if situation is not None}


def _situation(regulation: Regulation, text: str, topics: Sequence[str]) -> Situation | None:
    meant = [topic_of(regulation, topic) for topic in topics]
    first = meant[0]
    if first is None or first.value is None or first.behaviour is None:
        return None
    if any(topic is None or topic.value != first.value for topic in meant):
        return None
    if not quiz_rules().twins.get(regulation.id, frozenset()).isdisjoint(topics):
        return None
    key = f"{first.value.slug}/{first.behaviour.n}/{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    return Situation(key, f"{text[0].upper()}{text[1:].rstrip('.')}.", first.value, first.behaviour)


def next_situation(regulation: Regulation, asked: Sequence[str], seed: str) -> str | None:
    """The key of the situation that follows on `asked` (keys, oldest first); None where there is none at all.

    What was never asked comes first, of the value that was asked about longest ago; `seed` orders the rest, so that
    not every office gets the same.
    """
    last = {key: place for place, key in enumerate(asked)}
    last_of_value = {key.partition("/")[0]: place for place, key in enumerate(asked)}

    def place(situation: Situation) -> tuple[int, int, str]:
        shuffled = hashlib.sha256(f"{seed}/{situation.key}".encode()).hexdigest()
        return last.get(situation.key, -1), last_of_value.get(situation.value.slug, -1), shuffled

    chosen = min(situations_of(regulation).values(), key=place, default=None)
    return chosen.key if chosen else None


def quiz_parameters(regulation: Regulation, situation: Situation) -> dict[str, Any]:
    """What the message "quiz/post" declares of the situation; `right` is the place of the right option, from 0."""
    values = list(regulation.values)
    return {
        "situation": situation.text,
        "options": [value.name for value in values],
        "right": values.index(situation.value),
        "explanation": explanation(situation),
    }


def explanation(situation: Situation) -> str:
    """Which behaviour it is, with its clause: in the regulation's own words, or their beginning and "…"."""
    behaviour = situation.behaviour
    before, behind = f"{situation.value.name} {behaviour.n}: “", f"” ({behaviour.source})"
    room = EXPLANATION_LIMIT - len(before) - len(behind)
    text = behaviour.text
    if len(text) > room:
        text = f"{text[: room - 1].rpartition(' ')[0]} …"
    return f"{before}{text}{behind}"
