"""Guesses which known word a mistyped one was meant to be: one slip of the finger, or vowels left out."""

from collections import defaultdict
from collections.abc import Iterable

_SHORTEST = 4  # letters below which a guess is a gamble
_VOWELS = str.maketrans("", "", "aiueo")
_FEWEST_CONSONANTS = 4


class SpellingGuess:
    """Knows a vocabulary; `guess` returns a word of it, or the word as it was."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = frozenset(word for word in vocabulary if word.isalpha())
        self._one_off: dict[str, set[str]] = defaultdict(set)
        self._bones: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            if len(word) > _SHORTEST:
                for shorter in _one_left_out(word):
                    self._one_off[shorter].add(word)
                self._bones[word[0] + word[1:].translate(_VOWELS)].add(word)

    def guess(self, word: str) -> str:
        """The one known word that differs by a letter left out, added, changed or swapped, or by missing vowels."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return word
        near = self._one_off.get(word, set()) | {short for short in _one_left_out(word) if short in self._known}
        for shorter in _one_left_out(word):
            near |= self._one_off.get(shorter, set())
        near = {known for known in near if len(known) >= _SHORTEST and abs(len(known) - len(word)) <= 1}
        if not near and len(bones := word[0] + word[1:].translate(_VOWELS)) >= _FEWEST_CONSONANTS:
            near = self._bones.get(bones, set())
        same_start = {known for known in near if known[0] == word[0]}
        return min(same_start or near, default=word)


def _one_left_out(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
