"""After a restore or a long outage nothing old leaves by itself; a person decides, and the office's day goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduler import hold
from scheduler.clock import MovableClock
from scheduler.delivery_queue import enqueue
from scheduler.errors import Throttled
from scheduler.recurrence import Once
from scheduler.sender import Destination
from storage.models import (
    AuditEntry,
    Delivery,
    DeliveryState,
    GroupChat,
    Occurrence,
    OccurrenceState,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import holds, inbound, settings
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP, MONDAY_READING, Machine

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECRETARY, ADMINISTRATOR, LEADER = "500", "600", "700"


@pytest.fixture
async def reading(machine):
    """A reading every working day at 07.30 WIB into one group, a secretary, and who runs the installation."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_member("Administrator", Role.ADMINISTRATOR, ADMINISTRATOR, leads=False)
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi", late_minutes=60)
    return machine


async def stops(machine, instant):
    """It runs until this instant, and is gone."""
    await machine.at(instant)
    await hold.Signs(machine.database).note(instant)
    await machine.worker.close()


async def starts(machine, instant):
    """It starts again, as `apel run` does; whether anything is held."""
    machine.clock.move_to(instant)
    machine.worker = machine.new_worker()
    held = await hold.begin(machine.database, machine.worker.prepare, instant)
    await machine.worker.recover(instant)
    await machine.at(instant)
    return held


async def is_restored(machine):
    async with machine.database.transaction() as session:
        await holds.mark_restored(session, machine.clock.now())


async def decide(machine, act, office_id=0):
    async with machine.database.transaction() as session:
        return await act(session, office_id or machine.office_id, None, machine.clock.now())


async def queue(machine, chat_id=SECRETARY, **details):
    """A message in private that waits."""
    async with machine.database.transaction() as session:
        row = await enqueue(
            session,
            destination=Destination(CHANNEL, chat_id),
            key="registration/stayed",
            parameters={},
            now=machine.clock.now(),
            office_id=details.pop("office_id", machine.office_id),
            **details,
        )
        return row.id


async def long_outage(machine):
    await stops(machine, MONDAY_READING - 45 * MINUTE)
    return await starts(machine, MONDAY_READING + 30 * MINUTE)


def lists(machine, chat_id):
    return [text for text in machine.sender.texts(chat_id) if "Kiriman ditahan" in text]


async def test_after_an_outage_longer_than_its_window_a_reading_is_held_and_listed(reading):
    assert await long_outage(reading)
    assert reading.sender.texts(GROUP) == []
    [told] = [item for item in reading.sender.accepted if item.chat_id == ADMINISTRATOR]
    assert "<b>Apel pagi</b> (pembacaan nilai), Senin, 30 November 2026 pukul 07.30 WIB, ke 1 grup" in told.message.text
    assert "sempat terhenti cukup lama" in told.message.text
    labels = [choice.label for row in told.message.choices for choice in row]
    assert labels == ["Kirim sekarang", "Batalkan kiriman"]
    assert reading.sender.texts(SECRETARY) == []


async def test_after_an_outage_inside_its_window_it_goes_out_late_by_itself(reading):
    await stops(reading, MONDAY_READING - 5 * MINUTE)
    assert not await starts(reading, MONDAY_READING + 50 * MINUTE)
    [post] = await reading.posts()
    assert (post.state, post.sent_at - MONDAY_READING) == (DeliveryState.SENT, 50 * MINUTE)
    assert reading.sender.texts(ADMINISTRATOR) == []


async def test_each_push_has_its_own_window(reading):
    [group] = await reading.all(GroupChat)
    await reading.add_schedule(ScheduleKind.MEETING, groups=(group.id,), title="Rapat", late_minutes=180)
    await long_outage(reading)
    assert len(reading.sender.texts(GROUP)) == 1  # the meeting's
    [held] = await reading.all(Occurrence, Occurrence.held.is_(True))
    assert held.kind is ScheduleKind.READING


