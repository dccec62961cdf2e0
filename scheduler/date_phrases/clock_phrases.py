"""Times of day as people say them: "jam 9", "pukul 13.30", "setengah 8", "jam 9 kurang seperempat", "2 jam lagi"."""

from scheduler.date_phrases.pieces import Clock, Delta, Found, Now, PartOfDay, Zone
from scheduler.date_phrases.words import Words, connector, number

_NAMES = {"jam", "jm", "pukul", "pkl", "pk"}
_PARTS = {
    "pagi": PartOfDay.PAGI,
    "pg": PartOfDay.PAGI,
    "subuh": PartOfDay.PAGI,
    "am": PartOfDay.PAGI,
    "siang": PartOfDay.SIANG,
    "sore": PartOfDay.SORE,
    "petang": PartOfDay.SORE,
    "malam": PartOfDay.MALAM,
    "mlm": PartOfDay.MALAM,
    "pm": PartOfDay.PM,
}
_ZONES = {"wib": 7, "wita": 8, "wit": 9}
_NOW = {"sekarang", "skrg", "skrng"}
_UNITS = {"jam": 60, "jm": 60, "menit": 1, "mnt": 1}
_ONE_UNIT = {"sejam": 60, "semenit": 1}
_NO_SUCH_TIME = Clock(-1, spoken=False)


def clock(words: Words, place: int) -> Found | None:
    """A time of day, with the end of a range ("09.00 s.d. selesai") read over."""
    named = words.at(place) in _NAMES
    begin = words.after_dot(place + 1) if named else place
    found = _half(words, begin) or _digital(words, begin, named) or _hour(words, begin, named)
    return Found(found.pieces, _after_range(words, found.end, named)) if found else None


def part_of_day(words: Words, place: int) -> Found | None:
    """Pagi, siang, sore, malam."""
    if words.at(place) == "dini" and words.at(place + 1) == "hari":
        return Found((PartOfDay.PAGI,), place + 2)
    part = _PARTS.get(words.at(place))
    return Found((part,), place + 1) if part else None


def zone(words: Words, place: int) -> Found | None:
    """WIB, WITA, WIT."""
    hours = _ZONES.get(words.at(place))
    return Found((Zone(hours),), place + 1) if hours else None


def from_now(words: Words, place: int) -> Found | None:
    """Sekarang; so many hours and minutes from now, with "lagi" behind or "dalam" before."""
    if words.at(place) in _NOW:
        return Found((Now(),), place + 2 if words.at(place + 1) == "juga" else place + 1)
    inside = words.at(place) == "dalam"
    length = _length(words, place + 1 if inside else place)
    if length is None:
        return None
    minutes, end = length
    if words.at(end) in _ONE_UNIT or number(words, end):
        further = _length(words, end)
        minutes, end = (minutes + further[0], further[1]) if further else (minutes, end)
    if words.at(end) == "lagi":
        return Found((Delta(minutes),), end + 1)
    if words.at(end) == "dari" and words.at(end + 1) == "sekarang":
        return Found((Delta(minutes),), end + 2)
    return Found((Delta(minutes),), end) if inside else None


