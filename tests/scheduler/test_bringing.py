"""What the tap on a template brings says whether it still holds."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.bringing import bring
from scheduler.delivery_queue import enqueue, message_of
from scheduler.sender import Destination
from scheduler.turns import skip_turn
from storage.models import Delivery, Occurrence, OccurrenceState, Priority, Turn
from storage.queries import inbound
from tests.scheduler.machine import CHANNEL, MONDAY_READING

AFTERNOON_BEFORE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday 15.30 WIB, before Monday's reading


@pytest.fixture
async def rota(machine):
    """Two members who take turns; the first has the text for Monday."""
    for number in (1, 2):
        await machine.add_member(f"Anggota {number}", chat_id=str(number))
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    await machine.at(AFTERNOON_BEFORE)
    return machine


async def brought(machine, key):
    """What the newest row with this key brings, as it stands in the ledger."""
    row = (await machine.all(Delivery, Delivery.message_key == key))[-1]
    async with machine.database.transaction() as session:
        await inbound.store(session, CHANNEL, f"tap of {row.id}", b"", machine.clock.now())
        (update,) = await inbound.unhandled(session)
        await bring(session, row, update.id, machine.clock.now())
        await inbound.mark_handled(session, update.id, machine.clock.now())
    return [message_of(row) for row in await machine.all(Delivery, Delivery.part.startswith("read:"))]


async def test_a_turn_that_is_ones_own_comes_as_it_was_said(rota):
    (text,) = await brought(rota, "reading/leader")
    assert text.text.startswith("Yth. <b>Anggota 1</b>, giliran Anda memimpin")


async def test_a_turn_that_another_has_by_now_is_history(rota):
    (turn,) = await rota.all(Turn, Turn.told_at.is_not(None))
    async with rota.database.transaction() as session:
        await skip_turn(session, turn.id, rota.clock.now())
    (text,) = await brought(rota, "reading/leader")
    assert text.text.startswith("<i>Kiriman ini sudah tidak berlaku.</i>\n\nYth. <b>Anggota 1</b>")


async def test_a_push_that_was_called_off_has_no_buttons_any_more_and_its_notice_stands(rota):
    await rota.at(MONDAY_READING)
    post = (await rota.all(Delivery, Delivery.message_key == "reading/post"))[0]
    async with rota.database.transaction() as session:
        (await session.get_one(Occurrence, post.occurrence_id)).state = OccurrenceState.CANCELLED
    (text,) = await brought(rota, "reading/post")
    assert text.text.startswith("<i>Kiriman ini sudah tidak berlaku.</i>")
    assert text.choices == ()


async def test_a_notice_about_what_was_called_off_is_no_history(rota):
    (occurrence, *_) = await rota.all(Occurrence)
    now = rota.clock.now()
    async with rota.database.transaction() as session:
        (await session.get_one(Occurrence, occurrence.id)).state = OccurrenceState.CANCELLED
        parameters = {"leader": "Anggota 1", "due_at": now, "zone": "Asia/Jakarta", "instead": None, "called_off": True}
        await enqueue(
            session,
            destination=Destination(CHANNEL, "1"),
            key="reading/leader_relieved",
            parameters=parameters,
            now=now,
            priority=Priority.NOTICE,
            part="relieved:1",
            occurrence_id=occurrence.id,
        )
    (text,) = await brought(rota, "reading/leader_relieved")
    assert text.text.startswith("Yth. <b>Anggota 1</b>, pembacaan")


async def test_what_is_too_late_says_for_when_it_was(rota):
    await rota.at(MONDAY_READING)
    rota.clock.move_to(MONDAY_READING + timedelta(days=2))
    (text,) = await brought(rota, "reading/post")
    assert text.text.startswith(
        "<i>Kiriman ini untuk Senin, 30 November 2026 pukul 07.30 WIB; waktunya sudah lewat.</i>"
    )
    assert [choice.label for choice in text.choices[0]] == ["Sudah dibacakan"]
