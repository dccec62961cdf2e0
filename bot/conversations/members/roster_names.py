"""Names as people type them into the roster: tidied, measured, refused where they cannot be read aloud."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

LONGEST = 80  # characters; the longest Indonesian name with titles fits
MOST_AT_ONCE = 200  # lines in one message
_LIST_MARK = re.compile(r"^(?:\d{1,3}[.)]|[-*\u2022\u2013])\s+")
_JOINER = "\u200d"  # holds one emoji together


class NameFault(StrEnum):
    """Why a name is refused. The value is worded by the catalogue."""

    TOO_LONG = "too_long"
    NO_LETTERS = "no_letters"
    TAKEN = "taken"


def tidy(text: str) -> str:
    """The name on one line with single spaces, without control characters and marks that turn the writing round."""
    kept = (sign if sign == _JOINER or unicodedata.category(sign) not in {"Cc", "Cf"} else " " for sign in text)
    return " ".join("".join(kept).split())


def fault_in(name: str, taken: Iterable[str] = ()) -> NameFault | None:
    """What is wrong with a tidy name, if anything; `taken` are the names it must differ from, in whatever case."""
    if len(name) > LONGEST:
        return NameFault.TOO_LONG
    if not any(sign.isalpha() for sign in name):
        return NameFault.NO_LETTERS
    if name.casefold() in {other.casefold() for other in taken}:
        return NameFault.TAKEN
    return None


def read_names(text: str) -> list[str]:
    """One tidy name per line; numbers and bullets of a list are dropped, empty lines too."""
    names = (tidy(_LIST_MARK.sub("", line.strip())) for line in text.splitlines())
    return [name for name in names if name]


def initialled(name: str, room: int) -> str:
    """The name without titles behind it, its first words as initials as far as need be: "A. Kesatu Kelompok".

    Names differ at their end more often than at their beginning. `room`: characters; a last word is never cut.
    """
    words = name.partition(",")[0].split()
    for place, word in enumerate(words[:-1]):
        if len(" ".join(words)) <= room:
            break
        if not word.endswith("."):
            words[place] = f"{word[0]}."
    return " ".join(words)


def shortened(name: str) -> str:
    """The name for an answer that refuses it: never 4,096 characters of it."""
    return name if len(name) <= LONGEST else name[:30] + "…"
