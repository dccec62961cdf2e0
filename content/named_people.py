"""without_people: a text without the names that stand behind a title ("pak Yanto") or that people give ("saya Wulan").

Whether a word is a name is told from what the bank of questions, its spellings and the offices' seats do not know, and
from a list of names that many people bear.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from content.normalising import is_chat_form, is_function_word, stem, words
from content.question_model import packaged_model
from content.spelling_guess import SpellingGuess
from content.topics import labels
from content.yaml_text import plain_data

GAP = "…"  # stands where something was
_LETTER = r"[^\W\d_]"
_TITLE = r"""(?:pak|bapak|bpk|bu|ibu|sdri?|mas|mba|mbak|a?bang|kak|kakak|om|tante|kang|gus|opa|oma|ustad|ustadz|ustadzah
    |nyong|nona|neng|koh|cik|mbah|pakde|bude|romo|pendeta|habib|kyai|kiai)"""
# Words of other meaning too, and offices that a place may follow
_UNSURE_TITLE = r"(?:si|ko|ci|dr|drg|h|hj|kadis|kabid|kasi|kasubag|kades|camat|lurah|sekcam|sekdis)"
_DEGREES = r"(?:\s+(?:hj?|dr[asg]?|ir|prof)\.)*"
_GIVEN = (
    r"(?:nama\s*(?:saya|sya|sy|aku|ku|gue|gw|beta)\b|perkenalkan\b(?:\s+(?:nama|saya|sya|sy|aku|beta)\b)*)"
    r"(?:\s+(?:adalah|itu)\b|\s*[:,])?"
)
_MYSELF = r"(?:saya|sya|sy|aku|beta|gue|gw)"
_WORD = rf"\s+(?!(?:{_TITLE}|{_UNSURE_TITLE}|{_MYSELF})\b)(?:{GAP}|{_LETTER}+(?:['.-]{_LETTER}+)*\d*\.?)"
_INTRODUCED = re.compile(
    rf"""(?<!\w)(?: (?P<title>{_TITLE}\b\.?{_DEGREES}) | (?P<given>{_GIVEN}) | (?P<unsure>{_UNSURE_TITLE}\b\.?)
         | (?P<myself>{_MYSELF}\b) )
       (?P<name>(?:{_WORD}){{1,3}})""",
    re.VERBOSE | re.IGNORECASE,
)
_ONE_MORE = re.compile(
    rf"(?P<before>{GAP}(?:\s*[,&]\s*|\s+(?:dan|dn|sama|dgn|serta|atau)\s+))(?P<name>{_LETTER}+)", re.IGNORECASE
)
_MAYBE = re.compile(
    rf"(?<!\w)(?P<before>(?:bernama|namanya|atas\s+nama|a\.?n\.?|ini|dengan|dgn|with|oleh|kata|sama)\s+)(?P<name>{_LETTER}+)",
    re.IGNORECASE,
)
_CONJUGATED = re.compile(r"(?:me|ber|ter|di|ng|ny|ke|pe|se).{3,}|.{3,}(?:kan|nya|an|in)", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:kadi[ns]|kapol|kasub|kabag|sek(?:da|des|cam|dis)|dan(?:ram|dim)|pl[th]$|pj$)\w*", re.IGNORECASE
)
_SEATS = frozenset(("administrator", "kepala"))  # and those of the labels: who is called by the seat has no name
_FEWEST_LETTERS = 4  # of a word that is taken for a name though no title leads to it


class _Names(Struct, frozen=True, forbid_unknown_fields=True):
    names: frozenset[str]
    written_large: frozenset[str]


def without_people(text: str) -> str:
    """The text with a gap for every such name; titles, seats and words that are known stay."""
    some_small = any(word[0].islower() for word in text.split() if word[0].isalpha())
    found = _INTRODUCED.sub(lambda introduced: _without_name(introduced, some_small), text)
    found = _MAYBE.sub(lambda more: more["before"] + _gap_for(more["name"], _is_known_name(more["name"])), found)
    return _ONE_MORE.sub(
        lambda more: more["before"] + _gap_for(more["name"], _is_borne(more["name"], some_small)), found
    )


def seats() -> frozenset[str]:
    """The words with which a seat is named, so that no name is seen in them."""
    called = (topic.partition("/")[2] for topic in labels().topics if topic.startswith("kelompok/"))
    return _SEATS | {word for seat in called for word in seat.split("-")}


def _without_name(introduced: re.Match[str], some_small: bool) -> str:
    """What leads to the name, and what follows without the words next to it that make the name."""
    spoken = introduced["name"].split()
    surely = introduced["title"] or introduced["given"]
    kept = [*_after_name(spoken, bool(surely), some_small)]
    if kept == spoken:
        return introduced[0]
    return " ".join((introduced[0].removesuffix(introduced["name"]), GAP, *kept))


def _after_name(spoken: list[str], surely: bool, some_small: bool) -> Iterator[str]:
    """The words from the first that is none of the name."""
    within = True
    for place, word in enumerate(spoken):
        named = _is_borne(word, some_small) or (_is_strange(word) if surely or place else _is_stranger(word))
        within = within and named
        if not within:
            yield word


def _gap_for(word: str, is_name: bool) -> str:
    return GAP if is_name else word


def _is_known_name(word: str) -> bool:
    """Whether people bear the word, and the bank does not know it as something else."""
    return word.casefold() in _names().names and _is_strange(word)


def _is_borne(word: str, some_small: bool) -> bool:
    """Whether people bear the word as a name, to our knowledge."""
    bare = word.strip(".").casefold()
    return bare in _names().names or (some_small and word[:1].isupper() and bare in _names().written_large)


def _is_strange(word: str) -> bool:
    """Whether the word is a gap, or neither the bank nor an office's seats know it."""
    known = packaged_model().numbers
    seated = word.casefold() in seats() or _OFFICE.fullmatch(word)
    return word == GAP or not (seated or all(stem(said) in known for said in words(word)))


def _is_stranger(word: str) -> bool:
    """The same where a word of no name may stand as well: no slip of a known word either, nor a form of a verb."""
    bare = word.strip(".")
    if word == GAP:
        return True
    if not _is_strange(word) or is_chat_form(bare) or is_function_word(bare) or len(bare) < _FEWEST_LETTERS:
        return False
    if bare[0].isupper():
        return True
    return not _CONJUGATED.fullmatch(bare) and _spelling().guess(bare) == bare and bool(set(bare) & set("aiueo"))


@cache
def _spelling() -> SpellingGuess:
    return SpellingGuess(feature for feature in packaged_model().numbers if feature.isalpha())


@cache
def _names() -> _Names:
    source = resources.files("content").joinpath("given_names.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), _Names)
