"""How long a channel is left alone that takes nothing just now and does not tell for how long."""

from datetime import datetime, timedelta
from random import Random

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=5)
_DOUBLINGS = 10


class Backoff:
    """Twice as long after each refusal in a row, and by chance up to half as long again; a success ends it.

    Of requests that left before a refusal was known only that one refusal counts.
    """

    def __init__(self, random: Random) -> None:
        """`random`: so that several who are refused together do not come back together."""
        self._random = random
        self._refusals = 0
        self._known: datetime | None = None
        self._until: datetime | None = None

    @property
    def on_trial(self) -> bool:
        """Whether what leaves next is to find out if anything is taken again: one request is enough for that."""
        return self._refusals > 0

    def refused(self, left: datetime, now: datetime) -> datetime:
        """A request that left then was refused `now` (both aware); until when nothing is to leave."""
        if self._known is None or left > self._known:
            wait = min(LONGEST, FIRST * (1 << min(self._refusals, _DOUBLINGS)))
            self._refusals += 1
            self._known, self._until = now, now + wait * (1 + self._random.random() / 2)
        return self._until or now

    def shift(self, by: timedelta) -> None:
        """The clock was set by so much."""
        self._known, self._until = self._known and self._known + by, self._until and self._until + by

    def accepted(self, left: datetime) -> None:
        """A request that left then was taken."""
        if self._known is None or left > self._known:
            self._refusals, self._known = 0, None
