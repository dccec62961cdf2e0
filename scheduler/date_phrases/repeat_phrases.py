"""How often, as people say it: "setiap Jumat", "tiap hari kerja", "Senin pertama tiap bulan", "akhir bulan"."""

from scheduler.date_phrases.clock_phrases import part_of_day
from scheduler.date_phrases.pieces import Every, Except, Found, MonthEnd, Nth, OnDate, OnWorkingDays, Unit
from scheduler.date_phrases.words import WEEKDAYS, Words, number

_EVERY = {"setiap", "tiap", "saban"}
_UNITS = {"bulan": Unit.MONTH, "bln": Unit.MONTH, "tahun": Unit.YEAR, "thn": Unit.YEAR, "pekan": Unit.WEEK}
_COUNTED = {"hari", "minggu", "pekan", "bulan", "tahun"}
_ONCE_A = {"seminggu": Unit.WEEK, "sepekan": Unit.WEEK, "sebulan": Unit.MONTH, "setahun": Unit.YEAR}
_ORDINALS = {"pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4, "kelima": 5, "terakhir": -1}


def every(words: Words, place: int) -> Found | None:
    """Setiap with what it counts; what is only named by it ("Senin", "tanggal 17") is left to stand."""
    if words.at(place) not in _EVERY:
        return _once_in(words, place)
    place += 1
    if words.at(place) == "-" and words.at(place + 1) in _EVERY:
        place += 2
    count = number(words, place)
    if count and words.at(count[1]) in _COUNTED:
        end = count[1] + 1
        return Found((Every(Unit.SEVERAL),), end + 1 if words.at(end) == "sekali" else end)
    return _unit(words, place)


def _unit(words: Words, place: int) -> Found:
    word, following = words.at(place), words.at(place + 1)
    if word in _UNITS:
        return Found((Every(_UNITS[word]),), place + 1)
    if word == "minggu":
        return Found((Every(Unit.WEEK if following in {"hari", *WEEKDAYS} else Unit.WEEK_OR_SUNDAY),), place + 1)
    if word == "hari" and following not in WEEKDAYS and following not in {"kerja", "terakhir"}:
        return Found((Every(Unit.DAY),), place + 1)
    # "setiap pagi" names the part of every day, "setiap malam Jumat" that of one.
    if part_of_day(words, place) and following not in WEEKDAYS and following != "hari":
        return Found((Every(Unit.DAY),), place)
    return Found((Every(Unit.UNSAID),), place)


def _once_in(words: Words, place: int) -> Found | None:
    if words.at(place) in _ONCE_A and words.at(place + 1) == "sekali":
        return Found((Every(_ONCE_A[words.at(place)]),), place + 2)
    count = number(words, place)
    if count and words.at(count[1]) in _COUNTED and words.at(count[1] + 1) == "sekali":
        return Found((Every(Unit.SEVERAL),), count[1] + 2)
    return None


def working_days(words: Words, place: int) -> Found | None:
    """Hari kerja, first of all or last of the month by the word behind it."""
    if words.at(place) in {"hari", "hr"} and words.at(place + 1) == "kerja":
        return Found((OnWorkingDays(),), place + 2)
    return None


def month_edge(words: Words, place: int) -> Found | None:
    """Akhir bulan, hari terakhir (of a month), awal bulan."""
    match words.at(place), words.at(place + 1):
        case ("akhir", "bulan"):
            return Found((MonthEnd(),), place + 2)
        case ("hari", "terakhir"):
            return Found((MonthEnd(),), place + 2)
        case ("awal", "bulan"):
            return Found((OnDate(1),), place + 2)
    return None


def nth(words: Words, place: int) -> Found | None:
    """Pertama to kelima, terakhir, ke-2."""
    ordinal = _ORDINALS.get(words.at(place))
    if ordinal is not None:
        return Found((Nth(ordinal),), place + 1)
    if words.at(place) != "ke":
        return None
    count = number(words, place + 2 if words.at(place + 1) == "-" else place + 1)
    return Found((Nth(count[0]),), count[1]) if count else None


def exception(words: Words, place: int) -> Found | None:
    """Kecuali, selain."""
    return Found((Except(),), place + 1) if words.at(place) in {"kecuali", "selain"} else None
