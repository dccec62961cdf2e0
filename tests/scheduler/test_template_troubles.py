"""What becomes of a row whose template is refused, of the parts behind a template, and of a window that was closed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.delivery_queue import enqueue
from scheduler.delivery_record import month_of
from scheduler.errors import TemplateRefused, TemplateTrouble, WindowClosed
from scheduler.notices import Missed, tell_missed
from scheduler.sender import Destination
from scheduler.template_states import KNOWN_FOR
from scheduler.turns import skip_turn
from storage.models import (
    Delivery,
    DeliveryState,
    MessageTemplate,
    Occurrence,
    Office,
    PersonAddress,
    Role,
    Turn,
    TurnState,
)
from storage.queries import templates
from tests.scheduler.machine import CHANNEL, MONDAY_READING
from tests.scheduler.outbox import outbox, write

AFTERNOON_BEFORE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday 15.30 WIB, before Monday's reading
TOLD = {"name": "apel_siaran", "language": "id", "status": "APPROVED", "category": "UTILITY", "parameters": 1}


@pytest.fixture
async def told(machine):
    """The channel has told of one template."""
    async with machine.database.transaction() as session:
        await templates.keep_all(session, CHANNEL, [TOLD], machine.clock.now())


async def status_now(machine):
    async with machine.database.transaction() as session:
        return (await session.get_one(MessageTemplate, (CHANNEL, "apel_siaran", "id"))).status


async def listed(machine):
    async with machine.database.transaction() as session:
        return list(await session.scalars(select(MessageTemplate)))


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (TemplateTrouble.MISSING, "MISSING"),
        (TemplateTrouble.REJECTED, "REJECTED"),
        (TemplateTrouble.PAUSED, "PAUSED"),
        (TemplateTrouble.DISABLED, "DISABLED"),
        (TemplateTrouble.CATEGORY, "CATEGORY"),
        (TemplateTrouble.PARAMETERS, "APPROVED"),
    ],
)
async def test_a_row_fails_with_the_reason_and_what_concerns_the_template_is_remembered(machine, told, trouble, status):
    await write(machine, ["1", "2"], template="apel_siaran")
    machine.sender.refuse("1", TemplateRefused(trouble))
    await outbox(machine).settle()
    refused, other = await machine.all(Delivery)
    assert (refused.state, refused.reason) == (DeliveryState.FAILED, trouble.value)
    assert other.state is DeliveryState.SENT
    assert await status_now(machine) == status


async def test_a_refusal_of_a_row_that_did_not_leave_by_a_template_tells_nothing_of_one(machine, told):
    await write(machine, ["1"])
    machine.sender.refuse("1", TemplateRefused(TemplateTrouble.PAUSED))
    await outbox(machine).settle()
    assert await status_now(machine) == "APPROVED"


async def test_a_window_that_was_closed_after_all_closes_for_us_and_the_row_goes_once_more(machine):
    await machine.add_member("Anggota 1", chat_id="1")
    (address,) = await machine.all(PersonAddress)
    async with machine.database.transaction() as session:
        (await session.get_one(PersonAddress, address.id)).last_inbound_at = machine.clock.now() - timedelta(hours=1)
    await write(machine, ["1"])
    machine.sender.refuse("1", WindowClosed())
    await outbox(machine).settle()
    (row,) = await machine.all(Delivery)
    assert (row.state, row.attempt) == (DeliveryState.SENT, 2)
    (address,) = await machine.all(PersonAddress)
    assert address.last_inbound_at is None


@pytest.mark.parametrize("columns", [{"template": "apel_siaran"}, {"message_key": "help/incident"}])
async def test_a_template_or_what_has_none_is_dropped_when_the_window_is_closed(machine, columns):
    await write(machine, ["1"], **columns)
    machine.sender.refuse("1", WindowClosed())
    await outbox(machine).settle()
    (row,) = await machine.all(Delivery)
    assert (row.state, row.reason, row.attempt) == (DeliveryState.FAILED, "window_closed", 1)


async def test_the_parts_behind_a_template_wait_for_its_tap(machine):
    now = machine.clock.now()
    async with machine.database.transaction() as session:
        long = {"text": "Satu dua tiga. " * 700, "office": "Dinas"}
        first = await enqueue(
            session, destination=Destination(CHANNEL, "1"), key="broadcast/post", parameters=long, now=now
        )
        await templates.leave_as(session, first.id, "apel_siaran")  # as its sender does
    await outbox(machine).settle()
    rows = await machine.all(Delivery)
    assert len(rows) == 3
    assert [(row.state.value, row.reason) for row in rows] == [
        ("sent", None),
        ("cancelled", "on_tap"),
        ("cancelled", "on_tap"),
    ]


async def test_a_push_whose_template_brings_the_rest_counts_as_sent(machine):
    schedule = await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.worker.prepare(machine.clock.now())
    occurrence = (await machine.all(Occurrence, Occurrence.schedule_id == schedule))[0]
    of_push = {"occurrence_id": occurrence.id, "office_id": machine.office_id, "template": "apel_pembacaan"}
    (first,) = await write(machine, ["p1"], **of_push)
    await write(machine, ["p1"], follows_id=first, part="/2", **of_push)
    await outbox(machine).settle()
    async with machine.database.transaction() as session:
        office = await session.get_one(Office, machine.office_id)
        record = await month_of(session, office, occurrence.day, occurrence.due_at + timedelta(hours=1))
    assert [line.fate.value for line in record.lines if line.group is None] == ["on_time"]


async def test_a_leaders_text_that_is_refused_goes_to_the_secretary_once(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    await machine.add_member("Anggota 1", chat_id="1")
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    machine.sender.refuse("1", *[TemplateRefused(TemplateTrouble.MISSING) for _ in range(3)])
    for minute in range(3):
        await machine.at(AFTERNOON_BEFORE + timedelta(minutes=minute))
    told = await machine.all(Delivery, Delivery.message_key == "reading/leader")
    assert [(row.state, row.reason) for row in told] == [(DeliveryState.FAILED, "template_missing")]
    handed = await machine.all(Delivery, Delivery.message_key == "reading/leader_unreachable")
    assert [(row.chat_id, row.state) for row in handed] == [("500", DeliveryState.SENT)]
    assert "Senin, 30 November 2026 pukul 07.30 WIB" in machine.sender.texts("500")[0]
    assert "Anggota 1" in machine.sender.texts("500")[0]


async def became(machine, key, minutes=0):
    """What became of it, and when it is given up, after so many minutes."""
    await machine.until(machine.clock.now() + timedelta(minutes=minutes))
    return [
        (row.chat_id, row.state.value, row.expires_at)
        for row in await machine.all(Delivery, Delivery.message_key == key)
    ]


@pytest.fixture
async def led(machine):
    """A secretary, and who leads on Monday; somebody else could."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    await machine.add_member("Anggota 1", chat_id="1")
    await machine.add_member("Anggota 2", chat_id="2")
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi", by_forwarding=True)
    return machine


