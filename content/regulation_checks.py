"""What a pack must keep beyond its types: found clauses, clean quotations, whole numbering, no withheld words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from content.citation import is_citation
from content.regulation import Cadence, DateRule, Regulation
from content.topics import labels

Fault = tuple[str, str]  # key path, reason

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 40
_GLUE = re.compile(r"(?:[;,.:]|[;,] (?:dan|atau|serta|dan/atau))$")
_STRANGE = re.compile(
    "[^A-Za-z0-9 .,;:()/\\u201c\\u201d\\u2018\\u2019\"'&%+?!\\u2026\\u2013-]"
)  # typographic quotes, ellipsis, dash
_GAPS = re.compile(r"^ | $|  | [,;.:)]|\( ")
_NEVER_SHOWN = re.compile(r"(?:corrections\[\d+\]|withheld\[\d+\]\.(?:printed|reason))(?:\.|$)")
_OUR_WORDS = ("reason", "heading")
_SEATS_OF_THE_HEAD = ("penanggung-jawab", "pengarah", "role-model")


def faults(regulation: Regulation) -> Iterator[Fault]:
    """Every fault of the pack as (key path, reason), the first the most telling."""
    strings = tuple(_strings(regulation, ""))
    shown = tuple((key, text) for key, text in strings if not _NEVER_SHOWN.match(key))
    yield from _uncited(strings)
    yield from _unclean(shown)
    yield from _misnumbered(regulation)
    yield from _not_unique(regulation)
    yield from _dangling(regulation)
    yield from _impossible_dates(regulation)
    yield from _leaked(regulation, shown)


def _strings(value: object, path: str) -> Iterator[Fault]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}[{index}]")
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from _strings(getattr(value, field), f"{path}.{field}".lstrip("."))


def _last(key: str) -> str:
    return re.sub(r"\[\d+\]$", "", key).rpartition(".")[2]


def _uncited(strings: Iterable[Fault]) -> Iterator[Fault]:
    for key, text in strings:
        if _last(key) == "source" and not is_citation(text):
            yield key, f"not a printed clause: {text!r}"


def _unclean(shown: Iterable[Fault]) -> Iterator[Fault]:
    for key, text in shown:
        if not text.strip():
            yield key, "empty"
        elif _last(key) not in _OUR_WORDS:
            yield from ((key, reason) for reason in _blemishes(text))


def _blemishes(text: str) -> Iterator[str]:
    if strange := _STRANGE.search(text):
        yield f"holds a character that no regulation prints: {strange[0]!r}"
    if gap := _GAPS.search(text):
        yield f"holds a misplaced space at {gap.start()}"
    if glue := _GLUE.search(text):
        yield f"ends with the list's own {glue[0]!r}; quote the item alone"


def _misnumbered(regulation: Regulation) -> Iterator[Fault]:
    if not regulation.values:
        yield "values", "empty"
    for index, value in enumerate(regulation.values):
        if not value.behaviours:
            yield f"values[{index}].behaviours", "empty"
        for field, items in (("behaviours", value.behaviours), ("manifestations", value.manifestations)):
            yield from _misplaced(f"values[{index}].{field}", [item.n for item in items])
    yield from _misplaced("maturity", [item.level for item in regulation.maturity], "level")


def _misplaced(path: str, numbers: Sequence[int], field: str = "n") -> Iterator[Fault]:
    for index, number in enumerate(numbers):
        if number != index + 1:
            yield f"{path}[{index}].{field}", f"must be {index + 1}, not {number}"


def _not_unique(regulation: Regulation) -> Iterator[Fault]:
    city = regulation.regional_team.seats if regulation.regional_team else ()
    for path, slugs in (
        ("values", [value.slug for value in regulation.values]),
        ("activations", [item.slug for item in regulation.activations]),
        ("group.seats", [seat.slug for seat in regulation.group.seats]),
        ("regional_team.seats", [seat.slug for seat in city]),
    ):
        for index, slug in enumerate(slugs):
            if not _SLUG.fullmatch(slug):
                yield f"{path}[{index}].slug", f"not a slug: {slug!r}"
            elif len(slug) > _LONGEST_SLUG:
                yield f"{path}[{index}].slug", f"longer than {_LONGEST_SLUG} characters: a button could not carry it"
            elif slug in slugs[:index]:
                yield f"{path}[{index}].slug", f"stands twice: {slug!r}"
    names = [value.name.casefold() for value in regulation.values]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"values[{index}].name", f"stands twice: {regulation.values[index].name!r}"


def _dangling(regulation: Regulation) -> Iterator[Fault]:
    seats = [seat.slug for seat in regulation.group.seats]
    seat = regulation.head_of_office.seat
    if seat is not None and seat not in _SEATS_OF_THE_HEAD:
        yield "head_of_office.seat", f"must be one of {', '.join(_SEATS_OF_THE_HEAD)}, not {seat!r}"
    elif seat not in (None, "role-model") and seats and seat not in seats:
        yield "head_of_office.seat", f"the group has no such seat: {seat!r}"
    local = regulation.local_values
    for index, link in enumerate(local.links if local else ()):
        if regulation.value(link.value) is None:
            yield f"local_values.links[{index}].value", f"no such value: {link.value!r}"
        if local and link.local not in local.values:
            yield f"local_values.links[{index}].local", f"no such local value: {link.local!r}"
    yield from _unknown_topics(regulation)


def _unknown_topics(regulation: Regulation) -> Iterator[Fault]:
    """A misspelt topic of a missing part would be answered "tidak diatur", which is not true."""
    known = {*labels().topics, *(f"nilai/{value.slug}" for value in regulation.values)}
    for index, part in enumerate(regulation.missing):
        for number, topic in enumerate(part.topics):
            if topic not in known:
                yield f"missing[{index}].topics[{number}]", f"no such topic: {topic!r}"


def _impossible_dates(regulation: Regulation) -> Iterator[Fault]:
    if not _is_timezone(regulation.timezone):
        yield "timezone", f"no such IANA zone: {regulation.timezone!r}"
    for index, activation in enumerate(regulation.activations):
        if activation.rule and not _is_date_rule(activation.rule):
            yield f"activations[{index}].rule", "no year has this date"
    for index, duty in enumerate(regulation.monitoring):
        if duty.cadence and not _is_cadence(duty.cadence):
            yield f"monitoring[{index}].cadence", "months count from 1, by_month is 1 to 12"


def _is_timezone(name: str) -> bool:
    if "/" not in name:  # "localtime" is another zone on every machine
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path out of the database; a folder of it
        return False
    return True


def _is_date_rule(rule: DateRule) -> bool:
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if rule.month is None:
        return 1 <= rule.day <= 31
    return 1 <= rule.month <= 12 and 1 <= rule.day <= longest[rule.month - 1]


def _is_cadence(cadence: Cadence) -> bool:
    return (cadence.months is None or cadence.months >= 1) and (cadence.by_month is None or 1 <= cadence.by_month <= 12)


def _leaked(regulation: Regulation, shown: Iterable[Fault]) -> Iterator[Fault]:
    banned = [(item.printed, "withheld misprint") for item in regulation.withheld]
    banned += [(item.scanned, "misreading noted as corrected") for item in regulation.corrections]
    for key, text in shown:
        for phrase, what in banned:
            if phrase.casefold() in text.casefold():
                yield key, f"shows a {what}: {phrase!r}"
