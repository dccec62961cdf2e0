"""`python -m content.training`: makes `knowledge/model.npz` from the bank and the regulations' own words.

Kernel ridge regression, one label at a time for all at once; no randomness. Two logistic curves are then fitted to
what a cross-validation answers: whether a question is in scope, and whether its first topic is right. It leaves out
one situation at a time, and what no regulation deals with by whole kinds, as people will ask for kinds that nobody
thought of. No model is trained for it: what one without a situation would say follows from the inverse of the kernel.
What several families say alike is left out in one of them, by turns: there is much of it, and inverting costs most.
"""

import hashlib
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

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
    Ints,
    bent,
    evidence,
    likelihood,
    times_weighed,
)
from content.regulation import Regulation
from content.regulation_loader import load_regulations
from content.solving import FITTING, Solved, logistic, solved
from content.topics import topics_of

PLACE = Path(__file__).with_name("knowledge") / "model.npz"
_FEWEST = 2  # utterances with a feature, for it to be kept
_MOST = 0.1  # share of the utterances with a run of letters from which it tells nothing, and costs most
_DECLINED = 0.0175  # of the questions in scope, in the cross-validation: the price of declining the others
_FIGURES = ("in scope, first right", "one of the first three right", "declined", "out of scope, not declined")
_FIRST = 3  # topics that are shown where it is uncertain
_SHARES = {"own": 0.5, "elsewhere": 0.1, "nobody": 0.4}  # of the say in what is in scope


class Rows(Struct, frozen=True, eq=False):
    """The utterances of one family: their numbers among all texts, what goes unseen together, the labels meant.

    What goes unseen stands last, and what does so together side by side.
    """

    regulations: tuple[Regulation, ...]
    texts: tuple[str, ...]
    numbers: Ints
    together: tuple[slice, ...]
    labels: tuple[str, ...]
    meant: Floats


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


def made_from(
    bank: QuestionBank, regulations: Iterable[Regulation], compared: Mapping[str, bytes] | None = None
) -> str:
    """A fingerprint of all that the model is made from: every text as it is compared, its meaning, and the fitting.

    `compared`: text -> fingerprint of its features, where these are known.
    """
    digest, told = hashlib.sha256(repr(_fitting()).encode()), cache(_compared)
    for family, packs in families_of(bank, regulations).items():
        for row in rows_of(bank, packs):
            digest.update(repr((family, row.situation, row.topics)).encode())
            digest.update(told(row.text) if compared is None else compared[row.text])
    return digest.hexdigest()


def _compared(text: str) -> bytes:
    return _fingerprint(features(text))


def _fingerprint(counts: Iterable[Counter[str]]) -> bytes:
    return hashlib.sha256(repr([list(count.items()) for count in counts]).encode()).digest()


def _fitting() -> tuple[Any, ...]:
    """The settings, and what the formulas make of an example."""
    example = {"nilai": 0.75, "motto": 0.25, "salam": 0.5, OUT_OF_SCOPE: 0.125}
    seen = evidence(example, ("nilai", "motto"), (OUT_OF_SCOPE,), "apa nilai kita")
    weights = times_weighed(np.array([2, 1]), np.array([1.0, 2.0], np.float32))
    kernel = bent(np.array([0.25, 0.5], np.float32))
    shown = ([round(float(number), 4) for number in numbers] for numbers in (seen, weights, kernel))
    return (KINDS, *FITTING, _FEWEST, _MOST, _DECLINED, _SHARES, *shown)


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
    postings, compared = _postings(texts)
    vectors = _vectors(postings)
    unseen = _turns(families)
    saved: dict[str, NDArray[Any]] = {}
    seen = []
    for key, said in families.items():
        rows = _rows(said, packs[key], places, unseen[key])
        fitted = solved(vectors[rows.numbers], rows.meant, rows.together)
        seen += list(_cross_validated(rows, fitted.unseen))
        saved |= _family_arrays(key, rows, fitted)
    facts, whose, found = map(np.array, zip(*seen, strict=True))
    in_scope = whose == "own"
    curve = logistic(facts, in_scope, _says(whose))
    chances = np.array([likelihood(curve, fact) for fact in facts])
    least = np.quantile(chances[in_scope], _DECLINED)
    saved |= {
        "families": _bytes(families),
        "made_from": _bytes([made_from(bank, regulations, compared)]),
        "in_scope": curve,
        "least": np.array(least),
        "right": logistic(facts[in_scope], (found[in_scope] == 0).astype(np.float32), np.ones(in_scope.sum())),
        "cross_validation": _figures(whose, found, chances >= least),
    }
    return saved | _posting_arrays(postings)


