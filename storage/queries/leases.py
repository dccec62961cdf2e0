"""Leases: taken, renewed and let go on the database's own clock, so that no process's clock matters.

SQLite has no clock but that of the machine that works with it: there the `now` that is given counts.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import ColumnElement, func, literal, or_, select, text, update

from storage.column_types import UtcDateTime
from storage.engine import POSTGRESQL
from storage.insert_once import insert_once
from storage.models import Lease
from storage.transaction import Session
from storage.wakeups import announce

_INSTANT = UtcDateTime()
_TERMINATE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :session"
    " AND application_name <> current_setting('application_name') AND usename = current_user"
)


class Taken(Struct, frozen=True):
    """A lease that is ours now, and what stood there before (None: it is the first of its name)."""

    at: datetime  # by the database's clock, aware
    before: str | None = None  # who had it last
    last_alive: datetime | None = None  # when that one last renewed it, aware


async def clock(session: Session, now: datetime) -> datetime:
    """The present instant by the database's clock; the aware `now` itself on SQLite."""
    return (await session.scalars(select(_present(session, now)))).one()


async def take(
    session: Session,
    name: str,
    holder: str,
    lasts: timedelta,
    now: datetime,
    *,
    alone: bool = False,
    stuck: bool = False,
) -> Taken | None:
    """Make `holder` the one who has this lease from now on; None while somebody else's has not lapsed.

    Taking what one has renews it. `alone`: nobody else can be acting, whatever the row says (a file that is locked).
    `stuck`: one that `ends_too_late` has lapsed: nobody renewed it in its time.
    Of several who try at once one succeeds. The connections of a process that let it lapse are ended first: it may
    stand still with locks in its hands, and whatever it was about to write comes too late.
    """
    if not alone:
        if await _is_anothers(session, name, holder, now, lasts if stuck else None):
            return None  # without a lock: whoever waits looks often
        await _end_sessions(session, name)
    row = await session.get(Lease, name, with_for_update=True, populate_existing=True)
    at = await clock(session, now)
    if row is None:
        values = {"name": name, "holder": holder, "until": at + lasts, "renewed_at": at}
        return Taken(at) if await insert_once(session, Lease, values) else None
    if row.holder != holder and row.until > at and not alone and not (stuck and row.until > at + lasts):
        return None
    taken = Taken(at, row.holder, row.renewed_at)
    row.holder, row.until, row.renewed_at = holder, at + lasts, at
    await session.flush()
    return taken


async def ends_too_late(session: Session, names: Collection[str], holder: str, lasts: timedelta, now: datetime) -> bool:
    """Whether another's lease stands for longer than it ever may: the clock was set back since it was renewed."""
    too_late = Lease.until > _later(session, now, lasts)
    query = select(Lease.name).where(Lease.name.in_(names), Lease.holder != holder, too_late).limit(1)
    return (await session.scalars(query)).one_or_none() is not None


async def _is_anothers(session: Session, name: str, holder: str, now: datetime, most: timedelta | None) -> bool:
    """`most`: by so much a lease lies ahead, or it does not count; None: however far."""
    query = select(Lease.name).where(Lease.name == name, Lease.holder != holder, Lease.until > _present(session, now))
    if most is not None:
        query = query.where(Lease.until <= _later(session, now, most))
    return (await session.scalars(query)).one_or_none() is not None


def holder_of(session: str) -> str:
    """A new holder's name, which tells by what a server knows its connections (`storage.engine.session_name`)."""
    return f"{session}/{secrets.token_hex(4)}"


async def _end_sessions(session: Session, name: str) -> None:
    """Of the process that has let this lease lapse without letting it go; never this process's own.

    https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
    """
    if session.get_bind().dialect.name != POSTGRESQL:
        return
    query = select(Lease.holder).where(Lease.name == name, Lease.until > Lease.renewed_at)
    if (lapsed := (await session.scalars(query)).one_or_none()) is not None:
        await session.execute(_TERMINATE, {"session": lapsed.partition("/")[0]})


async def renew(session: Session, name: str, holder: str, lasts: timedelta, now: datetime) -> datetime | None:
    """Keep it for so long from now on; the present instant by the database's clock, None where it is lost.

    One that has lapsed is lost, whether or not somebody has taken it since.
    """
    present = _present(session, now)
    statement = (
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder, Lease.until > present)
        .values(until=_later(session, now, lasts), renewed_at=present)
        .returning(Lease.renewed_at)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).one_or_none()


async def release(session: Session, name: str, holder: str, now: datetime) -> None:
    """Let it go, if it is still one's own: whoever waits may take it at once."""
    present = _present(session, now)
    await session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder, Lease.until > present)
        .values(until=present, renewed_at=present)
        .execution_options(synchronize_session=False)
    )
    await announce(session)


async def holds(session: Session, name: str, holder: str, now: datetime) -> bool:
    """Whether the lease is this holder's at this moment."""
    query = select(Lease.name).where(Lease.name == name, Lease.holder == holder, Lease.until > _present(session, now))
    return (await session.scalars(query)).one_or_none() is not None


async def pause(session: Session, name: str, until: datetime) -> None:
    """The channel asked the whole bot to send nothing before this aware instant; a longer pause stays as it is."""
    await session.execute(
        update(Lease)
        .where(Lease.name == name, or_(Lease.paused_until.is_(None), Lease.paused_until < until))
        .values(paused_until=until)
        .execution_options(synchronize_session=False)
    )


async def shift(session: Session, name: str, by: timedelta) -> None:
    """The clock was set by so much: a pause ends neither later nor sooner for it."""
    until = await paused_until(session, name)
    if until is not None:
        as_long = update(Lease).where(Lease.name == name).values(paused_until=until + by)
        await session.execute(as_long.execution_options(synchronize_session=False))


async def paused_until(session: Session, name: str) -> datetime | None:
    """Until when the whole bot sends nothing, or None."""
    return (await session.scalars(select(Lease.paused_until).where(Lease.name == name))).one_or_none()


def _present(session: Session, now: datetime) -> ColumnElement[datetime]:
    if session.get_bind().dialect.name == POSTGRESQL:
        return func.clock_timestamp(type_=_INSTANT)
    return literal(now, _INSTANT)


def _later(session: Session, now: datetime, span: timedelta) -> ColumnElement[datetime]:
    if session.get_bind().dialect.name == POSTGRESQL:
        return func.clock_timestamp(type_=_INSTANT) + literal(span)
    return literal(now + span, _INSTANT)
