"""Indonesian words for a time -> an instant or a recurrence with its local time."""

from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from scheduler.date_phrases.meaning import (
    Reason,
    TimeOfDay,
    Unreadable,
    days_meant,
    in_offset,
    moment,
    time_of_day,
)
from scheduler.date_phrases.pieces import (
    Clock,
    Delta,
    Draft,
    Every,
    MonthEnd,
    Now,
    OnDate,
    OnWeekdays,
    OnWorkingDays,
    Zone,
)
from scheduler.date_phrases.repeating import repeats, rule_meant
from scheduler.date_phrases.runs import Run, chosen, rest, run_at, runs
from scheduler.date_phrases.words import Words, number
from scheduler.recurrence import Recurrence, Weekdays

_JOINING = {"dan", "atau", "serta", "&"}


class When(Struct, frozen=True):
    """What was read, to be read back to the person: `instant`, or `recurrence` with `at`; and the other words.

    `instant` is aware, in the zone of the moment it was read at, and not before it. `rest` is the text without the
    words about time, stripped ("Evaluasi triwulan").
    """

    rest: str
    instant: datetime | None = None
    recurrence: Recurrence | None = None
    at: time | None = None


def read_when(text: str, now_local: datetime) -> When | Unreadable:
    """When `text` means, said at `now_local` (aware, in the office's zone).

    A time without a day is today's, or tomorrow's where it has passed; a weekday or date without a year is the next
    one that is not past; a day that was named and has passed is refused. "Senin depan" is Monday of next week,
    "minggu depan" the same weekday of next week. A time with WIB, WITA or WIT is converted to the office's zone.
    Takes time linear in the text; never raises for any text.

    Raises:
        ValueError: `now_local` is naive.
    """
    if now_local.tzinfo is None:
        raise ValueError("a phrase is read at an aware moment")
    words = Words(text)
    used = chosen(words)
    if not used or any(_names_another(words, run.end) for run in used):
        return Unreadable(Reason.NOTHING_READ)
    draft = Draft(piece for run in used for piece in run.draft.pieces)
    if not repeats(draft) and any(_every_day(run.draft) for run in runs(words) if run not in used):
        return Unreadable(Reason.NOT_SUPPORTED)  # "setiap Selasa minggu pertama jam 8" is not the next Sunday
    meant = _meant(draft, now_local)
    if isinstance(meant, Unreadable):
        return meant
    if isinstance(meant, datetime):
        return When(rest(words, used), instant=meant)
    return When(rest(words, used), recurrence=meant[0], at=meant[1])


def _names_another(words: Words, place: int) -> bool:
    """Whether a second time is joined to the one that ends here: "tanggal 1 dan 15", "jam 9 atau Selasa"."""
    joined = words.at(place) in _JOINING
    return joined and (number(words, place + 1) is not None or run_at(words, place + 1) is not None)


def _every_day(draft: Draft) -> bool:
    return draft.has(Every) and draft.has(OnDate, OnWeekdays, OnWorkingDays, MonthEnd)


def _meant(draft: Draft, now: datetime) -> datetime | tuple[Recurrence, time] | Unreadable:
    delta = draft.get(Delta)
    if draft.has(Now):
        return now
    if delta:
        return (now.astimezone(UTC) + timedelta(minutes=delta.minutes)).astimezone(now.tzinfo)
    return _repetition(draft, now) if repeats(draft) else _single(draft, now)


def _single(draft: Draft, now: datetime) -> datetime | Unreadable:
    named = time_of_day(draft)
    if isinstance(named, Unreadable):
        return named
    if named is not None:
        return moment(draft, named, now)
    found = days_meant(draft, now.date())
    if isinstance(found, Unreadable):
        return found
    past = found[0] < now.date()
    return Unreadable(Reason.IN_THE_PAST, found[0]) if past else Unreadable(Reason.TIME_MISSING, found[0])


def _repetition(draft: Draft, now: datetime) -> tuple[Recurrence, time] | Unreadable:
    rule, named = rule_meant(draft), time_of_day(draft)
    if isinstance(rule, Unreadable):
        return rule
    if isinstance(named, Unreadable):
        return named
    if named is None:
        return Unreadable(Reason.TIME_MISSING)
    at, days = in_offset(named.at, draft.get(Zone), now.utcoffset() or timedelta())
    # A rule whose time lies on another day than the one named would be read back wrongly.
    return Unreadable(Reason.NOT_SUPPORTED) if days or named.next_day else (rule, at)


def speaks_of_time(rest: str) -> bool:
    """Whether words that were left over name another day, hour or number, so that more was meant than was read.

    Where nothing but a time is asked for, "tanggal 1 dan 15 jam 8" must not become "tanggal 1".
    """
    words = Words(rest)
    numbers = (word.isascii() and word.isdigit() for word in map(words.at, range(len(words))))
    return any(numbers) or next(runs(words), None) is not None


def read_time(text: str, offset: timedelta | None = None) -> time | None:
    """A time of day alone ("9", "07.30", "jam setengah 8"); WIB, WITA, WIT are converted where `offset` is given."""
    found = _first(text, "jam ", Clock)
    if found is None or found.draft.names_day:
        return None
    named = time_of_day(found.draft)
    if not isinstance(named, TimeOfDay):
        return None
    return named.at if offset is None else in_offset(named.at, found.draft.get(Zone), offset)[0]


def completed(text: str, answer: str) -> str | None:
    """`text`, which named a day and no time, with the time that `answer` names and nothing else; None if it says more.

    ("besok Evaluasi", "jam 10") -> "jam 10, besok Evaluasi"; a bare "10" is an hour here.
    """
    for said in (answer, f"jam {answer}"):
        words = Words(said)
        run = run_at(words, 0)
        alone = run is not None and run.end == len(words) and run.draft.has(Clock)
        if run is not None and alone and not run.draft.names_day and not repeats(run.draft):
            return f"{said}, {text}"
    return None


def _first(text: str, prefix: str, kind: type) -> Run | None:
    """The first run with such a piece, else the text read as if `prefix` stood before it."""
    found = next((run for run in runs(Words(text)) if run.draft.has(kind)), None)
    if found:
        return found
    words = Words(prefix + text)
    run = run_at(words, 0)
    return run if run and run.end == len(words) and run.draft.has(kind) else None


def read_weekdays(text: str) -> tuple[int, ...] | None:
    """Weekdays alone ("Senin, Rabu", "Senin s.d. Jumat", "setiap hari"), sorted, 0 = Monday; None for anything else."""
    words = Words(text)
    run = run_at(words, 0)
    if run is None or run.draft.names_time or rest(words, [run]):
        return None
    rule = rule_meant(run.draft)
    if isinstance(rule, Weekdays):
        return rule.days
    weekdays = run.draft.get(OnWeekdays)
    return tuple(sorted(weekdays.days)) if weekdays and len(run.draft.pieces) == 1 else None
