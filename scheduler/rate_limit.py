"""How fast may it leave: counts over a sliding window, as arithmetic on a given instant; nothing sleeps here.

Telegram publishes about 30 messages a second over all chats, one a second in a chat and 20 a minute in a group
(core.telegram.org/bots/faq, "My bot is hitting limits"). They move, so each is a setting; a 429 is expected anyway.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
_FORGET_ABOVE = 10_000  # chats remembered before the idle ones are dropped


class Limits(Struct, frozen=True):
    """At most so many messages in any window of that length."""

    per_second: int = 30  # of the whole channel
    per_chat_second: int = 1
    per_group_minute: int = 20


class _Window:
    """The instants of the last `count` permits; one more is allowed when the oldest of them is `span` old."""

    def __init__(self, count: int, span: timedelta) -> None:
        self._permits: deque[datetime] = deque(maxlen=count)
        self._span = span

    def earliest(self, now: datetime) -> datetime:
        if len(self._permits) < (self._permits.maxlen or 1):
            return now
        return max(now, self._permits[0] + self._span)

    def take(self, at: datetime) -> None:
        self._permits.append(at)

    def idle(self, now: datetime) -> bool:
        return not self._permits or self._permits[-1] + self._span <= now


class RateLimit:
    """The limits of one channel, with the pauses that the channel itself asked for."""

    def __init__(self, limits: Limits | None) -> None:
        """`limits` None: nothing but holds is kept."""
        self._limits = limits
        self._whole = [_Window(limits.per_second, SECOND)] if limits else []
        self._chats: dict[str, list[_Window]] = {}
        self._held: dict[str | None, datetime] = {}

    def earliest(self, chat_id: str, now: datetime, *, group: bool) -> datetime:
        """The instant from which one message to this chat may leave; `now` if at once. Takes nothing."""
        holds = [self._held[key] for key in (chat_id, None) if key in self._held]
        windows = [*self._whole, *self._of(chat_id, group=group)]
        return max([now, *holds, *(window.earliest(now) for window in windows)])

    def permit(self, chat_id: str, now: datetime, *, group: bool) -> datetime:
        """As `earliest`; where the answer is `now`, the permit is taken and counts."""
        instant = self.earliest(chat_id, now, group=group)
        if instant == now:
            for window in [*self._whole, *self._of(chat_id, group=group)]:
                window.take(now)
        return instant

    def hold(self, until: datetime, chat_id: str | None = None) -> None:
        """Let nothing leave for this chat (None: for the whole channel) before `until`."""
        self._held[chat_id] = max(until, self._held.get(chat_id, until))

    def _of(self, chat_id: str, *, group: bool) -> Iterable[_Window]:
        if self._limits is None:
            return ()
        windows = self._chats.setdefault(chat_id, [_Window(self._limits.per_chat_second, SECOND)])
        if group and len(windows) == 1:
            windows.append(_Window(self._limits.per_group_minute, MINUTE))
        return windows

    def forget_idle(self, now: datetime) -> None:
        """Drop what no longer limits anything, once many chats are remembered."""
        self._held = {key: until for key, until in self._held.items() if until > now}
        if len(self._chats) > _FORGET_ABOVE:
            busy = {chat: windows for chat, windows in self._chats.items() if not all(w.idle(now) for w in windows)}
            self._chats = busy
