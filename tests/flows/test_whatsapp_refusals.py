"""On WhatsApp: what each of Meta's errors does, told at once on the wire or later by a status; and answers that get lost."""

import asyncio
from datetime import timedelta

import pytest

from storage.models import DeliveryState, Role, ScheduleKind
from storage.queries import leases
from tests.fakes.graph_server import Broken, Hold, Lose
from tests.flows.whatsapp_office import WhatsAppTown

SENT, PLANNED, FAILED = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.FAILED
WAITING = (PLANNED, DeliveryState.CLAIMED)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
QUESTION = "Apa itu akuntabel?"


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


async def passes(town, span):
    await town.clock_to((town.clock.now() + span).isoformat())


def answers(town, person):
    return [message for message in town.server.messages(person) if "bertanggung jawab atas" in message.text]


async def answer_to(town, person):
    """The row of the newest answer to this person."""
    return [
        row for row in await town.ledger() if row.chat_id == person.user_id and row.message_key.startswith("answer")
    ][-1]


FINAL = [
    (131026, "not_on_channel"),
    (131049, "withheld"),
    (131050, "opted_out"),
    (100, "refused"),
    (131008, "refused"),
    (131009, "refused"),
    (131021, "refused"),
    (131051, "refused"),
    (131062, "refused"),
    (132068, "refused"),
    (999999, "refused"),
]


@pytest.mark.parametrize(("code", "reason"), FINAL)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "later"])
async def test_what_will_never_be_accepted_is_failed_once_and_for_all(town, code, reason, late):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    if not late:
        town.server.next_call(code)
    said = await town.says(member, QUESTION)
    if late:
        town.server.tells(said[0], "failed", code)
        town.server.tells(said[0], "failed", code)
        await town.settle(batch=2)
    calls = len(town.server.calls)
    await passes(town, 10 * MINUTE)
    row = await answer_to(town, member)
    assert (row.state, row.reason) == (FAILED, reason)
    assert len(town.server.calls) == calls


AGAIN = [  # code, and after how long it is surely not yet, and surely again
    (4, 1, 2),
    (80007, 1, 2),
    (130429, 1, 2),
    (131057, 60, 61),
    (131056, 1, 3),
    (131048, 300, 302),
    (131031, 300, 302),
    (368, 300, 302),
    (130497, 300, 302),
    (131042, 300, 302),
    (190, 300, 302),
    (0, 300, 302),
    (10, 300, 302),
    (200, 300, 302),
]


@pytest.mark.parametrize(("code", "not_yet", "surely"), AGAIN)
async def test_what_may_be_accepted_later_is_asked_again_when_it_may_help(town, code, not_yet, surely):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await passes(town, 2 * SECOND)  # the chat is free again
    before, began = len(town.server.messages(member)), town.clock.now()
    town.server.next_call(code)
    member.says(QUESTION)
    await town.deliver()
    await town.house.settle()
    town.clock.move_to(began + (not_yet - 0.1) * SECOND)
    await town.house.settle()
    assert len(town.server.messages(member)) == before
    assert (await answer_to(town, member)).state in WAITING
    town.clock.move_to(began + surely * SECOND)
    await town.settle()
    assert len(town.server.messages(member)) == before + 1
    assert (await answer_to(town, member)).state is SENT


@pytest.mark.parametrize("code", [4, 80007, 130429, 131056, 131057, 131048, 131031, 368, 130497, 131042, 190, 131053])
async def test_what_is_refused_later_and_may_be_accepted_again_is_sent_again(town, code):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (first,) = await town.says(member, QUESTION)
    town.server.tells(first, "failed", code)
    await town.settle()
    await passes(town, 6 * MINUTE)
    assert [message.text for message in town.server.messages(member)].count(first.text) == 2
    row = await answer_to(town, member)
    assert (row.state, row.message_ref) == (SENT, town.server.messages(member)[-1].reference)


async def test_a_recipient_who_has_had_enough_does_not_hold_up_others(town):
    busy, other = await town.joins("Anggota 1", Role.ANGGOTA), await town.joins("Anggota 2", Role.ANGGOTA)
    before = len(town.server.messages(busy))
    town.server.next_call(131056, times=3)
    busy.says(QUESTION)
    await town.deliver()
    await town.house.settle()
    while town.server._faults:
        town.clock.advance(SECOND)
        await town.house.settle()
    assert len(await town.says(other, QUESTION)) == 1
    assert len(town.server.messages(busy)) == before
    await passes(town, 16 * SECOND)
    assert len(town.server.messages(busy)) == before + 1


async def test_a_recipient_who_had_enough_rests_with_all_that_is_for_them_also_where_it_is_told_later(town):
    busy, other = await town.joins("Anggota 1", Role.ANGGOTA), await town.joins("Anggota 2", Role.ANGGOTA)
    await passes(town, MINUTE)
    await town.says(busy, QUESTION)
    for _ in range(2):  # the second time for four seconds
        await passes(town, MINUTE)
        town.server.tells(answers(town, busy)[-1], "failed", 131056)
        await town.deliver()
        await town.house.inbox.drain()
        told = town.clock.now()
        busy.says("bantuan")
        other.says("bantuan")
        before = len(town.server.messages(busy)), len(town.server.messages(other))
        await town.settle()
    await passes(town, 10 * SECOND)
    came = [message.at - told for message in town.server.messages(busy)[before[0] :]]
    assert len(came) >= 2
    assert min(came) >= 4 * SECOND
    assert town.server.messages(other)[before[1]].at - told < SECOND
    assert len(answers(town, busy)) == 3


