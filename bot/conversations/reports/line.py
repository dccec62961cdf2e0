"""A report typed in one line, `/lapor akuntabel 1: SPJ selesai https://...`: pure reading, nothing is decided here."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from bot.conversations.evidence_intake import take_links
from content.regulation import Regulation, Value

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBER = re.compile(r"\s*(?:no(?:mor)?\.?\s*|perilaku\s*)?(\d{1,3})(?![\d.]*\d)", re.IGNORECASE)
_SEPARATOR = re.compile(r"^\s*[:;,.)\-\u2013\u2014]*\s*")
_LONGEST_NAME = 4  # words


class ReportLine(Struct, frozen=True):
    """What the line says. `typed` is the name of the value as written; `value` None where no value bears it."""

    value: Value | None
    number: int | None
    text: str
    links: tuple[str, ...]
    typed: str = ""


def read_report_line(regulation: Regulation, line: str) -> ReportLine:
    """The value, the number of the behaviour, the text and the links in this line; any of them may be missing.

    A value is known by its slug, its name, its initials, a beginning that fits no other value, or one slip of the
    finger in five letters. What stands before the first number or colon counts as its name when none is found.
    """
    value, rest = _leading_value(regulation, line)
    if value is None:
        typed, number, rest = _unknown(line)
    else:
        typed, (number, rest) = value.name, _number(rest)
    text, links = take_links(_SEPARATOR.sub("", rest, count=1))
    return ReportLine(value, number, text, links, typed)


def find_value(regulation: Regulation, typed: str) -> Value | None:
    """The one value that this name means, or None."""
    wanted = " ".join(_WORD.findall(typed.casefold()))
    if not wanted:
        return None
    for fits in _FITS:
        found = [value for value in regulation.values if any(fits(wanted, name) for name in _names(value))]
        if len(found) == 1:
            return found[0]
    return None


def _leading_value(regulation: Regulation, line: str) -> tuple[Value | None, str]:
    head = re.split(r"[\d:\n]", line, maxsplit=1)[0]
    words = list(_WORD.finditer(head))[:_LONGEST_NAME]
    for count in range(len(words), 0, -1):
        end = words[count - 1].end()
        # the whole head may be a name with a slip; single words of a sentence must be a name and nothing like it
        value = find_value(regulation, line[:end])
        if value is not None and (count == 1 or _is_name(value, line[:end])):
            return value, line[end:]
    return None, line


def _is_name(value: Value, typed: str) -> bool:
    wanted = _WORD.findall(typed.casefold())
    return any(len(wanted) <= len(name.split()) for name in _names(value))


def _unknown(line: str) -> tuple[str, int | None, str]:
    head, colon, rest = line.partition(":")
    if not colon or len(head) > 40 or "//" in rest[:2]:
        return "", None, line
    number = re.search(r"(\d{1,3})\s*$", head)
    return re.sub(r"[\d\s]+$", "", head).strip(), int(number[1]) if number else None, rest


def _number(rest: str) -> tuple[int | None, str]:
    found = _NUMBER.match(rest)
    return (int(found[1]), rest[found.end() :]) if found else (None, rest)


def _names(value: Value) -> Iterator[str]:
    yield " ".join(_WORD.findall(value.slug.casefold()))
    words = _WORD.findall(value.name.casefold())
    yield " ".join(words)
    if len(words) > 1:
        yield "".join(word[0] for word in words)
        yield from (word for word in words if len(word) > 4)


def _exact(wanted: str, name: str) -> bool:
    return wanted.replace(" ", "") == name.replace(" ", "")


def _begins(wanted: str, name: str) -> bool:
    return len(wanted) >= 3 and name.replace(" ", "").startswith(wanted.replace(" ", ""))


def _slipped(wanted: str, name: str) -> bool:
    return _distance(wanted, name) <= len(wanted) // 5


def _begins_slipped(wanted: str, name: str) -> bool:
    return len(wanted) >= 5 and _distance(wanted, name[: len(wanted)]) <= len(wanted) // 5


_FITS: tuple[Callable[[str, str], bool], ...] = (_exact, _begins, _slipped, _begins_slipped)


def _distance(left: str, right: str) -> int:
    """Slips between two words: letters wrong, missing, too many, or two neighbours swapped."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        line = [row]
        for column, other in enumerate(right, start=1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]
