"""How late posts are, by the server's own clock: offices due one after another, and all at once, while people chat."""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.clock import SystemClock
from tests.bench import databases
from tests.bench.loopback import PUBLISHED, Arrival, Loopback, loopback
from tests.bench.process import running, sleep_until
from tests.bench.report import Table

PEOPLE = range(1, 21)
_ASK_EVERY = 30.0  # seconds, each person: an answer is read before the next question
_STARTS_WITHIN = 20.0  # seconds: the process's own start, and its housekeeping
_COLUMNS = ("due", "posts", "first", "p50", "p99", "last", "refused (429)", "questions", "answers p50", "answers p95")
_QUESTION = (
    b'{"update_id":%%d,"message":{"message_id":%d,"date":%d,"text":"/nilai",'
    b'"entities":[{"type":"bot_command","offset":0,"length":6}],'
    b'"chat":{"id":%d,"type":"private","first_name":"Anggota"},'
    b'"from":{"id":%d,"is_bot":false,"first_name":"Anggota"}}}'
)


def run(*, offices: int = 1_000, spread: float = 60.0) -> Table:
    """Due at different instants over `spread` seconds; then, with a fresh database, all at one instant."""
    table = Table(f"Lateness of {offices:,} offices' readings, 20 people chatting", _COLUMNS, [], failures=[])
    table.notes = ["apel run on SQLite, Telegram's published limits enforced by the server. Seconds; answers in ms."]
    staggered = [timedelta(seconds=spread * number / offices) for number in range(offices)]
    late, answers = _measure(table, f"over {spread:g} s", staggered, spread + 5)
    if _percentile(late, 99) > 1:
        table.failures.append(f"p99 is {_percentile(late, 99):.2f} s late; promised is 1 s")
    allowed = offices / PUBLISHED.per_second + 2
    late, more = _measure(table, "all at once", [timedelta()] * offices, allowed + 10)
    if late[0] > 1 or late[-1] > allowed:
        table.failures.append(
            f"all at once: the first {late[0]:.1f} s, the last {late[-1]:.1f} s late; promised are 1 s and {allowed:.1f} s"
        )
    for name, waits in (("over time", answers), ("all at once", more)):
        if _percentile(waits, 95) > 0.3:
            table.failures.append(f"{name}: answers p95 {_percentile(waits, 95) * 1000:.0f} ms; promised are 300 ms")
    return table


def _measure(table: Table, due: str, after: Sequence[timedelta], seconds: float) -> tuple[list[float], list[float]]:
    """One run; how late each post was and how long each answer took, in seconds, sorted."""
    begin = SystemClock().now() + timedelta(seconds=_STARTS_WITHIN)
    monotonic = time.monotonic() + _STARTS_WITHIN
    with databases.sqlite() as url, tempfile.TemporaryDirectory() as place, loopback(PUBLISHED) as server:
        asyncio.run(_fill(url, [begin + wait for wait in after]))
        with running(server, url, Path(place) / "log"):
            sleep_until(monotonic - 3)
            asked = _chat(server, until=monotonic + seconds)
            time.sleep(1)
            arrivals = server.arrivals()
    posts = {arrival.chat_id: arrival.at for arrival in arrivals if arrival.accepted and arrival.chat_id < 0}
    if missing := len(after) - len(posts):
        table.failures.append(f"{due}: {missing} posts had not arrived {seconds:.0f} s after the first was due")
    end = monotonic + seconds  # counted as if they had arrived then
    late = sorted(
        posts.get(-number, end) - monotonic - wait.total_seconds() for number, wait in enumerate(after, start=1)
    )
    answers = sorted(_waits(asked, arrivals))
    refused = sum(not arrival.accepted for arrival in arrivals)
    figures = (late[0], statistics.median(late), _percentile(late, 99), late[-1])
    table.rows.append(
        (
            due,
            str(len(after)),
            *(f"{figure:.2f} s" for figure in figures),
            str(refused),
            str(len(answers)),
            f"{statistics.median(answers) * 1000:.0f} ms",
            f"{_percentile(answers, 95) * 1000:.0f} ms",
        )
    )
    return late, answers


async def _fill(url: str, due: Sequence[datetime]) -> None:
    async with databases.opened(url) as database:
        await databases.fill_with_offices(database, due, people=PEOPLE)


def _chat(server: Loopback, until: float) -> list[tuple[int, float]]:
    """Let the people ask in turn; who asked, and when."""
    asked: list[tuple[int, float]] = []
    for number, person in enumerate(itertools.cycle(PEOPLE)):
        if time.monotonic() >= until:
            return asked
        server.push(_QUESTION % (number, time.time(), person, person))
        asked.append((person, time.monotonic()))
        time.sleep(_ASK_EVERY / len(PEOPLE))
    raise AssertionError("people never tire")


def _waits(asked: Sequence[tuple[int, float]], arrivals: Sequence[Arrival]) -> list[float]:
    """Seconds from each question to the first message into its chat after it; unanswered ones count as a minute."""
    by_person: Callable[[int], list[float]] = lambda person: [  # noqa: E731
        arrival.at for arrival in arrivals if arrival.chat_id == person and arrival.accepted
    ]
    answers = {person: by_person(person) for person in PEOPLE}
    return [min((at - when for at in answers[person] if at > when), default=60.0) for person, when in asked]


def _percentile(figures: Sequence[float], percent: int) -> float:
    return sorted(figures)[min(len(figures) - 1, len(figures) * percent // 100)]
