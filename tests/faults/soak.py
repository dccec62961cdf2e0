"""python -m tests.faults.soak: two replicas on one PostgreSQL, thousands of messages, and whatever can go wrong.

The seed that it prints makes the same plan again: what is done to the processes in which order, and how the first, the
second, the thousandth message to arrive is answered. Which message that is, and when, is up to the machine.
Exit status 1 unless nothing came twice, nothing was lost, missed or refused without a cause, no more is uncertain than
was in flight when a process was killed or an answer was lost, no replica ended by itself while it had a database, each
that was told to stop ended well, and another went on within ten seconds.
"""

import argparse
import asyncio
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from scheduler.clock import SystemClock
from storage.engine import make_engine
from storage.migrate import upgrade
from storage.transaction import Database
from tests.fakes import telegram_faults as faults
from tests.faults import office
from tests.faults.bot import Plain, environment, process_state, until
from tests.faults.ledger import Reader, Verdict, compare
from tests.faults.telegram import Arrival, FaultyTelegram, Late
from tests.postgres import Postgres

GROUPS = 200
PER_SECOND = 14  # messages on average: half of what Telegram lets through
PATIENCE = 240.0  # seconds for the rest, once nothing goes wrong any more
GOES_ON_WITHIN = 10.0  # seconds, with a database
_SAMPLE = 0.25
_AWAY_STILL = 10.0  # seconds after its start for which a database may turn away who begins


@dataclass
class Soak:
    """One run: what it works with, and what it counts."""

    seconds: float
    seed: int
    server: FaultyTelegram
    postgres: Postgres
    url: str
    log: Path
    replicas: list[Plain] = field(default_factory=list)
    reader: Reader = field(init=False)
    plan: random.Random = field(init=False)  # of what is done to the processes
    harm: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0  # summed over the kills
    harmed: int | None = None  # which replica is being dealt with
    last_harm: str = "nothing"
    database_away: bool = False
    silence: tuple[float, str] = (0.0, "nothing")  # the longest, and what was done last before it ended

    def __post_init__(self) -> None:
        self.reader = Reader(self.url)
        self.plan = random.Random(f"{self.seed}/harm")  # noqa: S311  faults need no secrecy

    def start(self) -> Plain:
        """One more replica."""
        return Plain(environment(self.server, self.url), self.log)

    def trouble(self, arrival: Arrival) -> faults.Fault | Late | None:
        """One answer in ten is not as it should be."""
        rng = random.Random(f"{self.seed}/{arrival.number}")  # noqa: S311  however many arrived before it
        kinds = {
            "429": (30, lambda: faults.throttled(rng.randint(1, 3))),
            "500": (10, faults.server_error),
            "502": (10, lambda: faults.server_error(502, "Bad Gateway")),
            "slow": (30, lambda: Late(rng.uniform(0.2, 3))),
            "accepted, dropped": (10, faults.lost_answer),
            "dropped": (10, faults.lost_request),
            "broken": (5, faults.broken_answer),
            "never": (1, faults.never_answered),
        }
        place = rng.randrange(1000)
        for name, (share, make) in kinds.items():
            if (place := place - share) < 0:
                self.answers[name] += 1
                return make()
        return None

    async def harm_somebody(self, until_then: float) -> None:
        """Every few seconds one of the replicas is killed, stands still, or is told to stop."""
        while time.monotonic() < until_then:
            await asyncio.sleep(self.plan.uniform(6, 14))
            victim = self.plan.randrange(len(self.replicas))
            what = self.plan.choice([self._kill, self._stand_still, self._terminate])
            self._note(what.__name__.strip("_"))
            self.harmed = victim
            await what(victim)
            self.harmed = None

    async def supervise(self) -> None:
        """Start again what ended by itself (without a database, say), as whoever runs it does."""
        while True:
            await asyncio.sleep(1)
            for number, bot in enumerate(self.replicas):
                if number != self.harmed and bot.ended:
                    self.harm["ended without a database" if self.database_away else "ended by itself"] += 1
                    self.replicas[number] = self.start()

    def _note(self, harm: str) -> None:
        self.harm[harm] += 1
        self.last_harm = harm

    async def _kill(self, victim: int) -> None:
        bot = self.replicas[victim]
        bot.send_signal(signal.SIGKILL)
        await bot.gone()
        self.in_flight += await self._sending()
        await asyncio.sleep(self.plan.uniform(0, 4))
        self.replicas[victim] = self.start()

    async def _stand_still(self, victim: int) -> None:
        bot = self.replicas[victim]
        bot.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.2)
        self.in_flight += await self._sending()
        await asyncio.sleep(self.plan.uniform(1, 14))
        bot.send_signal(signal.SIGCONT)

    async def _terminate(self, victim: int) -> None:
        bot = self.replicas[victim]
        bot.send_signal(signal.SIGTERM)
        await bot.gone()
        self.harm["ended badly"] += bot.status != 0 and not self.database_away
        self.replicas[victim] = self.start()

    async def restart_database(self) -> None:
        """It stops at once, in the middle of whatever it does, and comes back from its log."""
        self._note("database restarted")
        self.database_away = True
        pid = self.postgres._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        await until(lambda: process_state(pid) in ("", "Z"))
        await asyncio.sleep(2)
        await asyncio.to_thread(self.postgres._server.ensure_postgres_running)
        await asyncio.sleep(_AWAY_STILL)
        self.database_away = False

    async def _sending(self) -> int:
        while True:
            with suppress(OSError, DBAPIError):  # the database may be away just now
                return await self.reader.sending()
            await asyncio.sleep(0.2)

    async def watch(self) -> None:
        """The longest time for which messages could have left and none did."""
        arrived, since = 0, time.monotonic()
        while True:
            await asyncio.sleep(_SAMPLE)
            now, count = time.monotonic(), len(self.server.arrivals)
            with suppress(Exception):  # the database is away for a while
                if self.database_away or count != arrived or await self.reader.ready() == 0:
                    arrived, since = count, now
            self.silence = max(self.silence, (now - since, self.last_harm))


