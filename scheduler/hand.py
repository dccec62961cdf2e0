"""What one channel's sender has in hand: claimed rows by chat, each chat in its order, and when a chat goes on."""

import heapq
from bisect import insort
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from content.message import Message
from scheduler.sender import Destination, LedgerEntry
from storage.models import Priority


class Claim(Struct, frozen=True):
    """A claimed row, ready to leave; `replaces` is the reference of the message that it edits."""

    id: int
    priority: int
    destination: Destination
    group: bool
    message_key: str
    message: Message
    push: int | None = None  # the occurrence that caused it
    due_at: datetime | None = None  # when that fell due
    edits_id: int | None = None
    replaces: str | None = None

    @property
    def chat(self) -> str:
        """Its chat id: the hand is one channel's."""
        return self.destination.chat_id

    @property
    def entry(self) -> LedgerEntry:
        """The row as a channel is told of it."""
        return LedgerEntry(self.id, self.message_key)

    @property
    def about(self) -> dict[str, int | None]:
        """What follows one push through the log."""
        return {"push": self.push, "delivery": self.id}

    @property
    def place(self) -> tuple[int, int]:
        """Smaller leaves first."""
        return (self.priority, self.id)


class Behind(Struct, frozen=True):
    """More rows of a chat wait in the ledger, and are to be looked for from this instant on; what leaves before goes.

    `kind`: what waits, by its priority, and with it all that leaves later. `awaits`: a row that must have left first.
    """

    at: datetime
    kind: int = Priority.PUSH
    awaits: int | None = None


class Hand:
    """Claimed rows. A chat is away while one of its rows is being sent, and may rest until an instant.

    `behind`: chats of which more rows wait in the ledger.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[Claim]] = {}
        self._ready: list[tuple[tuple[int, int], str]] = []  # a heap; an entry that is out of date is skipped
        self._resting: dict[str, datetime] = {}
        self._rests: list[tuple[datetime, str]] = []  # a heap, likewise
        self._edits: dict[int, Claim] = {}
        self._count = 0
        self.away: set[str] = set()
        self.behind: dict[str, Behind] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def awake(self) -> int:
        """How many rows are of chats that do not rest; the others take no room from what may be claimed."""
        return self._count - sum(len(self._rows.get(chat, ())) for chat in self._resting)

    def count(self, chat: str) -> int:
        """How many rows of this chat are in hand."""
        return len(self._rows.get(chat, ()))

    def add(self, claim: Claim) -> Claim | None:
        """Take a row in hand; returns an older edit of the same message, which is let go."""
        outdated = self._edits.get(claim.edits_id) if claim.edits_id is not None else None
        if outdated is not None:
            self._remove(outdated)
        if claim.edits_id is not None:
            self._edits[claim.edits_id] = claim
        insort(self._rows.setdefault(claim.chat, []), claim, key=lambda row: row.place)
        self._count += 1
        self._offer(claim.chat)
        return outdated

    def first(self, now: datetime) -> Claim | None:
        """The row that leaves next, of the chats that neither are away nor rest at `now`."""
        while self._rests and self._rests[0][0] <= now:
            until, chat = heapq.heappop(self._rests)
            if self._resting.get(chat) == until:
                del self._resting[chat]
                self._offer(chat)
        while self._ready:
            place, chat = self._ready[0]
            rows = self._rows.get(chat)
            if rows and rows[0].place == place and self._free(chat):
                return rows[0]
            heapq.heappop(self._ready)
        return None

    def leave(self, claim: Claim) -> None:
        """The row is being sent; its chat waits for it."""
        self._remove(claim)
        self.away.add(claim.chat)

    def back(self, chat: str) -> None:
        """What was being sent to the chat is settled."""
        self.away.discard(chat)
        self._offer(chat)

    def rest(self, chat: str, until: datetime) -> None:
        """The chat may not be written to before this instant."""
        self._resting[chat] = until
        heapq.heappush(self._rests, (until, chat))

    def rows_of(self, chat: str) -> list[int]:
        """The ids of a chat's rows."""
        return [row.id for row in self._rows.get(chat, ())]

    def drop(self, chat: str) -> None:
        """Let go of the rows of a chat."""
        for row in list(self._rows.get(chat, ())):
            self._remove(row)

    def put_back(self, chat: str, until: datetime, priority: int, now: datetime) -> None:
        """A row of the chat was tried and waits until then; only what leaves before its kind overtakes it."""
        known = self.behind.get(chat)
        if known is not None and known.awaits is None and known.at > now:
            until, priority = max(until, known.at), min(priority, known.kind)
        self.behind[chat] = Behind(until, priority)

    def go_on(self, chats: Iterable[str], now: datetime) -> None:
        """What was put back, or awaited, in these chats waits no longer."""
        for chat in chats:
            self.behind[chat] = Behind(now)

    def awaited(self, kind: int = Priority.PUSH) -> dict[str, int]:
        """The chats in which what is of this kind waits for another row to leave, and for which one."""
        waits = self.behind.items()
        return {chat: known.awaits for chat, known in waits if known.awaits is not None and known.kind <= kind}

    def must_wait(self, chat: str, priority: int, now: datetime) -> bool:
        """Whether a row of this priority would overtake one that was put back, or is not looked for yet."""
        known = self.behind.get(chat)
        return known is not None and known.at > now and priority >= known.kind

    def is_looked_into(self, chat: str, now: datetime, *, through: bool) -> None:
        """Rows of the chat were found; `through`: all. Else it is its turn again when all others had theirs."""
        del self.behind[chat]
        if not through:
            self.behind[chat] = Behind(now)

    def goes_on(self) -> datetime | None:
        """The first instant at which a chat no longer rests."""
        while self._rests and self._resting.get(self._rests[0][1]) != self._rests[0][0]:
            heapq.heappop(self._rests)
        return self._rests[0][0] if self._rests else None

    def looks(self) -> datetime | None:
        """The first instant at which more rows of a chat are to be looked for."""
        return min((known.at for chat, known in self.behind.items() if not self.busy(chat)), default=None)

    def to_look_for(self, now: datetime, most: int) -> list[str]:
        """The chats of which more rows may be claimed now."""
        found = [chat for chat, known in self.behind.items() if known.at <= now and not self.busy(chat)]
        return found[:most]

    def busy(self, chat: str) -> bool:
        """Whether rows of the chat are in hand or being sent."""
        return chat in self.away or chat in self._rows

    def _free(self, chat: str) -> bool:
        return chat not in self.away and chat not in self._resting

    def _offer(self, chat: str) -> None:
        rows = self._rows.get(chat)
        if rows and self._free(chat):
            heapq.heappush(self._ready, (rows[0].place, chat))

    def _remove(self, claim: Claim) -> None:
        rows = self._rows[claim.chat]
        rows.remove(claim)
        if not rows:
            del self._rows[claim.chat]
        self._count -= 1
        if claim.edits_id is not None:
            self._edits.pop(claim.edits_id, None)
        self._offer(claim.chat)
