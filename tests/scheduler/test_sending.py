"""The outbox: in order, replies first, at exactly the pace that is allowed, and a transaction for many messages."""

import asyncio
import contextlib
import logging
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event

from scheduler.claiming import CLAIMED_FOR, LOOK_AGAIN, PER_CHAT
from scheduler.errors import ChannelDown, ChannelRefusesUs, OutcomeUnknown, Throttled
from scheduler.rate_limit import SLACK, Limits
from scheduler.sending import Outbox
from storage.errors import Unavailable
from storage.models import Delivery, DeliveryState, Priority
from storage.queries import deliveries, leases
from storage.transaction import Database
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SENT, PLANNED, SENDING = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.SENDING


async def write(machine, chats, priority=Priority.PUSH, text="a", **columns):
    """A row for each of these chats, in this order; their ids."""
    values = {
        "channel": CHANNEL,
        "message_key": "broadcast/post",
        "parameters": {},
        "message": {"text": text},
        "priority": priority,
        "not_before": machine.clock.now(),
        "created_at": machine.clock.now(),
    }
    rows = [Delivery(chat_id=chat, **(values | columns)) for chat in chats]
    async with machine.database.transaction() as session:
        session.add_all(rows)
        await session.flush()
        return [row.id for row in rows]


def outbox(machine, database=None, **options):
    """Another process's."""
    options = {"limits": {}} | options
    return Outbox(database or machine.database, machine.clock, {CHANNEL: machine.sender}, **options)


async def steps(box, number):
    """So many steps, each with its answers."""
    wakes = None
    for _ in range(number):
        wakes = await box.step()
        for _ in range(5):
            await asyncio.sleep(0)
    return wakes


async def run_for(machine, box, span):
    """Step whenever it asks to, for so long by the clock that is moved; the instants at which messages left."""
    left, end = [], machine.clock.now() + span
    while machine.clock.now() < end:
        before = len(machine.sender.accepted)
        await steps(box, 1)
        left += [machine.clock.now()] * (len(machine.sender.accepted) - before)
        wakes = await steps(box, 1)
        machine.clock.move_to(max(min(wakes or end, end), machine.clock.now() + timedelta(microseconds=1)))
    return left


async def state_of(machine, *ids):
    rows = {row.id: row.state for row in await machine.all(Delivery)}
    return [rows[number] for number in ids]


def most_within(instants, span):
    return max(sum(start <= instant < start + span for instant in instants) for start in instants)


class Statements:
    """Counts what a database is asked."""

    def __init__(self, database):
        self.asked, self.commits = [], 0
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._ask)
        event.listen(database.engine.sync_engine, "commit", self._commit)

    def _ask(self, _connection, _cursor, statement, *_):
        self.asked.append(statement)

    def _commit(self, _connection):
        self.commits += 1


async def test_many_messages_share_a_transaction(machine):
    await write(machine, [str(number) for number in range(1000)])
    counted = Statements(machine.database)
    await machine.worker.outbox.settle()
    assert len(machine.sender.accepted) == 1000
    assert counted.commits <= 1000 / 40
    assert len(counted.asked) <= 1000 / 5


async def test_what_was_answered_during_a_step_counts_as_being_sent_until_it_is_recorded(machine):
    """The ledger never says of more rows that they are being sent than may be in flight."""
    box = outbox(machine, at_once=4)
    ids = await write(machine, [str(number) for number in range(12)], priority=Priority.NOTICE)
    await box.step()
    await box.step()  # nothing was answered before it began; everything was before it ended
    assert Counter(await state_of(machine, *ids))[SENDING] == 4 == len(machine.sender.accepted)
    await steps(box, 6)
    assert set(await state_of(machine, *ids)) == {SENT}


async def test_a_step_costs_no_more_when_thousands_wait_in_chats_at_their_limit(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1", "2", "3"] * 1000)
    await steps(box, 5)
    counted = Statements(machine.database)
    for _ in range(5):
        machine.clock.advance(SECOND + SLACK)
        await steps(box, 2)
    assert len(machine.sender.accepted) == 18
    assert len(counted.asked) / 10 <= 8


async def test_a_chat_with_a_thousand_rows_hides_no_other(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 1200 + ["2"])
    await steps(box, 4)
    assert [item.chat_id for item in machine.sender.accepted] == ["1", "2"]


async def test_all_rows_of_a_chat_leave_in_order_though_few_are_in_hand_at_once(machine):
    for number in range(3 * PER_CHAT + 1):
        await write(machine, ["1"], text=str(number))
    await machine.worker.outbox.settle()
    assert machine.sender.texts("1") == [str(number) for number in range(3 * PER_CHAT + 1)]


async def test_a_reply_that_comes_while_thousands_wait_leaves_next(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, [str(number) for number in range(2000)])
    await steps(box, 2)
    assert len(machine.sender.accepted) == 30
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 1)
    assert len(machine.sender.accepted) == 30
    machine.clock.advance(SECOND + SLACK)
    await steps(box, 1)
    assert machine.sender.accepted[30].chat_id == "person"


async def test_a_reply_overtakes_the_pushes_of_its_own_chat(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 5, text="push")
    await steps(box, 2)
    await write(machine, ["1"], Priority.REPLY, text="reply")
    await steps(box, 1)
    machine.clock.advance(SECOND + SLACK)
    await steps(box, 1)
    assert machine.sender.texts("1") == ["push", "reply"]


