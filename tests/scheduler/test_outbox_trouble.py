"""The outbox in trouble: refused, stood still, killed, unable to record, stopped, cancelled under its hands."""

import asyncio
import contextlib
import logging
from collections import Counter
from datetime import timedelta

import pytest

from scheduler import lane, outcomes
from scheduler.claiming import CLAIMED_FOR, LOOK_AGAIN
from scheduler.errors import ChannelDown, ChannelRefusesUs, MessageRefused, OutcomeUnknown, Throttled
from scheduler.rate_limit import SLACK, Limits
from storage.errors import Unavailable
from storage.models import Delivery, DeliveryState, Role
from storage.queries import deliveries, leases
from storage.transaction import Database
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP, MONDAY_READING
from tests.scheduler.outbox import MINUTE, PLANNED, SECOND, SENDING, SENT, outbox, run_for, state_of, steps, write


async def test_a_revoked_token_is_asked_of_once_and_everything_waits(machine):
    machine.sender.refuse("1", ChannelRefusesUs())
    await write(machine, ["1", "1"])
    box = outbox(machine)
    wakes = await steps(box, 3)
    await write(machine, ["2", "3"])
    await steps(box, 3)
    assert machine.sender.asked == 1
    assert wakes == FRIDAY + timedelta(minutes=5)
    assert {row.state for row in await machine.all(Delivery)} == {PLANNED}
    assert {row.attempt for row in await machine.all(Delivery)} == {0}


@pytest.mark.parametrize("error", [Throttled(FRIDAY + MINUTE), ChannelDown(), MessageRefused("too long")])
async def test_of_a_row_that_another_process_settled_the_log_tells_what_it_is(machine, caplog, error):
    caplog.set_level("INFO", "scheduler.sending")
    gate = machine.sender.gates["1"] = asyncio.Event()
    machine.sender.refuse("1", error)
    asleep, awake = outbox(machine), outbox(machine)
    ids = await write(machine, ["1"])
    await steps(asleep, 1)
    async with machine.database.transaction() as session:
        await awake.recover(session, machine.clock.now())
    gate.set()
    await steps(asleep, 2)
    assert await state_of(machine, *ids) == [DeliveryState.UNCERTAIN]
    assert caplog.messages[-1] == "uncertain: interrupted"


async def test_a_send_that_is_never_answered_is_uncertain_and_holds_up_no_other(machine, monkeypatch):
    monkeypatch.setattr(lane, "LONGEST_SEND", timedelta(milliseconds=10))
    machine.sender.gates["1"] = asyncio.Event()
    ids = await write(machine, ["1", "2"])

    await machine.worker.outbox.settle()

    assert await state_of(machine, *ids) == [DeliveryState.UNCERTAIN, SENT]


async def test_claims_of_a_dead_process_lapse_and_ones_own_are_kept(machine):
    dead, alive = (outbox(machine, limits={CHANNEL: Limits(per_second=1, per_group_minute=1)}) for _ in range(2))
    await write(machine, ["1", "2", "3"])
    await steps(dead, 2)
    assert len(machine.sender.accepted) == 1
    async with machine.database.transaction() as session:
        assert await alive.next_wake(session, FRIDAY) == FRIDAY + CLAIMED_FOR
    left = await run_for(machine, alive, 2 * CLAIMED_FOR)
    assert [instant >= FRIDAY + CLAIMED_FOR for instant in left] == [True, True]


class FlakyDatabase(Database):
    """Cannot be worked with while `down`."""

    def __init__(self, database):
        super().__init__(database.engine)
        self.down = False

    def transaction(self):
        if self.down:
            raise Unavailable("OperationalError")
        return super().transaction()

    concurrent = transaction


async def test_answers_that_cannot_be_recorded_are_kept_and_nothing_is_sent_twice(machine):
    database = FlakyDatabase(machine.database)
    box = outbox(machine, database)
    machine.sender.refuse("2", ChannelDown())
    ids = await write(machine, ["1", "2", "3", "1"])
    machine.sender.gates["3"] = asyncio.Event()
    await steps(box, 1)
    database.down = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            await box.step()
    database.down = False
    machine.sender.gates["3"].set()
    await steps(box, 4)
    assert await state_of(machine, *ids) == [SENT, PLANNED, SENT, SENT]
    assert Counter(item.chat_id for item in machine.sender.accepted) == {"1": 2, "3": 1}


class FullDatabase(Database):
    """Does all that it is told, and commits nothing while `full`."""

    def __init__(self, database):
        super().__init__(database.engine)
        self.full = False

    @contextlib.asynccontextmanager
    async def transaction(self):
        async with super().transaction() as session:
            yield session
            if self.full:
                raise Unavailable("OperationalError")

    concurrent = transaction


