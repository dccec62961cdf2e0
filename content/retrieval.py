"""Which label's sayings are nearest to a question: TF-IDF cosine over word stems and over character n-grams.

Pure Python with an inverted index; a label's score joins its nearest saying, its three nearest and its centre, so
that one telling sentence wins but breadth of vocabulary counts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from content.normalising import content_words, stem
from content.spelling_guess import SpellingGuess

_GRAMS = (3, 4, 5)
_WORDS_COUNT = 0.5  # of the similarity; n-grams, which forgive typing errors, carry the rest
_UNSEEN = 0.6  # of the rarest feature's weight, for one that no saying has
_NEAREST, _NEAREST_THREE, _CENTRE = 0.3, 0.2, 0.5
_USUAL_LENGTH = 8  # content words; a longer story shares less of itself with any saying, which is made up for

Vector = dict[str, float]


class Saying(Struct, frozen=True):
    """One sentence or word list that speaks of `label`."""

    label: str
    text: str


def _stems(words: Sequence[str]) -> Mapping[str, int]:
    found = [stem(word) for word in words]
    pairs = [f"{first} {second}" for first, second in pairwise(found)]
    return Counter(found + pairs)


def _grams(words: Sequence[str]) -> Mapping[str, int]:
    padded = [f" {word} " for word in words]
    return Counter(
        word[start : start + size] for word in padded for size in _GRAMS for start in range(len(word) - size + 1)
    )


class _Space:
    """The sayings as weighted vectors of one kind of feature."""

    def __init__(self, counts: Sequence[Mapping[str, int]], labels: Sequence[str]) -> None:
        self._rarity = _rarities(counts, labels)
        self._rarest = _UNSEEN * max(self._rarity.values(), default=1.0)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        centres: dict[str, Vector] = defaultdict(lambda: defaultdict(float))
        for number, (count, label) in enumerate(zip(counts, labels, strict=True)):
            for feature, weight in self.vector(count).items():
                self._postings[feature].append((number, weight))
                centres[label][feature] += weight
        self._centres: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for label, centre in centres.items():
            for feature, weight in _normal(centre).items():
                self._centres[feature].append((label, weight))

    def vector(self, count: Mapping[str, int]) -> Vector:
        """Of length 1. What no saying has weighs as the rarest feature, so that strange words make all less near."""
        return _normal({name: (1 + math.log(n)) * self._rarity.get(name, self._rarest) for name, n in count.items()})

    def knows(self, feature: str) -> bool:
        """Whether any saying has it."""
        return feature in self._rarity

    def similarities(self, vector: Vector) -> tuple[dict[int, float], dict[str, float]]:
        """By saying and by label's centre."""
        sayings: dict[int, float] = defaultdict(float)
        centres: dict[str, float] = defaultdict(float)
        for feature, weight in vector.items():
            for number, other in self._postings.get(feature, ()):
                sayings[number] += weight * other
            for label, other in self._centres.get(feature, ()):
                centres[label] += weight * other
        return sayings, centres


def _rarities(counts: Sequence[Mapping[str, int]], labels: Sequence[str]) -> dict[str, float]:
    seen: dict[str, set[str]] = defaultdict(set)
    for count, label in zip(counts, labels, strict=True):
        for feature in count:
            seen[feature].add(label)
    total = len(set(labels))
    return {feature: math.log((1 + total) / (0.5 + len(where))) for feature, where in seen.items()}


def _normal(vector: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {name: weight / length for name, weight in vector.items() if weight} if length else {}


class Index:
    """Sayings, ready to be compared with a question."""

    def __init__(self, sayings: Iterable[Saying]) -> None:
        kept = [(saying.label, content_words(saying.text)) for saying in sayings]
        self._labels = [label for label, _ in kept]
        self._words = _Space([_stems(words) for _, words in kept], self._labels)
        self._grams = _Space([_grams(words) for _, words in kept], self._labels)
        self._spelling = SpellingGuess(word for _, words in kept for word in words)

    def scores(self, question: str) -> dict[str, float]:
        """Label -> nearness, 0 to about 1; labels that share nothing with the question are left out."""
        words = [self._spelling.guess(word) for word in content_words(question)]
        spaces = ((self._words, _stems(words), _WORDS_COUNT), (self._grams, _grams(words), 1 - _WORDS_COUNT))
        sayings: dict[int, float] = defaultdict(float)
        centres: dict[str, float] = defaultdict(float)
        for space, count, share in spaces:
            by_saying, by_centre = space.similarities(space.vector(count))
            for number, similarity in by_saying.items():
                sayings[number] += share * similarity
            for label, similarity in by_centre.items():
                centres[label] += share * similarity
        nearest: dict[str, list[float]] = defaultdict(list)
        for number, similarity in sayings.items():
            nearest[self._labels[number]].append(similarity)
        length = math.sqrt(max(len(words), _USUAL_LENGTH) / _USUAL_LENGTH)
        return {label: length * _joined(similarities, centres[label]) for label, similarities in nearest.items()}

    def known_share(self, question: str) -> float:
        """How many of the question's words some saying uses, from 0 (another language) to 1."""
        words = [stem(self._spelling.guess(word)) for word in content_words(question)]
        return sum(self._words.knows(word) for word in words) / len(words) if words else 0.0


def _joined(similarities: list[float], centre: float) -> float:
    best = sorted(similarities, reverse=True)[:3]
    return _NEAREST * best[0] + _NEAREST_THREE * sum(best) / 3 + _CENTRE * centre


def nearest_texts(question: str, texts: Sequence[str]) -> list[int]:
    """The numbers of the texts, nearest first; ties in their own order."""
    scores = _index_of(tuple(texts)).scores(question)
    return sorted(range(len(texts)), key=lambda number: -scores.get(str(number), 0.0))


@lru_cache(maxsize=64)  # the regulations' own texts come again with every answer
def _index_of(texts: tuple[str, ...]) -> Index:
    return Index(Saying(str(number), text) for number, text in enumerate(texts))
