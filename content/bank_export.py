"""Questions that people mapped to topics, written as the bank's files hold them, for a maintainer to add."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

import yaml
from msgspec import Struct

from content.likeness import groups_of
from content.question_bank import keys_of, packaged_bank
from content.regulation import Regulation
from content.topics import topic_of

Situations = list[list[str]]


class MappedQuestion(Struct, frozen=True):
    """A question, its names taken out, and the topic of this regulation that it means."""

    regulation: Regulation
    topic: str
    text: str


def bank_yaml(mapped: Iterable[MappedQuestion]) -> str:
    """One YAML document for each file of the bank that gains something, its name in a comment; "" for nothing.

    Phrasings that are alike are one situation. A topic that its regulation no longer has is left out.
    """
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in mapped:
        topic = topic_of(item.regulation, item.topic)
        if topic is not None:
            texts[_key(item.regulation) if topic.value else "", item.topic].append(item.text)
    situations = {place: _situations(said) for place, said in sorted(texts.items())}
    values: dict[str, dict[str, Situations]] = defaultdict(dict)
    for (key, topic_id), told in situations.items():
        if _is_value(key, topic_id):
            values[key][topic_id] = told
    documents = {
        "behaviours/": [
            {"topics": {key: [topic_id]}, "situations": told}
            for (key, topic_id), told in situations.items()
            if key and not _is_value(key, topic_id)
        ],
        "values.yaml": {"situations": dict(values)} if values else {},
        "programme.yaml": {topic_id: told for (key, topic_id), told in situations.items() if not key},
    }
    return "".join(_document(file, content) for file, content in documents.items() if content)


def _document(file: str, content: Any) -> str:
    return f"---\n# knowledge/{file}\n{yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)}"


def _key(regulation: Regulation) -> str:
    """What the bank calls a regulation with these values: the acronym where it has one."""
    named = set(chain.from_iterable(theme.topics for theme in packaged_bank().themes))
    return next((key for key in reversed(keys_of(regulation)) if key in named), regulation.id)


def _is_value(key: str, topic: str) -> bool:
    return bool(key) and topic.count("/") == 1


def _situations(texts: Iterable[str]) -> Situations:
    each = dict(enumerate(sorted(set(texts))))
    return [[each[number] for number in group] for group in groups_of(each)]