def _turns(families: Mapping[str, Sequence[Utterance]]) -> dict[str, set[str]]:
    """What goes unseen together in which family, by its name; of what several have each in one of them, by turns."""
    having: dict[str, list[str]] = defaultdict(list)
    for key, said in families.items():
        for name in dict.fromkeys(filter(None, map(_goes_with, said))):
            having[name].append(key)
    turns: dict[str, set[str]] = {key: set() for key in families}
    for number, name in enumerate(sorted(having)):
        turns[having[name][number % len(having[name])]].add(name)
    return turns


def _goes_with(row: Utterance) -> str | None:
    """The name of what goes unseen with an utterance: its situation; its kind, where no regulation deals with it."""
    kind = (row.situation or "").rpartition(" ")[0]
    return kind if kind.startswith(OUT_OF_SCOPE) else row.situation


def _postings(texts: Sequence[str]) -> tuple[Postings, dict[str, bytes]]:
    """The postings, and of each text the fingerprint of its features."""
    seen: dict[str, int] = {}
    names, times, many, compared = array("q"), array("q"), array("q"), {}
    for text in texts:
        counts = features(text)
        compared[text] = _fingerprint(counts)
        for count in counts:
            names.extend(seen.setdefault(name, len(seen)) for name in count)
            times.extend(count.values())
        many.append(sum(map(len, counts)))
    rows = np.repeat(np.arange(len(texts)), np.array(many))
    return _sorted(list(seen), len(texts), np.array(names), rows, np.array(times)), compared


def _sorted(seen: Sequence[str], texts: int, found: Ints, rows: Ints, times: Ints) -> Postings:
    """The features of all texts (`found`, in which of `rows`, how many `times`) by name, without the rarest ones."""
    having = np.bincount(found, minlength=len(seen))
    letters = np.array([name.startswith(LETTERS) for name in seen])
    common = letters & (having > _MOST * texts)
    rarity = (np.log((1 + texts) / (1 + np.maximum(having, _FEWEST - 1))) + 1).astype(np.float32)
    rarity[common] = 0
    weights = times_weighed(times, rarity[found]).astype(np.float64)
    squares = np.bincount(rows * KINDS + letters[found], weights * weights, texts * KINDS)
    lengths = np.sqrt(squares).reshape(texts, KINDS).astype(np.float32)
    kept = sorted(np.flatnonzero(having >= _FEWEST).tolist(), key=seen.__getitem__)
    places = np.full(len(seen), -1)
    places[kept] = np.arange(len(kept))
    held = np.flatnonzero((places[found] >= 0) & ~common[found])
    held = held[np.argsort(places[found[held]], kind="stable")]
    return Postings(
        names=tuple(seen[number] for number in kept),
        rarity=rarity[kept],
        rarest=float(np.log((1 + texts) / _FEWEST) + 1),
        counts=np.where(common, 0, having)[kept],
        rows=rows[held],
        times=times[held],
        lengths=np.where(lengths > 0, lengths, np.float32(1)),
    )


def _vectors(postings: Postings) -> sparse.csr_matrix:
    """Of all texts; a product of two, over KINDS, is their cosine."""
    kinds = np.repeat([name.startswith(LETTERS) for name in postings.names], postings.counts).astype(np.int64)
    weights = times_weighed(postings.times, np.repeat(postings.rarity, postings.counts))
    values = (weights / postings.lengths[postings.rows, kinds]).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(postings.counts)])
    shape = (len(postings.lengths), len(postings.names))
    return sparse.csc_matrix((values, postings.rows, starts), shape).tocsr()


def _rows(
    said: Sequence[Utterance], packs: Sequence[Regulation], places: Mapping[str, int], unseen: Collection[str]
) -> Rows:
    together: dict[str, list[Utterance]] = defaultdict(list)
    for row in said:
        name = _goes_with(row) or ""
        together[name if name in unseen else ""].append(row)
    seen = together.pop("", [])
    ends = np.cumsum([len(seen), *map(len, together.values())]).tolist()
    said = [*seen, *chain.from_iterable(together.values())]
    labels = tuple(sorted(set(chain.from_iterable(row.topics for row in said))))
    meant = np.zeros((len(said), len(labels)), np.float32)
    for number, row in enumerate(said):
        meant[number, [labels.index(topic) for topic in row.topics]] = 1
    texts = tuple(row.text for row in said)
    groups = tuple(slice(*between) for between in pairwise(ends))
    return Rows(tuple(packs), texts, np.array([places[text] for text in texts]), groups, labels, meant)


def _cross_validated(rows: Rows, unseen: Floats) -> Iterator[tuple[Floats, str, int]]:
    """For each utterance under each regulation, unseen with its situation: the evidence, and what is true of it.

    That is whose topic it means (as in `_SHARES`), and the place of the first topic that is right, from 0.
    """
    outside = [label for label in rows.labels if label.startswith(OUT_OF_SCOPE)]
    for row in range(rows.together[0].start, rows.together[-1].stop):
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
