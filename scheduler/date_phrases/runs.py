"""A text -> its runs: unbroken stretches of words that speak of one time."""

from collections.abc import Iterator

from msgspec import Struct

from scheduler.date_phrases.clock_phrases import clock, from_now, part_of_day, zone
from scheduler.date_phrases.day_phrases import date_named, relative_day, span_around, weekday
from scheduler.date_phrases.pieces import Draft, Found, OnDate
from scheduler.date_phrases.repeat_phrases import every, exception, month_edge, nth, working_days
from scheduler.date_phrases.words import Words

# In this order, so that "2 jam lagi" is no hour, "25.11.2026" no time and "minggu depan" no Sunday.
_RECOGNISERS = (
    from_now,
    every,
    date_named,
    clock,
    working_days,
    month_edge,
    span_around,
    weekday,
    relative_day,
    part_of_day,
    zone,
    nth,
    exception,
)
_FILLERS = {",", "(", ")", ":", ";", "|", "@", "-", "\u2013", "\u2014", "pada", "di", "hari", "mulai"}
_MOST_FILLERS = 3
_LEAD_INS = {"pada", "hari", "mulai"}
_FIRM = {"besok", "bsk", "besuk", "esok", "lusa", "hari", "setiap", "tiap", "saban", "tanggal", "tgl", "minggu"}
_FIRM |= {"pekan", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "akhir", "seminggu"}
_EDGES = " \t\r\n\v\f,;:|.-\u2013\u2014"  # the last two are dashes


class Run(Struct, frozen=True):
    """The words from `start` up to `end` (not included) and what they say."""

    start: int
    end: int
    draft: Draft


def runs(words: Words) -> Iterator[Run]:
    """The runs of a text, in order; time is linear in its length."""
    place = 0
    while place < len(words):
        run = run_at(words, place)
        if run:
            yield run
        place = run.end if run else place + 1


def run_at(words: Words, place: int) -> Run | None:
    """The longest run that starts at this place."""
    draft, end = Draft(), place
    while (found := _next(words, end, draft)) is not None:
        draft, end = draft.joined(found.pieces), found.end
    return Run(place, end, draft) if end > place else None


def _next(words: Words, place: int, draft: Draft) -> Found | None:
    """The next pieces at this place; inside a run a few words that only join may stand before them."""
    for _ in range(_MOST_FILLERS + 1):
        found = _recognised(words, place, draft)
        if found or not draft.pieces or words.at(place) not in _FILLERS:
            return found
        place += 1
    return None


def _recognised(words: Words, place: int, draft: Draft) -> Found | None:
    for recognise in _RECOGNISERS:
        found = recognise(words, place)
        if found is not None and draft.accepts(found.pieces):
            return found
    return None


def chosen(words: Words) -> list[Run]:
    """The runs that say when: the first that names day and time, else the first time and the first sure day."""
    found = list(runs(words))
    whole = next((run for run in found if run.draft.names_day and run.draft.names_time), None)
    if whole:
        return [whole]
    timed = next((run for run in found if run.draft.names_time), None)
    dated = next((run for run in found if run.draft.names_day and _is_sure(words, run)), None)
    if timed and dated and not timed.draft.accepts(dated.draft.pieces):
        dated = None
    return sorted((run for run in (timed, dated) if run), key=lambda run: run.start)


def _is_sure(words: Words, run: Run) -> bool:
    """Whether it speaks of a day even where it stands apart from the time ("Persiapan 17 Agustus" does not)."""
    dated = run.draft.get(OnDate)
    return run.start == 0 or words.at(run.start) in _FIRM or (dated is not None and dated.year is not None)


def rest(words: Words, used: list[Run]) -> str:
    """The text without these runs and the signs that joined them to it."""
    kept, begin = [], 0
    for run in used:
        start = run.start
        while words.at(start - 1) in _LEAD_INS:
            start -= 1
        first, after = words.span(start, run.end)
        before = words.text[begin:first].rstrip(_EDGES + "(@")
        kept.append(without_edges(before) if begin else before)
        begin = after
    kept.append(without_edges(words.text[begin:]))
    return " ".join(part.strip() for part in kept if part.strip())


def without_edges(after: str) -> str:
    """What follows a phrase, without the signs that joined it ("besok 09.00: Rapat")."""
    return after.lstrip(_EDGES + ")").rstrip()
