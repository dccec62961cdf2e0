"""Reading a raw update without trusting it: whatever is not of the expected kind is as good as absent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

Raw = Mapping[str, Any]


def part(raw: Raw, name: str) -> Raw:
    """The object under `name`; empty if there is none."""
    value = raw.get(name)
    return cast("Raw", value) if isinstance(value, dict) else {}


def parts(raw: Raw, name: str) -> list[Raw]:
    """The objects in the list under `name`."""
    value = raw.get(name)
    return [cast("Raw", item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def number(raw: Raw, name: str) -> int | None:
    """The integer under `name`."""
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def words(raw: Raw, name: str) -> str:
    """The text under `name`, without what no database can store (half a surrogate pair, NUL)."""
    value = raw.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def reference(raw: Raw, name: str) -> str | None:
    """The number or non-empty text under `name`, as text."""
    value = number(raw, name)
    return str(value) if value is not None else words(raw, name) or None


def instant(raw: Raw, name: str) -> datetime | None:
    """The unix time under `name`, aware UTC; 0 marks what Telegram does not tell."""
    try:
        return datetime.fromtimestamp(number(raw, name) or 0, UTC) if number(raw, name) else None
    except (OverflowError, OSError, ValueError):
        return None
