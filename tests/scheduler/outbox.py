"""An outbox on a machine whose clock is moved: rows to send, and steps until they have left."""

import asyncio
from datetime import timedelta

from sqlalchemy import event

from scheduler.sending import Outbox
from storage.models import Delivery, DeliveryState, Priority
from tests.scheduler.machine import CHANNEL

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


def outbox(machine, database=None, channel=CHANNEL, **options):
    """Another process's."""
    options = {"limits": {}} | options
    return Outbox(database or machine.database, machine.clock, {channel: machine.sender}, **options)


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
