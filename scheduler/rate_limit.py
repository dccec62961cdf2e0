"""How fast may it leave: counts over a sliding window, as arithmetic on a given instant; nothing sleeps here.

What is pushed leaves evenly over the window, not in one burst at its start: requests that leave together arrive in any
order and nearer to those of the next burst, and a server that counts by arrival refuses some. Replies need not wait for
their place in that row, only for room in the window.

Telegram publishes about 30 messages a second over all chats, one a second in a chat and 20 a minute in a group
(core.telegram.org/bots/faq, "My bot is hitting limits"). They move, so each is a setting; a 429 is expected anyway.
"""

from collections import deque
from datetime import UTC, datetime, timedelta

from msgspec import Struct

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
# Requests leave in order and arrive some milliseconds nearer to each other: a window is so much longer here than at
# the server. More would cost more than two per cent of an allowance by the second.
SLACK = timedelta(milliseconds=12)
CATCH_UP = timedelta(milliseconds=100)  # who was held up for so long at most goes on as if nothing had been
FEWEST_AT_ONCE = 50
_SLOW_ANSWER = timedelta(milliseconds=250)  # from the other side of the world
_FORGET_ABOVE = 10_000  # chats remembered before the idle ones are dropped


class Limits(Struct, frozen=True):
    """At most so many messages in any window of that length."""

    per_second: int = 30  # of the whole channel
    per_chat_second: int = 1
    per_group_minute: int = 20
    per_private: tuple[int, timedelta] | None = None  # so many to one person in this time

    @property
    def at_once(self) -> int:
        """Requests in flight that use the allowance up where answers are slow; Telegram answers 429 to far more."""
        return max(FEWEST_AT_ONCE, round(self.per_second * (_SLOW_ANSWER / SECOND)))


class Permit(Struct):
    """One message may leave; `at` is moved to the instant at which it really did."""

    at: datetime


class _Window:
    """The last `count` permits; one more is allowed when the oldest of them is `span` old."""

    def __init__(self, count: int, span: timedelta) -> None:
        self._permits: deque[Permit] = deque(maxlen=count)
        self._count, self._span = count, span + SLACK

    def earliest(self, now: datetime) -> datetime:
        if len(self._permits) < self._count:
            return now
        return max(now, self._permits[0].at + self._span)

    def take(self, permit: Permit) -> None:
        self._permits.append(permit)

    def idle(self, now: datetime) -> bool:
        return not self._permits or self._permits[-1].at + self._span <= now


class _Pace:
    """One place every so often; places that were missed by a little are made up for."""

    def __init__(self, per_second: int) -> None:
        self._every = SECOND / per_second
        self._next = datetime.min.replace(tzinfo=UTC) + CATCH_UP

    def earliest(self, now: datetime) -> datetime:
        return max(now, self._next)

    def take(self, at: datetime) -> None:
        # never further away than a second: more may have left than the limit allows, before it was lowered
        self._next = min(max(self._next, at - CATCH_UP) + self._every, at + SECOND)


class RateLimit:
    """The limits of one channel, with the pauses that the channel itself asked for."""

    def __init__(self, limits: Limits | None) -> None:
        """`limits` None: nothing but pauses is kept."""
        self._limits = limits
        self._whole = _Window(limits.per_second, SECOND) if limits else None
        self._pace = _Pace(limits.per_second) if limits else None
        self._chats: dict[str, list[_Window]] = {}
        self._paused: dict[str, datetime] = {}
        self._all_paused: datetime | None = None
        # the chat whose 429 nothing that was accepted has followed yet, and when that arrived
        self._throttled: tuple[str, datetime] | None = None

    @property
    def longest(self) -> timedelta:
        """For how long at most a message counts."""
        return max(MINUTE, self._limits.per_private[1]) if self._limits and self._limits.per_private else MINUTE

    def paused(self, now: datetime) -> datetime:
        """The instant until which the whole channel is paused; `now` if it is not."""
        return now if self._all_paused is None else max(now, self._all_paused)

    def whole(self, now: datetime, *, evenly: bool = False) -> datetime:
        """The instant from which the channel as a whole takes one more message; `now` if at once.

        `evenly`: it waits for its place among the others of its second, too.
        """
        instant = self.paused(now)
        if self._whole is not None:
            instant = max(instant, self._whole.earliest(now))
        return max(instant, self._pace.earliest(now)) if self._pace is not None and evenly else instant

    def earliest(self, chat_id: str, now: datetime, *, group: bool, evenly: bool = False) -> datetime:
        """The instant from which one message to this chat may leave; `now` if at once. Takes nothing."""
        instant = max(self.whole(now, evenly=evenly), self._paused.get(chat_id, now))
        for window in self._of(chat_id, group=group):
            instant = max(instant, window.earliest(now))
        return instant

    def take(self, chat_id: str, at: datetime, *, group: bool) -> Permit:
        """A message to this chat leaves: it counts from now on."""
        permit = Permit(at)
        if self._whole is not None and self._pace is not None:
            self._whole.take(permit)
            self._pace.take(at)
        for window in self._of(chat_id, group=group):
            window.take(permit)
        return permit

    def accepted(self) -> None:
        """The server took a message: a 429 before it concerned that chat and not all of them."""
        self._throttled = None

    def throttled(self, chat_id: str, until: datetime, *, left: datetime, now: datetime) -> bool:
        """The server answered 429 `now`, for a request to this chat which `left` then.

        Returns whether it concerns the whole channel, which then waits as long. It does once a second chat is told to
        wait, nothing was accepted in between, no minute has passed, and that request left when the first 429 was known:
        two chats that were written to at once may each have reached a limit of their own.
        """
        if self._throttled is None or self._throttled[1] + MINUTE < now:
            self._throttled = (chat_id, now)
        first, known = self._throttled
        everywhere = chat_id != first and left > known
        self.pause(until, None if everywhere else chat_id)
        return everywhere

    def pause(self, until: datetime, chat_id: str | None = None) -> None:
        """Let nothing leave for this chat (None: for the whole channel) before `until`; never shortened."""
        if chat_id is None:
            self._all_paused = max(until, self._all_paused or until)
        else:
            self._paused[chat_id] = max(until, self._paused.get(chat_id, until))

    def shift(self, by: timedelta) -> None:
        """The clock was set by so much: what was counted lies at no known instant, and pauses are as long as before."""
        self._chats.clear()
        self._throttled = None
        self._paused = {chat: until + by for chat, until in self._paused.items()}
        if self._all_paused is not None:
            self._all_paused += by
        if self._limits is not None:
            self._whole, self._pace = _Window(self._limits.per_second, SECOND), _Pace(self._limits.per_second)

    def forget_idle(self, now: datetime) -> None:
        """Drop what no longer limits anything, once many chats are remembered."""
        if len(self._paused) > _FORGET_ABOVE:
            self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        if len(self._chats) > _FORGET_ABOVE:
            busy = {chat: windows for chat, windows in self._chats.items() if not all(w.idle(now) for w in windows)}
            self._chats = busy

    def _of(self, chat_id: str, *, group: bool) -> list[_Window]:
        if self._limits is None:
            return []
        windows = self._chats.get(chat_id)
        if windows is None:
            windows = self._chats[chat_id] = [_Window(self._limits.per_chat_second, SECOND)]
        if len(windows) == 1 and group:
            windows.append(_Window(self._limits.per_group_minute, MINUTE))
        elif len(windows) == 1 and self._limits.per_private is not None:
            windows.append(_Window(*self._limits.per_private))
        return windows
