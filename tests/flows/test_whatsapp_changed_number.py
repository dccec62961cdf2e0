"""Somebody has another number on WhatsApp, and with it another id: they stay who they were, and nobody becomes them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.models import Conversation, Delivery, JoinAttempt, Member, PersonAddress, Role, ScheduleKind
from tests.flows.whatsapp_office import WhatsAppTown

A, B, C = "6281200000101", "6281200000102", "6281200000103"
OLD, NEW = "ID.10000000000001", "ID.10000000000002"


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


async def is_member(town, person):
    """Whether they are asked for their report as those are who have joined, and not for an invitation."""
    (answer, *_) = await town.says(person, "/riwayat")
    return "undangan" not in answer.text


async def known(town):
    return [(address.user_id, address.chat_id, address.phone) for address in await town.addresses()]


async def test_who_has_a_new_number_is_the_same_member_with_a_dialogue_that_goes_on(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    await town.says(member, "/lapor")
    (asked,) = await town.taps(member, "Akuntabel")
    changed = member.changes_number(NEW, B)
    await town.settle()
    assert await known(town) == [(NEW, NEW, B)]
    (answer,) = await town.taps(changed, next(iter(asked.choices)))
    assert "Apa yang Anda lakukan?" in answer.text


async def test_what_was_known_by_its_number_leaves_none_behind_once_an_id_is_told(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=A)
    await town.says(member, f"/start {'x' * 16}")
    await town.says(member, "/lapor")
    town.server.people[0] = seen = replace(member, user_id=NEW)
    await town.says(seen, "batal")
    async with town.database.transaction() as session:
        kept = [
            value
            for column in (JoinAttempt.user_id, Conversation.user_id, Conversation.chat_id, Delivery.chat_id)
            for value in await session.scalars(select(column))
        ]
    assert set(kept) == {NEW}


async def test_what_is_sent_afterwards_goes_to_the_new_id_though_nobody_wrote_from_it(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    await town.pushes_to_persons(ScheduleKind.READING)
    member.changes_number(NEW, None)
    await town.clock_to("2026-11-18T07:31+07:00")
    message = town.server.messages(town.server.people[0])[-1]
    assert ("*Fokus hari ini" in message.text, message.payload["recipient"]) == (True, NEW)


@pytest.mark.parametrize("times", [1, 2])
async def test_the_news_may_come_after_the_first_message_under_the_new_id_and_twice(town, times):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    await town.says(member, "BERHENTI")
    changed = member.changes_number(NEW, B)
    ((_, news, _),) = town.server.pending
    town.server.pending.clear()
    assert not await is_member(town, changed)
    for time in range(times):
        town.server.push("messages", news | {"id": f"{news['id']}-{time}"}, None)
    await town.settle()
    assert await is_member(town, changed)
    (address,) = await town.addresses()
    assert (address.user_id, address.opted_out_at is not None) == (NEW, True)


async def test_who_has_a_seat_of_their_own_already_keeps_it(town):
    first = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    second = await town.joins("Anggota 2", Role.ANGGOTA, user_id=NEW, phone=B)
    before = await known(town)
    replace(first).changes_number(NEW, B)
    await town.settle()
    assert await known(town) == before
    assert await is_member(town, second)


async def test_a_number_alone_moves_what_was_known_by_it_and_the_id_that_comes_later_is_the_same_member(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=A)
    ((name, _, _),) = await known(town)
    changed = member.changes_number(None, B)
    await town.settle()
    assert await known(town) == [(name, name, B)]
    town.server.people[0] = seen = replace(changed, user_id=NEW)
    assert await is_member(town, seen)
    assert await known(town) == [(NEW, NEW, B)]


async def test_who_has_the_old_number_next_is_a_stranger(town):
    await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=A)
    town.server.people[0].changes_number(None, B)
    await town.settle()
    assert not await is_member(town, town.server.person("Orang lain", user_id=None, phone=A))


async def test_late_news_does_not_move_whoever_wrote_from_the_old_number_since(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=A)
    member.changes_number(None, B)
    ((_, news, _),) = town.server.pending
    town.server.pending.clear()
    town.clock.advance(timedelta(minutes=5))
    await town.says(replace(member), "halo")  # whoever that is
    town.server.push("messages", news, None)
    await town.settle()
    assert [phone for _, _, phone in await known(town)] == [A]


async def test_a_number_that_was_silent_for_longer_than_numbers_rest_moves_nobody(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=A)
    town.clock.advance(timedelta(days=31))
    member.changes_number(None, B)
    await town.deliver()
    await town.house.inbox.drain()
    assert [phone for _, _, phone in await known(town)] == [A]


async def test_who_gets_a_number_that_a_member_was_known_by_does_not_become_that_member(town):
    before = await town.joins("Anggota 1", Role.ANGGOTA, user_id=None, phone=B)
    newcomer = town.server.person("Orang lain", user_id=None, phone=A)
    await town.says(newcomer, "halo")
    town.server.people.remove(before)  # has that number no more
    changed = newcomer.changes_number(None, B)
    await town.settle()
    assert not await is_member(town, changed)


@pytest.fixture
async def late_news(town):
    """Somebody has another number, which Meta tells only when this is called; who they are before and after."""
    member = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    await town.pushes_to_persons(ScheduleKind.READING)

    def changes(user_id):
        changed = member.changes_number(user_id, B)
        ((_, news, _),) = town.server.pending
        town.server.pending.clear()
        return changed, lambda: town.server.push("messages", news, None)

    return changes


@pytest.mark.parametrize("user_id", [NEW, None])
async def test_who_stops_under_the_new_name_before_the_news_comes_has_stopped(town, late_news, user_id):
    changed, tell = late_news(user_id)
    await town.says(changed, "BERHENTI")
    tell()
    await town.clock_to("2026-11-18T07:31+07:00")
    named = [address for address in await town.addresses() if address.phone == B]
    assert [address.opted_out_at is not None for address in named] == [True]
    assert not [row for row in await town.ledger() if row.message_key == "reading/post"]


async def test_who_could_not_be_reached_under_the_old_id_gets_what_is_due_once_the_news_came(town, late_news):
    _, tell = late_news(NEW)
    async with town.database.transaction() as session:
        await session.execute(update(PersonAddress).values(unreachable="not_on_channel"))
    tell()
    await town.clock_to("2026-11-18T07:31+07:00")
    assert "*Fokus hari ini" in town.server.messages(town.server.people[0])[-1].text


async def test_rows_of_one_push_for_both_names_do_not_keep_the_account_from_moving(town):
    first = await town.joins("Anggota 1", Role.ANGGOTA, user_id=OLD, phone=A)
    await town.joins("Anggota 2", Role.ANGGOTA, user_id=NEW, phone=B)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:31+07:00")
    async with town.database.transaction() as session:  # the secretary took the second name off the roster
        await session.execute(update(Member).where(Member.name == "Anggota 2").values(left_at=town.clock.now()))
    first.changes_number(NEW, B)
    await town.settle()
    assert await known(town) == [(NEW, NEW, B)]
    rows = [row for row in await town.ledger() if row.message_key == "reading/post"]
    assert [(row.chat_id, row.part == "") for row in rows] == [(NEW, False), (NEW, True)]
