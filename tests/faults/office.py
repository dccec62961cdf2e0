"""Offices with groups and pushes that fall due, written into a database before the bot is started."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from content.message import Message
from scheduler.clock import SystemClock
from scheduler.occurrences import HORIZON
from scheduler.recurrence import Once, to_json
from storage.models import (
    Delivery,
    HolidayRule,
    Member,
    Occurrence,
    Person,
    PersonAddress,
    Priority,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.transaction import Database
from tests.bench.databases import CHANNEL, ZONE, add, fill_with_offices
from tests.faults.telegram import FaultyTelegram

SECRETARY = 11
HOUR = timedelta(hours=1)


async def office(database: Database, server: FaultyTelegram, *, due: datetime, groups: int = 3) -> None:
    """An office whose reading falls due at the aware instant, in so many groups; its secretary hears of trouble."""
    await fill_with_offices(database, [due], groups_each=groups)
    now = SystemClock().now()
    await add(database, Person, [{"id": SECRETARY, "name": "Sekretaris", "noticed_at": now, "created_at": now}])
    address = {"channel": CHANNEL, "user_id": str(SECRETARY), "chat_id": str(SECRETARY)}
    await add(database, PersonAddress, [address | {"person_id": SECRETARY}])
    seat = {"office_id": 1, "person_id": SECRETARY, "name": "Sekretaris", "role": Role.SEKRETARIS}
    await add(database, Member, [seat | {"leads_assembly": False, "joined_at": now, "created_at": now}])
    server.person(SECRETARY, "Sekretaris")
    for number in range(1, groups + 1):
        server.group(-number)


async def broadcasts(database: Database, due: Sequence[datetime], *, groups: int, late: timedelta = HOUR) -> None:
    """A broadcast for each instant, into every group of the office; each says something else."""
    common = {"office_id": 1, "kind": ScheduleKind.BROADCAST, "created_at": SystemClock().now()}
    first = 100
    local = [instant.astimezone(ZoneInfo(ZONE)) for instant in due]
    schedule = {
        "timezone": ZONE,
        "holiday_rule": HolidayRule.IGNORE,
        "late_minutes": int(late.total_seconds() // 60),
        "planned_until": max(due) + HORIZON,
    }
    rows = [
        {"id": first + n, "title": f"siaran {n}", "body": f"siaran {n}", "recurrence": to_json(Once(at.date()))}
        | {"at": at.time().replace(microsecond=0)}
        for n, at in enumerate(local)
    ]
    await add(database, Schedule, [row | schedule | common for row in rows])
    targets = [{"schedule_id": first + n, "group_id": group} for n in range(len(due)) for group in range(1, groups + 1)]
    await add(database, ScheduleTarget, targets)
    await add(
        database,
        Occurrence,
        [
            {"schedule_id": first + n, "slot": at.date().isoformat(), "day": at.date()}
            | {"due_at": instant, "expires_at": instant + late}
            | common
            for n, (at, instant) in enumerate(zip(local, due, strict=True))
        ],
    )


async def reminders(
    database: Database, server: FaultyTelegram, people: Sequence[int], *, due: datetime | None = None
) -> None:
    """A message to each of these people, due now or then, that may go again when its answer was lost."""
    now = due or SystemClock().now()
    for number in people:
        server.person(number)
    rows = [
        {
            "channel": CHANNEL,
            "chat_id": str(number),
            "message_key": "twibbon/reminder",
            "parameters": {},
            "message": msgspec.to_builtins(Message(f"pengingat {number}")),
            "priority": Priority.PUSH,
            "repeatable": True,
            "not_before": now,
            "created_at": now,
            "expires_at": now + timedelta(hours=1),
        }
        for number in people
    ]
    await add(database, Delivery, rows)
