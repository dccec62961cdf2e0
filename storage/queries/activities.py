"""Activities that the secretary entered: saved, corrected, withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from storage.models import Activity
from storage.transaction import Session


async def add(session: Session, values: Mapping[str, Any]) -> Activity:
    """Keep a new activity."""
    activity = Activity(**values)
    session.add(activity)
    await session.flush()
    return activity


async def find(session: Session, office_id: int, activity_id: int) -> Activity | None:
    """An activity of this office, unless it was withdrawn."""
    query = select(Activity).where(
        Activity.id == activity_id, Activity.office_id == office_id, Activity.withdrawn_at.is_(None)
    )
    return (await session.scalars(query)).one_or_none()


async def find_same(session: Session, office_id: int, day: date, what: str) -> Activity | None:
    """An activity with the same words on the same day: the same message sent again."""
    query = (
        select(Activity)
        .where(Activity.office_id == office_id, Activity.day == day, Activity.what == what)
        .where(Activity.withdrawn_at.is_(None))
        .order_by(Activity.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def page(session: Session, office_id: int, offset: int, limit: int) -> tuple[list[Activity], int]:
    """The office's activities, newest first, and how many there are."""
    kept = [Activity.office_id == office_id, Activity.withdrawn_at.is_(None)]
    query = select(Activity).where(*kept).order_by(Activity.day.desc(), Activity.id.desc()).offset(offset).limit(limit)
    total = (await session.scalars(select(func.count()).select_from(Activity).where(*kept))).one()
    return list(await session.scalars(query)), total


async def correct(session: Session, activity: Activity, values: Mapping[str, Any]) -> None:
    """Change what it says."""
    for name, value in values.items():
        setattr(activity, name, value)
    await session.flush()


async def withdraw(session: Session, activity: Activity, now: datetime) -> None:
    """Take it out of the log."""
    activity.withdrawn_at = now
    await session.flush()
