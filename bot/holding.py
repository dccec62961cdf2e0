"""What the administrator does about held messages from the command line, while the bot runs or not."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from bot.application import opened
from bot.config import Settings
from scheduler import hold
from scheduler.clock import SystemClock
from storage.queries import holds, offices
from storage.transaction import Session


class Decision(Enum):
    """What becomes of what is held."""

    RELEASE = "release"
    DISCARD = "discard"


async def held(settings: Settings, unit: str | None) -> list[Mapping[str, Any]]:
    """What is held of this office (None: of each, and of people of none), as "hold/list" wants it.

    Raises:
        NotFound: no office has this name.
    """
    async with opened(settings) as database, database.transaction() as session:
        return [await hold.listed(session, office_id) for office_id in await _offices(session, unit)]


async def decide(settings: Settings, unit: str | None, decision: Decision) -> list[Mapping[str, Any]]:
    """Release or discard what is held of this office (None: of everybody); what it was, office by office.

    Raises:
        NotFound: no office has this name.
    """
    now = SystemClock().now()
    act = hold.release if decision is Decision.RELEASE else hold.discard
    done: list[Mapping[str, Any]] = []
    async with opened(settings) as database, database.transaction() as session:
        for office_id in await _offices(session, unit):
            name = (await hold.listed(session, office_id))["office"]
            decided = await act(session, office_id, None, now)
            if decided is not None:
                done.append({"office": name, "pushes": decided.pushes, "messages": decided.messages})
    return done


async def mark_restored(settings: Settings) -> None:
    """The next start of the bot holds what fell due before it: for a database restored by other means than ours."""
    async with opened(settings) as database, database.transaction() as session:
        await holds.mark_restored(session, SystemClock().now())


async def _offices(session: Session, unit: str | None) -> list[int | None]:
    holding = await holds.offices(session)
    if unit is None:
        return holding
    wanted = (await offices.find_office(session, unit)).id
    return [office_id for office_id in holding if office_id == wanted]
