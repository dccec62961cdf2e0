"""The afternoon before, the secretaries get the pack of what will be forwarded: once, and of what is still true."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from content.regulation_loader import load_regulations
from scheduler.bringing import bring
from scheduler.delivery_queue import message_of
from scheduler.errors import MessageRefused, TemplateRefused, TemplateTrouble
from scheduler.next_morning import see_to
from scheduler.occurrences import replan
from scheduler.pack_changes import PACK
from scheduler.recurrence import MonthlyDay, Once
from scheduler.turns import skip_turn, spoken_of, told_by
from storage.models import (
    CalendarDay,
    Delivery,
    DeliveryState,
    HolidayRule,
    Occurrence,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import inbound
from storage.queries.deliveries import ON_TAP
from storage.queries.occurrences import next_leader
from tests.scheduler.machine import CHANNEL, FRIDAY, MONDAY_READING, UTC, DyingDatabase, Killed

SECRETARY, LEADER = "500", "1"
AFTERNOON = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # Friday 15.30 WIB, before Monday
REGULATIONS = load_regulations()


@pytest.fixture
async def office(machine):
    """A secretary, and a leader; a reading that is forwarded on every working day."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    machine.leader = await machine.add_member("Anggota 1", chat_id=LEADER)
    machine.reading = await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    return machine


def packs(machine, chat_id=SECRETARY):
    return [text for text in machine.sender.texts(chat_id) if "Untuk diteruskan" in text]


async def changes(machine, schedule_id, **columns):
    """Somebody changes the schedule, as the dialogue does."""
    async with machine.database.transaction() as session:
        schedule = await session.get_one(Schedule, schedule_id)
        for name, value in columns.items():
            setattr(schedule, name, value)
        await replan(session, schedule, machine.clock.now(), regulations=REGULATIONS)
    await machine.at(machine.clock.now() + timedelta(seconds=1))


async def unreachable(machine, why):
    async with machine.database.transaction() as session:
        query = update(PersonAddress).where(PersonAddress.chat_id == SECRETARY).values(unreachable=why)
        await session.execute(query)


async def wakes(machine):
    """When a leader, or a pack, is next seen to."""
    async with machine.database.transaction() as session:
        return await next_leader(session)


async def test_it_tells_what_is_due_with_hour_and_leader_and_brings_the_text_of_the_reading(office):
    await office.add_schedule(
        ScheduleKind.BROADCAST, Once(date(2026, 11, 30)), time(14), title="Rapat", body="Ke aula", by_forwarding=True
    )
    await office.at(AFTERNOON - timedelta(minutes=1))
    assert office.sender.texts(SECRETARY) == []
    await office.at(AFTERNOON)
    pack, text = office.sender.texts(SECRETARY)
    assert "Senin, 30 November 2026 pukul 07.30 WIB: Apel pagi, dipimpin oleh Anggota 1; diteruskan oleh" in pack
    assert "Senin, 30 November 2026 pukul 14.00 WIB: Rapat\n" in pack
    assert text.startswith("<b>Apel pagi</b>\nSenin, 30 November 2026\nDipimpin oleh <b>Anggota 1</b>")
    assert all(not item.message.choices for item in office.sender.accepted if item.chat_id == SECRETARY)


async def test_the_leader_hears_that_the_text_will_be_there_to_forward(office):
    await office.at(AFTERNOON)
    (text,) = office.sender.texts(LEADER)
    assert "siap diteruskan ke grup WhatsApp kantor" in text


async def test_a_secretary_who_leads_gets_the_text_once_with_what_to_do_about_the_turn(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON)
    pack, own = [item.message for item in machine.sender.accepted if item.chat_id == SECRETARY]
    assert "Untuk diteruskan" in pack.text
    assert own.text.startswith("Yth. <b>Sekretaris</b>, giliran Anda memimpin")
    assert "Fokus hari ini" in own.text
    assert [choice.label for line in own.choices for choice in line] == ["Tukar", "Lewati"]
    await machine.at(AFTERNOON + timedelta(minutes=5))
    assert len(machine.sender.texts(SECRETARY)) == 2