async def _prepare(soak: Soak) -> None:
    await upgrade(soak.url)
    database = Database(make_engine(soak.url))
    try:
        now = SystemClock().now()
        await office.office(database, soak.server, due=now + timedelta(hours=3), groups=GROUPS)
        count = max(2, int(soak.seconds * PER_SECOND / GROUPS))
        span = soak.seconds * 0.85
        due = [now + timedelta(seconds=10 + span * n / count) for n in range(count)]
        await office.broadcasts(database, due, groups=GROUPS, late=timedelta(hours=2))
        for n in range(int(soak.seconds // 10)):
            people = range(1000 + 10 * n, 1010 + 10 * n)
            await office.reminders(database, soak.server, people, due=now + timedelta(seconds=10 * n))
    finally:
        await database.close()


async def _run(soak: Soak) -> Verdict:
    await _prepare(soak)
    soak.server.trouble = soak.trouble
    soak.server.limit()
    soak.replicas = [soak.start(), soak.start()]
    begun = time.monotonic()
    watch, supervise = asyncio.create_task(soak.watch()), asyncio.create_task(soak.supervise())
    harm = asyncio.create_task(soak.harm_somebody(begun + soak.seconds * 0.9))
    await asyncio.sleep(soak.seconds / 2)
    await soak.restart_database()
    await harm
    soak.server.trouble = lambda _: None
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while await soak.reader.undone() or time.monotonic() < begun + soak.seconds:  # noqa: ASYNC110  as in `until`
                await asyncio.sleep(0.5)
    watch.cancel()
    supervise.cancel()
    return await compare(soak.reader, soak.server, kills=sum(soak.harm.values()))


def _summary(soak: Soak, verdict: Verdict, seed: int, took: float) -> str:
    unknown, states = soak.server.answers_unknown, dict(verdict.states)
    lines = [
        f"seed {seed}, {took:.0f} s, {GROUPS} groups, 2 replicas on PostgreSQL",
        f"done to the processes: {dict(soak.harm)}",
        f"done to the answers: {dict(soak.answers)}",
        f"deliveries {verdict.deliveries}, arrivals {verdict.arrivals}, states {states}",
        f"duplicates {len(verdict.duplicates)}, lost {len(verdict.lost)}, untrue {len(verdict.untrue)}",
        f"uncertain {verdict.uncertain}; in flight at kills {soak.in_flight}, answers lost {unknown}",
        f"repeated, where that is declared harmless: {verdict.repeats}",
        f"longest time for which nothing left though something could: {soak.silence[0]:.1f} s ({soak.silence[1]})",
        f"429 because of speed: {soak.server.refused_for_speed}",
    ]
    return "\n".join([*lines, *verdict.wrong[:20]])


async def _soak(seconds: float, seed: int) -> bool:
    postgres = Postgres()
    with tempfile.TemporaryDirectory(prefix="apel-soak-") as folder:
        await postgres._do("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()", "CREATE DATABASE soak")
        begun = time.monotonic()
        async with FaultyTelegram() as server:
            soak = Soak(seconds, seed, server, postgres, postgres.url("soak"), Path(folder) / "said.txt")
            try:
                verdict = await _run(soak)
            finally:
                for bot in soak.replicas:
                    bot.send_signal(signal.SIGKILL)
                    await bot.gone()
        _say(_summary(soak, verdict, seed, time.monotonic() - begun))
        if verdict.wrong:
            _say(soak.log.read_text("utf-8")[-20_000:])
    await asyncio.to_thread(postgres.stop)
    return _is_good(soak, verdict)


def _is_good(soak: Soak, verdict: Verdict) -> bool:
    return (
        not verdict.wrong
        and verdict.uncertain <= soak.in_flight + soak.server.answers_unknown
        and not soak.harm["ended by itself"]
        and not soak.harm["ended badly"]
        and soak.silence[0] <= GOES_ON_WITHIN
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run it for so many seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    _say(f"seed {asked.seed}")
    sys.exit(0 if asyncio.run(_soak(asked.seconds, asked.seed)) else 1)


if __name__ == "__main__":
    main()
