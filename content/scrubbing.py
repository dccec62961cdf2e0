"""What tells who asked, or of whom, taken out of a question: names, mentions, addresses and long numbers."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import takewhile

from content.courtesy import courtesy_in
from content.normalising import is_word, stem, words
from content.question_model import packaged_model
from content.topics import labels

LONGEST = 300  # characters that are kept of a question
GAP = "…"  # stands where something was
_ADDRESSES = re.compile(r"(?:https?://|www\.|t\.me/)\S+|[^\s@]+@[^\s@]+\.\w+|@\w+", re.IGNORECASE)
_LONG_NUMBERS = re.compile(r"\+?\d(?:[\s.()-]{0,2}\d){6,}")  # phone, NIK and NIP, however they are spaced
_DIGITS = re.compile(r"\d+")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")
_LETTER = r"[^\W\d_]"
_SPOKEN = rf"\s+(?:{GAP}|{_LETTER}+(?:['.-]{_LETTER}+)*\d*\.?)"  # one word of what stands behind a title
_TITLED = re.compile(
    r"(?<!\w)(?:pak|bapak|bpk|bu|ibu|sdri?|mas|mba|mbak|a?bang|kak|om|tante)\b\.?(?:\s+(?:hj?|dr[as]?|ir|prof)\.)*"
    rf"(?P<name>(?:{_SPOKEN}){{1,3}})",
    re.IGNORECASE,
)
_GAPS = re.compile(rf"{GAP}(?:[\W_]*{GAP})+")
_SEATS = frozenset(("administrator", "kepala"))  # and those of the labels: who is called by the seat has no name
_FEWEST_LETTERS = 3  # of a word that may say something


def scrubbed(text: str, names: Iterable[str]) -> str:
    """The question on one line without these names (nor any word of them), at most LONGEST characters.

    Mentions, e-mail and web addresses, numbers of seven digits and more, and strange words behind a title ("pak
    Darmawan") go too. Names within other words ("budi" in "kebudian") stay; digits, signs and "_" may
    stand beside them.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = "".join(sign for sign in plain if not unicodedata.category(sign).startswith("C"))  # control signs
    plain = _LONG_NUMBERS.sub(GAP, _ADDRESSES.sub(GAP, plain))
    pattern = _pattern_of(names)
    if pattern is not None:
        plain = pattern.sub(GAP, plain)
    plain = _TITLED.sub(_without_strangers, plain)
    return _cut(_GAPS.sub(GAP, plain).strip())


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
    spelt = (r"[\W_]*".join(map(re.escape, phrase.split())) for phrase in longest_first)  # "SitiRahma", "siti_rahma"
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(spelt)})\d*(?!{_LETTER})", re.IGNORECASE)


def _without_strangers(titled: re.Match[str]) -> str:
    """The title and what follows without the words next to it that neither the bank nor an office's seats know."""
    spoken = titled["name"].split()
    strangers = len([*takewhile(lambda word: not _is_known(word), spoken)])
    kept = [GAP, *spoken[strangers:]] if strangers else spoken
    return " ".join((titled[0].removesuffix(titled["name"]), *kept))


def _is_known(word: str) -> bool:
    known = packaged_model().numbers
    return word != GAP and (word.casefold() in _seats() or all(stem(said) in known for said in words(word)))


def _phrases_of(name: str) -> Iterator[str]:
    """The name as a whole, and each of its words that is no seat's."""
    whole = " ".join(name.casefold().split())
    if len(whole) > 1 and whole not in _seats():
        yield whole
    for part in (*_NAME_WORD.findall(whole), *(piece.strip(".,") for piece in whole.split())):
        if len(part) >= _FEWEST_LETTERS and not part.isdigit() and part not in _seats():
            yield part


def _seats() -> frozenset[str]:
    called = (topic.partition("/")[2] for topic in labels().topics if topic.startswith("kelompok/"))
    return _SEATS | {word for seat in called for word in seat.split("-")}


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    whole = text[:LONGEST].rpartition(" ")[0]
    return whole or text[:LONGEST]
