"""`python -m content.training`: makes `knowledge/model.npz` from the bank and the regulations' own words.

Kernel ridge regression, one label at a time for all at once; no randomness. Two logistic curves are then fitted to
what a cross-validation answers: whether a question is in scope, and whether its first topic is right. It leaves out
one situation at a time, and what no regulation deals with by whole kinds, as people will ask for kinds that nobody
thought of. No model is trained for it: what one without a situation would say follows from the inverse of the kernel.
"""

import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import linalg, sparse

from content.features import LETTERS, features
from content.question_bank import (
    OUT_OF_SCOPE,
    QuestionBank,
    Utterance,
    keys_of,
    own_words,
    packaged_bank,
    utterances_for,
)
from content.question_model import (
    KINDS,
    NEWLINE,
    Floats,
    bent,
    evidence,
    length,
    likelihood,
    weights_of,
)
from content.regulation import Regulation
from content.regulation_loader import load_regulations
from content.topics import topics_of

PLACE = Path(__file__).with_name("knowledge") / "model.npz"
_FARTHEST = 30.0  # on a logistic curve
_RIDGE = 0.2
_BLOCK = 512  # rows of the kernel that are made at once
_FEWEST = 2  # utterances with a feature, for it to be kept
_STEPS, _SHRINK = 30, 0.01  # of the logistic curves
_DECLINED = 0.0125  # of the questions in scope, in the cross-validation: the price of declining the others
_FIGURES = ("in scope, first right", "one of the first three right", "declined", "out of scope, not declined")
_FIRST = 3  # topics that are shown where it is uncertain
_SHARES = {"own": 0.5, "elsewhere": 0.1, "nobody": 0.4}  # of the say in what is in scope

Ints = NDArray[np.int64]


class Rows(Struct, frozen=True, eq=False):
    """The utterances of one family: their numbers among all texts, what goes unseen together, the labels meant."""

    regulations: tuple[Regulation, ...]
    texts: tuple[str, ...]
    numbers: Ints
    together: tuple[Ints, ...]
    labels: tuple[str, ...]
    meant: Floats


class Solved(Struct, frozen=True, eq=False):
    """The weights of one family, what a label has without any, and the scores of each utterance that went unseen."""

    weights: Floats
    usual: Floats
    unseen: Floats


class Postings(Struct, frozen=True, eq=False):
    """Feature by feature, the texts that have it and its weight in each."""

    names: tuple[str, ...]
    rarity: Floats
    rarest: float
    counts: Ints
    rows: Ints
    times: Ints
    lengths: Floats  # by text and kind


def families_of(bank: QuestionBank, regulations: Iterable[Regulation]) -> dict[str, list[Regulation]]:
    """The regulations by the widest key under which the bank's themes name them: an acronym rather than an id."""
    named = set(chain.from_iterable(theme.topics for theme in bank.themes))
    found: dict[str, list[Regulation]] = defaultdict(list)
    for regulation in regulations:
        for key in reversed(keys_of(regulation)):
            if key in named:
                found[key].append(regulation)
                break
    return dict(found)


def rows_of(bank: QuestionBank, regulations: Sequence[Regulation]) -> list[Utterance]:
    """What is said under any of these regulations, and their own words; each once."""
    said = (utterances_for(bank, regulation) for regulation in regulations)
    quoted = (own_words(regulation) for regulation in regulations)
    return list(dict.fromkeys(chain(*said, *quoted)))


def made_from(bank: QuestionBank, regulations: Iterable[Regulation]) -> str:
    """A fingerprint of all that the model is made from: every text as it is compared, its meaning, and the fitting."""
    digest, taken_apart = hashlib.sha256(repr(_fitting()).encode()), cache(features)
    for family, packs in families_of(bank, regulations).items():
        for row in rows_of(bank, packs):
            compared = [sorted(count.items()) for count in taken_apart(row.text)]
            digest.update(repr((family, row.situation, compared, row.topics)).encode())
    return digest.hexdigest()


def _fitting() -> tuple[Any, ...]:
    """The settings, and what the formulas make of an example."""
    example = {"nilai": 0.75, "motto": 0.25, "salam": 0.5, OUT_OF_SCOPE: 0.125}
    seen = evidence(example, ("nilai", "motto"), (OUT_OF_SCOPE,), "apa nilai kita")
    weights = weights_of({"nilai": 2, "kita": 1}, {"nilai": 0}, np.ones(1, np.float32), 2.0)
    kernel = bent(np.array([0.25, 0.5], np.float32))
    shown = ([round(float(number), 4) for number in numbers] for numbers in (seen, weights.values(), kernel))
    return (KINDS, _RIDGE, _FEWEST, _STEPS, _SHRINK, _DECLINED, _SHARES, *shown)


