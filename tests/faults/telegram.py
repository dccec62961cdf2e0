"""The loopback Telegram with a log of every message that arrived, trouble by rule, limits, and a network that fails."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.clock import SystemClock
from tests.fakes.http_server import Request, Response
from tests.fakes.telegram_faults import Break, Fault, Hold, Lose, Refuse, throttled
from tests.fakes.telegram_server import TelegramServer, _refusal

_SECOND, _MINUTE = 1.0, 60.0  # sliding, as in `make bench`; messages that a busy machine hands over late are refused


@dataclass
class Arrival:
    """A message that arrived, and what became of it here."""

    at: float  # monotonic seconds
    chat_id: int
    text: str  # as it arrived
    number: int  # from 1, of all arrivals
    accepted: bool = False  # it stands in the chat
    answered: str = "not yet"  # the status, "lost", "broken", "late", or "not yet"

    @property
    def unknown(self) -> bool:
        """Whether its sender cannot tell what became of it."""
        return self.answered not in ("200", "400", "403", "429")


@dataclass(frozen=True)
class Late:
    """Accept at once, answer after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Limits:
    """What is let through; more is answered 429."""

    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20


Trouble = Callable[[Arrival], Fault | Late | None]


class FaultyTelegram(TelegramServer):
    """`trouble` says of each arrival what goes wrong with it. Without `limit` it takes as much as one likes."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.arrivals: list[Arrival] = []
        self.trouble: Trouble = lambda _: None
        self.refused_for_speed = 0
        self.moved: dict[int, int] = {}
        self._windows: _Windows | None = None

    def limit(self, **limits: int) -> None:
        """From now on these limits are kept."""
        self._windows = _Windows(Limits(**limits))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.origin.rpartition(":")[2])

    @property
    def in_flight(self) -> int:
        """Messages that arrived and got no answer."""
        return sum(arrival.answered == "not yet" for arrival in self.arrivals)

    @property
    def answers_unknown(self) -> int:
        """Messages whose sender could not know what became of them: no answer, or none that says."""
        return sum(arrival.unknown for arrival in self.arrivals)

    def accepted(self) -> list[Arrival]:
        """Those that stand in their chats."""
        return [arrival for arrival in self.arrivals if arrival.accepted]

    async def goes_down(self) -> None:
        """From now on connections are refused, and those that stood are broken."""
        await self._http.stop()
        for arrival in self.arrivals:
            if arrival.answered == "not yet":
                arrival.answered = "lost"

    async def comes_up(self) -> None:
        """It listens again where it did."""
        await self._http.start(self.port)

    async def arrived(self, count: int) -> None:
        """Wait until so many messages have arrived in all."""
        while len(self.arrivals) < count:
            await self._next_change()

    async def until_polled(self, patience: float = 30.0) -> None:
        """Wait until the bot asks for updates."""
        async with asyncio.timeout(patience):
            while "getUpdates" not in self.calls:
                await self._next_change()

    async def _with_fault(self, method: str, request: Request) -> Response:
        if not method.startswith("send"):
            return await super()._with_fault(method, request)
        text = request.parameters.get("text") or request.parameters.get("caption") or ""
        chat_id = int(request.parameters["chat_id"])
        arrival = Arrival(time.monotonic(), chat_id, text, len(self.arrivals) + 1)
        self.arrivals.append(arrival)
        self.changed()
        response = await self._meet(arrival, method, request)
        if arrival.answered == "not yet":
            arrival.answered = "lost" if response.lost else str(response.status)
        self.changed()
        return response

    async def _meet(self, arrival: Arrival, method: str, request: Request) -> Response:
        wait = self._windows.wait(arrival.chat_id, arrival.at) if self._windows else 0
        if wait:
            self.refused_for_speed += 1
        fault = throttled(wait) if wait else self.trouble(arrival)
        if isinstance(fault, Refuse):
            return _refusal(fault)
        if isinstance(fault, Hold):
            fault.arrived.set()
            await fault.release.wait()
        response = Response()
        if not isinstance(fault, Break | Lose) or fault.accepted:
            response = await self._call(method, request)
            arrival.accepted = response.status == 200
        if isinstance(fault, Late):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Lose):
            return Response(lost=True)
        if isinstance(fault, Break):
            arrival.answered = "broken"
            return Response(body=fault.body)
        return response


class _Windows:
    """Counts of sliding windows: the whole bot's, each chat's, each group's."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: deque[float] = deque()
        self._chats: defaultdict[int, deque[float]] = defaultdict(deque)

    def wait(self, chat_id: int, at: float) -> int:
        """0 and counted, or the seconds to wait."""
        chat, limits = self._chats[chat_id], self._limits
        while self._all and self._all[0] <= at - _SECOND:
            self._all.popleft()
        while chat and chat[0] <= at - _MINUTE:
            chat.popleft()
        lately = sum(instant > at - _SECOND for instant in chat)
        if len(self._all) >= limits.per_second or lately >= limits.per_chat_second:
            return 1
        if chat_id < 0 and len(chat) >= limits.per_group_minute:
            return int(chat[0] + _MINUTE - at) + 1
        self._all.append(at)
        chat.append(at)
        return 0
