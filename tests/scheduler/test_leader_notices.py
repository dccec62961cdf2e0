from datetime import datetime, time, timedelta

import pytest

from content.regulation_loader import load_regulations
from scheduler.leader_notices import LEADER_PART
from scheduler.occurrences import replan
from scheduler.turns import skip_turn, swap_turn
from storage.models import Delivery, DeliveryState, Role, Schedule, ScheduleState, Turn, TurnState
from tests.scheduler.machine import MONDAY_READING, UTC

AFTERNOON_BEFORE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday 15.30 WIB, before Monday's reading
REGULATIONS = dict(load_regulations())


@pytest.fixture
async def rota(machine):
    """Two members who have started the bot and one who has not; the first leads on Monday."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    machine.people = [
        await machine.add_member("Anggota 1", chat_id="1"),
        await machine.add_member("Anggota 2", chat_id="2"),
        await machine.add_member("Anggota 3"),
    ]
    machine.schedule = await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    return machine


async def leads(machine):
    turns = await machine.all(Turn, Turn.state == TurnState.ASSIGNED)
    return min(turns, key=lambda turn: turn.day)


async def change(machine, act, turn, *arguments, by=None):
    async with machine.database.transaction() as session:
        await act(session, turn.id, *arguments, machine.clock.now(), by=by)
    await machine.at(machine.clock.now() + timedelta(minutes=1))


async def changed(machine, **columns):
    async with machine.database.transaction() as session:
        schedule = await session.get_one(Schedule, machine.schedule)
        for name, value in columns.items():
            setattr(schedule, name, value)
        await replan(session, schedule, machine.clock.now(), regulations=REGULATIONS)
    await machine.at(machine.clock.now() + timedelta(minutes=1))


async def test_a_leader_who_has_the_text_hears_of_the_swap_and_the_new_one_gets_it(rota):
    await rota.at(AFTERNOON_BEFORE)
    await change(rota, swap_turn, await leads(rota), rota.people[1])
    _, relieved = rota.sender.texts("1")
    assert (
        "Senin, 30 November 2026 pukul 07.30 WIB</b> tidak jadi Anda pimpin; penggantinya <b>Anggota 2</b>" in relieved
    )
    assert "tidak hangus" in relieved
    assert "Yth. <b>Anggota 2</b>, giliran Anda memimpin" in rota.sender.texts("2")[0]


async def test_a_leader_who_has_the_text_hears_of_the_skip(rota):
    await rota.at(AFTERNOON_BEFORE)
    await change(rota, skip_turn, await leads(rota))
    assert "tidak jadi Anda pimpin" in rota.sender.texts("1")[-1]


async def test_a_leader_who_was_told_nothing_hears_nothing(rota):
    await rota.at(AFTERNOON_BEFORE - timedelta(hours=1))
    await change(rota, skip_turn, await leads(rota))
    assert rota.sender.texts("1") == []


async def test_who_gives_the_own_turn_away_knows_it(rota):
    await rota.at(AFTERNOON_BEFORE)
    await change(rota, skip_turn, await leads(rota), by=rota.people[0])
    assert len(rota.sender.texts("1")) == 1


async def test_a_turn_that_the_secretary_was_handed_has_no_leader_to_tell(rota):
    await rota.at(AFTERNOON_BEFORE)
    await change(rota, swap_turn, await leads(rota), rota.people[2])
    await change(rota, swap_turn, await leads(rota), rota.people[1])
    assert await rota.count(Delivery, Delivery.message_key == "reading/leader_relieved") == 1  # the first one's


async def test_a_text_that_has_not_left_yet_is_held_back(rota):
    await rota.at(AFTERNOON_BEFORE)
    turn = await leads(rota)
    [text] = await told(rota, turn)
    async with rota.database.transaction() as session:
        row = await session.get_one(Delivery, text.id)
        row.state = DeliveryState.PLANNED
        await session.flush()
        await skip_turn(session, turn.id, rota.clock.now())
    assert [row.state for row in await told(rota, turn)] == [DeliveryState.CANCELLED]
    assert await rota.count(Delivery, Delivery.message_key == "reading/leader_relieved") == 0


async def told(machine, turn):
    return await machine.all(Delivery, Delivery.part.startswith(f"{LEADER_PART}:{turn.id}:"))


async def test_a_reading_called_off_is_told_to_its_leader_and_told_anew_when_it_comes_back(rota):
    await rota.at(AFTERNOON_BEFORE)
    await changed(rota, state=ScheduleState.PAUSED, reason="by_hand")
    assert "tidak jadi dilaksanakan" in rota.sender.texts("1")[-1]
    await changed(rota, state=ScheduleState.ACTIVE, reason=None)
    assert "giliran Anda memimpin" in rota.sender.texts("1")[-1]
    assert len(rota.sender.texts("1")) == 3


async def test_a_reading_that_moves_is_not_called_off(rota):
    await rota.at(AFTERNOON_BEFORE)
    await changed(rota, at=time(7, 45))
    assert len(rota.sender.texts("1")) == 2
    assert "pukul 07.45 WIB" in rota.sender.texts("1")[-1]


async def test_after_the_reading_nobody_is_told(rota):
    await rota.at(AFTERNOON_BEFORE)
    await rota.at(MONDAY_READING)
    before = len(rota.sender.texts("1"))
    await changed(rota, state=ScheduleState.PAUSED, reason="by_hand")
    assert len(rota.sender.texts("1")) == before
