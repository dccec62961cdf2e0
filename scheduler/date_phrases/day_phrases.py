"""Days as people say them: "besok", "Senin depan", "tanggal 17", "25 Nov 2026", "17/8", "minggu depan hari Rabu"."""

from scheduler.date_phrases.clock_phrases import part_of_day
from scheduler.date_phrases.pieces import (
    Found,
    InMonth,
    InWeek,
    InYear,
    OnDate,
    OnWeekdays,
    PartOfDay,
    Relative,
    WholeMonth,
)
from scheduler.date_phrases.words import MONTHS, SIDES, WEEKDAYS, Words, connector, number

_DAYS = {"besok": 1, "bsk": 1, "besuk": 1, "esok": 1, "lusa": 2, "kemarin": -1}
_DATE_NAMES = {"tanggal", "tgl", "tg"}
_SIGNS = {"/", "-", "."}
_WEEK = {"minggu", "mgg", "pekan"}
_MOST_AGO = 99  # "9999 tahun lalu" is before the calendar begins


def relative_day(words: Words, place: int) -> Found | None:
    """Hari ini, besok, lusa, 3 hari lagi, 2 hari yang lalu, nanti malam, sore ini."""
    word, following = words.at(place), words.at(place + 1)
    if word in {"hari", "hr"} and following == "ini":
        return Found((Relative(0),), place + 2)
    if word in _DAYS:
        both = word == "besok" and following == "lusa"
        return Found((Relative(2 if both else _DAYS[word]),), place + 1 + both)
    return _today(words, place) or _days_from_now(words, place)


def _today(words: Words, place: int) -> Found | None:
    """A part of this very day; "nanti" alone too, when a time follows."""
    if words.at(place) in {"nanti", "tadi"}:
        part = part_of_day(words, place + 1)
        return Found((Relative(0), *part.pieces), part.end) if part else Found((Relative(0),), place + 1)
    part = part_of_day(words, place)
    if part and words.at(part.end) in {"ini", "nanti"}:
        return Found((Relative(0), *part.pieces), part.end + 1)
    return None


def _days_from_now(words: Words, place: int) -> Found | None:
    if words.at(place) in {"sehari", "seminggu", "sepekan"} and words.at(place + 1) == "lagi":
        return Found((Relative(1 if words.at(place) == "sehari" else 7),), place + 2)
    count = number(words, place)
    if count is None:
        return None
    amount, unit = count
    ago = unit + 1 + (words.at(unit + 1) == "yang")
    if words.at(unit) == "hari" and words.at(ago) == "lalu":
        return Found((Relative(-amount),), ago + 1)
    length = 1 if words.at(unit) == "hari" else 7 if words.at(unit) in _WEEK else 0
    later = words.at(unit + 1) == "lagi"
    return Found((Relative(amount * length),), unit + 2) if length and later else None


def weekday(words: Words, place: int) -> Found | None:
    """One weekday, a list or a range of them, with "depan" or "ini" behind; "malam Senin" is Sunday's evening."""
    eve = words.at(place) in {"malam", "mlm"}
    first = _one_weekday(words, place + eve)
    if first is None:
        return None
    days, end = _more_weekdays(words, first)
    side = SIDES.get(words.at(end))
    week = (InWeek(side),) if side is not None else ()
    end += side is not None or words.at(end) == "mendatang"
    if eve:
        return Found((OnWeekdays(tuple((day - 1) % 7 for day in days)), PartOfDay.MALAM, *week), end)
    return Found((OnWeekdays(days), *week), end)


def _one_weekday(words: Words, place: int) -> tuple[int, int] | None:
    called = words.at(place) in {"hari", "hr"}
    place += called
    day = WEEKDAYS.get(words.at(place))
    # "minggu depan" is a week, "hari Minggu depan" a Sunday.
    if day is None or (not called and words.at(place) in _WEEK and words.at(place + 1) in SIDES):
        return None
    return day, place + 1


def _more_weekdays(words: Words, first: tuple[int, int]) -> tuple[tuple[int, ...], int]:
    day, end = first
    until = connector(words, end)
    last = _one_weekday(words, until) if until else None
    if last:
        return tuple((day + step) % 7 for step in range((last[0] - day) % 7 + 1)), last[1]
    days = {day}
    while (following := _listed_weekday(words, end)) is not None:
        days.add(following[0])
        end = following[1]
    return tuple(sorted(days)), end


