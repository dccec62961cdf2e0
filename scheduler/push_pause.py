"""Pushes that a channel refuses while it takes replies: until when none leaves, and one on trial afterwards."""

from datetime import UTC, datetime, timedelta

_TRIED_FOR = timedelta(seconds=60)  # so long nothing may be known of the one on trial; then it is another's turn


class PushPause:
    """What is known of it. `opens`: the aware instant before which no push leaves; None: they are not refused."""

    def __init__(self, settles_within: timedelta) -> None:
        """`settles_within`: so long the channel may take to refuse what it has accepted."""
        self.opens: datetime | None = None
        self._settles_within = settles_within
        self._since = datetime.min.replace(tzinfo=UTC)  # when the last refusal was known
        self._taken = False  # one that left after that was accepted

    def shift(self, by: timedelta) -> None:
        """The clock was set by so much."""
        if self.opens is not None:
            self.opens, self._since = self.opens + by, self._since + by

    def refused(self, now: datetime, until: datetime) -> None:
        """It is known at `now` that none is taken `until` then; what is known already changes nothing."""
        if self.opens is None or until > self.opens:
            self.opens, self._since, self._taken = until, now, False

    def lets(self, now: datetime) -> bool:
        """Whether one may leave, on trial: then no other does before it is answered."""
        if self.opens is None or self.opens > now:
            return self.opens is None
        self.opens = now + _TRIED_FOR
        return True

    def accepted(self, left: datetime, now: datetime) -> None:
        """One that left then was accepted; where refusals may come later, the first one has its time for that."""
        if self.opens is None or left < self._since:
            return
        if self._taken or not self._settles_within:
            self.opens = None
        else:
            self.opens, self._taken = now + self._settles_within, True
