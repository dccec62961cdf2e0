"""topic_named: the topic whose name is all that a question says: "salam", "apa itu twibbon", "kelompok".

So short a question is as near to all that is said of the topic as to much else, which nobody who asks so means.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain

from content.normalising import content_words
from content.regulation import Regulation
from content.regulation_loader import load_regulations
from content.topics import labels, topics_of

_LONGEST_MENTION = 6  # words that tell something; a longer question is a story in which the name is one thing of many


def topic_named(regulation: Regulation, question: str) -> str | None:
    """The topic of this name, the regulation's own or one that it lacks.

    None where the question says more, or the name is that of several topics.
    """
    said = frozenset(content_words(question))
    own = _own_names(regulation).get(said) or _names(tuple(labels().topics)).get(said)
    return own or _values_elsewhere(regulation).get(said)


def topic_mentioned(regulation: Regulation, question: str) -> str | None:
    """What a short question is on that names a passage under a topic of another name: "deklarasi nilai wajib ya".

    The words of such a name may stand apart and be inflected: "siapa yang mendeklarasikan nilai".
    """
    said = content_words(question)
    if len(said) > _LONGEST_MENTION:
        return None
    for name, topic in labels().mentioned.get(regulation.id, {}).items():
        if all(any(part in word for word in said) for part in content_words(name)):
            return topic
    return None


@lru_cache(maxsize=32)
def _own_names(regulation: Regulation) -> Mapping[frozenset[str], str]:
    """Of what the regulation deals with, and what people call so there."""
    own = tuple(topic for topic in topics_of(regulation) if not topic.startswith("nilai/"))
    called = labels().called_so.get(regulation.id, {})
    return {frozenset(content_words(name)): topic for name, topic in called.items()} | _names(own)


@lru_cache(maxsize=32)
def _values_elsewhere(regulation: Regulation) -> Mapping[frozenset[str], str]:
    """The values that only other regulations have, by their names."""
    values = chain.from_iterable(pack.values for pack in load_regulations().values())
    named = {frozenset(content_words(value.name)): f"nilai/{value.slug}" for value in values}
    return {name: topic for name, topic in named.items() if topic not in topics_of(regulation)}


@lru_cache(maxsize=32)
def _names(topics: tuple[str, ...]) -> dict[frozenset[str], str]:
    """By their words, the last part of a topic's id and its label. Values have names of their own."""
    named: dict[frozenset[str], set[str]] = defaultdict(set)
    for topic in topics:
        for name in (topic.rpartition("/")[2].replace("-", " "), labels().topics[topic]):
            named[frozenset(content_words(name))].add(topic)
    return {name: found.pop() for name, found in named.items() if name and len(found) == 1}
