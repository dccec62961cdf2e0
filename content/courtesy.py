"""Words of courtesy told from questions: "selamat pagi" and "oke, terima kasih" ask nothing of the regulation."""

import re
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from content.normalising import words
from content.yaml_text import plain_data

_LETTERS = re.compile(r"[a-z]+")
_ANYTHING = re.compile(r"\bapa(?: ?pun|[- ]apa)\b", re.IGNORECASE)
_AROUND = " .,!\n"  # a word that stands alone
_LONGEST = 80  # characters; whoever writes more has something to ask


class _Courtesies(Struct, frozen=True, forbid_unknown_fields=True):
    greeting: frozenset[str]
    thanks: frozenset[str]
    around: frozenset[str]
    asking: frozenset[str]


@cache
def _courtesies() -> _Courtesies:
    text = resources.files("content").joinpath("knowledge/courtesies.yaml").read_text("utf-8")
    return msgspec.convert(plain_data(text), _Courtesies)


def courtesy_in(text: str, acronym: str | None = None) -> str | None:
    """Tell "greeting" or "thanks" where the whole text is one or several of these; None where it says or asks more.

    `acronym`: of the asker's values. Alone, and in the regulation's own letters, it asks for them: "SIAP", not "siap".
    """
    if len(text) > _LONGEST or "?" in text or text.strip(_AROUND) == acronym:
        return None
    rest = _LETTERS.findall(text.casefold())
    found = None
    while rest:
        taken = next((n for n in range(min(3, len(rest)), 0, -1) if _kind(" ".join(rest[:n]))), 0)
        if not taken:
            return None
        kind = _kind(" ".join(rest[:taken]))
        found = kind if kind != "around" and found is None else found
        rest = rest[taken:]
    return found


def asks(text: str) -> bool:
    """Whether the text has a question mark or one of the words with which people ask: "apa", but not "apa pun"."""
    return "?" in text or not asking_words().isdisjoint(words(_ANYTHING.sub(" ", text)))


def asking_words() -> frozenset[str]:
    """The words with which people ask, in standard spelling."""
    return _courtesies().asking


def _kind(phrase: str) -> str | None:
    known = _courtesies()
    if phrase in known.greeting:
        return "greeting"
    if phrase in known.thanks:
        return "thanks"
    return "around" if phrase in known.around else None
