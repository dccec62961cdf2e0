"""Offices."""

from datetime import datetime

from sqlalchemy import func, select

from storage.errors import AlreadyExists, NotFound
from storage.models import Office
from storage.transaction import Session


async def get_office(session: Session, office_id: int) -> Office:
    """The office; raises sqlalchemy's NoResultFound where none has this id."""
    return await session.get_one(Office, office_id)


async def find_office(session: Session, name: str) -> Office:
    """The office of this name, in whatever case; raises NotFound."""
    query = select(Office).where(func.lower(Office.name) == name.strip().lower())
    office = (await session.scalars(query)).one_or_none()
    if office is None:
        raise NotFound(name)
    return office


async def add_office(session: Session, name: str, regulation_id: str, timezone: str, now: datetime) -> Office:
    """A new office; raises AlreadyExists where one has this name, in whatever case."""
    taken = await session.scalar(select(Office.id).where(func.lower(Office.name) == name.lower()))
    if taken is not None:
        raise AlreadyExists(name)
    office = Office(name=name, regulation_id=regulation_id, timezone=timezone, created_at=now)
    session.add(office)
    await session.flush()
    return office


async def all_offices(session: Session) -> list[Office]:
    """Every office, oldest first."""
    return list((await session.scalars(select(Office).order_by(Office.id))).all())


async def next_office(session: Session, after: int) -> Office | None:
    """The oldest office that is younger than the one with this id (0: the oldest of all), or None."""
    return (await session.scalars(select(Office).where(Office.id > after).order_by(Office.id).limit(1))).first()
