"""On WhatsApp only so many may be written to first in a day: who is one too many waits, and nobody else."""

import pytest

from storage.models import DeliveryState, Role, ScheduleKind

SENT, PLANNED, MISSED = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.MISSED
AT_THE_READING = "2026-11-18T07:31+07:00"


@pytest.fixture
async def town(whatsapp_town):
    """An office of a secretary and three members, none of whom has written for a day; two may be written to first."""
    await whatsapp_town.joins("Sekretaris", Role.SEKRETARIS)
    for number in (1, 2, 3):
        await whatsapp_town.joins(f"Anggota {number}", Role.ANGGOTA)
    await whatsapp_town.nobody_writes_for_a_day()
    await whatsapp_town.pushes_to_persons(ScheduleKind.READING)
    whatsapp_town.daily_persons = whatsapp_town.persons.limit = 2
    return whatsapp_town


async def reading(town):
    """The rows of the morning's reading."""
    return [row for row in await town.ledger() if row.message_key == "reading/post" and row.part == ""]


def noticed(town):
    """Who was sent a template of the reading."""
    return [person for person in town.server.people if any(m.kind == "template" for m in town.server.messages(person))]


async def test_who_is_one_too_many_waits_and_the_others_are_written_to(town):
    await town.clock_to(AT_THE_READING)
    rows = await reading(town)
    assert sorted(row.state for row in rows) == [PLANNED, PLANNED, SENT, SENT]
    assert {row.reason for row in rows if row.state is PLANNED} == {"PersonsLimitReached"}
    assert len(noticed(town)) == 2


async def test_after_a_restart_and_in_another_process_the_same_still_count(town):
    await town.clock_to(AT_THE_READING)
    before = noticed(town)
    await town.kill_and_restart()
    await town.clock_to("2026-11-18T08:00+07:00")
    assert noticed(town) == before


async def test_who_waits_and_writes_is_answered_and_gets_it_at_once_without_a_template(town):
    await town.clock_to(AT_THE_READING)
    waiting = next(person for person in town.server.people if person not in noticed(town))
    answer, text = await town.says(waiting, "Apa itu akuntabel?")
    assert "bertanggung jawab" in answer.text
    assert "*Fokus hari ini" in text.text
    assert waiting not in noticed(town)
    assert [row.state for row in await reading(town)].count(SENT) == 3


async def test_when_room_opens_who_waited_is_written_to(town):
    await town.clock_to(AT_THE_READING)
    town.persons.limit = 3  # as Meta raises it by itself
    await town.clock_to("2026-11-18T07:50+07:00")
    assert len(noticed(town)) == 3


async def test_whose_time_ends_first_is_missed_for_that_reason_and_the_secretary_is_told(town):
    await town.clock_to("2026-11-18T16:00+07:00")
    rows = await reading(town)
    assert sorted((row.state, row.reason) for row in rows if row.state is not SENT) == [(MISSED, "persons_limit")] * 2
    told = [row for row in await town.ledger() if row.message_key.startswith("notice/")]
    assert "2 anggota, batas jumlah orang yang boleh dikirimi lebih dulu dalam 24 jam sudah tercapai" in str(
        [row.message["text"] for row in told]
    )
