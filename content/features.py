"""What of a text is compared: word stems and their pairs, consonant skeletons, and letters within words.

Function words stay in: "siapa", "kapan" and "kalau" tell a question on roles from one on conduct. Skeletons see through
left-out vowels ("skrtrs"), letters within words through other slips and through affixes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from content.normalising import stem, words

LETTERS = "_"  # before a run of letters
_SIZES = (2, 3, 4, 5)
_VOWELS = str.maketrans("", "", "aiueo")
_FEWEST_CONSONANTS = 3


def word_features(said: Sequence[str]) -> Counter[str]:
    """Stems, pairs of stems that stand side by side, and skeletons, with how often each occurs."""
    stems = [stem(word) for word in said]
    pairs = (f"{first} {second}" for first, second in pairwise(stems))
    return Counter([*stems, *pairs, *_skeletons(said)])


def letter_features(said: Sequence[str]) -> Counter[str]:
    """Runs of two to five letters within each word, its ends marked by a space."""
    return Counter(chain.from_iterable(map(_runs, said)))


@lru_cache(maxsize=2_000)
def _runs(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        f"{LETTERS}{padded[start : start + size]}" for size in _SIZES for start in range(len(padded) - size + 1)
    )


def features(text: str) -> tuple[Counter[str], Counter[str]]:
    """Both kinds for one text; no name is in both."""
    said = words(text)
    return word_features(said), letter_features(said)


def _skeletons(said: Sequence[str]) -> Iterator[str]:
    for word in said:
        bones = word[0] + word[1:].translate(_VOWELS)
        if word.isalpha() and len(bones) >= _FEWEST_CONSONANTS:
            yield f"-{bones}"
