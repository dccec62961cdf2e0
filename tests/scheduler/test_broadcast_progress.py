from datetime import date, datetime, time, timedelta

import pytest

from scheduler import abilities
from scheduler.abilities import Abilities
from scheduler.broadcast_progress import ACCEPTED, EDIT_EVERY, PROGRESS
from scheduler.delivery_queue import enqueue
from scheduler.errors import RecipientUnreachable, Throttled, UnreachableReason
from scheduler.recurrence import Once
from scheduler.sender import Destination
from storage.models import Delivery, DeliveryState, HolidayRule, Role, Schedule, ScheduleKind
from storage.queries import addresses
from storage.queries.schedules import set_targets
from tests.scheduler.machine import CHANNEL, FRIDAY, UTC

SECRETARY = "500"
DUE = datetime(2026, 11, 27, 2, tzinfo=UTC)  # 09.00 WIB
SHOWN = {"kind": "broadcast", "title": "Rapat", "rule": "", "once": True, "clock": "", "zone": "Asia/Jakarta"}


@pytest.fixture
async def broadcast(machine):
    """A broadcast into three groups, saved an hour ago by a secretary whose message says so."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    machine.groups = [f"-10{number}" for number in range(3)]
    groups = tuple([await machine.add_group(chat_id) for chat_id in machine.groups])
    machine.schedule = await machine.add_schedule(
        ScheduleKind.BROADCAST,
        Once(date(2026, 11, 27)),
        time(9),
        groups,
        title="Rapat pindah",
        body="Rapat pindah",
        holiday_rule=HolidayRule.IGNORE,
    )
    async with machine.database.transaction() as session:
        await enqueue(
            session,
            destination=Destination(CHANNEL, SECRETARY),
            key=ACCEPTED,
            parameters=accepted(machine.schedule),
            now=FRIDAY,
            office_id=machine.office_id,
        )
    await machine.at(FRIDAY)
    return machine


def accepted(schedule_id):
    others = dict.fromkeys(("key", "more_groups", "persons", "picture", "office"))
    shown = SHOWN | {"by_forwarding": False, "groups": [], "next": [DUE]}
    return others | {"schedule": shown, "text": "Rapat pindah", "at_once": False, "id": schedule_id}


def shown(machine):
    """What the secretary's message said, one after the other."""
    message = next(item for item in machine.sender.accepted if item.chat_id == SECRETARY)
    return [item.message.text for item in machine.sender.accepted if item.replaces == message.reference]


async def test_the_message_follows_by_itself_to_the_end(broadcast):
    await broadcast.at(DUE - timedelta(seconds=1))
    assert shown(broadcast) == []
    await broadcast.at(DUE)
    begun, ended = shown(broadcast)
    assert "0 dari 3 grup terkirim, 3 menunggu" in begun
    assert "3 dari 3 grup terkirim." in ended
    labels = [choice.label for item in broadcast.sender.accepted[-1].message.choices for choice in item]
    assert labels == []  # nothing is left to be stopped


async def test_it_says_what_failed_and_what_waits(broadcast):
    broadcast.sender.refuse(broadcast.groups[0], Throttled(DUE + timedelta(seconds=40)))
    broadcast.sender.refuse(broadcast.groups[1], RecipientUnreachable(UnreachableReason.REMOVED))
    await broadcast.at(DUE)
    await broadcast.until(DUE + EDIT_EVERY * 2)
    assert "1 dari 3 grup terkirim, 1 menunggu, 1 gagal" in shown(broadcast)[-1]
    await broadcast.until(DUE + timedelta(minutes=2))
    assert "2 dari 3 grup terkirim, 1 gagal" in shown(broadcast)[-1]


async def test_nothing_new_writes_nothing_not_even_after_a_restart(broadcast):
    await broadcast.at(DUE)
    before = await broadcast.count(Delivery)
    await broadcast.restart()
    for seconds in range(1, 5):
        await broadcast.at(DUE + timedelta(seconds=seconds))
    assert await broadcast.count(Delivery) == before


async def test_while_it_goes_on_it_is_not_edited_at_every_step(broadcast):
    broadcast.sender.refuse(broadcast.groups[0], Throttled(DUE + timedelta(seconds=40)))
    await broadcast.at(DUE)
    assert len(shown(broadcast)) == 1  # "0 dari 3" at the beginning; the first group a moment later has to wait
    await broadcast.until(DUE + EDIT_EVERY + timedelta(seconds=1))
    assert "2 dari 3 grup terkirim, 1 menunggu" in shown(broadcast)[-1]


async def test_one_that_was_missed_is_shown_as_missed(broadcast):
    await broadcast.at(DUE + timedelta(hours=4))
    [missed] = shown(broadcast)
    assert "Tidak terkirim." in missed


async def test_without_the_message_nothing_is_shown(broadcast):
    [written] = await broadcast.all(Delivery)
    async with broadcast.database.transaction() as session:
        (await session.get_one(Delivery, written.id)).parameters = {}  # erased
    await broadcast.at(DUE)
    assert await broadcast.count(Delivery, Delivery.message_key == PROGRESS) == 0
    sent = await broadcast.count(Delivery, Delivery.state == DeliveryState.SENT, Delivery.group_id.is_not(None))
    assert sent == 3


@pytest.mark.parametrize(("groups", "told"), [(0, []), (3, ["terkirim; naskahnya juga diserahkan untuk diteruskan"])])
async def test_what_is_forwarded_is_told_of_by_the_text_that_comes_and_beside_groups_in_words(
    broadcast, monkeypatch, groups, told
):
    monkeypatch.setitem(abilities._declared, CHANNEL, Abilities(edits=False))
    async with broadcast.database.transaction() as session:
        (await session.get_one(Schedule, broadcast.schedule)).by_forwarding = True
        if not groups:
            await set_targets(session, broadcast.schedule, [])
    await broadcast.at(DUE)
    await broadcast.at(DUE + timedelta(seconds=5))
    texts = broadcast.sender.texts(SECRETARY)
    assert any("Mohon teruskan" in text for text in texts)
    progress = [text for text in texts if "Keadaan" in text]
    assert len(progress) == len(told)
    assert all(words in text for words, text in zip(told, progress, strict=True))


async def test_where_nothing_can_be_edited_the_end_alone_is_told_and_once(broadcast, monkeypatch):
    monkeypatch.setitem(abilities._declared, CHANNEL, Abilities(edits=False))
    await broadcast.at(DUE)
    await broadcast.restart()
    await broadcast.at(DUE + timedelta(seconds=5))
    _, *told = broadcast.sender.texts(SECRETARY)
    assert shown(broadcast) == []
    assert len(told) == 1
    assert "3 dari 3 grup terkirim." in told[0]


@pytest.mark.parametrize(("edits", "told"), [(False, 0), (True, 2)])
async def test_who_wants_answers_only_is_not_told_of_it_by_a_new_message(broadcast, monkeypatch, edits, told):
    monkeypatch.setitem(abilities._declared, CHANNEL, Abilities(edits=edits))
    async with broadcast.database.transaction() as session:
        await addresses.opt_out(session, CHANNEL, SECRETARY, FRIDAY, in_order=True)
    await broadcast.at(DUE)
    assert await broadcast.count(Delivery, Delivery.message_key == PROGRESS) == told