def _listed_weekday(words: Words, place: int) -> tuple[int, int] | None:
    if words.at(place) not in {",", "dan", "&", "/", "serta", "+"}:
        return None
    place += 1
    return _one_weekday(words, place + 1 if words.at(place) in {"dan", "serta"} else place)


def span_around(words: Words, place: int) -> Found | None:
    """Minggu depan, bulan ini, tahun yang lalu, 2 minggu lalu."""
    count, unit = number(words, place) or (1, place)
    end = unit + 1 + (words.at(unit + 1) == "yang")
    side = SIDES.get(words.at(end))
    counted = unit > place
    if side is None or (counted and (side >= 0 or count > _MOST_AGO)):  # "2 minggu depan" are two weeks, not the second
        return None
    match words.at(unit):
        case "minggu" | "mgg" | "pekan":
            return Found((InWeek(side * count),), end + 1)
        case "bulan" | "bln":
            return Found((InMonth(side * count),), end + 1)
        case "tahun" | "thn":
            return Found((InYear(side * count),), end + 1)
    return None


def date_named(words: Words, place: int) -> Found | None:
    """A date with or without month and year; a bare number only after "tanggal"."""
    named = words.at(place) in _DATE_NAMES
    begin = words.after_dot(place + 1) if named else place
    return _iso(words, begin) or _numeric(words, begin, named) or _worded(words, begin, named)


def whole_month(words: Words, place: int) -> Found | None:
    """Desember 2026, bulan Desember."""
    place += words.at(place) in {"bulan", "bln"}
    month = MONTHS.get(words.at(place))
    if month is None:
        return None
    year, end = _year(words, words.after_dot(place + 1))
    return Found((WholeMonth(month, year),), end)


def _iso(words: Words, place: int) -> Found | None:
    parts = [words.at(place + offset) for offset in (0, 2, 4)]
    signs = [words.at(place + offset) for offset in (1, 3)]
    glued = all(words.glued(place + offset) for offset in (1, 2, 3, 4))
    if not glued or signs not in (["-", "-"], ["/", "/"]) or [len(part) for part in parts] != [4, 2, 2]:
        return None
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return Found((OnDate(int(parts[2]), int(parts[1]), int(parts[0])),), place + 5)


def _numeric(words: Words, place: int, named: bool) -> Found | None:
    """17/8, 25-11-2026, 25.11.26; two numbers with a dot are a time unless "tanggal" stands before them."""
    sign = words.at(place + 1)
    day, month = _two_digits(words.at(place)), _two_digits(words.at(place + 2))
    if sign not in _SIGNS or day is None or month is None:
        return None
    if not (words.glued(place + 1) and words.glued(place + 2)):
        return None
    year = words.at(place + 4)
    if words.at(place + 3) == sign and words.glued(place + 3) and words.glued(place + 4) and _is_year(year):
        return Found((OnDate(day, month, int(year) if len(year) == 4 else 2000 + int(year)),), place + 5)
    if not named and (sign == "." or month > 12 or words.at(place + 3) in MONTHS):
        return None
    return Found((OnDate(day, month),), place + 3)


def _worded(words: Words, place: int, named: bool) -> Found | None:
    day = number(words, place)
    if day is None:
        return None
    end = words.after_dot(day[1])
    end += words.at(end) in {"bulan", "bln"} and words.at(end + 1) in MONTHS
    month = MONTHS.get(words.at(end))
    if month is None:
        return Found((OnDate(day[0]),), day[1]) if named else None
    year, end = _year(words, words.after_dot(end + 1))
    return Found((OnDate(day[0], month, year),), end)


def _year(words: Words, place: int) -> tuple[int | None, int]:
    behind = place + (words.at(place) in {"tahun", "thn"})
    word = words.at(behind)
    if not _is_year(word):
        return None, place
    if len(word) == 4:
        return int(word), behind + 1
    return (2000 + int(word), behind + 1) if behind > place or _year_ends(words, behind + 1) else (None, place)


def _year_ends(words: Words, place: int) -> bool:
    """Whether two digits behind a month are its year: nothing follows them but a time ("1 Des 27 jam 9")."""
    digital = _two_digits(words.at(place)) is not None and words.at(place + 1) in {".", ":"}
    return words.at(place) in {"", "jam", "jm", "pukul", "pkl", "pk"} or digital or connector(words, place) is not None


def _is_year(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) in {2, 4}


def _two_digits(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 else None