class SlowDatabase(Database):
    """Opens a gate, and lets what is behind it happen, before each transaction of its own."""

    def __init__(self, database, gate):
        super().__init__(database.engine)
        self._gate = gate

    @contextlib.asynccontextmanager
    async def transaction(self):
        self._gate.set()
        for _ in range(5):
            await asyncio.sleep(0)
        async with super().transaction() as session:
            yield session


async def test_a_refusal_that_comes_while_another_is_recorded_is_recorded_as_one(machine):
    gate = machine.sender.gates["2"] = asyncio.Event()
    machine.sender.refuse("1", ChannelDown())
    machine.sender.refuse("2", ChannelDown())
    ids = await write(machine, ["1", "2"])
    box = outbox(machine, SlowDatabase(machine.database, gate))
    await steps(box, 3)
    assert await state_of(machine, *ids) == [PLANNED, PLANNED]


async def test_a_clock_that_is_set_back_holds_up_nothing(machine):
    clock = machine.clock
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 3, not_before=FRIDAY - timedelta(hours=2))
    await steps(box, 2)
    clock.set_to(FRIDAY - timedelta(hours=1))
    await steps(box, 2)
    assert len(machine.sender.accepted) == 2
    clock.advance(SECOND + SLACK)
    await steps(box, 2)
    assert len(machine.sender.accepted) == 3


async def test_a_pause_is_shortened_for_the_clock_though_the_step_that_does_so_cannot_be_committed(machine):
    clock, database = machine.clock, FullDatabase(machine.database)
    async with database.transaction() as session:
        await leases.take(session, CHANNEL, "us", timedelta(hours=2), clock.now())
        await leases.pause(session, CHANNEL, FRIDAY + 30 * SECOND)
    box = outbox(machine, database, limits={CHANNEL: Limits()})
    await steps(box, 1)
    clock.set_to(FRIDAY - timedelta(hours=1))
    database.full = True
    with pytest.raises(Unavailable):
        await box.step()
    database.full = False
    await steps(box, 1)
    async with database.transaction() as session:
        assert await leases.paused_until(session, CHANNEL) == clock.now() + 30 * SECOND


async def test_an_answer_that_cannot_be_recorded_at_the_end_is_tried_until_time_is_up(machine):
    database = FlakyDatabase(machine.database)
    box = outbox(machine, database)
    [identity] = await write(machine, ["1"])
    await steps(box, 1)
    database.down = True
    await box.stop(0.01)
    assert await state_of(machine, identity) == [SENDING]
    stopping = asyncio.ensure_future(box.stop(60))
    await asyncio.sleep(0)
    database.down = False
    await stopping
    assert await state_of(machine, identity) == [SENT]


async def test_stopping_records_what_is_answered_in_time_and_leaves_the_rest_to_the_next_start(machine):
    chats = ["1", "2", "3", "4"]
    machine.sender.gates = {"1": asyncio.Event(), "2": asyncio.Event()}
    ids = await write(machine, chats)
    box = outbox(machine, at_once=2)
    await steps(box, 1)
    stopping = asyncio.ensure_future(box.stop(0.05))
    await asyncio.sleep(0)
    machine.sender.gates["1"].set()
    await stopping
    assert await state_of(machine, *ids) == [SENT, SENDING, PLANNED, PLANNED]
    heir = outbox(machine)
    async with machine.database.transaction() as session:
        assert await heir.recover(session, machine.clock.now()) == 1
    await heir.settle()
    assert await state_of(machine, *ids) == [SENT, DeliveryState.UNCERTAIN, SENT, SENT]


async def test_stopping_records_what_is_answered_before_the_slowest_one(machine):
    machine.sender.gates = {"1": asyncio.Event(), "2": asyncio.Event()}
    ids = await write(machine, ["1", "2"])
    box = outbox(machine)
    await steps(box, 1)
    machine.sender.gates["1"].set()
    await box.stop(2)
    assert await state_of(machine, *ids) == [SENT, SENDING]


class LockedDatabase(Database):
    """Waits for a lock, once there is one."""

    locked = False

    @contextlib.asynccontextmanager
    async def concurrent(self):
        if self.locked:
            await asyncio.get_running_loop().create_future()
        async with super().concurrent() as session:
            yield session


async def test_stopping_waits_for_no_lock_longer_than_it_may(machine):
    database = LockedDatabase(machine.database.engine)
    [identity] = await write(machine, ["1"])
    box = outbox(machine, database)
    await steps(box, 1)
    database.locked = True
    async with asyncio.timeout(5):
        await box.stop(0.05)
    assert await state_of(machine, identity) == [SENDING]