def main() -> None:
    arrays = trained(packaged_bank(), load_regulations().values())
    np.savez_compressed(PLACE, allow_pickle=False, **arrays)
    for name, share in zip(_FIGURES, arrays["cross_validation"], strict=True):
        sys.stdout.write(f"{name}: {share:.1%}\n")


def trained(bank: QuestionBank, regulations: Collection[Regulation]) -> dict[str, NDArray[Any]]:
    """The arrays of a model (`content.question_model.loaded`); the same for the same bank and regulations."""
    packs = families_of(bank, regulations)
    families = {key: rows_of(bank, held) for key, held in packs.items()}
    texts = sorted({row.text for rows in families.values() for row in rows})
    places = {text: number for number, text in enumerate(texts)}
    postings = _postings(texts)
    vectors = _vectors(postings)
    saved: dict[str, NDArray[Any]] = {}
    seen = []
    for key, said in families.items():
        rows = _rows(said, packs[key], places)
        solved = _solved(vectors[rows.numbers], rows)
        seen += list(_cross_validated(rows, solved.unseen))
        saved |= _family_arrays(key, rows, solved)
    facts, whose, found = map(np.array, zip(*seen, strict=True))
    in_scope = whose == "own"
    curve = _logistic(facts, in_scope, _says(whose))
    chances = np.array([likelihood(curve, fact) for fact in facts])
    least = np.quantile(chances[in_scope], _DECLINED)
    saved |= {
        "families": _bytes(families),
        "made_from": _bytes([made_from(bank, regulations)]),
        "in_scope": curve,
        "least": np.array(least),
        "right": _logistic(facts[in_scope], (found[in_scope] == 0).astype(np.float32), np.ones(in_scope.sum())),
        "cross_validation": _figures(whose, found, chances >= least),
    }
    return saved | _posting_arrays(postings)


def _postings(texts: Sequence[str]) -> Postings:
    counted = [features(text) for text in texts]
    having = Counter(chain.from_iterable(chain(*counts) for counts in counted))
    names = sorted(name for name, times in having.items() if times >= _FEWEST)
    numbers = {name: number for number, name in enumerate(names)}
    rarity = np.array([np.log((1 + len(texts)) / (1 + having[name])) + 1 for name in names], np.float32)
    rarest = float(np.log((1 + len(texts)) / 2) + 1)
    held: list[list[tuple[int, int]]] = [[] for _ in names]
    lengths = np.ones((len(texts), KINDS), np.float32)
    for row, counts in enumerate(counted):
        for kind, count in enumerate(counts):
            lengths[row, kind] = length(weights_of(count, numbers, rarity, rarest)) or 1.0
            for name in count.keys() & numbers.keys():
                held[numbers[name]].append((row, count[name]))
    rows, times = np.array(list(chain.from_iterable(held)), np.int64).T
    return Postings(tuple(names), rarity, rarest, np.array([len(one) for one in held]), rows, times, lengths)


def _vectors(postings: Postings) -> sparse.csr_matrix:
    """Of all texts; a product of two, over KINDS, is their cosine."""
    kinds = np.repeat([name.startswith(LETTERS) for name in postings.names], postings.counts).astype(np.int64)
    weights = (1 + np.log(postings.times)) * np.repeat(postings.rarity, postings.counts)
    values = (weights / postings.lengths[postings.rows, kinds]).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(postings.counts)])
    shape = (len(postings.lengths), len(postings.names))
    return sparse.csc_matrix((values, postings.rows, starts), shape).tocsr()


def _rows(said: Sequence[Utterance], packs: Sequence[Regulation], places: Mapping[str, int]) -> Rows:
    labels = tuple(sorted(set(chain.from_iterable(row.topics for row in said))))
    meant = np.zeros((len(said), len(labels)), np.float32)
    for number, row in enumerate(said):
        meant[number, [labels.index(topic) for topic in row.topics]] = 1
    texts = tuple(row.text for row in said)
    together: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(said):
        if row.situation is not None:
            kind, _, _ = row.situation.rpartition(" ")
            together[kind if kind.startswith(OUT_OF_SCOPE) else row.situation].append(number)
    groups = tuple(map(np.array, together.values()))
    return Rows(tuple(packs), texts, np.array([places[text] for text in texts]), groups, labels, meant)


