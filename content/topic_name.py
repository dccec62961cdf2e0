"""topic_named: the topic whose name is all that a question says: "salam", "apa itu twibbon", "kelompok".

So short a question is as near to all that is said of the topic as to much else, which nobody who asks so means.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from content.normalising import content_words
from content.regulation import Regulation
from content.topics import labels, topics_of


def topic_named(regulation: Regulation, question: str) -> str | None:
    """The regulation's own topic of this name; None where the question says more, or the name is that of several."""
    return _names(regulation).get(frozenset(content_words(question)))


@lru_cache(maxsize=32)
def _names(regulation: Regulation) -> Mapping[frozenset[str], str]:
    """By their words, the last part of a topic's id and its label. Values have names of their own."""
    named: dict[frozenset[str], set[str]] = defaultdict(set)
    for topic in topics_of(regulation):
        if not topic.startswith("nilai/"):
            for name in (topic.rpartition("/")[2].replace("-", " "), labels().topics.get(topic, "")):
                named[frozenset(content_words(name))].add(topic)
    for name, topic in labels().called_so.get(regulation.id, {}).items():
        named[frozenset(content_words(name))].add(topic)
    return {name: found.pop() for name, found in named.items() if name and len(found) == 1}
