"""Indonesian words for dates and times: "Senin, 30 November 2026 pukul 07.30 WITA"."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


def date_words(day: date) -> str:
    """30 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date_words(day: date) -> str:
    """Senin, 30 November 2026."""
    return f"{WEEKDAYS[day.weekday()]}, {date_words(day)}"


def month_words(day: date) -> str:
    """November 2026."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def time_words(at: time | datetime) -> str:
    """07.30."""
    return f"{at.hour:02d}.{at.minute:02d}"


def zone_words(at: datetime) -> str:
    """WIB, WITA or WIT, by the offset of an aware local time; the offset itself elsewhere."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("a zone is asked of a naive time")
    hours = offset.total_seconds() / 3600
    return _ZONES.get(int(hours), f"UTC{hours:+g}") if hours == int(hours) else f"UTC{hours:+g}"


def instant_words(at: datetime, zone: str | None = None) -> str:
    """Senin, 30 November 2026 pukul 07.30 WITA, in `zone` (IANA name) or in the zone the time carries."""
    local = at.astimezone(ZoneInfo(zone)) if zone else at
    return f"{weekday_date_words(local.date())} pukul {time_words(local)} {zone_words(local)}"
