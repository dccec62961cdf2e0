"""Indonesian words for a recurrence: "setiap Senin dan Kamis", "hari kerja terakhir setiap bulan"."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from content.date_words import MONTHS, WEEKDAYS, weekday_date_words

_NTH = {1: "pertama", 2: "kedua", 3: "ketiga", 4: "keempat", 5: "kelima", -1: "terakhir"}
_EVERY_DAY = 7
_SUNDAY = 6


def recurrence_words(rule: Mapping[str, Any]) -> str:
    """The words for a rule in its JSON form (`kind` and its fields, as scheduler.recurrence writes it).

    Raises:
        ValueError: a kind that has no words.
    """
    match rule:
        case {"kind": "once", "day": day}:
            return weekday_date_words(date.fromisoformat(day))
        case {"kind": "weekdays", "days": days}:
            return "setiap hari" if len(days) == _EVERY_DAY else f"setiap {_weekdays(days)}"
        case {"kind": "every_working_day"}:
            return "setiap hari kerja"
        case {"kind": "last_working_day"}:
            return "hari kerja terakhir setiap bulan"
        case {"kind": "monthly_day", "day": number}:
            return _monthly(number)
        case {"kind": "yearly_day", "month": month, "day": number}:
            return f"{number} {MONTHS[month - 1]} setiap tahun"
        case {"kind": "nth_weekday", "n": n, "weekday": weekday}:
            return f"{_weekday(weekday)} {_NTH[n]} setiap bulan"
    raise ValueError(f"no words for a recurrence of kind {rule.get('kind')!r}")


def _monthly(number: int) -> str:
    # From the 29th on some months are shorter, and the rule then takes their last day.
    if number == 31:
        return "hari terakhir setiap bulan"
    return f"setiap tanggal {number}" + (" (atau hari terakhir bulan itu)" if number > 28 else "")


def _weekdays(days: Sequence[int]) -> str:
    names = [_weekday(day) for day in days]
    if len(names) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{names[0]} sampai {names[-1]}"
    return " dan ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _weekday(day: int) -> str:
    # "setiap Minggu" would read as "every week".
    return "hari Minggu" if day == _SUNDAY else WEEKDAYS[day]