async def test_after_a_restore_it_is_held_however_short_the_time(reading):
    await stops(reading, MONDAY_READING - MINUTE)
    await is_restored(reading)
    assert await starts(reading, MONDAY_READING + MINUTE)
    assert reading.sender.texts(GROUP) == []
    [told] = lists(reading, ADMINISTRATOR)
    assert "dipulihkan dari cadangan" in told
    assert "mungkin sudah terkirim" in told


async def test_what_falls_due_after_the_start_goes_out_as_ever(reading):
    await long_outage(reading)
    await reading.at(MONDAY_READING + DAY)
    [post] = await reading.posts()
    assert (post.state, post.sent_at) == (DeliveryState.SENT, MONDAY_READING + DAY)


async def test_released_it_leaves_at_once_and_the_ledger_shows_how_late(reading):
    await long_outage(reading)
    reading.clock.advance(5 * MINUTE)
    assert await decide(reading, hold.release) == hold.Decided(pushes=1, messages=0)
    await reading.at(reading.clock.now())
    await reading.at(reading.clock.now() + MINUTE)
    [post] = await reading.posts()
    assert (post.state, post.sent_at - MONDAY_READING) == (DeliveryState.SENT, 35 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_discarded_it_is_missed_and_never_sent(reading):
    await long_outage(reading)
    assert await decide(reading, hold.discard) == hold.Decided(pushes=1, messages=0)
    await reading.until(MONDAY_READING + 2 * 60 * MINUTE)
    [occurrence] = await reading.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "discarded")
    assert reading.sender.texts(GROUP) == []
    assert reading.sender.texts(SECRETARY) == []


async def test_a_decision_is_audited_once_and_the_second_finds_it_done(reading):
    await long_outage(reading)
    await decide(reading, hold.release)
    assert await decide(reading, hold.release) is None
    assert await decide(reading, hold.discard) is None
    [entry] = await reading.all(AuditEntry)
    assert (entry.act, entry.detail, entry.actor_id) == ("hold.released", {"pushes": 1, "messages": 0}, None)


async def test_undecided_it_is_missed_when_its_window_closes_and_told(reading):
    await long_outage(reading)
    await reading.until(MONDAY_READING + 61 * MINUTE)
    [occurrence] = await reading.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "held")
    [told] = reading.sender.texts(SECRETARY)
    assert "tidak diputuskan sampai batas keterlambatannya" in told
    assert reading.sender.texts(GROUP) == []
    assert await decide(reading, hold.release) is None


async def test_the_window_closes_in_hold_without_anything_else_to_wake_for(reading):
    await long_outage(reading)
    async with reading.database.transaction() as session:
        assert await reading.worker.next_wake(session, reading.clock.now()) <= MONDAY_READING + 60 * MINUTE


async def test_posts_that_waited_are_held_and_discarded_ones_cancelled(reading):
    reading.sender.refuse(GROUP, Throttled(MONDAY_READING + 10 * MINUTE))
    await stops(reading, MONDAY_READING)
    await is_restored(reading)
    assert await starts(reading, MONDAY_READING + MINUTE)
    await reading.until(MONDAY_READING + 20 * MINUTE)
    assert (
        "<b>Apel pagi</b> (pembacaan nilai), Senin, 30 November 2026 pukul 07.30 WIB, ke 1 grup"
        in lists(reading, ADMINISTRATOR)[0]
    )
    assert await decide(reading, hold.discard) == hold.Decided(pushes=1, messages=0)
    await reading.at(reading.clock.now())
    [post] = await reading.posts()
    assert (post.state, post.reason) == (DeliveryState.CANCELLED, "discarded")
    assert reading.sender.texts(GROUP) == []


async def test_messages_in_private_that_waited_are_held_by_the_offices_reading_window(reading):
    await stops(reading, FRIDAY)
    row_id = await queue(reading)
    assert await starts(reading, FRIDAY + 61 * MINUTE)
    assert reading.sender.texts(SECRETARY) == []
    [told] = lists(reading, ADMINISTRATOR)
    assert "1 pesan lain" in told
    assert await decide(reading, hold.release) == hold.Decided(pushes=0, messages=1)
    await reading.at(reading.clock.now())
    [row] = await reading.all(Delivery, Delivery.id == row_id)
    assert (row.state, len(reading.sender.texts(SECRETARY))) == (DeliveryState.SENT, 1)


