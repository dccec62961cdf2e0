"""Spans of days as people say them: "18 Februari s.d. 19 Maret 2026", "1-5 Desember 2026", "minggu depan"."""

from calendar import monthrange
from datetime import date, timedelta

from msgspec.structs import replace

from scheduler.date_phrases.day_phrases import whole_month
from scheduler.date_phrases.meaning import Reason, Unreadable, days_meant, is_near
from scheduler.date_phrases.pieces import (
    Clock,
    Delta,
    Draft,
    InMonth,
    InWeek,
    InYear,
    OnDate,
    Relative,
    WholeMonth,
)
from scheduler.date_phrases.repeating import repeats
from scheduler.date_phrases.runs import run_at, without_edges
from scheduler.date_phrases.words import MONTHS, Words, connector, number

Span = tuple[date, date]
_MOST_WORDS = 16  # no span needs more
_LONGEST_GUESS = timedelta(days=183)  # a beginning without a year that far back means that the ends were swapped


def read_span(text: str, today: date, *, looking_back: bool = False) -> Span | None:
    """The first and last day that `text` names, both included; one day names itself.

    Without a year it is the span that ends next, today included; with `looking_back` the one that began last.
    A week is Monday to Sunday. None where the text says anything else, or the end comes before the beginning.
    """
    words = Words(text)
    if not len(words) or len(words) > _MOST_WORDS:
        return None
    if words.at(0) == "dari" and len(words) > 1:
        text = text[words.span(1, 2)[0] :]
        words = Words(text)
    return (
        _whole(words, today, looking_back)
        or _between(text, words, today, looking_back)
        or _one(text, today, looking_back)
    )


def split_span(text: str, today: date, *, looking_back: bool = False) -> tuple[Span, str] | Unreadable:
    """The span at the beginning of a text, and the other words: "24 Desember 2026 Cuti bersama".

    Refused with NO_SUCH_DATE where the text begins like a date that does not exist, else with NOTHING_READ.
    """
    words = Words(text)
    for end in range(min(len(words), _MOST_WORDS), 0, -1):
        start, after = words.span(0, end)
        span = read_span(text[start:after], today, looking_back=looking_back)
        if span is None:
            continue
        return Unreadable(Reason.NO_SUCH_DATE) if _cuts_date(words, end) else (span, without_edges(text[after:]))
    return Unreadable(Reason.NOTHING_READ)


def _cuts_date(words: Words, end: int) -> bool:
    """Whether a date goes on behind: of "31 Februari" and "31/2/2027" the 31 must not be read alone."""
    sign = words.at(end) in {"/", "-", "."} and words.glued(end) and words.glued(end + 1)
    return words.at(end) in MONTHS or (sign and number(words, end + 1) is not None)


def _whole(words: Words, today: date, back: bool) -> Span | None:
    """A week, a month or a year as a whole."""
    month = whole_month(words, 0)
    named = month.pieces[0] if month and month.end == len(words) else None
    if isinstance(named, WholeMonth):
        return _named_month(named, today, back)
    run = run_at(words, 0)
    if run is None or run.end != len(words) or len(run.draft.pieces) != 1:
        return None
    match run.draft.pieces[0]:
        case InWeek(offset):
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
            return monday, monday + timedelta(days=6)
        case InMonth(offset):
            count = today.year * 12 + today.month - 1 + offset
            return _month(count // 12, count % 12 + 1)
        case InYear(offset):
            return date(today.year + offset, 1, 1), date(today.year + offset, 12, 31)
    return None


def _named_month(named: WholeMonth, today: date, back: bool) -> Span | None:
    if named.year is not None:
        return _month(named.year, named.month) if is_near(named.year, today) else None
    if back:
        return _month(today.year - (named.month > today.month), named.month)
    return _month(today.year + (named.month < today.month), named.month)


def _month(year: int, month: int) -> Span:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _one(text: str, today: date, back: bool) -> Span | None:
    draft = _side(text)
    day = _nearest(draft, today, back) if draft else None
    return (day, day) if day else None


def _between(text: str, words: Words, today: date, back: bool) -> Span | None:
    """Tries every word or sign that may mean "until", since dates have such signs inside."""
    for place in range(1, len(words)):
        after = connector(words, place)
        if after is None or after >= len(words):
            continue
        left = _side(text[: words.span(place, place + 1)[0]])
        right = _side(text[words.span(after, after + 1)[0] :])
        if left and right:
            return _joined(left, right, today, back)
    return None


def _side(text: str) -> Draft | None:
    """One end of a span, the whole of it; a bare number is a day of the month."""
    for whole in (text, f"tanggal {text}"):
        words = Words(whole)
        run = run_at(words, 0)
        if run and run.end == len(words) and _names_one_day(run.draft):
            return run.draft
    return None


def _names_one_day(draft: Draft) -> bool:
    return draft.names_day and not draft.has(Clock, Delta) and not repeats(draft)


def _joined(left: Draft, right: Draft, today: date, back: bool) -> Span | None:
    left, right = _completed(left, right), _completed(right, left)
    first, last = _ends(left, right, today, back)
    if first is None or last is None or first > last:
        return None
    # "5 - 1 Desember 2026" must not become nearly a year.
    guessed_year = first.year < last.year and _full(left, today) is None
    return None if guessed_year and last - first > _LONGEST_GUESS else (first, last)


def _ends(left: Draft, right: Draft, today: date, back: bool) -> tuple[date | None, date | None]:
    begin, end = _full(left, today), _full(right, today)
    if begin or left.has(Relative) or (back and not end):
        first = begin or _nearest(left, today, back)
        return first, end or (_nearest(right, first, False) if first else None)
    last = end or _nearest(right, today, False)
    return _nearest(left, last, True) if last else None, last


def _completed(side: Draft, other: Draft) -> Draft:
    """A day without its month takes the other side's: "1-5 Desember 2026"."""
    own, lent = side.get(OnDate), other.get(OnDate)
    if own is None or lent is None or own.month is not None or lent.month is None:
        return side
    return side.joined([replace(own, month=lent.month, year=lent.year)])


def _full(draft: Draft, today: date) -> date | None:
    """The date that needs no guess, None where the year was left out."""
    named = draft.get(OnDate)
    return _nearest(draft, today, False) if named and named.year is not None else None


def _nearest(draft: Draft, today: date, back: bool) -> date | None:
    found = days_meant(draft, today, back=back)
    return None if isinstance(found, Unreadable) else found[0]
