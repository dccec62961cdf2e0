"""A day that was named without its time: it is kept, and the next answer may be the time alone."""

from datetime import datetime

from scheduler.date_phrases import Reason, Unreadable, When, completed, read_when


def read_answer(text: str, said: str, now_local: datetime) -> When | Unreadable:
    """When `text` means; where it is a time and nothing else, the time of the day that was named before (`said`)."""
    whole = completed(said, text) if said else None
    return read_when(whole or text, now_local)


def to_keep(text: str, said: str, why: Unreadable) -> str:
    """What the next answer may complete: this text if only its time is missing, else what was kept so far."""
    return text if why.reason is Reason.TIME_MISSING else said
