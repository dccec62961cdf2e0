"""What a question is about: nearness to every topic, by the weights that `content.training` made from the bank.

A kernel machine. A question's similarity to each utterance (cosine over words and over letters, half each) is bent a
little, so that near ones count more, and summed with each utterance's weight for each label. Labels are topics, also
those that another regulation has, and what none deals with. The weights stand in `knowledge/model.npz`.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from content.features import features
from content.normalising import read_part

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Places = NDArray[np.uint32]
KINDS = 2  # of features: words, letters
NEWLINE = "\n"
_GROWTH = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)  # of a weight with how often a feature occurs
_FARTHEST = 500.0  # on a logistic curve; math.exp overflows beyond 709


class Family(Struct, frozen=True, eq=False):
    """The labels of regulations with the same values, and their texts as postings.

    The texts with feature f are `rows[starts[f]:starts[f + 1]]`, where it occurs `times[...]`; `lengths`: of their
    vectors, by kind. Utterance u is the text `texts[u]` and counts `weights[u]` for each label; `usual` is what a label
    has without any. Numbers are small on purpose: these arrays are most of the memory that the product needs.
    """

    labels: tuple[str, ...]
    texts: Ints
    weights: Floats
    usual: Floats
    starts: Ints
    rows: NDArray[np.uint16]
    times: NDArray[np.uint8]
    lengths: Floats


class _Postings(Struct, frozen=True, eq=False):
    """One entry a feature and a text that has it: their numbers, and how often; `lengths` by text and kind."""

    owners: Places
    rows: Places
    times: NDArray[np.uint8]
    lengths: Floats


class Reading(Struct, frozen=True, eq=False):
    """A question as the model sees it: label -> score, about 1 for what is meant; the nearest utterance's cosine."""

    scores: Mapping[str, float]
    nearest: float


class Model(Struct, frozen=True, eq=False):
    """What all families share: the features and how rare each is, and the curves that decide."""

    made_from: str
    numbers: Mapping[str, int]
    rarity: Floats
    rarest: float
    families: Mapping[str, Family]
    in_scope: Floats
    least: float  # chance of being in scope from which a question is answered
    right: Floats

    def read(self, family: str, question: str) -> Reading:
        """The question among the utterances of one family.

        Raises:
            KeyError: there is no such family.
        """
        meant = self.families[family]
        cosines = self._cosines(meant, features(question))[meant.texts]
        scores = np.einsum("r,rl->l", bent(cosines), meant.weights) + meant.usual  # no threads for so little
        return Reading(dict(zip(meant.labels, scores.tolist(), strict=True)), float(cosines.max()))

    def weight(self, feature: str) -> float:
        """How much it says that a text has this feature: the rarer, the more; what no utterance has says most."""
        number = self.numbers.get(feature)
        return self.rarest if number is None else float(self.rarity[number])

    def _cosines(self, family: Family, counts: Sequence[Counter[str]]) -> Floats:
        cosines = np.zeros(len(family.lengths), np.float32)
        for kind, count in enumerate(counts):
            numbers, weights = self._vector(count)
            begins, ends = family.starts[numbers], family.starts[numbers + 1]
            places = [slice(*between) for between in zip(begins.tolist(), ends.tolist(), strict=True)]
            if places:
                values = np.repeat(weights * self.rarity[numbers], ends - begins)
                values *= _GROWTH[np.concatenate([family.times[place] for place in places])]
                sums = np.bincount(np.concatenate([family.rows[place] for place in places]), values, len(cosines))
                cosines += (sums / family.lengths[:, kind]).astype(np.float32)
        return cosines / np.float32(KINDS)

    def _vector(self, count: Mapping[str, int]) -> tuple[Ints, Floats]:
        """The numbers of the text's features that utterances have, and their weights where the whole has length 1.

        What the utterances lack weighs `rarest`, so that strange words make all less near.
        """
        numbers = np.array([self.numbers.get(name, -1) for name in count], np.int64)
        rarity = np.where(numbers < 0, np.float32(self.rarest), self.rarity[numbers])
        weights = times_weighed(np.array([*count.values()], np.int64), rarity)
        telling = (numbers >= 0) & (weights > 0)
        size = math.sqrt(float(np.sum(weights * weights))) or 1.0
        return numbers[telling], weights[telling] / np.float32(size)


