"""Somebody is known by a number in one post and by an id in another; once both are told together they are one person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.models import Role, ScheduleKind
from tests.flows.whatsapp_office import WhatsAppTown

NUMBER, ID = "6281200000101", "ID.10000000000001"


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


@pytest.fixture
def person(town):
    return town.server.person("Anggota 1", user_id=ID, phone=NUMBER)


@pytest.fixture
def names(person):
    """The same person as Meta tells of them at times: by the number alone, and by the id alone."""
    return {"number": replace(person, user_id=None), "id": replace(person, phone=None)}


async def says(town, person, *said):
    for words in said:
        town.clock.advance(timedelta(seconds=5))
        await town.says(person, words)


async def joins(town, person):
    await says(town, person, f"Gabung {await town.invites(Role.ANGGOTA)}")


async def is_member(town, person):
    (answer, *_) = await town.says(person, "/riwayat")
    return "undangan" not in answer.text


async def readings(town):
    return [row.chat_id for row in await town.ledger() if row.message_key == "reading/post"]


@pytest.mark.parametrize(("seated", "other"), [("number", "id"), ("id", "number")])
async def test_the_seat_stays_and_a_stop_under_either_name_holds_for_both(town, person, names, seated, other):
    await town.pushes_to_persons(ScheduleKind.READING)
    await joins(town, names[seated])
    await says(town, names[other], "BERHENTI")
    await says(town, person, "halo")
    assert await is_member(town, person)
    (address,) = await town.addresses()
    assert (address.user_id, address.chat_id, address.phone) == (ID, ID, NUMBER)
    assert (address.opted_in_at is not None, address.opted_out_at is not None) == (True, True)
    await town.clock_to("2026-11-18T07:31+07:00")
    assert await readings(town) == []


@pytest.mark.parametrize(("first", "then"), [("number", "id"), ("id", "number")])
async def test_who_joined_under_one_name_after_a_stop_under_the_other_is_written_to_once(
    town, person, names, first, then
):
    await town.pushes_to_persons(ScheduleKind.READING)
    await says(town, names[first], "BERHENTI")
    await joins(town, names[then])
    await says(town, person, "halo")
    (address,) = await town.addresses()
    assert (address.opted_in_at is not None, address.opted_out_at) == (True, None)
    await town.clock_to("2026-11-18T07:31+07:00")
    assert await readings(town) == [ID]


async def test_the_dialogue_that_went_on_last_stays_open(town, person, names):
    await joins(town, names["number"])
    await says(town, names["id"], "halo")
    await says(town, names["number"], "lapor")
    (asked,) = await town.says(person, "Akuntabel")
    assert "Perilaku" in asked.text


async def test_each_name_with_a_seat_of_its_own_keeps_it_and_a_stop_holds_for_both(town, person, names):
    await joins(town, names["number"])
    await joins(town, replace(names["id"], name="Anggota 2"))
    await says(town, names["number"], "BERHENTI")
    await says(town, person, "halo")
    found = [(one.user_id == ID, one.unreachable, one.opted_out_at is not None) for one in await town.addresses()]
    assert found == [(False, "not_on_channel", True), (True, None, True)]
    await says(town, person, "MULAI", "halo")
    assert [one.opted_out_at for one in await town.addresses() if one.user_id == ID] == [None]


async def test_a_number_that_was_silent_for_long_is_not_taken_for_the_same_person(town, person, names):
    await joins(town, names["number"])
    await says(town, names["number"], "BERHENTI")
    town.clock.advance(timedelta(days=31))
    await says(town, names["id"], "halo")
    await says(town, person, "halo")
    assert not await is_member(town, person)
    assert [one.opted_out_at for one in await town.addresses() if one.user_id == ID] == [None]