async def test_after_a_short_outage_messages_in_private_go_out(reading):
    await stops(reading, FRIDAY)
    await queue(reading)
    assert not await starts(reading, FRIDAY + 59 * MINUTE)
    assert len(reading.sender.texts(SECRETARY)) == 1


async def test_answers_written_after_the_start_go_out_in_hold(reading):
    await long_outage(reading)
    reading.clock.advance(MINUTE)
    await queue(reading)
    await reading.at(reading.clock.now())
    assert len(reading.sender.texts(SECRETARY)) == 1


async def test_what_was_being_sent_stays_uncertain_after_a_restore_and_what_may_go_twice_is_held(reading):
    await reading.at(FRIDAY)
    post, notice = await queue(reading, GROUP, group_id=1), await queue(reading)
    async with reading.database.transaction() as session:
        begun = {"state": DeliveryState.SENDING, "sending_at": FRIDAY, "attempt": 1}
        await session.execute(update(Delivery).values(**begun, repeatable=Delivery.id == notice))
    await is_restored(reading)
    await starts(reading, FRIDAY + MINUTE)
    states = {row.id: (row.state, row.held) for row in await reading.all(Delivery, Delivery.id.in_([post, notice]))}
    assert states[post][0] is DeliveryState.UNCERTAIN
    assert states[notice] == (DeliveryState.PLANNED, True)
    assert (reading.sender.texts(GROUP), reading.sender.texts(SECRETARY)) == ([], [])
    assert "1 pesan lain" in lists(reading, ADMINISTRATOR)[0]


async def test_the_leaders_text_is_told_after_an_outage_and_held_after_a_restore(reading):
    await reading.add_member("Anggota 1", Role.ANGGOTA, LEADER)
    telling = MONDAY_READING + 8 * 60 * MINUTE  # 15.30, for Tuesday
    await stops(reading, telling - 90 * MINUTE)
    assert not await starts(reading, telling + MINUTE)
    assert len(reading.sender.texts(LEADER)) == 1
    await is_restored(reading)
    assert await starts(reading, telling + DAY + MINUTE)
    assert len(reading.sender.texts(LEADER)) == 1
    assert "1 pesan lain" in lists(reading, ADMINISTRATOR)[0]


async def test_what_had_ended_before_a_restore_is_recorded_as_perhaps_sent(reading):
    await stops(reading, MONDAY_READING - DAY)
    await is_restored(reading)
    assert not await starts(reading, MONDAY_READING + 5 * 60 * MINUTE)
    [occurrence] = await reading.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "restored")
    assert "mungkin sudah terkirim" in reading.sender.texts(SECRETARY)[0]


async def test_what_people_had_said_before_a_restore_is_not_answered_anew(reading):
    async with reading.database.transaction() as session:
        before = await inbound.store(session, CHANNEL, "1", b"{}", FRIDAY)
    await is_restored(reading)
    reading.clock.advance(MINUTE)
    async with reading.database.transaction() as session:
        after = await inbound.store(session, CHANNEL, "2", b"{}", reading.clock.now())
    assert not await starts(reading, reading.clock.now())
    async with reading.database.transaction() as session:
        assert [await inbound.is_handled(session, row) for row in (before, after)] == [True, False]
        assert [row.id for row in await inbound.unhandled(session)] == [after]


async def test_two_offices_decide_each_for_themselves(reading):
    first = reading.office_id
    second = await reading.open_office("kupang-30-2025")
    await reading.add_member("Administrator", Role.ADMINISTRATOR, "601", leads=False)
    await reading.add_schedule(groups=(await reading.add_group("-200"),), title="Apel siang", late_minutes=60)
    await long_outage(reading)
    assert ("Apel pagi" in lists(reading, ADMINISTRATOR)[0], "Apel siang" in lists(reading, ADMINISTRATOR)[0]) == (
        True,
        False,
    )
    assert ("Apel pagi" in lists(reading, "601")[0], "Apel siang" in lists(reading, "601")[0]) == (False, True)
    assert await decide(reading, hold.release, first)
    await reading.at(reading.clock.now())
    assert (len(reading.sender.texts(GROUP)), reading.sender.texts("-200")) == (1, [])
    async with reading.database.transaction() as session:
        assert await holds.offices(session) == [second]


