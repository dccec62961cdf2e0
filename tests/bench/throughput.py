"""Unthrottled: how many messages a second one core sends, ledger included, beside bare sends of the peers."""

import asyncio
import gc
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import partial

from msgspec import Struct

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.sending import TelegramSender
from content.regulation_loader import load_regulations
from scheduler.clock import SystemClock
from scheduler.rate_limit import Limits
from scheduler.worker import Worker
from tests.bench import databases, peers
from tests.bench.loopback import Loopback, loopback, own_core
from tests.bench.report import Table

OURS = "ours: outbox and ledger, SQLite"
GATHERED = "python-telegram-bot, gathered"
AIOGRAM = "aiogram, gathered"
PEERS = (
    "python-telegram-bot, one by one",
    GATHERED,
    "python-telegram-bot, AIORateLimiter without limits",
    AIOGRAM,
    "bare aiohttp, gathered",
)
LEAST = {GATHERED: 3.0, AIOGRAM: 1.5}  # ours must be so many times as fast, ledger included; the goal for aiogram is 2
_WARM_UP = 250  # messages: every connection is open
_AT_ONCE = Limits(per_second=1_000).at_once  # as for who pays Telegram for broadcasts
_COLUMNS = ("sender", "messages", "messages/s", "CPU ms a message", "ours is faster by")


class Figure(Struct):
    """One run."""

    messages: int
    wall: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.messages / self.wall


async def _measured(
    server: Loopback,
    count: int,
    run: Callable[[int], Awaitable[object]],
    prepare: Callable[[int], Awaitable[object]] = lambda _: asyncio.sleep(0),
) -> Figure:
    """`run(count)` once everything that is done but once has been done: connections, compiled statements, models."""
    await prepare(_WARM_UP)
    await run(_WARM_UP)
    server.arrivals()
    await prepare(count)
    gc.freeze()  # as `apel run` does; and no peer pays for what the others have imported
    wall, cpu = time.perf_counter(), time.process_time()
    await run(count)
    return Figure(count, time.perf_counter() - wall, time.process_time() - cpu)


async def _ours(server: Loopback, url: str, count: int) -> Figure:
    clock, connection = SystemClock(), Connection(server.token, server.origin, at_once=_AT_ONCE)
    async with databases.opened(url) as database:
        sender = TelegramSender(connection.bot, clock)
        worker = Worker(database, clock, {databases.CHANNEL: sender}, load_regulations(), at_once=_AT_ONCE)
        figure = await _measured(
            server,
            count,
            lambda _: worker.tick(clock.now()),
            lambda count: databases.fill_with_deliveries(database, count),
        )
        await worker.close()
    await connection.close()
    return figure


def _with_ledger(database: Callable[[], AbstractContextManager[str]], server: Loopback, count: int) -> Figure:
    with database() as url:
        figure = asyncio.run(_ours(server, url, count))
    _each_once(server, count)
    return figure


async def _bare(contender: str, server: Loopback, count: int) -> Figure:
    if contender == AIOGRAM:
        async with peers.aiogram_bot(server) as send:
            return await _measured(server, count, partial(peers.gathered, send))
    if contender == "bare aiohttp, gathered":
        async with peers.bare_aiohttp(server) as send:
            return await _measured(server, count, partial(peers.gathered, send))
    limiter = peers.unlimited() if "AIORateLimiter" in contender else None
    drive = peers.one_by_one if "one by one" in contender else peers.gathered
    async with peers.python_telegram_bot(server, limiter=limiter) as send:
        return await _measured(server, count, partial(drive, send))


def _peer(contender: str, server: Loopback, count: int) -> Figure:
    figure = asyncio.run(_bare(contender, server, count))
    _each_once(server, count)
    return figure


def _each_once(server: Loopback, count: int) -> None:
    seen = Counter(arrival.number for arrival in server.arrivals())
    if seen != Counter(range(count)):
        raise AssertionError(
            f"{count} were to arrive, each once; {len(seen)} did, the most frequent {seen.most_common(1)}"
        )


def run(
    *,
    ours: int = 20_000,
    theirs: int = 1_000,
    rounds: int = 3,
    with_postgresql: bool = True,
    only_compared: bool = False,
) -> Table:
    """Every contender in turn, `rounds` times over, so that all of them meet the machine's good and bad moments."""
    contenders: dict[str, Callable[[Loopback], Figure]] = {OURS: lambda s: _with_ledger(databases.sqlite, s, ours)}
    if with_postgresql:
        contenders["ours: outbox and ledger, PostgreSQL"] = lambda s: _with_ledger(databases.postgresql, s, ours)
    for name in LEAST if only_compared else PEERS:
        contenders[name] = lambda s, name=name: _peer(name, s, theirs)
    figures: dict[str, list[Figure]] = {name: [] for name in contenders}
    with loopback() as server:
        own_core()
        for _ in range(rounds):
            for name, measure in contenders.items():
                figures[name].append(measure(server))
    return _table(figures)


def _table(figures: dict[str, list[Figure]]) -> Table:
    speed = {name: statistics.median(figure.per_second for figure in own) for name, own in figures.items()}
    cpu = {
        name: statistics.median(figure.cpu / figure.messages * 1000 for figure in own) for name, own in figures.items()
    }
    times = {name: _times(figures[OURS], own) for name, own in figures.items() if name != OURS}
    rows = [
        (
            name,
            f"{own[0].messages:,}",
            f"{speed[name]:,.0f}",
            f"{cpu[name]:.2f}",
            f"{times[name]:.1f}" if name in times else "",
        )
        for name, own in figures.items()
    ]
    failures = [
        f"ours is {times[name]:.2f} times as fast as {name}; the least is {least:g}"
        for name, least in LEAST.items()
        if times[name] < least
    ]
    rounds = len(figures[OURS])
    notes = f"Medians of {rounds} rounds. At most {_AT_ONCE} requests in flight, of the peers {peers.AT_ONCE}; they keep no ledger."
    return Table("Unthrottled sends", _COLUMNS, rows, [notes], failures)


def _times(ours: list[Figure], theirs: list[Figure]) -> float:
    """How many times as fast ours is: each round compares what the machine did in the same moments."""
    return statistics.median(own.per_second / peer.per_second for own, peer in zip(ours, theirs, strict=True))
