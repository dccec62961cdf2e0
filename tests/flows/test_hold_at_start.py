"""The whole process starts on a restored database: it lists what is old, sends nothing of it, and does what it is told."""

import asyncio
import signal
from contextlib import asynccontextmanager
from datetime import time, timedelta

import pytest

from bot.application import opened
from bot.config import Settings
from bot.running import run
from scheduler.clock import SystemClock
from scheduler.recurrence import EveryWorkingDay, to_json
from storage.models import (
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
from storage.queries import holds
from tests.fakes.telegram_server import TelegramServer

pytestmark = pytest.mark.usefixtures("kept_logging")

ADMINISTRATOR, GROUP = 12, -500


@pytest.fixture
async def server():
    async with TelegramServer(SystemClock()) as server:
        yield server


@pytest.fixture
async def settings(server, tmp_path):
    """Of a database in which a reading fell due ten minutes ago, restored from a copy."""
    settings = Settings.from_environment(
        {
            "APEL_TELEGRAM_TOKEN": server.token,
            "APEL_TELEGRAM_API_URL": server.origin,
            "APEL_DATABASE_URL": f"sqlite:///{tmp_path}/apel.sqlite",
        }
    )
    async with opened(settings) as database, database.transaction() as session:
        await _store(session, SystemClock().now())
        await holds.mark_restored(session, SystemClock().now())
    return settings


async def _store(session, now):
    made = {"created_at": now}
    due = now - timedelta(minutes=10)
    office = {"office_id": 1}
    account = {"channel": "telegram", "user_id": str(ADMINISTRATOR), "chat_id": str(ADMINISTRATOR)}
    plan = {"recurrence": to_json(EveryWorkingDay()), "at": time(7, 30), "planned_until": now + timedelta(days=30)}
    plan |= {"timezone": "Asia/Jakarta", "holiday_rule": HolidayRule.SKIP, "title": "Apel pagi", "late_minutes": 60}
    kind = {"kind": ScheduleKind.READING}
    times = {"day": due.date(), "due_at": due, "expires_at": due + timedelta(minutes=60)}
    for row in (
        Office(name="Dinas", regulation_id="karanganyar-44-2023", timezone="Asia/Jakarta", **made),
        Person(name="Administrator", noticed_at=now, **made),
        PersonAddress(person_id=1, **account),
        Member(person_id=1, name="Administrator", role=Role.ADMINISTRATOR, **office, **made),
        GroupChat(channel="telegram", chat_id=str(GROUP), title="Grup", state=GroupState.ACTIVE, **office, **made),
        Schedule(**kind, **plan, **office, **made),
        ScheduleTarget(schedule_id=1, group_id=1),
        Occurrence(schedule_id=1, slot="restored", focus="akuntabel/1/1", **kind, **times, **office, **made),
    ):
        session.add(row)
        await session.flush()


@asynccontextmanager
async def running(settings):
    process = asyncio.ensure_future(run(settings))
    try:
        yield
    finally:
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(process, 10)


async def test_what_is_old_waits_for_the_administrators_press(server, settings):
    administrator, group = server.person(ADMINISTRATOR, "Administrator"), server.group(GROUP, "Grup")
    async with running(settings):
        told = await server.message(administrator, "Kiriman ditahan")
        assert "Apel pagi" in told.text
        assert server.messages(group) == []
        administrator.presses(told, "Kirim sekarang")
        await server.message(group, "Apel pagi")
        await server.message(administrator, "sudah dilepas")
    assert len(server.messages(group)) == 1


async def test_discarded_it_is_not_sent_at_the_next_start_either(server, settings):
    administrator, group = server.person(ADMINISTRATOR, "Administrator"), server.group(GROUP, "Grup")
    async with running(settings):
        told = await server.message(administrator, "Kiriman ditahan")
        administrator.presses(told, "Batalkan kiriman")
        await server.message(administrator, "tidak akan dikirim")
    before = len(server.messages(administrator))
    async with running(settings):
        administrator.says("/bantuan")
        await server.message(administrator, "terdaftar sebagai Administrator")
    assert len(server.messages(administrator)) == before + 1
    assert server.messages(group) == []
