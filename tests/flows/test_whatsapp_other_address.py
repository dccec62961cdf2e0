"""Whom WhatsApp does not reach: on Telegram where they are there too; else a notice waits until they may be written to."""

import re
from datetime import date, time

import pytest

from scheduler.delivery_record import month_of
from scheduler.recurrence import Once, to_json
from storage.models import DeliveryState, HolidayRule, Role, Schedule, ScheduleKind
from storage.queries import offices
from tests.flows.test_files_across_channels import BothTown
from tests.flows.whatsapp_office import WhatsAppTown

SENT, FAILED, PLANNED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.PLANNED


async def linked(town, role, user_id):
    """Somebody on WhatsApp who is on Telegram as well."""
    person = await town.joins("Anggota 1", role)
    await town.says(person, "sambung")
    code = [
        found for pair in re.findall(r"start=([\w-]+)|/start ([\w-]+)", town.text(person)) for found in pair if found
    ]
    there = town.telegram.person(user_id, "Anggota 1")
    await town.writes(there, f"/start {code[-1]}")
    return person, there


@pytest.fixture
async def town(tmp_path):
    async with BothTown(tmp_path, "2026-11-18T06:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


async def month(town):
    async with town.database.transaction() as session:
        office = await offices.find_office(session, town.office_name)
        return await month_of(session, office, date(2026, 11, 18), town.clock.now())


async def readings(town, day):
    rows = [row for row in await town.ledger() if row.message_key == "reading/post" and row.created_at.day == day]
    return [(row.channel, row.state, row.reason) for row in rows]


@pytest.mark.parametrize("late", [False, True], ids=["at once", "later"])
async def test_a_push_that_whatsapp_does_not_bring_comes_on_telegram_that_day_and_the_next(town, late):
    secretary = await town.joins_telegram(11, "Sekretaris", Role.SEKRETARIS)
    member, there = await linked(town, Role.ANGGOTA, 12)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:29:50+07:00")
    said, read = len(town.server.messages(member)), len(town.telegram.messages(there))
    if not late:
        town.server.next_call(131026)
    await town.clock_to("2026-11-18T07:30:05+07:00")
    if late:
        town.server.tells(town.server.messages(member)[-1], "failed", 131026)
    await town.clock_to("2026-11-18T08:10+07:00")
    assert ["Fokus hari ini" in message.text for message in town.telegram.messages(there)[read:]] == [True]
    assert await readings(town, 18) == [("whatsapp", FAILED, "not_on_channel"), ("telegram", SENT, None)]
    await town.clock_to("2026-11-19T08:10+07:00")
    assert await readings(town, 19) == [("telegram", SENT, None)]
    assert len(town.server.messages(member)) == said + late
    assert not [message for message in town.telegram.messages(secretary) if "belum menerima" in message.text]
    assert not [row for row in await town.ledger() if row.message_key == "ledger/breach"]


async def test_what_whatsapp_did_not_bring_to_somebody_who_wants_no_more_comes_nowhere_else(town):
    member, there = await linked(town, Role.ANGGOTA, 12)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:30:05+07:00")
    sent, read = town.server.messages(member)[-1], len(town.telegram.messages(there))
    await town.says(member, "BERHENTI")
    town.server.tells(sent, "failed", 131026)
    await town.clock_to("2026-11-18T08:10+07:00")
    assert len(town.telegram.messages(there)) == read
    assert await readings(town, 18) == [("whatsapp", FAILED, "not_on_channel")]


@pytest.fixture
async def long_push(town):
    """A member on both, whom a broadcast of two parts has just been sent on WhatsApp; nothing is told of it yet."""
    secretary = await town.joins_telegram(11, "Sekretaris", Role.SEKRETARIS)
    member, there = await linked(town, Role.ANGGOTA, 12)
    async with town.database.transaction() as session:
        office = await offices.find_office(session, town.office_name)
        session.add(
            Schedule(
                office_id=office.id,
                kind=ScheduleKind.BROADCAST,
                title="Siaran panjang",
                body="Satu dua tiga empat. " * 280,
                recurrence=to_json(Once(date(2026, 11, 18))),
                at=time(8),
                timezone="Asia/Jakarta",
                holiday_rule=HolidayRule.IGNORE,
                to_persons=True,
                planned_until=town.clock.now(),
                created_at=town.clock.now(),
            )
        )
    await town.clock_to("2026-11-18T07:59:50+07:00")
    return secretary, member, there


def parts(messages):
    return [found for message in messages for found in re.findall(r"\(\d/\d\)", message.text)]


async def broadcasts(town):
    return [(row.channel, row.state.value) for row in await town.ledger() if row.message_key == "broadcast/post"]


@pytest.mark.parametrize("later", [[1], [0, 1], [1, 0]], ids=["the second", "both", "both, the second told first"])
async def test_of_several_parts_those_that_whatsapp_does_not_bring_come_on_telegram_each_once(town, long_push, later):
    _, member, there = long_push
    await town.clock_to("2026-11-18T08:00:30+07:00")
    said = town.server.messages(member)[-2:]
    assert parts(said) == ["(1/2)", "(2/2)"]
    if later == [1]:
        town.server.tells(said[0], "delivered")
    for place in later:
        town.server.tells(said[place], "failed", 131026)
        await town.settle()
    await town.clock_to("2026-11-18T09:30+07:00")
    assert parts(town.telegram.messages(there)) == [f"({place + 1}/2)" for place in later]
    arrived = [("whatsapp", "sent" if later == [1] else "failed"), ("whatsapp", "failed")]
    assert await broadcasts(town) == arrived + [("telegram", "sent")] * len(later)
    assert not [row for row in await town.ledger() if row.message_key in ("ledger/breach", "notice/not_reached")]
    record = await month(town)
    assert [(line.title, line.fate.value) for line in record.lines if line.kind is ScheduleKind.BROADCAST] == [
        ("Siaran panjang", "on_time")
    ]


async def test_a_push_of_several_parts_of_which_nothing_left_is_said_anew_in_whole(town, long_push):
    _, member, there = long_push
    said = len(town.server.messages(member))
    town.server.next_call(131026)
    await town.clock_to("2026-11-18T09:30+07:00")
    assert len(town.server.messages(member)) == said
    assert parts(town.telegram.messages(there)) == ["(1/2)", "(2/2)"]
    assert not [row for row in await town.ledger() if row.message_key in ("ledger/breach", "notice/not_reached")]


async def test_a_secretary_who_is_on_telegram_too_reads_there_what_no_template_may_say(town):
    await town.approves(apel_pembacaan="PAUSED", apel_pengurus="PAUSED")
    _, there = await linked(town, Role.SEKRETARIS, 11)
    await town.joins("Anggota 2", Role.ANGGOTA)
    await town.nobody_writes_for_a_day()
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T09:00+07:00")
    told = [message.text for message in town.telegram.messages(there) if "dijeda" in message.text]
    assert len(told) == 1


@pytest.fixture
async def alone(tmp_path):
    """An installation on WhatsApp alone, before Meta approved anything."""
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.asks_for_templates()
        yield town
        assert await town.incidents() == []


@pytest.fixture
async def secretary(alone):
    secretary = await alone.joins("Sekretaris", Role.SEKRETARIS)
    await alone.joins("Anggota 1", Role.ANGGOTA)
    await alone.nobody_writes_for_a_day()
    await alone.pushes_to_persons(ScheduleKind.READING)
    return secretary


def notices(town, person, since):
    return [sent for sent in town.server.messages(person)[since:] if "belum disetujui" in sent.text]


async def test_a_notice_without_a_template_waits_until_its_reader_writes(alone, secretary):
    said = len(alone.server.messages(secretary))
    await alone.clock_to("2026-11-19T09:00+07:00")
    assert len(alone.server.messages(secretary)) == said
    await alone.says(secretary, "halo")
    told = "\n".join(sent.text for sent in alone.server.messages(secretary)[said:])
    assert told.count("apel whatsapp templates check") == 1
    assert "18 November" in told
    assert "19 November" in told


async def test_a_notice_without_a_template_leaves_once_that_is_approved(alone, secretary):
    await alone.clock_to("2026-11-18T09:00+07:00")
    said = len(alone.server.messages(secretary))
    await alone.approves()
    await alone.clock_to("2026-11-18T09:20+07:00")
    (notice,) = alone.server.messages(secretary)[said:]
    assert notice.kind == "template"
