"""A text as words with their places, and the Indonesian vocabulary of dates."""

import re
from collections.abc import Mapping

from msgspec import Struct

# Digits and letters part ways ("9pagi", "25Nov"); an apostrophe inside a word belongs to it ("Jum'at").
_WORD = re.compile(r"[0-9]+|[^\W\d_]+(?:['`\u2018\u2019][^\W\d_]+)*|[^\w\s]|\w")
_APOSTROPHES = str.maketrans("", "", "'`\u2018\u2019")
_LONGEST_NUMBER = 4  # digits; anything longer is no hour, day or year


class Word(Struct, frozen=True):
    """One word or sign, in lower case and without apostrophes, and where it stands in the text."""

    text: str
    start: int
    end: int


class Words:
    """The words of a text. Asking beyond the end gives the empty word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = [
            Word(match.group().casefold().translate(_APOSTROPHES) or match.group(), match.start(), match.end())
            for match in _WORD.finditer(text)
        ]

    def __len__(self) -> int:
        return len(self._words)

    def at(self, place: int) -> str:
        """The word at this place, "" beyond the end."""
        return self._words[place].text if 0 <= place < len(self._words) else ""

    def glued(self, place: int) -> bool:
        """Whether the word at this place follows the one before it without a space."""
        return 0 < place < len(self._words) and self._words[place - 1].end == self._words[place].start

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Where the words from `first` up to `after` (not included) stand in the text."""
        return self._words[first].start, self._words[after - 1].end

    def after_dot(self, place: int) -> int:
        """`place`, or one further where the full stop of an abbreviation stands there ("tgl. 17")."""
        return place + 1 if self.at(place) == "." and self.glued(place) else place


def _spellings(*groups: str) -> Mapping[str, int]:
    return {spelling: number for number, group in enumerate(groups) for spelling in group.split()}


WEEKDAYS = _spellings(
    "senin sen snn",
    "selasa sel sls",
    "rabu rab rb",
    "kamis kam kms",
    "jumat jumaat jum jmt",
    "sabtu sab sbt",
    "minggu ahad min mgg",
)
MONTHS = _spellings(
    "",
    "januari jan",
    "februari pebruari feb peb",
    "maret mar mrt",
    "april apr",
    "mei",
    "juni jun",
    "juli jul",
    "agustus agu agt ags agust aug",
    "september sep sept",
    "oktober okt oct",
    "november nopember nov nop",
    "desember des dec",
)
SIDES = {"ini": 0, "depan": 1, "lalu": -1, "kemarin": -1}
_DIGITS = _spellings("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_WHOLE = {"sepuluh": 10, "sebelas": 11}


def number(words: Words, place: int) -> tuple[int, int] | None:
    """A number in digits (at most four) or words (0 to 99) at this place, and the place after it."""
    word = words.at(place)
    if word.isascii() and word.isdigit():
        return (int(word), place + 1) if len(word) <= _LONGEST_NUMBER else None
    if word in _WHOLE:
        return _WHOLE[word], place + 1
    digit = _DIGITS.get(word)
    if digit is None:
        return None
    match words.at(place + 1):
        case "belas":
            return 10 + digit, place + 2
        case "puluh":
            ones = _DIGITS.get(words.at(place + 2))
            return (10 * digit + ones, place + 3) if ones else (10 * digit, place + 2)
    return digit, place + 1


def connector(words: Words, place: int) -> int | None:
    """The place after a word or sign that means "until" ("s.d.", "s/d", "sampai dengan", "-"); else None."""
    match words.at(place):
        case "-" | "\u2013" | "\u2014" | "hingga":
            return place + 1
        case "sampai":
            return place + 2 if words.at(place + 1) == "dengan" else place + 1
        case "sd":
            return words.after_dot(place + 1)
        case "s" if words.at(place + 1) in {".", "/"} and words.at(place + 2) == "d" and words.glued(place + 2):
            return words.after_dot(place + 3)
    return None
