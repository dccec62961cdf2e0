"""What a person forwards into WhatsApp groups: at its hour, in private, with a button; once, whatever happens."""

from datetime import timedelta

import pytest

from content.message_catalog import catalog
from content.regulation_loader import load_regulations
from content.rendering import render
from scheduler import ledger_check, outcomes, posting
from scheduler.errors import OutcomeUnknown, RecipientBusy, RecipientUnreachable, UnreachableReason
from scheduler.forwarding import DONE, TEXT
from scheduler.recurrence import Once
from scheduler.sources import SOURCES
from storage.models import (
    Delivery,
    DeliveryState,
    GroupState,
    Occurrence,
    OccurrenceState,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import deliveries, occurrences
from tests.scheduler.machine import CHANNEL, GROUP, MONDAY_READING, DyingDatabase, Killed
from tests.statements import recorded

SECRETARY, LEADER = "500", "1"


@pytest.fixture
async def office(machine):
    """A secretary; Anggota 1 leads the readings. Nothing scheduled, no group."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    machine.leader = await machine.add_member("Anggota 1", chat_id=LEADER)
    return machine


@pytest.fixture
async def reading(office):
    """A reading at 07.30 that goes by forwarding alone, planned, its leader told."""
    await office.add_schedule(title="Apel pagi", by_forwarding=True)
    await office.at(MONDAY_READING - timedelta(hours=1))
    office.sender.accepted.clear()
    return office


def kit(machine, chat_id):
    """What this person got, as texts with their labels."""
    return [
        (item.message.text, [choice.label for row in item.message.choices for choice in row])
        for item in machine.sender.accepted
        if item.chat_id == chat_id
    ]


async def rows(machine):
    return await machine.all(Delivery, Delivery.part.like("/forward%"))


async def breaches(machine):
    async with machine.database.transaction() as session:
        return await ledger_check.check(session, machine.clock.now())


async def test_the_leader_of_the_day_gets_what_the_group_shall_read_and_behind_it_one_button(reading):
    await reading.at(MONDAY_READING)
    (text, none), (words, buttons) = kit(reading, LEADER)
    assert text.startswith("<b>Apel pagi</b>\nSenin, 30 November 2026\nDipimpin oleh <b>Anggota 1</b>")
    assert none == []
    assert "teruskan naskah di atas ke grup WhatsApp" in words
    assert buttons == ["Sudah diteruskan"]
    assert kit(reading, SECRETARY) == []


async def test_both_rows_are_the_occurrence_s_and_the_second_follows_the_first(reading):
    await reading.at(MONDAY_READING)
    text, button = await rows(reading)
    (occurrence,) = await reading.due_occurrences()
    assert [(row.message_key, row.part, row.occurrence_id) for row in (text, button)] == [
        (TEXT, "/forward", occurrence.id),
        (DONE, "/forward/2", occurrence.id),
    ]
    assert (text.follows_id, button.follows_id) == (None, text.id)
    assert {row.expires_at for row in (text, button)} == {occurrence.expires_at}
    assert (occurrence.state, occurrence.rows) == (OccurrenceState.POSTED, 2)
    assert await breaches(reading) == 0


async def test_it_needs_no_group_and_is_not_paused(reading):
    await reading.at(MONDAY_READING)
    (schedule,) = await reading.all(Schedule)
    assert schedule.state is ScheduleState.ACTIVE


async def test_a_leader_who_cannot_be_written_to_leaves_it_to_the_secretary(office):
    async with office.database.transaction() as session:
        (await session.get_one(PersonAddress, 2)).unreachable = "blocked"
    await office.add_schedule(title="Apel pagi", by_forwarding=True)
    await office.at(MONDAY_READING)
    assert [buttons for _, buttons in kit(office, SECRETARY)][-2:] == [[], ["Sudah diteruskan"]]


async def test_where_the_leader_turns_out_to_be_gone_the_secretary_gets_it_at_once(reading):
    reading.sender.refuse(LEADER, RecipientUnreachable(UnreachableReason.BLOCKED))
    await reading.at(MONDAY_READING)
    (text, _), (_, buttons) = kit(reading, SECRETARY)
    assert text.startswith("<b>Apel pagi</b>")
    assert buttons == ["Sudah diteruskan"]
    (occurrence,) = await reading.due_occurrences()
    assert occurrence.rows == len(await rows(reading)) == 4
    assert await breaches(reading) == 0


async def test_where_nobody_is_left_every_row_has_failed_and_they_add_up(reading):
    for chat in (LEADER, SECRETARY):
        reading.sender.refuse(chat, RecipientUnreachable(UnreachableReason.BLOCKED))
    await reading.at(MONDAY_READING)
    states = {(row.chat_id, row.state) for row in await rows(reading)}
    assert states == {(LEADER, DeliveryState.FAILED), (SECRETARY, DeliveryState.FAILED)}
    assert await breaches(reading) == 0


async def test_without_anybody_to_forward_it_the_occurrence_is_missed_and_the_schedule_goes_on(machine):
    await machine.add_schedule(by_forwarding=True)
    await machine.at(MONDAY_READING)
    (occurrence,) = await machine.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "no_forwarder")
    (schedule,) = await machine.all(Schedule)
    assert schedule.state is ScheduleState.ACTIVE


async def test_a_group_gets_its_own_post_beside_it(office):
    await office.add_schedule(title="Apel pagi", by_forwarding=True, groups=(await office.add_group(),))
    await office.at(MONDAY_READING)
    assert [buttons for _, buttons in kit(office, GROUP)] == [["Sudah dibacakan"]]
    assert [buttons for _, buttons in kit(office, LEADER)][-1] == ["Sudah diteruskan"]
    (occurrence,) = await office.due_occurrences()
    assert occurrence.rows == 3
    assert await breaches(office) == 0


async def test_a_paused_group_does_not_keep_it_from_being_forwarded(office):
    group = await office.add_group(state=GroupState.PAUSED)
    await office.add_schedule(title="Apel pagi", by_forwarding=True, groups=(group,))
    await office.at(MONDAY_READING)
    assert kit(office, GROUP) == []
    assert [buttons for _, buttons in kit(office, LEADER)][-1] == ["Sudah diteruskan"]
    (schedule,) = await office.all(Schedule)
    assert schedule.state is ScheduleState.ACTIVE


async def test_nobody_tells_of_what_is_not_forwarded(office):
    await office.add_schedule(title="Apel pagi", groups=(await office.add_group(),))
    await office.at(MONDAY_READING)
    assert await rows(office) == []


@pytest.mark.parametrize(
    ("kind", "words", "never"),
    [
        (ScheduleKind.TWIBBON, "Hari ini: pasang twibbon", "tombol"),
        (ScheduleKind.BROADCAST, "Rapat &amp; apel dipindahkan", "Teruskan"),
    ],
)
async def test_of_all_else_the_secretary_gets_it_clean(office, kind, words, never):
    body, monday = "Rapat & apel dipindahkan", Once(MONDAY_READING.date())
    await office.add_schedule(kind, monday, title="Judul", body=body, by_forwarding=True)
    await office.at(MONDAY_READING)
    (text, none), (_, buttons) = kit(office, SECRETARY)[-2:]
    assert words in text
    assert never not in text
    assert (none, buttons) == ([], ["Sudah diteruskan"])


async def test_of_a_meeting_whoever_called_it(office):
    await office.add_schedule(ScheduleKind.MEETING, title="Evaluasi", created_by=office.leader, by_forwarding=True)
    await office.at(MONDAY_READING)
    assert "Pembukaan rapat: Evaluasi" in kit(office, LEADER)[-2][0]
    assert kit(office, SECRETARY) == []


async def test_a_broadcast_brings_its_picture_in_the_text_alone(office):
    picture = {"channel": "telegram", "file_ref": "file-1"}
    await office.add_schedule(ScheduleKind.BROADCAST, body="Poster", picture=picture, by_forwarding=True)
    await office.at(MONDAY_READING)
    text, button = [item.message for item in office.sender.accepted if item.chat_id == SECRETARY][-2:]
    assert (text.picture.file_ref, button.picture) == ("file-1", None)


async def test_a_text_that_is_too_long_comes_in_parts_with_the_button_behind_the_last(office):
    await office.add_schedule(ScheduleKind.BROADCAST, body="kata " * 1200, by_forwarding=True)
    await office.at(MONDAY_READING)
    got = await rows(office)
    assert [(row.part, row.message_key) for row in got] == [
        ("/forward", TEXT),
        ("/forward/2", TEXT),
        ("/forward/3", DONE),
    ]
    assert [row.follows_id for row in got] == [None, got[0].id, got[1].id]
    assert await breaches(office) == 0


async def test_two_secretaries_get_it_both(office):
    await office.add_member("Sekretaris 2", Role.SEKRETARIS, "501", leads=False)
    await office.add_schedule(ScheduleKind.BROADCAST, body="Halo", by_forwarding=True)
    await office.at(MONDAY_READING)
    assert [len(kit(office, chat)) for chat in (SECRETARY, "501")] == [2, 2]


async def test_inside_its_window_it_comes_late_and_afterwards_not_at_all(reading):
    await reading.restart()
    await reading.at(MONDAY_READING + timedelta(minutes=59))
    assert len(kit(reading, LEADER)) == 2
    await reading.at(MONDAY_READING + timedelta(days=1, minutes=61))
    assert len([text for text, _ in kit(reading, LEADER) if text.startswith("<b>Apel pagi</b>\n")]) == 1
    (told,) = [text for text, _ in kit(reading, SECRETARY) if "Kiriman yang tidak keluar" in text]
    assert "Apel pagi" in told
    assert "/susulan" in told
    missed = [row.slot for row in await reading.all(Occurrence, Occurrence.state == OccurrenceState.MISSED)]
    assert missed == ["2026-12-01"]


async def test_what_could_not_leave_inside_its_window_is_told_once_and_its_button_never_leaves(reading):
    reading.clock.move_to(MONDAY_READING)
    await reading.worker.tick(MONDAY_READING, wait=False)
    await reading.at(MONDAY_READING + timedelta(minutes=61))
    assert [row.state for row in await rows(reading)] == [DeliveryState.MISSED, DeliveryState.MISSED]
    assert kit(reading, LEADER) == []
    (told,) = [text for text, _ in kit(reading, SECRETARY) if "Kiriman yang tidak keluar" in text]
    assert told.count("Apel pagi") == 1
    assert await breaches(reading) == 0


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commits", range(8))
async def test_killed_at_any_commit_it_is_handed_over_once(reading, commits, after):
    dying = DyingDatabase(reading.database, commits, after=after)
    reading.worker = reading.new_worker(dying)
    reading.clock.move_to(MONDAY_READING)
    try:
        await reading.worker.tick(MONDAY_READING)
    except Killed:
        await reading.restart()
        await reading.at(MONDAY_READING)
    labels = [buttons for _, buttons in kit(reading, LEADER)]
    assert labels.count(["Sudah diteruskan"]) in ((1, 2) if commits else (1,))  # a repeatable row may stand twice
    assert len(await rows(reading)) == 2
    assert await breaches(reading) == 0


async def test_a_second_worker_hands_it_over_no_second_time(reading):
    other = reading.new_worker()
    reading.clock.move_to(MONDAY_READING)
    await reading.worker.tick(MONDAY_READING)
    await other.tick(MONDAY_READING)
    await other.close()
    assert len(kit(reading, LEADER)) == 2


def test_the_text_has_no_button_and_no_word_to_the_forwarder():
    message = render(TEXT, catalog()[TEXT].parameters)
    assert (message.text, message.choices) == ("<b>Apel pagi</b>", ())


async def test_many_that_are_forwarded_cost_no_more_statements_than_one(office):
    counted = []
    for readings in (1, 12):
        for _ in range(readings):
            await office.add_schedule(title="Apel", by_forwarding=True)
        await office.worker.prepare(MONDAY_READING - timedelta(minutes=1))
        async with office.database.transaction() as session:
            due = [number for number, _ in await occurrences.due(session, MONDAY_READING)]
            with recorded(office.database) as statements:
                await posting.post(session, due, MONDAY_READING, regulations=load_regulations(), sources=SOURCES)
        counted.append(len(statements))
    assert counted[0] == counted[1]


async def test_what_nobody_knows_to_have_reached_who_forwards_it_is_given_to_the_secretaries_as_well(reading):
    reading.sender.refuse(LEADER, OutcomeUnknown(), OutcomeUnknown())
    await reading.until(MONDAY_READING + timedelta(minutes=2))
    assert kit(reading, LEADER) == []
    (text, none), (_, button) = kit(reading, SECRETARY)
    assert (none, button) == ([], ["Sudah diteruskan"])
    assert "Fokus hari ini" in text
    assert await reading.count(Delivery, Delivery.message_key == "notice/missed") == 0
    assert await breaches(reading) == 0


async def test_where_nobody_else_could_be_given_it_the_secretary_is_told(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    await machine.at(MONDAY_READING - timedelta(hours=1))
    machine.sender.refuse(SECRETARY, OutcomeUnknown(), OutcomeUnknown())
    await machine.until(MONDAY_READING + timedelta(minutes=2))
    told = machine.sender.texts(SECRETARY)[-1]
    assert (
        "Apel pagi</b>, Senin, 30 November 2026 pukul 07.30 WIB: tidak pasti sampai kepada yang meneruskannya" in told
    )
    assert "catat dengan /susulan" in told


async def stops(machine, chat_id):
    """The person of this chat asks for answers only."""
    async with machine.database.transaction() as session:
        await outcomes.record_stop(session, CHANNEL, chat_id, machine.clock.now(), machine.clock.now())


async def test_who_stops_while_the_kit_waits_for_them_leaves_it_to_the_secretaries(reading):
    reading.sender.refuse(LEADER, RecipientBusy())
    await reading.at(MONDAY_READING)
    await stops(reading, LEADER)
    await reading.until(MONDAY_READING + timedelta(minutes=2))
    assert kit(reading, LEADER) == []
    (text, _), (_, button) = kit(reading, SECRETARY)
    assert ("Fokus hari ini" in text, button) == (True, ["Sudah diteruskan"])
    assert await breaches(reading) == 0


async def test_a_kit_that_comes_back_after_its_reader_stopped_goes_to_the_secretaries(reading):
    reading.clock.move_to(MONDAY_READING)
    await reading.worker.tick(MONDAY_READING, wait=False)
    (text, _) = await rows(reading)
    async with reading.database.transaction() as session:
        on_its_way = await deliveries.find(session, text.id)
        on_its_way.state = DeliveryState.SENDING
    await stops(reading, LEADER)
    async with reading.database.transaction() as session:
        await outcomes.record(session, await deliveries.find(session, text.id), RecipientBusy(), MONDAY_READING)
    await reading.until(MONDAY_READING + timedelta(minutes=2))
    assert [buttons for _, buttons in kit(reading, SECRETARY)] == [[], ["Sudah diteruskan"]]
    assert kit(reading, LEADER) == []
    assert await breaches(reading) == 0


async def test_where_nobody_else_could_be_given_the_kit_of_who_stopped_the_other_secretaries_are_told(machine):
    for chat in (SECRETARY, "501"):
        await machine.add_member("Sekretaris", Role.SEKRETARIS, chat, leads=False)
    await machine.add_schedule(title="Apel pagi", by_forwarding=True)
    machine.sender.refuse(SECRETARY, RecipientBusy())
    await machine.at(MONDAY_READING)
    await stops(machine, SECRETARY)
    await machine.until(MONDAY_READING + timedelta(minutes=2))
    assert "penerima meminta berhenti dikirimi pesan" in machine.sender.texts("501")[-1]