async def test_what_is_cancelled_while_it_is_in_hand_does_not_leave(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    [first, second, third] = await write(machine, ["1", "1", "1"])
    await steps(box, 2)
    async with machine.database.transaction() as session:
        to = {"state": DeliveryState.CANCELLED, "reason": "stopped"}
        assert await deliveries.change(session, second, of=deliveries.WAITING, to=to)
    await run_for(machine, box, 5 * SECOND)
    assert await state_of(machine, first, second, third) == [SENT, DeliveryState.CANCELLED, SENT]
    assert len(machine.sender.accepted) == 2


async def test_a_row_that_cannot_be_read_holds_up_nobody(machine, caplog):
    [broken] = await write(machine, ["1"])
    async with machine.database.transaction() as session:
        (await deliveries.find(session, broken)).message = {"words": 1}
    await write(machine, ["1", "2"])
    await machine.worker.outbox.settle()
    assert await state_of(machine, broken) == [DeliveryState.CANCELLED]
    assert len(machine.sender.accepted) == 2
    assert [record.delivery for record in caplog.records if record.levelno == logging.ERROR] == [broken]


async def test_rows_that_fall_due_later_are_found_then_without_being_told(machine):
    await write(machine, ["1"], not_before=FRIDAY + 3 * MINUTE)
    box = outbox(machine)
    assert await box.step() == FRIDAY + 3 * MINUTE
    machine.clock.move_to(FRIDAY + 3 * MINUTE)
    await steps(box, 1)
    assert len(machine.sender.accepted) == 1


async def test_pushes_that_nobody_told_of_are_found_after_a_while(machine):
    box = outbox(machine)
    await box.step()
    await write(machine, ["1"])
    await steps(box, 1)
    assert machine.sender.accepted == []
    machine.clock.advance(LOOK_AGAIN)
    await steps(box, 1)
    assert len(machine.sender.accepted) == 1


@pytest.fixture
def defect(monkeypatch):
    """What follows from an answer cannot be worked out, the first time."""
    record, calls = outcomes.record, []

    async def defective(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise RuntimeError("a defect")
        return await record(*arguments)

    monkeypatch.setattr(outcomes, "record", defective)


@pytest.mark.usefixtures("defect")
async def test_after_a_defect_the_other_rows_of_the_chat_leave(machine):
    box = outbox(machine)
    machine.sender.refuse("1", MessageRefused("too long"))
    await write(machine, ["1"] * 3)
    await steps(box, 6)
    assert len(machine.sender.accepted) == 2


@pytest.mark.usefixtures("defect")
async def test_a_post_whose_answer_a_defect_lost_is_never_taken_for_one_that_did_not_leave(machine):
    database = FlakyDatabase(machine.database)
    box = outbox(machine, database)
    machine.sender.lose_answer("1", OutcomeUnknown())
    [post] = await write(machine, ["1"])
    await steps(box, 3)
    database.down = True
    with pytest.raises(Unavailable):
        await box.step()
    database.down = False
    await steps(box, 3)
    assert len(machine.sender.accepted) == 1
    assert await state_of(machine, post) == [SENDING]
    assert post not in box.in_flight  # so that it is found abandoned, and told


class AmbiguousDatabase(Database):
    """Commits, and once `lost` loses the answer to that."""

    lost = False

    @contextlib.asynccontextmanager
    async def transaction(self):
        async with super().transaction() as session:
            yield session
        if self.lost:
            self.lost = False
            raise Unavailable("ConnectionDoesNotExistError")


@pytest.mark.parametrize("answer", [MessageRefused("too long"), OutcomeUnknown()], ids=["refused", "lost"])
async def test_what_is_recorded_twice_because_the_commits_answer_was_lost_is_told_once(machine, answer):
    database = AmbiguousDatabase(machine.database.engine)
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    await machine.add_schedule(groups=(await machine.add_group(),))
    machine.worker = machine.new_worker(database)
    machine.clock.move_to(MONDAY_READING)
    machine.sender.refuse(GROUP, answer)
    await machine.worker.tick(MONDAY_READING, wait=False)
    await steps(machine.worker.outbox, 1)
    database.lost = True
    with pytest.raises(Unavailable):
        await machine.worker.outbox.step()
    await steps(machine.worker.outbox, 4)
    assert len(machine.sender.texts("500")) == 1


async def test_one_line_of_the_log_for_each_message_follows_it_from_its_push_to_its_reference(machine, caplog):
    machine.sender.refuse("2", OutcomeUnknown())
    with caplog.at_level(logging.INFO, logger="scheduler.sending"):
        [sent, lost] = await write(machine, ["1", "2"])
        await machine.worker.outbox.settle()
    told = {record.delivery: record for record in caplog.records if record.name == "scheduler.sending"}
    assert len(caplog.records) == 2
    assert (told[sent].getMessage(), told[sent].message_ref) == ("sent", "1000")
    assert told[lost].getMessage() == "uncertain: OutcomeUnknown"