async def test_without_an_administrator_the_secretary_decides(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi", late_minutes=60)
    await long_outage(machine)
    assert len(lists(machine, SECRETARY)) == 1


async def test_with_nobody_to_tell_it_is_held_and_logged(machine, caplog):
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi", late_minutes=60)
    assert await long_outage(machine)
    assert "apel hold" in caplog.text
    async with machine.database.transaction() as session:
        [push] = (await hold.listed(session, machine.office_id))["pushes"]
    assert (push["title"], push["groups"]) == ("Apel pagi", 1)


async def test_messages_to_people_of_no_office_are_held_and_decided_apart(reading):
    await stops(reading, FRIDAY)
    await queue(reading, "900", office_id=None)
    assert await starts(reading, FRIDAY + 61 * MINUTE)
    async with reading.database.transaction() as session:
        assert await holds.offices(session) == [None]
        assert (await hold.listed(session, None))["messages"] == 1
        assert await hold.discard(session, None, None, reading.clock.now()) == hold.Decided(0, 1)
    await reading.at(reading.clock.now())
    assert reading.sender.texts("900") == []


async def test_another_start_holds_nothing_more_and_tells_nobody_again(reading):
    await long_outage(reading)
    await hold.Signs(reading.database).note(reading.clock.now())
    assert not await starts(reading, reading.clock.now() + MINUTE)
    assert len(lists(reading, ADMINISTRATOR)) == 1
    assert reading.sender.texts(GROUP) == []


async def test_a_later_hold_lists_all_that_is_held_and_outdates_the_first_list(reading):
    await long_outage(reading)
    first = str(int(reading.clock.now().timestamp()))
    await hold.Signs(reading.database).note(reading.clock.now())
    await queue(reading)
    await is_restored(reading)
    assert await starts(reading, reading.clock.now() + MINUTE)
    assert "1 pesan lain" in lists(reading, ADMINISTRATOR)[1]
    assert "Apel pagi" in lists(reading, ADMINISTRATOR)[1]
    async with reading.database.transaction() as session:
        assert not await hold.is_latest(session, reading.office_id, first)


async def test_a_clock_moved_backward_holds_nothing(reading):
    await stops(reading, MONDAY_READING + DAY)
    sent = len(reading.sender.texts(GROUP))
    reading.clock = MovableClock(MONDAY_READING)
    assert not await starts(reading, MONDAY_READING + 30 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == sent
    await reading.at(MONDAY_READING + 2 * DAY)
    assert len(reading.sender.texts(GROUP)) == sent + 1


async def test_a_first_start_holds_nothing(reading):
    assert not await starts(reading, MONDAY_READING + 30 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_a_discarded_broadcast_for_one_time_has_ended(machine):
    await machine.add_member("Administrator", Role.ADMINISTRATOR, ADMINISTRATOR, leads=False)
    group = await machine.add_group()
    await machine.add_schedule(
        ScheduleKind.BROADCAST,
        Once(MONDAY_READING.date()),
        groups=(group,),
        title="Air",
        body="Air mati",
        late_minutes=60,
    )
    await long_outage(machine)
    await decide(machine, hold.discard)
    [schedule] = await machine.all(Schedule)
    assert schedule.state is ScheduleState.ENDED


async def test_signs_of_life_are_written_twice_a_minute_and_after_a_clock_moved_back(database):
    machine = Machine(database)
    signs = hold.Signs(database)
    written = []
    for seconds in (0, 10, 26, 30, 60, -3600):
        await signs.note(FRIDAY + timedelta(seconds=seconds))
        async with machine.database.transaction() as session:
            written.append(await settings.read(session, "alive"))
    offsets = (0, 0, 26, 26, 60, -3600)
    assert written == [(FRIDAY + timedelta(seconds=offset)).isoformat() for offset in offsets]
    await machine.worker.close()
