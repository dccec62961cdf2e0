"""Informal Indonesian made comparable: one spelling a word, function words dropped, affixes lightly stripped.

The spellings stand in `knowledge/spelling.yaml`. Stems are not dictionary roots; it is enough that the forms of one
word ("melayani", "pelayanan", "layani") end alike.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import msgspec
from msgspec import Struct

from content.yaml_text import plain_data

LONGEST_QUESTION = 400  # characters that are read of one question; of a longer one, how it begins and how it ends
_NAMES = re.compile(r"(?:@\w+|https?://\S+)")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*2?|\d+")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_PARTICLES = ("ipun", "lah", "kah", "pun", "nya")
_SUFFIXES = ("ake", "kan", "an", "in", "i")
_JAVANESE = re.compile(r"(?<=\w{3}[aiou])(?<!a)ne$|(?<=\w{4})e$")  # what "-nya" is there: "bukune", "laporane"
_VOWELS = "aiueo"
# prefix, what the root begins with, what was swallowed
_PREFIXES = (
    ("meny", _VOWELS, "s"),
    ("peny", _VOWELS, "s"),
    ("nge", "", ""),
    ("meng", "", ""),
    ("peng", "", ""),
    ("mem", _VOWELS, "p"),
    ("pem", _VOWELS, "p"),
    ("mem", "", ""),
    ("pem", "bpf", ""),
    ("men", _VOWELS, "t"),
    ("pen", _VOWELS, "t"),
    ("men", "", ""),
    ("pen", "cdjtsz", ""),
    ("ber", "", ""),
    ("ter", "", ""),
    ("per", "", ""),
    ("me", "lrwy", ""),
    ("pe", "lrw", ""),
    ("di", "", ""),
    ("ke", "", ""),
    ("ng", _VOWELS, ""),
)
_SHORTEST = 4  # letters that must stay of a word


class _Spelling(Struct, frozen=True, forbid_unknown_fields=True):
    """`words`, `regional`: as typed -> as spelt; `phrases`: several words -> one; `function_words`: of no topic."""

    words: dict[str, str]
    regional: dict[str, str]
    phrases: dict[str, str]
    function_words: frozenset[str]


@cache
def _spelling() -> _Spelling:
    source = resources.files("content").joinpath("knowledge", "spelling.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), _Spelling)


@lru_cache(maxsize=64)  # one question is read a dozen times on its way to an answer
def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, lower case, in standard spelling; signs, emoji, names and links are gone."""
    plain = read_part(unicodedata.normalize("NFKD", text)).lower()
    plain = "".join(sign for sign in _NAMES.sub(" ", plain) if not unicodedata.combining(sign))
    known = _spelt()
    found: list[str] = []
    for word in _WORD.findall(plain):
        single = _REPEATED.sub(r"\1", _unreduplicated(word))
        found += known.get(word, known.get(single, single)).split()
    return tuple(_phrases().sub(lambda phrase: _spelling().phrases[phrase[0]], " ".join(found)).split())


def read_part(text: str) -> str:
    """The text; of one over LONGEST_QUESTION characters its beginning and its end, where people ask, in whole words."""
    if len(text) <= LONGEST_QUESTION:
        return text
    half = LONGEST_QUESTION // 2
    begins, ends = text[: half - 1], text[-half:]
    return f"{begins.rpartition(' ')[0] or begins} {ends.partition(' ')[2] or ends}"


@cache
def _spelt() -> dict[str, str]:
    return _spelling().regional | _spelling().words


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_spelling().phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


def content_words(text: str) -> tuple[str, ...]:
    """The words that say something about the topic; all of them where nothing else is left."""
    every = words(text)
    return tuple(word for word in every if not is_function_word(word)) or every


def is_function_word(word: str) -> bool:
    """Whether the word, in standard spelling, stands in every question and points to no topic."""
    return word in _spelling().function_words


def _unreduplicated(word: str) -> str:
    if word.isdigit():
        return word
    if word[-1] == "2":
        return word[:-1]
    first, _, rest = word.partition("-")
    return first if rest and (rest.startswith(first) or first.endswith(rest)) else word.replace("-", "")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word without particles, prefixes and suffixes: "memperbaikinya" -> "baik"."""
    bare = _JAVANESE.sub("", _without_ending(word, _PARTICLES))
    return _without_ending(_without_prefix(_without_prefix(bare)), _SUFFIXES)


def _without_prefix(word: str) -> str:
    for prefix, begins, swallowed in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(swallowed + rest) >= _SHORTEST and (not begins or rest[0] in begins):
            return swallowed + rest
    return word


def _without_ending(word: str, endings: Sequence[str]) -> str:
    """The word without the first of these that it has, where enough is left."""
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word


def is_chat_form(word: str) -> bool:
    """Whether it is typed so in chats alone, or regional: "yg", "diem2an", "udh", "kada"; not "RSUD"."""
    if not word.islower():
        return False
    if word in _spelling().regional:
        return True
    spelt = _spelling().words.get(word)
    short = spelt in _spelling().function_words or not any(letter in _VOWELS for letter in word)
    return short or (not word.isalpha() and not is_word(word))


def is_word(word: str) -> bool:
    """Whether it is letters alone, or with a hyphen between: "yel-yel"."""
    return word.replace("-", "").isalpha()