def bent(cosines: Floats) -> Floats:
    """The kernel: the square of the cosine, so that near utterances count like neighbours."""
    return cosines * cosines


def times_weighed(times: NDArray[Any], rarity: Floats) -> Floats:
    """The weights of features that occur so often and are so rare; what tells nothing has a rarity of 0."""
    weights: Floats = _GROWTH[np.minimum(times, len(_GROWTH) - 1)] * rarity
    return weights


def evidence(scores: Mapping[str, float], own: Sequence[str], outside: Sequence[str], question: str) -> Floats:
    """What tells whether a question is in scope, and whether its first topic is right: scores and their products.

    The length stands by itself: out of scope the bank is shorter than people are, and in pairs it misled.

    `own`: the regulation's own topics, nearest first.
    `outside`: labels of what no regulation deals with; the rest of the labels are topics of other regulations.
    """
    parts = [[scores[label] for label in labels] for labels in (own, outside, scores.keys() - set(own) - set(outside))]
    mine, nobody, elsewhere = parts
    first, second = scores[own[0]], scores[own[1]] if len(own) > 1 else 0.0
    sums = (sum(max(score, 0.0) for score in part) for part in (mine, elsewhere))
    facts = np.array([1.0, first, first - second, sum(nobody), max(elsewhere, default=0.0), *sums], np.float32)
    pairs: Floats = np.outer(facts, facts)[np.triu_indices(len(facts))]
    return np.append(pairs, np.float32(math.log1p(len(read_part(question).split()))))


def likelihood(weights: Floats, seen: Floats) -> float:
    """A probability, from 0 to 1."""
    return 1 / (1 + math.exp(min(-float(weights @ seen), _FARTHEST)))


@cache
def packaged_model() -> Model:
    """The model that ships with the product."""
    with resources.files("content").joinpath("knowledge", "model.npz").open("rb") as file:
        return loaded(np.load(file, allow_pickle=False))


def loaded(data: Mapping[str, NDArray[Any]]) -> Model:
    """The model in these arrays, as `content.training` makes them."""
    names = _text(data["features"]).split(NEWLINE)
    rarity = data["rarity"].astype(np.float32)
    counts = data["counts"].astype(np.int64)
    rows = _rows_from(data["steps"], counts)
    owners = np.repeat(np.arange(len(names), dtype=np.uint32), counts)
    postings = _Postings(owners, rows, data["times"].astype(np.uint8), data["lengths"].astype(np.float32))
    return Model(
        made_from=_text(data["made_from"]),
        numbers={name: number for number, name in enumerate(names)},
        rarity=rarity,
        rarest=float(data["rarest"]),
        families={key: _family(key, data, postings) for key in _text(data["families"]).split(NEWLINE)},
        in_scope=data["in_scope"].astype(np.float32),
        least=float(data["least"]),
        right=data["right"].astype(np.float32),
    )


def _family(key: str, data: Mapping[str, NDArray[Any]], postings: _Postings) -> Family:
    """The family's own texts, renumbered, out of the postings of all."""
    own, texts = np.unique(data[f"{key} rows"], return_inverse=True)
    renumbered = np.zeros(len(postings.lengths), np.uint16)
    renumbered[own] = np.arange(len(own), dtype=np.uint16)
    is_own = np.zeros(len(postings.lengths), np.bool_)
    is_own[own] = True
    held = is_own[postings.rows]
    return Family(
        labels=tuple(_text(data[f"{key} labels"]).split(NEWLINE)),
        texts=texts.astype(np.int64),
        weights=data[f"{key} weights"].astype(np.float32),
        usual=data[f"{key} usual"].astype(np.float32),
        starts=np.concatenate([[0], np.cumsum(np.bincount(postings.owners[held], minlength=len(data["rarity"])))]),
        rows=renumbered[postings.rows[held]],
        times=postings.times[held],
        lengths=postings.lengths[own],
    )


def _rows_from(steps: NDArray[Any], counts: Ints) -> Places:
    """The row numbers of every feature, from the steps between them; each feature's first step is from 0.

    The sums run over at 2**32, which their differences do not mind.
    """
    sums = np.cumsum(steps, dtype=np.uint32)
    before = np.concatenate([np.zeros(1, np.uint32), sums])[np.cumsum(counts) - counts]
    rows: Places = sums - np.repeat(before, counts)
    return rows


def _text(data: NDArray[np.uint8]) -> str:
    return data.tobytes().decode()
