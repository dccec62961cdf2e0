"""is_noise: fingers that ran over the keys, laughter, and letters that nobody can say: "asdfghjkl", "wkwkwk123"."""

import re

from content.normalising import stem, words
from content.question_model import packaged_model

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUN = 4  # letters side by side on a keyboard
_RUNS = frozenset(
    row[start : start + _RUN] for one in _ROWS for row in (one, one[::-1]) for start in range(len(row) - _RUN + 1)
)
_LAUGHTER = re.compile(r"(?:w+k+|k+w+|h+[aeiu]+|x+[aei]+){2,}[wkh]*|w{2,}|k{3,}")
_UNSAID = re.compile(r"[^aeiou]+|.*[^aeiouyngh]{5}.*")  # "strktr" is read by its skeleton, if the bank has that


def is_noise(text: str) -> bool:
    """Whether the text has words, and none of them is one."""
    said = [word for word in words(text) if word.isalpha()]
    return bool(said) and all(map(_is_none, said))


def _is_none(word: str) -> bool:
    typed = any(word[start : start + _RUN] in _RUNS for start in range(len(word) - _RUN + 1))
    known = packaged_model().weight(stem(word)) < packaged_model().rarest
    return typed or _LAUGHTER.fullmatch(word) is not None or (not known and _UNSAID.fullmatch(word) is not None)