async def test_a_leader_out_of_reach_is_told_of_with_the_text_that_the_pack_brings(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_member("Anggota 1")
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON)
    _, text = machine.sender.texts(SECRETARY)
    assert "belum dapat dihubungi" in text or "belum dapat saya hubungi" in text
    assert "Fokus hari ini" in text


async def test_the_texts_follow_the_list_one_behind_the_other(office):
    await office.add_schedule(title="Apel kedua", at=time(7, 45), by_forwarding=True)
    await office.at(AFTERNOON)
    rows = await office.all(Delivery, Delivery.part.like("pack%"))
    assert [row.message_key for row in rows] == [PACK, "forward/text", "forward/text"]
    assert [row.follows_id for row in rows] == [None, rows[0].id, rows[1].id]


async def test_while_no_secretary_can_be_written_to_it_is_tried_again_every_minute_until_the_hour(office):
    await unreachable(office, "blocked")
    await office.at(AFTERNOON)
    assert await office.all(Delivery, Delivery.message_key == PACK) == []
    assert await wakes(office) == AFTERNOON + timedelta(minutes=1)
    await unreachable(office, None)
    await office.at(AFTERNOON + timedelta(minutes=1))
    assert len(packs(office)) == 1
    assert await wakes(office) > AFTERNOON + timedelta(minutes=10)


async def test_nobody_is_looked_for_any_more_once_the_hour_has_passed(office):
    await unreachable(office, "blocked")
    await office.at(MONDAY_READING)
    await unreachable(office, None)
    await office.at(MONDAY_READING + timedelta(minutes=5))
    assert packs(office) == []


@pytest.mark.parametrize(
    "refusal", [MessageRefused("the list"), TemplateRefused(TemplateTrouble.PENDING)], ids=["itself", "its template"]
)
async def test_a_secretary_who_leads_gets_the_text_alone_where_the_list_is_refused(machine, refusal):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    machine.sender.refuse(SECRETARY, refusal)
    for _ in range(3):
        await machine.at(AFTERNOON)
    (text,) = [text for text in machine.sender.texts(SECRETARY) if "giliran Anda memimpin" in text]
    assert "Fokus hari ini" in text
    rows = await machine.all(Delivery, Delivery.message_key == "reading/leader")
    assert [(row.state, row.reason) for row in rows] == [
        (DeliveryState.CANCELLED, "stopped"),
        (DeliveryState.SENT, None),
    ]


async def test_a_secretary_whose_text_waits_for_a_tap_is_relieved_as_one_who_has_it(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_member("Anggota 1", chat_id=LEADER)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON)
    (text,) = await machine.all(Delivery, Delivery.message_key == "reading/leader", Delivery.chat_id == SECRETARY)
    async with machine.database.transaction() as session:
        to = {"state": DeliveryState.CANCELLED, "reason": ON_TAP}  # as behind a template
        await session.execute(update(Delivery).where(Delivery.id == text.id).values(**to))
        await skip_turn(session, told_by(text), machine.clock.now())
    await machine.at(AFTERNOON + timedelta(minutes=1))
    assert "Anggota 1" in machine.sender.texts(SECRETARY)[-1]
    (relieved,) = await machine.all(Delivery, Delivery.message_key == "reading/leader_relieved")
    assert relieved.chat_id == SECRETARY


@pytest.mark.parametrize("leads", [True, False], ids=["who leads", "who is to reach the leader"])
async def test_what_a_tap_brings_to_a_secretary_has_no_buttons_of_a_turn_that_another_has_by_now(machine, leads):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=leads)
    if not leads:
        await machine.add_member("Anggota 1")
    await machine.add_member("Anggota 2", chat_id=LEADER)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON)
    pack, text = await machine.all(Delivery, Delivery.chat_id == SECRETARY)
    standing = await brought(machine, pack)
    assert standing[0].text == message_of(pack).text
    assert standing[1].choices
    assert standing[1].text == message_of(text).text
    async with machine.database.transaction() as session:
        await skip_turn(session, spoken_of(text), machine.clock.now())
    listed, history = await brought(machine, pack)
    assert listed.text.startswith(
        "<i>Yang memimpin Apel pagi pada Senin, 30 November 2026 pukul 07.30 WIB kini Anggota 2.</i>"
        "\n\n<b>Untuk diteruskan"
    )
    assert history.text == f"<i>Kiriman ini sudah tidak berlaku.</i>\n\n{message_of(text).text}"
    assert history.choices == ()