async def test_slow_pushes_never_take_the_last_places(machine):
    chats = [str(number) for number in range(30)]
    machine.sender.gates |= {chat: asyncio.Event() for chat in chats}
    box = outbox(machine, at_once=20)
    await write(machine, chats)
    await steps(box, 3)
    assert machine.sender.asked == 18
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 1)
    assert [item.chat_id for item in machine.sender.accepted] == ["person"]
    await box.close()


async def test_the_whole_allowance_is_used_and_no_window_exceeded(machine):
    box = outbox(machine, limits={CHANNEL: Limits(per_second=10)})
    await write(machine, [str(number) for number in range(700)])
    left = await run_for(machine, box, MINUTE)
    assert 0.98 * 600 <= len(left) <= 600
    assert most_within(left, SECOND) == 10


async def test_a_group_gets_its_share_of_a_minute_and_no_more(machine):
    box = outbox(machine, limits={CHANNEL: Limits(per_group_minute=4)})
    group = await machine.add_group()
    await write(machine, [GROUP] * 12, group_id=group)
    left = await run_for(machine, box, 2 * MINUTE + 4 * SECOND)
    assert len(left) == 12
    assert most_within(left, MINUTE) == 4
    assert most_within(left, SECOND) == 1


async def test_another_process_goes_on_within_the_limits_that_were_used(machine):
    limits = {CHANNEL: Limits(per_second=10)}
    await write(machine, [str(number) for number in range(30)])
    await steps(outbox(machine, limits=limits), 2)
    machine.clock.advance(SECOND / 2)
    heir = outbox(machine, limits=limits)
    async with machine.database.transaction() as session:
        await heir.recover(session, machine.clock.now())
    assert await steps(heir, 2) == FRIDAY + SECOND + SLACK
    assert len(machine.sender.accepted) == 10
    machine.clock.move_to(FRIDAY + SECOND + SLACK)
    await steps(heir, 2)
    assert len(machine.sender.accepted) == 20


async def test_a_429_pauses_its_chat_to_the_instant_and_counts_as_no_attempt(machine):
    until = FRIDAY + timedelta(seconds=37, milliseconds=250)
    machine.sender.refuse("1", Throttled(until))
    [first, second] = await write(machine, ["1", "1"])
    await write(machine, ["2"])
    box = outbox(machine)
    wakes = await steps(box, 4)
    assert [item.chat_id for item in machine.sender.accepted] == ["2"]
    assert wakes == until
    [row] = await machine.all(Delivery, Delivery.id == first)
    assert (row.attempt, row.reason, row.not_before) == (0, "Throttled", until)
    machine.clock.move_to(until)
    await steps(box, 4)
    assert await state_of(machine, first, second) == [SENT, SENT]


async def test_a_second_429_in_a_row_pauses_the_bot_to_the_instant_in_every_process(machine):
    until = FRIDAY + timedelta(seconds=90)
    async with machine.database.transaction() as session:
        await leases.take(session, CHANNEL, "me", MINUTE, FRIDAY)
    machine.sender.refuse("1", Throttled(until + MINUTE))
    machine.sender.refuse("2", Throttled(until))
    await write(machine, ["1", "2"])
    box = outbox(machine)
    await steps(box, 3)
    await write(machine, ["3"], Priority.REPLY)
    assert await steps(box, 2) == until
    heir = outbox(machine)
    async with machine.database.transaction() as session:
        assert await leases.paused_until(session, CHANNEL) == until
        await heir.recover(session, FRIDAY)
    assert await steps(heir, 2) == until
    assert machine.sender.asked == 2
    machine.clock.move_to(until)
    await steps(heir, 4)
    assert Counter(item.chat_id for item in machine.sender.accepted) == {"2": 1, "3": 1}


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


async def test_a_process_that_stood_still_does_not_send_what_was_taken_from_it(machine):
    asleep = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 4)
    await steps(asleep, 1)
    await steps(asleep, 1)
    awake = outbox(machine)
    async with machine.database.transaction() as session:
        await awake.recover(session, machine.clock.now())
    await awake.settle()
    machine.clock.advance(MINUTE)
    await steps(asleep, 3)
    assert len(machine.sender.accepted) == 4


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
    clock._now = FRIDAY - timedelta(hours=1)
    await steps(box, 2)
    assert len(machine.sender.accepted) == 2
    clock.advance(SECOND + SLACK)
    await steps(box, 2)
    assert len(machine.sender.accepted) == 3


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


async def test_one_line_of_the_log_for_each_message_follows_it_from_its_push_to_its_reference(machine, caplog):
    machine.sender.refuse("2", OutcomeUnknown())
    with caplog.at_level(logging.INFO, logger="scheduler.sending"):
        [sent, lost] = await write(machine, ["1", "2"])
        await machine.worker.outbox.settle()
    told = {record.delivery: record for record in caplog.records if record.name == "scheduler.sending"}
    assert len(caplog.records) == 2
    assert (told[sent].getMessage(), told[sent].message_ref) == ("sent", "1000")
    assert told[lost].getMessage() == "uncertain: OutcomeUnknown"
