"""What tells who asked, or of whom, taken out of a question: names, mentions, addresses and long numbers."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from content.courtesy import courtesy_in
from content.named_people import GAP, seats, without_people
from content.normalising import is_word, words

LONGEST = 300  # characters that are kept of a question
_ADDRESSES = re.compile(r"(?:https?://|www\.|t\.me/)\S+|(?<![^\s@])[^\s@]+@[^\s@]+\.\w+|@\w+", re.IGNORECASE)
_LONG_NUMBERS = re.compile(r"\+?\d(?:[\s.()-]{0,2}\d){6,}")  # phone, NIK and NIP, however they are spaced
_DIGITS = re.compile(r"\d+")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")
_LETTER = r"[^\W\d_]"
_GAPS = re.compile(rf"{GAP}(?:[\W_]*{GAP})+")
_FEWEST_LETTERS = 3  # of a word that may say something


def scrubbed(text: str, names: Iterable[str]) -> str:
    """The question on one line without these names (nor any word of them), at most LONGEST characters.

    Mentions, e-mail and web addresses, numbers of seven digits and more, and names behind a title or given
    ("pak Darmawan", "saya Wulan") go too. Names within other words ("budi" in "kebudian") stay; digits, signs
    and "_" may stand beside them, and letters be drawn out ("Rahmaaa").
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = "".join(sign for sign in plain if not unicodedata.category(sign).startswith("C"))  # control signs
    plain = _LONG_NUMBERS.sub(GAP, _ADDRESSES.sub(GAP, plain))
    pattern = _pattern_of(names)
    if pattern is not None:
        plain = pattern.sub(GAP, plain)
    return _cut(_GAPS.sub(GAP, without_people(plain)).strip())


def without_digits(text: str) -> str:
    """The text with every number left out."""
    return _DIGITS.sub(GAP, text)


def worth_keeping(text: str) -> bool:
    """Whether the text may be a question: neither a courtesy nor signs, numbers and letters without a word."""
    if courtesy_in(text):
        return False
    return any(len(set(word)) >= _FEWEST_LETTERS and is_word(word) for word in words(text))


def _pattern_of(names: Iterable[str]) -> re.Pattern[str] | None:
    phrases = {phrase for name in names for phrase in _phrases_of(unicodedata.normalize("NFKC", name))}
    if not phrases:
        return None
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spelt = (r"[\W_]*".join(map(_drawn_out, phrase.split())) for phrase in longest_first)  # "SitiRahma", "siti_rahma"
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(spelt)})\d*(?!{_LETTER})", re.IGNORECASE)


def _drawn_out(word: str) -> str:
    """A pattern of the word that hears "Rahmaaa" too: every letter as often as it is written, or more."""
    runs = ("".join(run) for _, run in groupby(word))
    return "".join(f"{re.escape(run[0])}{{{len(run)},}}" if run.isalpha() else re.escape(run) for run in runs)


def _phrases_of(name: str) -> Iterator[str]:
    """The name as a whole, and each of its words that is no seat's."""
    whole = " ".join(name.casefold().split())
    if len(whole) > 1 and whole not in seats():
        yield whole
    for part in (*_NAME_WORD.findall(whole), *(piece.strip(".,") for piece in whole.split())):
        if len(part) >= _FEWEST_LETTERS and not part.isdigit() and part not in seats():
            yield part


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    whole = text[:LONGEST].rpartition(" ")[0]
    return whole or text[:LONGEST]