async def brought(machine, row):
    """What a tap brings of this row and those behind it."""
    before = len(await machine.all(Delivery))
    async with machine.database.transaction() as session:
        await inbound.store(session, CHANNEL, f"tap after {before}", b"", machine.clock.now())
        (tapped,) = await inbound.unhandled(session)
        await bring(session, row, tapped.id, machine.clock.now())
        await inbound.mark_handled(session, tapped.id, machine.clock.now())
    return [message_of(said) for said in await machine.all(Delivery, Delivery.inbound_id == tapped.id)]


async def test_a_secretary_who_leads_hears_of_another_hour_with_the_text_alone(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    machine.reading = await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON)
    await changes(machine, machine.reading, at=time(8))
    (told,) = machine.sender.texts(SECRETARY)[2:]
    assert "giliran Anda memimpin" in told
    assert "Senin, 30 November 2026 pukul 08.00 WIB" in told


async def test_one_pack_an_afternoon_however_often_it_is_looked_at_and_over_restarts(office):
    for minutes in range(4):
        await office.at(AFTERNOON + timedelta(minutes=minutes))
        await office.restart()
    planned = await office.all(Occurrence)
    async with office.database.transaction() as session:
        told = [await see_to(session, row.id, REGULATIONS, AFTERNOON + timedelta(minutes=5)) for row in planned]
    assert not any(told)
    assert len(packs(office)) == 1


async def test_a_pack_for_every_working_day_and_none_on_days_off(office):
    await office.until(AFTERNOON + timedelta(days=7))
    days = [row.created_at.date() for row in await office.all(Delivery, Delivery.message_key == PACK)]
    assert days == [date(2026, 11, 27), *(date(2026, 11, 30) + timedelta(days=n) for n in range(5))]


async def test_what_is_due_on_a_day_off_is_in_the_pack_of_the_last_working_day_before(office):
    ignore = {"holiday_rule": HolidayRule.IGNORE, "by_forwarding": True, "title": "Twibbon"}
    await office.add_schedule(ScheduleKind.TWIBBON, MonthlyDay(29), time(7), **ignore)  # a Sunday; its eve a Saturday
    await office.at(AFTERNOON)
    (pack,) = packs(office)
    lines = [line for line in pack.splitlines() if line.startswith("•")]
    assert ["28 November" in lines[0], "29 November" in lines[1], "30 November" in lines[2]] == [True] * 3
    await office.until(MONDAY_READING)
    assert len(packs(office)) == 1


