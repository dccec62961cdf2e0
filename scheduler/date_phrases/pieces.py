"""The pieces of which a phrase is made, and the draft that collects them until its meaning is clear."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct


class Clock(Struct, frozen=True):
    """Minutes since midnight as said. `spoken`: by a twelve-hour clock, perhaps ("jam 2"); below 0: no such time."""

    minutes: int
    spoken: bool


class PartOfDay(StrEnum):
    """The words that tell the halves of a spoken clock apart."""

    PAGI = "pagi"  # also subuh, dini hari, am
    SIANG = "siang"
    SORE = "sore"
    MALAM = "malam"
    PM = "pm"


class Zone(Struct, frozen=True):
    """WIB, WITA or WIT, as hours east of UTC."""

    hours: int


class Delta(Struct, frozen=True):
    """So many minutes from now."""

    minutes: int


class Now(Struct, frozen=True):
    """At once."""


class Relative(Struct, frozen=True):
    """So many days from today."""

    days: int


class OnWeekdays(Struct, frozen=True):
    """One or several weekdays, 0 = Monday."""

    days: tuple[int, ...]


class InWeek(Struct, frozen=True):
    """So many weeks (Monday to Sunday) from this one."""

    offset: int


class InMonth(Struct, frozen=True):
    """So many months from this one."""

    offset: int


class InYear(Struct, frozen=True):
    """So many years from this one."""

    offset: int


class OnDate(Struct, frozen=True):
    """A date as far as it was named; it need not exist."""

    day: int
    month: int | None = None
    year: int | None = None


class WholeMonth(Struct, frozen=True):
    """A month by name, as a span."""

    month: int
    year: int | None


class MonthEnd(Struct, frozen=True):
    """The last day of a month."""


class Unit(StrEnum):
    """What "setiap" counts."""

    UNSAID = "unsaid"  # "setiap Senin", "setiap tanggal 17"
    DAY = "day"
    WEEK = "week"
    WEEK_OR_SUNDAY = "week_or_sunday"  # "setiap minggu" says either
    MONTH = "month"
    YEAR = "year"
    SEVERAL = "several"  # "setiap 2 minggu", which no rule here can keep


class Every(Struct, frozen=True):
    """Repeatedly."""

    unit: Unit


class Nth(Struct, frozen=True):
    """The n-th of its kind in a month, -1 the last."""

    n: int


class OnWorkingDays(Struct, frozen=True):
    """Working days of the office's calendar."""


class Except(Struct, frozen=True):
    """Something is taken out ("kecuali"), which no rule here can keep."""


Piece = (
    Clock
    | PartOfDay
    | Zone
    | Delta
    | Now
    | Relative
    | OnWeekdays
    | InWeek
    | InMonth
    | InYear
    | OnDate
    | WholeMonth
    | MonthEnd
    | Every
    | Nth
    | OnWorkingDays
    | Except
)


class Found(Struct, frozen=True):
    """Pieces that were recognised, and the place after them."""

    pieces: tuple[Piece, ...]
    end: int


_COMPLETE = (Delta, Now)  # nothing can be added to these
_DAYS = (Relative, OnWeekdays, InWeek, OnDate, MonthEnd, Every, OnWorkingDays)
_NEEDS: dict[type[object], tuple[type[object], ...]] = {
    Zone: (Clock,),
    Nth: (OnWeekdays, OnWorkingDays),
    Except: (Every, OnWorkingDays),
}

_Wanted = TypeVar("_Wanted")


class Draft:
    """The pieces of one phrase, at most one of a kind."""

    def __init__(self, pieces: Iterable[Piece] = ()) -> None:
        self._pieces: dict[type[object], Piece] = {type(piece): piece for piece in pieces}

    def get(self, kind: type[_Wanted]) -> _Wanted | None:
        """The piece of this kind, or None."""
        piece = self._pieces.get(kind)
        return piece if isinstance(piece, kind) else None

    def has(self, *kinds: type) -> bool:
        """Whether there is a piece of one of these kinds."""
        return any(kind in self._pieces for kind in kinds)

    def accepts(self, pieces: Iterable[Piece]) -> bool:
        """Whether these belong to the same phrase: they contradict nothing and lean on what is there."""
        return all(self._accepts(piece) for piece in pieces)

    def _accepts(self, piece: Piece) -> bool:
        if self.has(*_COMPLETE) or (self._pieces and isinstance(piece, _COMPLETE)):
            return False
        if isinstance(piece, Relative) and self.has(OnDate):
            return False  # "Persiapan 17 Agustus besok jam 9" is about tomorrow
        kind: type[object] = type(piece)
        needed = _NEEDS.get(kind)
        if needed and not self.has(*needed):
            return False
        present = self._pieces.get(kind)
        if present == Every(Unit.UNSAID) and isinstance(piece, Every):
            return True  # "setiap tanggal 17 tiap bulan" says it twice, the second time with the unit
        return present is None or present == piece

    def joined(self, pieces: Iterable[Piece]) -> "Draft":
        """A new draft with these added; of a kind that is there already the later one counts."""
        return Draft((*self._pieces.values(), *pieces))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces, in the order in which they came."""
        return tuple(self._pieces.values())

    @property
    def names_time(self) -> bool:
        """Whether it says at what time."""
        return self.has(Clock, *_COMPLETE)

    @property
    def names_day(self) -> bool:
        """Whether it says on what day, or how often."""
        return self.has(*_DAYS, *_COMPLETE)
