"""How much Meta takes: of one number in a second, to one person, and to how many who did not write.

https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput and .../messaging-limits; to one
person: https://dualhook.com/docs/capacity-quality-limits
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.graph_chats import Refused

_SECOND, _DAY = timedelta(seconds=1), timedelta(hours=24)
_PAIR = timedelta(seconds=6)  # one message to a person in so long; more at once are borrowed from the time to come
_BURST = 45


@dataclass
class Limits:
    """Counts and refuses, by the clock of the server."""

    per_second: int = 80  # in and out
    persons: int | None = 250  # who did not write within a day, in a moving 24 hours
    refused: list[int] = field(default_factory=list)  # the codes, in order
    _moved: deque[datetime] = field(default_factory=deque)
    _paid: dict[int, datetime] = field(default_factory=dict)  # of each chat: when nothing is borrowed any more
    _first: dict[int, datetime] = field(default_factory=dict)  # of each chat: when it was last written to first

    def hear(self, now: datetime) -> None:
        """Somebody's message goes to the bot."""
        self._moved.append(now)

    def take(self, chat: int, now: datetime, *, first: bool) -> None:
        """A message of the bot's to this chat is taken, or Refused; `first`: its person did not write within a day."""
        while self._moved and self._moved[0] <= now - _SECOND:
            self._moved.popleft()
        if len(self._moved) >= self.per_second:
            raise self._refusal(130429)
        paid = max(self._paid.get(chat, now), now) + _PAIR
        if paid > now + _BURST * _PAIR:
            raise self._refusal(131056)
        others = [at for known, at in self._first.items() if known != chat and at > now - _DAY]
        if first and self.persons is not None and len(others) >= self.persons:
            raise self._refusal(131048)
        self._moved.append(now)
        self._paid[chat] = paid
        if first:
            self._first[chat] = now

    def _refusal(self, code: int) -> Refused:
        self.refused.append(code)
        return Refused(code, "too much at once")
