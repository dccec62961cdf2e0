"""How long to wait before a failed call to Telegram is tried again."""

from telegram.error import RetryAfter

from bot.channels.telegram import refusals

LONGEST_PAUSE = 30.0  # seconds
_DOUBLINGS = 5  # a long outage counts thousands of failures: no power of two is taken of those


def pause_seconds(error: Exception, failures: int) -> float:
    """Seconds until the next try after `failures` (1, 2, ...) in a row: 1, 2, 4 ... 30, or what Telegram asks for."""
    if isinstance(error, RetryAfter):
        return refusals.wait(error).total_seconds()
    if refusals.is_throttled(error):
        return refusals.UNTOLD_WAIT.total_seconds()
    return min(2.0 ** min(failures - 1, _DOUBLINGS), LONGEST_PAUSE)