async def test_what_is_not_forwarded_is_in_no_pack(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(AFTERNOON)
    assert packs(machine) == []


async def test_nothing_but_a_broadcast_is_a_pack_without_a_text_below(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.add_schedule(ScheduleKind.BROADCAST, Once(date(2026, 11, 30)), body="Halo", by_forwarding=True)
    await machine.until(AFTERNOON)
    (pack,) = machine.sender.texts(SECRETARY)
    assert "di bawah ini" not in pack


async def test_after_a_night_without_anybody_it_comes_before_the_hour_and_not_after(office):
    await office.at(FRIDAY)
    await office.restart()
    await office.at(MONDAY_READING - timedelta(minutes=10))
    assert len(packs(office)) == 1
    await office.restart()
    await office.at(MONDAY_READING + timedelta(days=1))
    assert [row.part for row in await office.all(Delivery, Delivery.message_key == PACK)] == ["pack:2026-11-27"]


async def test_a_pack_that_cannot_leave_before_the_hour_does_not_leave(office):
    office.clock.move_to(AFTERNOON)
    await office.worker.tick(AFTERNOON, wait=False)
    await office.at(MONDAY_READING)
    states = {row.state for row in await office.all(Delivery, Delivery.part.like("pack%"))}
    assert states == {DeliveryState.MISSED}
    assert "Kiriman yang tidak keluar" not in "".join(office.sender.texts(SECRETARY))


async def test_what_is_ordered_after_the_afternoon_calls_for_no_pack(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    await machine.at(AFTERNOON + timedelta(hours=1))
    await machine.add_schedule(ScheduleKind.BROADCAST, Once(date(2026, 11, 30)), body="Halo", by_forwarding=True)
    await machine.until(MONDAY_READING - timedelta(minutes=1))
    assert packs(machine) == []


async def test_a_reading_that_is_ordered_after_the_afternoon_brings_its_pack_with_the_leader_s_text(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_member("Anggota 1", chat_id=LEADER)
    await machine.at(AFTERNOON + timedelta(hours=1))
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(AFTERNOON + timedelta(hours=1, minutes=1))
    assert (len(packs(machine)), len(machine.sender.texts(LEADER))) == (1, 1)


async def test_forwarding_that_is_begun_in_the_evening_brings_its_pack_at_once(office):
    async with office.database.transaction() as session:
        (await session.get_one(Schedule, office.reading)).by_forwarding = False
    await office.at(AFTERNOON)
    assert packs(office) == []
    await changes(office, office.reading, by_forwarding=True)
    assert len(packs(office)) == 1
    assert len(office.sender.texts(LEADER)) == 1  # the leader was told, and is not told again


async def test_a_paused_schedule_is_in_no_pack(office):
    await office.at(FRIDAY)
    await changes(office, office.reading, state=ScheduleState.PAUSED, reason="by_hand")
    await office.until(AFTERNOON + timedelta(minutes=1))
    assert packs(office) == []


async def test_who_has_the_pack_hears_that_something_in_it_is_called_off_and_that_it_comes_back(office):
    await office.at(AFTERNOON)
    await changes(office, office.reading, state=ScheduleState.PAUSED, reason="by_hand")
    assert "tidak jadi dikirim" in office.sender.texts(SECRETARY)[-1]
    await changes(office, office.reading, state=ScheduleState.ACTIVE, reason=None)
    assert "sekarang dijadwalkan Senin, 30 November 2026 pukul 07.30 WIB" in office.sender.texts(SECRETARY)[-1]
    assert len(packs(office)) == 1


async def test_who_has_the_pack_hears_of_a_holiday_that_was_entered_since(office):
    await office.at(AFTERNOON)
    await office._add(
        CalendarDay(
            office_id=office.office_id,
            day=date(2026, 11, 30),
            kind="holiday",
            name="Libur daerah",
            decided_at=office.clock.now(),
        )
    )
    await changes(office, office.reading)
    told = office.sender.texts(SECRETARY)[-1]
    assert "Senin, 30 November 2026 pukul 07.30 WIB, tidak jadi dikirim" in told
    assert sum("tidak jadi dikirim" in text for text in office.sender.texts(SECRETARY)) == 1


async def test_who_has_the_pack_hears_of_another_hour(office):
    await office.at(AFTERNOON)
    await changes(office, office.reading, at=time(8))
    assert "<b>Apel pagi</b> sekarang dijadwalkan Senin, 30 November 2026 pukul 08.00 WIB" in "".join(
        office.sender.texts(SECRETARY)
    )


async def test_a_change_that_touches_nothing_in_it_is_told_nobody(office):
    await office.at(AFTERNOON)
    before = len(office.sender.texts(SECRETARY))
    await changes(office, office.reading, late_minutes=30)
    assert len(office.sender.texts(SECRETARY)) == before


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commits", range(8))
async def test_killed_at_any_commit_the_pack_is_there_once(office, commits, after):
    await office.at(AFTERNOON - timedelta(minutes=1))
    office.worker = office.new_worker(DyingDatabase(office.database, commits, after=after))
    office.clock.move_to(AFTERNOON)
    try:
        await office.worker.tick(AFTERNOON)
    except Killed:
        await office.restart()
        await office.at(AFTERNOON)
    rows = await office.all(Delivery, Delivery.part.like("pack%"))
    assert [(row.part, row.state) for row in rows] == [
        ("pack:2026-11-27", DeliveryState.SENT),
        ("pack:2026-11-27:text", DeliveryState.SENT),
    ]
