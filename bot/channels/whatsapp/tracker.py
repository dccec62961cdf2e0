"""What goes with every message and comes back with each of its statuses: which attempt of which row it was.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
"""

from datetime import UTC, datetime

_BETWEEN = "@"
_LONGEST_NUMBER = 17  # digits, which every database takes


def tracker(row: int, began: datetime) -> str:
    """The attempt of this row that began at the aware instant, in far fewer characters than the 512 that Meta takes."""
    return f"{row}{_BETWEEN}{began.astimezone(UTC).isoformat()}"


def tracked(text: str) -> tuple[int, datetime] | tuple[None, None]:
    """The row's number, and when the attempt began; nothing where that is no tracker of ours."""
    number, _, began = text.partition(_BETWEEN)
    try:
        instant = datetime.fromisoformat(began)
    except ValueError:
        return None, None
    ours = instant.tzinfo is not None and number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    return (int(number), instant) if ours else (None, None)