def _solved(vectors: sparse.csr_matrix, rows: Rows) -> Solved:
    """The weights w = K⁻¹y of the ridged kernel K = LLᵀ, and the scores of each group g without it: y - K⁻¹[g,g]⁻¹w."""
    kernel = _kernel(vectors)
    kernel[np.diag_indices(len(kernel))] += np.float32(_RIDGE)
    factor, failed = linalg.lapack.spotrf(kernel, lower=True, clean=True, overwrite_a=True)
    inverse, failed_too = linalg.lapack.strtri(factor, lower=True, overwrite_c=True)  # of L; in the kernel's place
    if failed or failed_too:
        raise linalg.LinAlgError("the kernel is not positive definite")
    usual = rows.meant.mean(axis=0)
    meant = rows.meant - usual
    weights = inverse.T @ (inverse @ meant)
    unseen = np.zeros_like(meant)
    for group in rows.together:
        part = inverse[group.min() :, group]
        unseen[group] = meant[group] - np.linalg.solve(part.T @ part, weights[group])
    return Solved(weights, usual, unseen + usual)


def _kernel(vectors: sparse.csr_matrix) -> Floats:
    """Between all texts of a family; in the order of columns, so that LAPACK works in its place."""
    many = vectors.shape[0]
    kernel = np.empty((many, many), np.float32, order="F")
    across = vectors.T.tocsr()
    for start in range(0, many, _BLOCK):
        cosines = (vectors[start : start + _BLOCK] @ across).toarray() / np.float32(KINDS)
        kernel[:, start : start + _BLOCK] = bent(cosines).T
    return kernel


def _cross_validated(rows: Rows, unseen: Floats) -> Iterator[tuple[Floats, str, int]]:
    """For each utterance under each regulation, unseen with its situation: the evidence, and what is true of it.

    That is whose topic it means (as in `_SHARES`), and the place of the first topic that is right, from 0.
    """
    outside = [label for label in rows.labels if label.startswith(OUT_OF_SCOPE)]
    for row in chain.from_iterable(rows.together):
        scores = dict(zip(rows.labels, unseen[row].tolist(), strict=True))
        meant = {label for label, yes in zip(rows.labels, rows.meant[row], strict=True) if yes}
        for regulation in rows.regulations:
            own = sorted(topics_of(regulation).keys() & scores.keys(), key=lambda topic: -scores[topic])
            whose = "nobody" if meant & set(outside) else "own" if meant & set(own) else "elsewhere"
            yield evidence(scores, own, outside, rows.texts[row]), whose, _place(own, meant)


def _place(own: Sequence[str], meant: Collection[str]) -> int:
    """Where the first right topic stands; a value is right for its behaviours too."""
    right = (place for place, topic in enumerate(own) if any(f"{one}/".startswith(f"{topic}/") for one in meant))
    return next(right, len(own))


def _figures(whose: NDArray[np.str_], places: Ints, answered: NDArray[np.bool_]) -> Floats:
    """The shares that `_FIGURES` names; none of them where there is nothing to share."""
    own, nobody = whose == "own", whose == "nobody"
    shares = [places[own] < 1, places[own] < _FIRST, ~answered[own], answered[nobody]]
    return np.array([share.mean() if len(share) else 0.0 for share in shares], np.float32)


def _says(whose: NDArray[np.str_]) -> Floats:
    """How much each counts, so that the groups have their shares however many are in them."""
    many = Counter(whose.tolist())
    return np.array([_SHARES[name] * len(whose) / many[name] for name in whose.tolist()])


def _logistic(facts: Floats, true: Floats, share: Floats) -> Floats:
    """The weights of a logistic curve through these facts, by Newton's steps; `share`: how much each counts."""
    weights = np.zeros(facts.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(facts @ weights, -_FARTHEST, _FARTHEST)))
        slope = facts.T @ (share * (true - chance)) - _SHRINK * weights
        bend = (facts * (share * chance * (1 - chance))[:, None]).T @ facts + _SHRINK * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return weights.astype(np.float32)


def _family_arrays(key: str, rows: Rows, solved: Solved) -> dict[str, NDArray[Any]]:
    return {
        f"{key} labels": _bytes(rows.labels),
        f"{key} rows": rows.numbers.astype(np.uint16),
        f"{key} weights": solved.weights.astype(np.float16),
        f"{key} usual": solved.usual,
    }


def _posting_arrays(postings: Postings) -> dict[str, NDArray[Any]]:
    steps = np.diff(postings.rows, prepend=0)
    starts = np.cumsum(postings.counts) - postings.counts
    steps[starts] = postings.rows[starts]
    return {
        "features": _bytes(postings.names),
        "rarity": postings.rarity,
        "rarest": np.array(postings.rarest),
        "counts": postings.counts.astype(np.uint16),
        "steps": steps.astype(np.uint16),
        "times": postings.times.astype(np.uint8),
        "lengths": postings.lengths,
    }


def _bytes(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer(NEWLINE.join(names).encode(), np.uint8)


if __name__ == "__main__":
    main()
