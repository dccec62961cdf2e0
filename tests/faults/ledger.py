"""The ledger of a run beside the log of the server that it spoke with."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from content import markup
from content.message import Message
from scheduler.clock import SystemClock
from scheduler.ledger_check import LOOK_BACK
from storage.column_types import UtcDateTime
from storage.models import DeliveryState
from storage.queries import ledger
from storage.transaction import Database
from tests.faults.telegram import Arrival, FaultyTelegram

_ROWS = text(
    "SELECT id, chat_id, message, state, reason, repeatable, edits_id, attempt, occurrence_id FROM deliveries"
    " ORDER BY id"
)
_UNDONE = text(
    "SELECT (SELECT count(*) FROM deliveries WHERE state IN ('planned', 'claimed', 'sending'))"
    " + (SELECT count(*) FROM occurrences WHERE state = 'planned' AND due_at <= :now)"
).bindparams(bindparam("now", type_=UtcDateTime()))
_UNWRITTEN = text(
    "SELECT o.id, o.state, t.group_id FROM occurrences o JOIN schedule_targets t ON t.schedule_id = o.schedule_id"
    " LEFT JOIN deliveries d ON d.occurrence_id = o.id AND d.group_id = t.group_id"
    " WHERE o.due_at <= :now AND d.id IS NULL ORDER BY o.id, t.group_id"
).bindparams(bindparam("now", type_=UtcDateTime()))
_TOLD = text("SELECT id FROM occurrences WHERE breach_told_at IS NOT NULL ORDER BY id")
_AHEAD = timedelta(minutes=5)  # what falls due by a clock that was moved
_SENDING = text("SELECT count(*) FROM deliveries WHERE state = 'sending'")
_READY = text(
    "SELECT (SELECT count(*) FROM deliveries WHERE state IN ('planned', 'claimed') AND not_before <= :now)"
    " + (SELECT count(*) FROM occurrences WHERE state = 'planned' AND due_at <= :now)"
).bindparams(bindparam("now", type_=UtcDateTime()))


@dataclass(frozen=True)
class Row:
    """A delivery as the ledger has it."""

    id: int
    chat_id: str
    text: str
    state: DeliveryState
    reason: str | None
    repeatable: bool
    attempt: int
    push: int | None


@dataclass
class Verdict:
    """What the two disagree about, in sentences; and the counts."""

    deliveries: int = 0
    arrivals: int = 0
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    repeats: int = 0  # of what may go again
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    @property
    def uncertain(self) -> int:
        """Rows of which nobody knows."""
        return self.states["uncertain"]

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        return self.duplicates + self.lost + self.untrue


class Reader:
    """Reads a database without ever locking it, as a person with a second terminal does."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool)

    async def rows(self) -> list[Row]:
        """Every message of the ledger; edits, which are no messages of their own, are left out."""
        async with self._engine.connect() as connection:
            found = (await connection.execute(_ROWS)).all()
        return [_row(row) for row in found if row.edits_id is None]

    async def sending(self) -> int:
        """Rows whose request may have left."""
        async with self._engine.connect() as connection:
            return (await connection.execute(_SENDING)).scalar_one()

    async def ready(self) -> int:
        """As `undone`, but only what could leave now."""
        async with self._engine.connect() as connection:
            return (await connection.execute(_READY, {"now": SystemClock().now()})).scalar_one()

    async def undone(self, now: datetime | None = None) -> int:
        """Rows that wait, and pushes that are due by `now` (the system's clock) and not posted."""
        async with self._engine.connect() as connection:
            return (await connection.execute(_UNDONE, {"now": now or SystemClock().now()})).scalar_one()

    async def unwritten(self, now: datetime) -> list[tuple[int, str, int]]:
        """Of the pushes that fell due by `now`: push, its state, and a group that has no row of it."""
        async with self._engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(_UNWRITTEN, {"now": now})]

    async def counts(self, now: datetime) -> list[str]:
        """The pushes whose rows do not add up, as the product's own check counts them, or told of already."""
        database, until = Database(self._engine), now + _AHEAD
        async with database.concurrent() as session:
            counts = await ledger.counts(session, now - LOOK_BACK, until, until)
        async with self._engine.connect() as connection:
            told = [row.id for row in await connection.execute(_TOLD)]
        wrong = [f"push {c.occurrence_id}: {c}" for c in counts if c.written != c.found or c.overdue or c.unsettled]
        return wrong + [f"push {number}: told as a breach" for number in told]


