"""One office on one database with a moved clock, a fake channel, and a worker that can be killed and started again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select

from content.regulation_loader import load_regulations
from scheduler.clock import MovableClock
from scheduler.recurrence import EveryWorkingDay, Recurrence, to_json
from scheduler.worker import Tick, Worker
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
    Role,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.transaction import Database, Session
from tests.fakes.sender import FakeSender

CHANNEL = "telegram"
GROUP = "-100"
FRIDAY = datetime(2026, 11, 27, 1, tzinfo=UTC)  # 08.00 WIB, a working day
MONDAY_READING = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # 07.30 WIB


class Killed(BaseException):
    """The process is gone."""


class DyingDatabase(Database):
    """Lets so many commits pass, then the process dies: right before the next one, or right after it."""

    def __init__(
        self, database: Database, commits: int, *, after: bool = False, error: type[BaseException] = Killed
    ) -> None:
        super().__init__(database.engine)
        self._commits, self._after, self._error = commits, after, error

    def concurrent(self):
        return self.transaction()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        if self._commits < 0:
            raise self._error
        self._commits -= 1
        async with super().transaction() as session:
            yield session
            if self._commits < 0 and not self._after:
                raise self._error
        if self._commits < 0:
            raise self._error

    @property
    def dead(self) -> bool:
        return self._commits < 0


class Machine:
    """Everything below the conversations."""

    def __init__(self, database: Database, start: datetime = FRIDAY) -> None:
        self.database = database
        self.clock = MovableClock(start)
        self.sender = FakeSender()
        self.senders = {CHANNEL: self.sender}
        self.worker = self.new_worker()
        self.office_id = 0

    def new_worker(self, database: Database | None = None, **options) -> Worker:
        """A worker on the same database and channels, as a new process would be."""
        return Worker(database or self.database, self.clock, self.senders, load_regulations(), **options)

    async def restart(self, **options) -> None:
        """Another process takes over."""
        self.worker = self.new_worker(**options)
        await self.worker.recover(self.clock.now())

    async def at(self, instant: datetime) -> Tick:
        """Move the clock there and do what is due."""
        self.clock.move_to(instant)
        return await self.worker.tick(instant)

    async def until(self, instant: datetime) -> list[datetime]:
        """Wake whenever the worker asks for it, up to `instant`; returns the instants of waking."""
        woken = [self.clock.now()]
        await self.at(self.clock.now())
        while True:
            async with self.database.transaction() as session:
                wake = await self.worker.next_wake(session, self.clock.now())
            if max(wake, self.clock.now() + timedelta(seconds=1)) > instant:
                break
            await self.at(max(wake, self.clock.now() + timedelta(seconds=1)))
            woken.append(self.clock.now())
        await self.at(instant)
        return woken

    async def open_office(self, regulation_id: str = "karanganyar-44-2023", timezone: str = "Asia/Jakarta") -> int:
        self.office_id = await self._add(
            Office(
                name=f"Dinas {regulation_id}",
                regulation_id=regulation_id,
                timezone=timezone,
                created_at=self.clock.now(),
            )
        )
        return self.office_id

    async def add_group(self, chat_id: str = GROUP, state: GroupState = GroupState.ACTIVE) -> int:
        return await self._add(
            GroupChat(
                office_id=self.office_id,
                channel=CHANNEL,
                chat_id=chat_id,
                title=f"Grup {chat_id}",
                state=state,
                created_at=self.clock.now(),
            )
        )

    async def add_member(
        self,
        name: str,
        role: Role = Role.ANGGOTA,
        chat_id: str | None = None,
        *,
        leads: bool = True,
        channel: str = CHANNEL,
    ) -> int:
        """A roster line; with `chat_id` somebody who has started the bot."""
        now, person_id = self.clock.now(), None
        if chat_id is not None:
            person_id = await self._add(Person(name=name, created_at=now))
            await self._add(PersonAddress(person_id=person_id, channel=channel, user_id=chat_id, chat_id=chat_id))
        return await self._add(
            Member(
                office_id=self.office_id,
                person_id=person_id,
                name=name,
                role=role,
                leads_assembly=leads,
                created_at=now,
            )
        )

    async def add_schedule(
        self,
        kind: ScheduleKind = ScheduleKind.READING,
        rule: Recurrence | None = None,
        at: time = time(7, 30),
        groups: tuple[int, ...] = (),
        **columns,
    ) -> int:
        now = self.clock.now()
        recurrence = columns.pop("recurrence_of", None) or to_json(rule or EveryWorkingDay())
        values = {
            "title": kind.value,
            "timezone": "Asia/Jakarta",
            "holiday_rule": HolidayRule.SKIP,
            "planned_until": now,
            "created_at": now,
        }
        schedule_id = await self._add(
            Schedule(
                office_id=self.office_id,
                kind=kind,
                recurrence=recurrence,
                at=at,
                **(values | columns),
            )
        )
        for group_id in groups:
            await self._add(ScheduleTarget(schedule_id=schedule_id, group_id=group_id))
        return schedule_id

    async def _add(self, row) -> int:
        async with self.database.transaction() as session:
            session.add(row)
            await session.flush()
            return row.id

    async def all(self, model, *where):
        async with self.database.transaction() as session:
            return list(await session.scalars(select(model).where(*where).order_by(model.id)))

    async def posts(self) -> list[Delivery]:
        """The rows of schedules into groups, first parts, in order."""
        return await self.all(Delivery, Delivery.group_id.is_not(None), Delivery.part == "")

    async def due_occurrences(self) -> list[Occurrence]:
        return await self.all(Occurrence, Occurrence.due_at <= self.clock.now())

    async def count(self, model, *where) -> int:
        async with self.database.transaction() as session:
            return (await session.scalars(select(func.count()).select_from(model).where(*where))).one()
