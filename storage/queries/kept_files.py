"""Files whose bytes are kept here, because their channel gives them away after some days."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, func, or_, select, tuple_, update

from storage.insert_once import insert_once
from storage.models import Evidence, KeptFile, Occurrence, Schedule, ScheduleState
from storage.transaction import Session

_LONGEST_REFERENCE = 512  # no index holds a very long one


class Wanted(Struct, frozen=True):
    """A file to be fetched: how often that failed so far, and since when it is wanted (aware)."""

    channel: str
    reference: str
    attempt: int
    wanted_at: datetime


async def want(session: Session, channel: str, reference: str, now: datetime) -> None:
    """This file is to be kept; one that is kept, or was given up, stays as it is."""
    if len(reference) <= _LONGEST_REFERENCE:
        values = {"channel": channel, "reference": reference, "wanted_at": now, "not_before": now, "attempt": 0}
        await insert_once(session, KeptFile, values)


async def due(session: Session, now: datetime, limit: int) -> list[Wanted]:
    """What is to be fetched now, longest due first."""
    columns = (KeptFile.channel, KeptFile.reference, KeptFile.attempt, KeptFile.wanted_at)
    query = select(*columns).where(KeptFile.not_before <= now).order_by(KeptFile.not_before).limit(limit)
    return [Wanted(*row) for row in await session.execute(query)]


async def next_due(session: Session) -> datetime | None:
    """When the next file is to be fetched; None where nothing is wanted."""
    return (await session.scalars(select(func.min(KeptFile.not_before)))).one()


async def keep(session: Session, wanted: Wanted, media_type: str, data: bytes, now: datetime) -> None:
    """Its bytes; nothing where it is no longer wanted."""
    await _settle(session, wanted, not_before=None, media_type=media_type, data=data, kept_at=now)


async def put_off(session: Session, wanted: Wanted, until: datetime) -> None:
    """It could not be had; again from then on."""
    await _settle(session, wanted, attempt=wanted.attempt + 1, not_before=until)


async def give_up(session: Session, wanted: Wanted, reason: str) -> None:
    """It will not be had any more; `reason` is a code."""
    await _settle(session, wanted, not_before=None, given_up=reason)


async def data_of(session: Session, channel: str, reference: str) -> bytes | None:
    """The bytes that are kept of it."""
    query = select(KeptFile.data).where(KeptFile.channel == channel, KeptFile.reference == reference)
    return (await session.scalars(query)).one_or_none()


async def drop(session: Session, files: Sequence[tuple[str, str]]) -> None:
    """Forget these, each a channel and its reference."""
    for first in range(0, len(files), 200):  # within SQLite's limit of variables
        some = files[first : first + 200]
        await session.execute(delete(KeptFile).where(tuple_(KeptFile.channel, KeptFile.reference).in_(some)))


async def drop_unused(session: Session, before: datetime) -> None:
    """Forget what no evidence names, and no broadcast that goes on or was due since `before`."""
    picture = Schedule.picture["file_ref"].as_string()
    lately = select(Occurrence.schedule_id).where(Occurrence.due_at >= before)
    shown = select(picture).where(
        picture.is_not(None), or_(Schedule.state != ScheduleState.ENDED, Schedule.id.in_(lately))
    )
    unused = KeptFile.reference.not_in(select(Evidence.reference)) & KeptFile.reference.not_in(shown)
    await session.execute(delete(KeptFile).where(unused).execution_options(synchronize_session=False))


async def _settle(session: Session, wanted: Wanted, **to: object) -> None:
    """Change a row that still waits to be fetched."""
    await session.execute(
        update(KeptFile)
        .where(
            KeptFile.channel == wanted.channel,
            KeptFile.reference == wanted.reference,
            KeptFile.not_before.is_not(None),
        )
        .values(**to)
        .execution_options(synchronize_session=False)
    )