def _row(row: Any) -> Row:
    stored = msgspec.json.decode(row.message) if isinstance(row.message, str) else row.message
    message = msgspec.convert(stored, Message)
    return Row(
        row.id,
        row.chat_id,
        markup.write(markup.parse(message.text)),
        DeliveryState(row.state),
        row.reason,
        bool(row.repeatable),
        row.attempt,
        row.occurrence_id,
    )


async def compare(
    reader: Reader,
    server: FaultyTelegram,
    *,
    kills: int = 0,
    now: datetime | None = None,
    explained: Collection[str] = (),
) -> Verdict:
    """Every row of the ledger and every arrival at the server, when nothing waits any more.

    Every push that fell due has a row for each of its groups. Of each message there is either one in its chat and it
    is called sent or uncertain, or none and it is called uncertain, or failed because Telegram refused it. That
    something is missed, cancelled, or failed for another reason is wrong unless the fault explains it (`explained`
    names the states). One that may go again was repeated at most once, and never without need: an answer that said
    nothing, or a process that was killed (`kills`) before it could write the answer down.
    """
    now = now or SystemClock().now()
    rows, verdict = await reader.rows(), Verdict(arrivals=len(server.arrivals))
    arrived: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for arrival in server.arrivals:
        chat = str(server.moved.get(arrival.chat_id, arrival.chat_id))
        arrived[chat, arrival.text].append(arrival)
    written: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        chat = str(server.moved.get(int(row.chat_id), row.chat_id))
        written[chat, row.text].append(row)
        verdict.deliveries += 1
        verdict.states[row.state.value] += 1
    for key in written.keys() | arrived.keys():
        _judge(verdict, key, written[key], arrived[key], kills)
        _ask_why(verdict, key, written[key], arrived[key], explained)
    for push, state, group in await reader.unwritten(now + _AHEAD):
        if state not in explained:
            verdict.lost.append(f"no row: push {push}, {state}, group {group}")
    verdict.untrue += await reader.counts(now)
    return verdict


def _ask_why(
    verdict: Verdict, key: tuple[str, str], rows: list[Row], arrivals: list[Arrival], explained: Collection[str]
) -> None:
    refused = {"failed"} if any(arrival.answered in ("400", "403") for arrival in arrivals) else set()
    for row in rows:
        if row.state in (DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELLED) and (
            row.state.value not in refused.union(explained)
        ):
            verdict.untrue.append(f"without a cause: chat {key[0]}, {key[1][:30]!r}: {row.state.value} ({row.reason})")


def _judge(verdict: Verdict, key: tuple[str, str], rows: list[Row], arrivals: list[Arrival], kills: int) -> None:
    """Rows of the same words in the same chat (nearly always one) and what arrived of them."""
    what = f"chat {key[0]}, {key[1][:30]!r}: {[row.state.value for row in rows]}, {[a.answered for a in arrivals]}"
    by_state = defaultdict(int)
    for row in rows:
        by_state[row.state] += 1
    accepted = sum(arrival.accepted for arrival in arrivals)
    sent, uncertain = by_state[DeliveryState.SENT], by_state[DeliveryState.UNCERTAIN]
    if any(by_state[state] for state in (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING)):
        verdict.lost.append(f"still waiting: {what}")
    if accepted < sent:
        verdict.lost.append(f"called sent, never arrived: {what}")
    more = accepted - sent - uncertain
    if more <= 0:
        return
    repeatable = bool(rows) and all(row.repeatable for row in rows)
    unheard = sum(arrival.answered != "200" for arrival in arrivals if arrival.accepted)
    if not sent and not uncertain:
        verdict.untrue.append(f"arrived, and is called something else: {what}")
    elif repeatable and more <= min(len(rows), unheard + kills):
        verdict.repeats += more
    else:
        verdict.duplicates.append(f"{accepted} times: {what}")
