"""To how many persons a day may we write first: arithmetic on what left, as the ledger tells it; nothing sleeps here.

On WhatsApp to 250, 2,000, 10,000, 100,000 or any number in a moving 24 hours, of all numbers of one business together.
https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from datetime import datetime, timedelta

DAY = timedelta(hours=24)
CAUTIOUS = 250  # where the channel does not tell
AFRESH = timedelta(minutes=1)  # after that what left is read again: another process may have acted
_LOOK_AGAIN = timedelta(minutes=15)  # the limit rises by itself
_UNTOLD = timedelta(seconds=10)  # until it is told, soon after the start


class PersonsLimit:
    """Who was written to first in the last 24 hours. `limit` None: no matter; `told`: it is known for certain."""

    def __init__(self, limit: int | None = CAUTIOUS, *, told: bool = False) -> None:
        self.limit, self.told = limit, told
        self._last: dict[str, datetime] = {}
        self._frees: list[datetime] = []  # when each of them counts no longer, in order
        self._places: dict[str, int] = {}  # of those who were told to wait: each is given an instant of its own
        self._read: datetime | None = None

    def is_stale(self, now: datetime) -> bool:
        """Whether `load` is to be called before anything is asked."""
        return self.limit is not None and (self._read is None or not self._read <= now < self._read + AFRESH)

    def load(self, last: Mapping[str, datetime], now: datetime) -> None:
        """`last`: when each person was last written to first, of the last 24 hours, as the ledger has it at `now`."""
        fresh = {chat: at for chat, at in self._last.items() if now - AFRESH < at <= now}  # perhaps not there yet
        self._last = dict(last) | fresh
        self._frees = sorted(at + DAY for at in self._last.values())
        self._places.clear()
        self._read = now

    def opens(self, chat: str, now: datetime) -> datetime:
        """From when on this person may be written to first; `now` if at once. Takes nothing."""
        if self.limit is None or self._last.get(chat, now - DAY) + DAY > now:
            return now
        gone = bisect_right(self._frees, now)
        over = len(self._frees) - gone - self.limit
        if over < 0:
            return now
        place = self._places.setdefault(chat, len(self._places))
        frees = self._frees[min(gone + over + place, len(self._frees) - 1)]
        return min(frees, now + (_LOOK_AGAIN if self.told else _UNTOLD))

    def take(self, chat: str, now: datetime) -> None:
        """This person is written to first, now."""
        before = self._last.get(chat)
        if before is not None:
            del self._frees[bisect_left(self._frees, before + DAY)]
        self._last[chat] = now
        insort(self._frees, now + DAY)
        self._places.pop(chat, None)