async def test_the_pack_of_the_next_morning_waits_for_its_template_while_it_is_in_time(led):
    led.sender.refuse("500", TemplateRefused(TemplateTrouble.PENDING))
    await led.at(AFTERNOON_BEFORE)
    assert await became(led, "forward/pack") == [("500", "planned", MONDAY_READING)]
    assert await became(led, "forward/pack", minutes=16) == [("500", "sent", MONDAY_READING)]
    assert len(led.sender.texts("500")) == 2  # with the text behind it


async def test_what_a_secretary_gets_in_a_leaders_stead_waits_for_its_template(led):
    led.sender.refuse("1", TemplateRefused(TemplateTrouble.MISSING))
    led.sender.refuse("500", *[TemplateRefused(TemplateTrouble.MISSING)] * 2)
    await led.at(AFTERNOON_BEFORE)
    assert await became(led, "reading/leader_unreachable", minutes=16) == [("500", "sent", MONDAY_READING)]


async def test_a_leader_hears_of_the_swap_once_the_template_may_be_used_and_not_after_the_reading(led):
    await led.at(AFTERNOON_BEFORE)
    (turn,) = await led.all(Turn, Turn.state == TurnState.ASSIGNED, Turn.told_at.is_not(None))
    led.sender.refuse("1", *[TemplateRefused(TemplateTrouble.MISSING)] * 9)
    async with led.database.transaction() as session:
        await skip_turn(session, turn.id, led.clock.now(), by=None)
    await led.at(led.clock.now() + timedelta(minutes=1))
    assert await became(led, "reading/leader_relieved") == [("1", "planned", MONDAY_READING)]


async def test_administrators_are_told_once_a_day_that_notices_wait_for_a_template(led):
    await led.add_member("Administrator", Role.ADMINISTRATOR, "900", leads=False)
    led.sender.refuse("500", *[TemplateRefused(TemplateTrouble.PENDING)] * 2)
    await led.at(AFTERNOON_BEFORE)
    assert await became(led, "channel/notices_wait", minutes=20) == [("900", "sent", None)]
    (words,) = led.sender.texts("900")
    assert "templat pesannya belum disetujui Meta" in words


async def test_several_leads_whom_the_same_push_did_not_reach_are_one_line(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    now = machine.clock.now()
    missed = Missed(machine.office_id, "Ringkasan mingguan", now, "template_pending")
    for _ in range(2):
        async with machine.database.transaction() as session:
            await tell_missed(session, [missed, missed], now)
    (row,) = await machine.all(Delivery, Delivery.message_key == "notice/missed")
    assert [item["reason"] for item in row.parameters["items"]] == ["template_pending"]
    assert "templat pesannya belum disetujui Meta" in row.message["text"]
    assert "apel whatsapp templates check" in row.message["text"]


async def test_a_refusal_of_a_template_that_the_channel_does_not_list_is_remembered_for_a_while(machine):
    await write(machine, ["1"], template="apel_siaran")
    machine.sender.refuse("1", TemplateRefused(TemplateTrouble.MISSING))
    await outbox(machine).settle()
    (told,) = await listed(machine)
    assert (told.name, told.status, told.category, told.parameters) == ("apel_siaran", "MISSING", "UTILITY", 1)
    known_until = told.told_at + KNOWN_FOR
    assert known_until == machine.clock.now() + timedelta(hours=1)


async def test_a_refusal_of_a_template_that_is_not_ours_any_more_is_not_remembered(machine):
    await write(machine, ["1"], template="apel_lama")
    machine.sender.refuse("1", TemplateRefused(TemplateTrouble.MISSING))
    await outbox(machine).settle()
    assert await listed(machine) == []
