"""What /readyz asks of the database and the clock."""

from collections.abc import Callable
from datetime import timedelta

from bot.web.health import Check, Verdict
from scheduler.clock import Clock
from storage.errors import Unavailable
from storage.queries import ledger, settings
from storage.transaction import Database

BACKWARDS = timedelta(minutes=1)  # that a clock may be set back without a person having to look


def database_check(database: Database, trouble: Callable[[], str | None] = lambda: None) -> Check:
    """Can it be worked with? `trouble`: why it could not be, the last time that somebody had to.

    One that is full, or only reads, answers what is asked of it here.
    """

    async def ask() -> Verdict:
        try:
            async with database.concurrent() as session:
                await settings.read(session, "health")
        except Unavailable:
            return {"ok": False}
        why = trouble()
        return {"ok": True} if why is None else {"ok": False, "trouble": why}

    return Check("database", ask)


def clock_check(database: Database, clock: Clock) -> Check:
    """Does it stand behind what was written already? What falls due by such a clock goes out late, or twice a day."""

    async def ask() -> Verdict:
        try:
            async with database.concurrent() as session:
                written = await ledger.last_written(session)
        except Unavailable:
            return {"ok": True, "behind_seconds": None}  # nothing to compare with; the database is told of by itself
        behind = timedelta(0) if written is None else max(timedelta(0), written - clock.now())
        return {"ok": behind <= BACKWARDS, "behind_seconds": round(behind.total_seconds())}

    return Check("clock", ask)
