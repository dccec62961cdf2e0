"""A database for each measurement, and the rows to begin with."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert

from content.message import Choice, Message
from scheduler.clock import SystemClock
from scheduler.occurrences import HORIZON
from scheduler.recurrence import EveryWorkingDay, to_json
from storage.engine import make_engine
from storage.migrate import upgrade
from storage.models import (
    Delivery,
    GroupChat,
    GroupState,
    HolidayRule,
    Member,
    Occurrence,
    Office,
    Person,
    PersonAddress,
    Priority,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.transaction import Database

CHANNEL = "telegram"
REGULATION = "karanganyar-44-2023"
ZONE = "Asia/Jakarta"
_ROWS_AT_ONCE = 2000
_TEXT = (
    "<b>Pembacaan budaya kerja</b>\n\nBapak/Ibu yang memimpin apel pagi ini dimohon membacakan naskah berikut. "
    "kiriman-{number}\n\n<i>Akuntabel</i>: melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin, dan "
    "berintegritas tinggi; menggunakan kekayaan dan barang milik negara secara bertanggung jawab, efektif, dan "
    "efisien; serta tidak menyalahgunakan kewenangan jabatan.\n\nMohon setelah dibacakan, tombol di bawah ditekan. "
    "Terima kasih atas kerja sama Bapak/Ibu sekalian dalam menjaga budaya kerja kantor kita bersama hari ini."
)
_CHOICES = ((Choice("Sudah dibacakan", "reading.done:12"),), (Choice("Lewati", "reading.skip:12"),))


def message(number: int) -> Message:
    """What everybody sends in every comparison: a post of 560 characters with two buttons, numbered."""
    return Message(_TEXT.format(number=number), _CHOICES)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a fresh SQLite file with every table, on the local disk."""
    with tempfile.TemporaryDirectory(prefix="apel-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'apel.sqlite'}"
        asyncio.run(upgrade(url))
        yield url


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a fresh database on a PostgreSQL of its own, with that server's ordinary, safe settings."""
    from tests.postgres import Postgres  # noqa: PLC0415  starts a server's binaries; SQLite alone needs none

    server = Postgres()
    try:
        asyncio.run(_made_safe(server))
        yield server.url("bench")
    finally:
        server.stop()


async def _made_safe(server: Any) -> None:
    await server._do("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()", "CREATE DATABASE bench")
    await upgrade(server.url("bench"))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, closed afterwards."""
    database = Database(make_engine(url))
    try:
        yield database
    finally:
        await database.close()


async def fill_with_deliveries(
    database: Database, count: int, *, first_chat: int = 1, not_before: datetime | None = None
) -> None:
    """So many planned rows, each to a private chat of its own: what a broadcast leaves behind once it is worded."""
    now = not_before or SystemClock().now()
    rows = [
        {
            "channel": CHANNEL,
            "chat_id": str(first_chat + number),
            "message_key": "broadcast/post",
            "parameters": {},
            "message": msgspec.to_builtins(message(number)),
            "priority": Priority.PUSH,
            "not_before": now,
            "created_at": now,
        }
        for number in range(count)
    ]
    await add(database, Delivery, rows)


async def add(database: Database, model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows of a table."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        async with database.transaction() as session:
            await session.execute(insert(model), rows[start : start + _ROWS_AT_ONCE])


async def fill_with_offices(
    database: Database,
    due: Sequence[datetime],
    *,
    groups_each: int = 1,
    meetings_each: int = 0,
    people: Sequence[int] = (),
) -> None:
    """An office with a reading for each instant of `due` (aware): its groups, its schedule, and the occurrence then.

    Nothing is left to plan within the horizon; of `meetings_each` further schedules nothing falls due in it. `people` are user ids with a seat in the first office.
    """
    now = SystemClock().now()
    offices = range(1, len(due) + 1)
    groups = [
        (office, (office - 1) * groups_each + number) for office in offices for number in range(1, groups_each + 1)
    ]
    common = {"created_at": now}
    await add(
        database,
        Office,
        [{"id": n, "name": f"Dinas {n}", "regulation_id": REGULATION, "timezone": ZONE} | common for n in offices],
    )
    titled = {"channel": CHANNEL, "state": GroupState.ACTIVE} | common
    await add(
        database,
        GroupChat,
        [{"id": n, "office_id": office, "chat_id": str(-n), "title": f"Grup {n}"} | titled for office, n in groups],
    )
    reading = {
        "kind": ScheduleKind.READING,
        "title": "Apel pagi",
        "recurrence": to_json(EveryWorkingDay()),
        "timezone": ZONE,
        "holiday_rule": HolidayRule.SKIP,
        "late_minutes": 60,
        "planned_until": now + HORIZON,
    }
    local = [instant.astimezone(ZoneInfo(ZONE)) for instant in due]
    await add(
        database,
        Schedule,
        [
            {"id": n, "office_id": n, "at": at.time().replace(microsecond=0)} | reading | common
            for n, at in zip(offices, local, strict=True)
        ],
    )
    meeting = reading | {"kind": ScheduleKind.MEETING, "title": "Rapat"}
    meetings = [{"office_id": n, "at": time(9)} | meeting | common for n in offices for _ in range(meetings_each)]
    await add(database, Schedule, meetings)
    await add(database, ScheduleTarget, [{"schedule_id": office, "group_id": n} for office, n in groups])
    occurrences = [
        {
            "schedule_id": n,
            "office_id": n,
            "kind": ScheduleKind.READING,
            "slot": at.date().isoformat(),
            "day": at.date(),
            "due_at": instant,
            "expires_at": instant + timedelta(minutes=60),
        }
        | common
        for n, at, instant in zip(offices, local, due, strict=True)
    ]
    await add(database, Occurrence, occurrences)
    await add(database, Person, [{"id": n, "name": f"Anggota {n}", "noticed_at": now} | common for n in people])
    address = {"channel": CHANNEL}
    await add(
        database,
        PersonAddress,
        [{"person_id": n, "user_id": str(n), "chat_id": str(n)} | address for n in people],
    )
    seat = {"office_id": 1, "role": Role.ANGGOTA, "leads_assembly": False, "joined_at": now}
    await add(database, Member, [{"person_id": n, "name": f"Anggota {n}"} | seat | common for n in people])