def _length(words: Words, place: int) -> tuple[int, int] | None:
    """Minutes of "2 jam", "1,5 jam", "satu setengah jam", "setengah jam", "seperempat jam", "sejam"."""
    if words.at(place) in _ONE_UNIT:
        return _ONE_UNIT[words.at(place)], place + 1
    if words.at(place) in {"setengah", "seperempat"} and words.at(place + 1) in {"jam", "jm"}:
        return (30 if words.at(place) == "setengah" else 15), place + 2
    count = number(words, place)
    if count is None:
        return None
    amount, end = count
    half = 0
    if words.at(end) == "setengah":
        half, end = 1, end + 1
    elif words.at(end) in {",", "."} and words.at(end + 1) == "5" and words.glued(end) and words.glued(end + 1):
        half, end = 1, end + 2
    unit = _UNITS.get(words.at(end))
    return (amount * unit + half * unit // 2, end + 1) if unit else None


def _half(words: Words, place: int) -> Found | None:
    """Setengah 8 is 07.30, setengah 8 lewat 5 is 07.35."""
    if words.at(place) != "setengah":
        return None
    hour = number(words, place + 1)
    if hour is None or words.at(hour[1]) in _UNITS:
        return None
    shift, end = _shift(words, hour[1]) or (0, hour[1])
    if not 1 <= hour[0] <= 12 or abs(shift) > 29:
        return Found((_NO_SUCH_TIME,), end)
    return Found((Clock(hour[0] * 60 - 30 + shift, spoken=True),), end)


def _digital(words: Words, place: int, named: bool) -> Found | None:
    """07.30, 7:30; after "jam" also 0730."""
    hour, minute = words.at(place), words.at(place + 2)
    if named and _digits(hour, 4):
        return Found((_clock(hour[:2], hour[2:]),), place + 1)
    if not (_digits(hour, 1, 2) and words.at(place + 1) in {".", ":"} and _digits(minute, 2)):
        return None
    if not (words.glued(place + 1) and words.glued(place + 2)) or _goes_on(words, place + 3):
        return None
    return Found((_clock(hour, minute),), place + 3)


def _goes_on(words: Words, place: int) -> bool:
    """Whether digits follow behind another dot: 25.11.2026 is a date, 10.500.000 an amount."""
    return words.glued(place) and words.at(place) in {".", ":"} and words.glued(place + 1) and _number(words, place + 1)


def _number(words: Words, place: int) -> bool:
    return words.at(place).isascii() and words.at(place).isdigit()


def _digits(word: str, *lengths: int) -> bool:
    return word.isascii() and word.isdigit() and len(word) in lengths


def _clock(hour: str, minute: str) -> Clock:
    if int(hour) > 23 or int(minute) > 59:
        return _NO_SUCH_TIME
    # One digit without a leading zero is how a twelve-hour clock is written.
    return Clock(int(hour) * 60 + int(minute), spoken=len(hour) == 1 and hour != "0")


def _hour(words: Words, place: int, named: bool) -> Found | None:
    """A full hour, perhaps "lewat" or "kurang" some minutes; without "jam" only where the words behind it show it."""
    hour = number(words, place)
    if hour is None or _goes_on(words, hour[1]):
        return None
    shift = _shift(words, hour[1]) or (_minutes_said(words, place, hour[1]) if named else None)
    shown = named or shift or part_of_day(words, hour[1]) or zone(words, hour[1])
    if not shown:
        return None
    minutes, end = shift or (0, hour[1])
    if hour[0] > 23 or abs(minutes) > 59:
        return Found((_NO_SUCH_TIME,), end)
    spoken = not (words.at(place).startswith("0") or hour[0] == 0)
    return Found((Clock(hour[0] * 60 + minutes, spoken),), end)


def _shift(words: Words, place: int) -> tuple[int, int] | None:
    """Minutes of "lewat 15 menit", "lebih seperempat", "kurang 10"."""
    sign = {"lewat": 1, "lebih": 1, "kurang": -1}.get(words.at(place))
    if sign is None:
        return None
    if words.at(place + 1) == "seperempat":
        return 15 * sign, place + 2
    minutes = number(words, place + 1)
    if minutes is None:
        return None
    return minutes[0] * sign, minutes[1] + 1 if words.at(minutes[1]) in {"menit", "mnt"} else minutes[1]


def _minutes_said(words: Words, hour_place: int, place: int) -> tuple[int, int] | None:
    """Minutes of "pukul tujuh tiga puluh": both in words; beside digits a number in words counts something else."""
    minutes = number(words, place)
    in_words = not _number(words, hour_place) and not _number(words, place)
    return minutes if minutes and in_words and 10 <= minutes[0] <= 59 else None


def _after_range(words: Words, place: int, named: bool) -> int:
    """The place after "- 10.00" or "s.d. selesai": only the beginning matters here."""
    until = connector(words, place)
    if until is None:
        return place
    if words.at(until) == "selesai":
        return until + 1
    again = words.at(until) in _NAMES
    begin = words.after_dot(until + 1) if again else until
    # "jam 9-11" leaves out the second "jam".
    end = _digital(words, begin, again) or _hour(words, begin, named or again)
    return end.end if end else place
