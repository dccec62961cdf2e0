from datetime import date, datetime, timedelta

import pytest

from scheduler import outcomes
from scheduler.errors import RecipientBusy, RecipientUnreachable, UnreachableReason
from scheduler.turns import skip_turn, swap_turn
from storage.models import Member, Occurrence, OccurrenceState, PersonAddress, Role, Turn, TurnState
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP, MONDAY_READING, UTC

AFTERNOON_BEFORE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday 15.30 WIB, before Monday's reading
SECRETARY = "500"


@pytest.fixture
async def rota(machine):
    """Three members who take turns: the first and second have started the bot, the third is only a name."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    machine.people = [
        await machine.add_member("Anggota 1", chat_id="1"),
        await machine.add_member("Anggota 2", chat_id="2"),
        await machine.add_member("Anggota 3"),
    ]
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    return machine


async def assigned(machine, day=date(2026, 11, 30)):
    [turn] = await machine.all(Turn, Turn.day == day, Turn.state == TurnState.ASSIGNED)
    return turn


async def test_the_leader_gets_the_whole_text_on_the_afternoon_of_the_working_day_before(rota):
    await rota.at(AFTERNOON_BEFORE - timedelta(minutes=1))
    assert rota.sender.texts("1") == []
    assert (await rota.at(AFTERNOON_BEFORE)).told == 1
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    [text] = rota.sender.texts("1")
    assert "Senin, 30 November 2026 pukul 07.30 WIB" in text
    assert "Fokus hari ini" in text


async def test_the_group_reads_who_leads(rota):
    await rota.at(AFTERNOON_BEFORE)
    await rota.at(MONDAY_READING)
    assert "Dipimpin oleh <b>Anggota 1</b>" in rota.sender.texts(GROUP)[0]


async def test_turns_go_round_the_roster(rota):
    for day in range(8):
        await rota.at(MONDAY_READING + timedelta(days=day))
    turns = await rota.all(Turn, Turn.day <= date(2026, 12, 7))
    assert [turn.member_id for turn in turns] == rota.people * 2


async def test_a_leader_who_never_joined_is_handed_to_the_secretary_with_two_buttons(rota):
    turn = await rota.at(AFTERNOON_BEFORE) and await assigned(rota)
    async with rota.database.transaction() as session:
        await swap_turn(session, turn.id, rota.people[2], rota.clock.now())
    assert (await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))).told == 1
    [handed] = [item for item in rota.sender.accepted if item.chat_id == SECRETARY]
    new = await assigned(rota)
    assert "Anggota 3" in handed.message.text
    assert [choice.action for choice in handed.message.choices[0]] == [f"turn.swap:{new.id}", f"turn.skip:{new.id}"]


async def test_a_leader_who_blocked_the_bot_is_handed_to_the_secretary(rota):
    rota.sender.refuse("1", RecipientUnreachable(UnreachableReason.BLOCKED))
    await rota.at(AFTERNOON_BEFORE)
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    assert len(rota.sender.texts(SECRETARY)) == 1
    assert [row.unreachable for row in await rota.all(PersonAddress)] == [None, "blocked", None]


async def test_a_leader_who_stops_while_the_text_waits_is_handed_to_the_secretary(rota):
    rota.sender.refuse("1", RecipientBusy())
    await rota.at(AFTERNOON_BEFORE)
    async with rota.database.transaction() as session:
        await outcomes.record_stop(session, CHANNEL, "1", rota.clock.now(), rota.clock.now())
    await rota.until(AFTERNOON_BEFORE + timedelta(minutes=2))
    assert rota.sender.texts("1") == []
    assert "Anggota 1" in "".join(rota.sender.texts(SECRETARY))


async def test_skipping_twice_skips_once_and_the_turn_is_owed(rota):
    await rota.at(AFTERNOON_BEFORE)
    first = await assigned(rota)
    for _ in range(2):
        async with rota.database.transaction() as session:
            new = await skip_turn(session, first.id, rota.clock.now())
            assert new.member_id == rota.people[2]  # the second leads on Tuesday already
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    assert len(rota.sender.texts(SECRETARY)) == 1
    states = {turn.member_id: turn.state for turn in await rota.all(Turn, Turn.day == date(2026, 11, 30))}
    assert states == {rota.people[0]: TurnState.SKIPPED, rota.people[2]: TurnState.ASSIGNED}


async def test_swapping_back_gives_the_turn_to_the_first_again_and_tells_again(rota):
    await rota.at(AFTERNOON_BEFORE)
    first = await assigned(rota)
    async with rota.database.transaction() as session:
        second = await swap_turn(session, first.id, rota.people[1], rota.clock.now())
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    async with rota.database.transaction() as session:
        third = await swap_turn(session, second.id, rota.people[0], rota.clock.now())
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=2))
    assert third.id == first.id
    for chat, times in (("1", 2), ("2", 1)):
        told = ["giliran Anda memimpin" in text for text in rota.sender.texts(chat)]
        assert (told.count(True), told.count(False)) == (times, 1)  # and each once of the swap that relieved them


async def test_the_only_one_on_the_roster_who_skips_leaves_the_reading_without_a_leader(machine):
    await machine.add_member("Anggota 1", chat_id="1")
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(AFTERNOON_BEFORE)
    turn = await assigned(machine)
    async with machine.database.transaction() as session:
        assert await skip_turn(session, turn.id, machine.clock.now()) is None
    await machine.at(MONDAY_READING)
    assert "Dipimpin oleh" not in machine.sender.texts(GROUP)[0]


async def test_an_empty_roster_assigns_nobody_until_it_is_filled(machine):
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(FRIDAY)
    assert await machine.all(Turn) == []
    member = await machine.add_member("Anggota 1")
    await machine.at(FRIDAY + timedelta(minutes=1))
    assert {turn.member_id for turn in await machine.all(Turn)} == {member}


async def test_who_left_the_office_is_passed_over(rota):
    await rota.at(FRIDAY)
    async with rota.database.transaction() as session:
        (await session.get(Member, rota.people[0])).left_at = rota.clock.now()
    await rota.at(AFTERNOON_BEFORE)
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    assert rota.sender.texts("1") == []
    assert (await assigned(rota)).member_id == rota.people[1]
    assert len(rota.sender.texts("2")) == 1


async def test_a_reading_that_goes_out_late_after_a_long_downtime_still_names_a_leader(rota):
    await rota.at(MONDAY_READING + timedelta(minutes=30))
    assert "Dipimpin oleh <b>Anggota 1</b>" in rota.sender.texts(GROUP)[0]
    assert rota.sender.texts("1") == []


async def test_a_missed_reading_costs_nobody_a_turn(rota):
    await rota.at(AFTERNOON_BEFORE)
    await rota.at(MONDAY_READING + timedelta(hours=2))
    [missed] = await rota.all(Occurrence, Occurrence.state == OccurrenceState.MISSED)
    await rota.at(MONDAY_READING + timedelta(days=3))
    led = await rota.all(Turn, Turn.occurrence_id != missed.id, Turn.member_id == rota.people[0])
    assert led != []


async def test_the_secretary_can_hand_an_unreachable_leader_s_turn_on_in_one_tap(rota):
    await rota.at(AFTERNOON_BEFORE)
    leading = await assigned(rota)
    async with rota.database.transaction() as session:
        await swap_turn(session, leading.id, rota.people[2], rota.clock.now())
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    [handed] = [item for item in rota.sender.accepted if item.chat_id == SECRETARY]
    new = await assigned(rota)
    [offered] = handed.message.choices[1]
    assert (offered.label, offered.action) == ("Ganti: Anggota 2", f"turn.give:{new.id}:{rota.people[1]}")


async def test_where_nobody_else_can_be_written_to_nobody_is_offered(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    for number in (1, 2):
        await machine.add_member(f"Anggota {number}")
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    await machine.at(AFTERNOON_BEFORE)
    [handed] = [item for item in machine.sender.accepted if item.chat_id == SECRETARY]
    assert [choice.label for row in handed.message.choices for choice in row] == ["Tukar", "Lewati"]


async def test_a_secretary_whose_own_turn_it_is_can_swap_or_skip_it_under_the_text(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    await machine.at(AFTERNOON_BEFORE)
    [told] = [item for item in machine.sender.accepted if item.chat_id == SECRETARY]
    assert "tukar atau lewati giliran Anda" in told.message.text
    assert [choice.label for row in told.message.choices for choice in row] == ["Tukar", "Lewati"]


async def test_a_member_whose_turn_it_is_asks_the_secretary(rota):
    await rota.at(AFTERNOON_BEFORE)
    [told] = [item for item in rota.sender.accepted if item.chat_id == "1"]
    assert "mohon beri tahu sekretaris" in told.message.text
    assert told.message.choices == ()


async def test_a_leader_who_leaves_after_being_told_does_not_leave_the_reading_without_one(rota):
    await rota.at(AFTERNOON_BEFORE)
    async with rota.database.transaction() as session:
        (await session.get_one(Member, rota.people[0])).left_at = rota.clock.now()
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=1))
    await rota.at(AFTERNOON_BEFORE + timedelta(minutes=2))
    turn = await assigned(rota)
    assert turn.member_id != rota.people[0]
    assert turn.told_at is not None
    await rota.at(MONDAY_READING)
    assert "Dipimpin oleh <b>Anggota 1</b>" not in rota.sender.texts(GROUP)[0]
