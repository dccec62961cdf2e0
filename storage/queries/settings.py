"""Values that the installation keeps for itself."""

from datetime import datetime

from sqlalchemy import select

from storage.insert_once import insert
from storage.models import Setting
from storage.transaction import Session


async def read(session: Session, name: str) -> str | None:
    """The value under `name`, or None."""
    return (await session.execute(select(Setting.value).where(Setting.name == name))).scalar_one_or_none()


async def write(session: Session, name: str, value: str, now: datetime) -> None:
    """Set the value under `name`, whatever it was."""
    statement = insert(session, Setting).values(name=name, value=value, changed_at=now)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "changed_at": now})
    )


async def keep_first(session: Session, name: str, value: str, now: datetime) -> str:
    """The value under `name`; `value` becomes it if there was none."""
    statement = insert(session, Setting).values(name=name, value=value, changed_at=now)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
    return (await session.execute(select(Setting.value).where(Setting.name == name))).scalar_one()