async def test_a_busy_channel_that_tells_it_later_is_left_alone_ever_longer_and_nothing_is_given_up(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await passes(town, MINUTE)
    (answer,) = await town.says(member, QUESTION)
    waits = []
    for _ in range(6):
        town.server.tells(answer, "failed", 130429)
        told = town.clock.now()
        await town.settle()
        await passes(town, 8 * MINUTE)
        answer = answers(town, member)[-1]
        waits.append((answer.at - told).total_seconds())
    for wait, least in zip(waits, (30, 60, 120, 240, 300, 300), strict=True):
        assert least <= wait <= 1.5 * least + 1
    assert len({wait % 30 for wait in waits}) > 1  # by chance a little longer
    assert (await answer_to(town, member)).state is SENT


async def test_while_a_busy_channel_that_told_it_later_is_left_alone_nothing_else_leaves(town):
    member, other = await town.joins("Anggota 1", Role.ANGGOTA), await town.joins("Anggota 2", Role.ANGGOTA)
    await passes(town, MINUTE)
    async with town.database.transaction() as session:
        await leases.take(session, "whatsapp", "us", 60 * MINUTE, town.clock.now())
    (answer,) = await town.says(member, QUESTION)
    town.server.tells(answer, "failed", 130429)
    await town.settle()
    before = len(town.server.messages(other))
    assert await town.says(other, "nilai") == []
    await passes(town, MINUTE)
    assert len(town.server.messages(other)) > before


async def test_a_file_that_meta_does_not_take_is_uploaded_again_and_then_left_out(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.server.next_call(131053, times=2)
    (answer,) = await town.says(member, "/dataku")
    assert answer.kind == "text"
    assert answer.text.endswith("_Lampirannya tidak dapat dikirim lewat aplikasi pesan ini._")
    assert town.server.calls.count("media") == 2


LOST = [Lose(), Broken(500, accepted=True), Broken(502, accepted=True), 1, 2, 131000, 131016]


@pytest.mark.parametrize("fault", LOST, ids=["dropped", "500", "502", "1", "2", "131000", "131016"])
async def test_after_a_lost_answer_the_status_is_waited_for_and_settles_it(town, fault):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.server.next_call(fault)
    member.says(QUESTION)
    await town.settle()
    await passes(town, 50 * SECOND)
    taken = answers(town, member)
    assert len(taken) == (0 if isinstance(fault, int) else 1)
    if taken:
        for status in ("delivered", "sent", "sent"):
            town.server.tells(taken[0], status)
        await town.settle()
    await passes(town, 30 * MINUTE)
    assert len(answers(town, member)) == 1
    row = await answer_to(town, member)
    assert (row.state, row.delivered_at is not None) == (SENT, bool(taken))


async def test_where_no_status_comes_it_is_repeated_once_and_not_before_its_time(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.server.next_call(Lose(accepted=False), times=2)
    member.says(QUESTION)
    await town.settle()
    calls = len(town.server.calls)
    await passes(town, 50 * SECOND)
    assert len(town.server.calls) == calls
    await passes(town, 15 * SECOND)
    assert len(town.server.calls) == calls + 1
    await passes(town, 30 * MINUTE)
    assert len(town.server.calls) == calls + 1
    assert (await answer_to(town, member)).state is DeliveryState.UNCERTAIN


async def test_what_is_said_meanwhile_does_not_wait_behind_a_lost_answer(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    town.server.next_call(Lose(accepted=False))
    member.says(QUESTION)
    await town.settle()
    (answer,) = await town.says(member, "Apa itu loyal?")
    assert "setia" in answer.text.lower() or "loyal" in answer.text.lower()
    await passes(town, 65 * SECOND)
    assert len(answers(town, member)) == 1


async def test_what_may_not_go_twice_is_never_repeated_and_settled_by_its_status_alone(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        member = await town.joins("Anggota 1", Role.ANGGOTA)
        await town.pushes_to_persons(ScheduleKind.READING)
        await town.clock_to("2026-11-18T07:29+07:00")
        before = len(town.server.messages(member))
        town.server.next_call(Lose())
        await town.clock_to("2026-11-18T08:30+07:00")
        row = next(row for row in await town.ledger() if row.message_key == "reading/post")
        assert row.state is DeliveryState.UNCERTAIN
        (text,) = town.server.messages(member)[before:]
        town.server.tells(text, "delivered")
        await town.settle()
        row = next(row for row in await town.ledger() if row.message_key == "reading/post")
        assert (row.state, row.message_ref) == (SENT, text.reference)


async def test_a_process_that_dies_while_it_sends_waits_for_the_status_too(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await passes(town, 2 * SECOND)  # the chat is free again
    held = town.server.next_call(Hold())
    member.says(QUESTION)
    await town.deliver()
    await town.house.inbox.drain()
    await town.house.worker.outbox.step()
    await asyncio.wait_for(held.arrived.wait(), 5)
    await town.kill_and_restart()
    held.release.set()
    calls = len(town.server.calls)
    await passes(town, 50 * SECOND)
    assert len(town.server.calls) == calls
    await passes(town, 15 * SECOND)
    assert len(town.server.calls) == calls + 1
