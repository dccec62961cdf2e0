"""What the clock sends, and what becomes of it when nobody was running at the time."""

from storage.models import DeliveryState, OccurrenceState, Role
from tests.flows.office import occurrences

READING = "Dipimpin oleh"


async def test_the_reading_goes_out_at_its_time_and_no_minute_sooner(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    assert office.containing(office.group, READING) == []
    await office.clock_to("2026-11-17T07:30+07:00")
    [post] = office.containing(office.group, READING)
    assert (post.at, post.labels) == (office.clock.now(), ["Sudah dibacakan"])


async def test_what_fell_due_while_the_bot_was_down_goes_out_once_inside_its_window(office):
    await office.clock_to("2026-11-17T23:00+07:00")
    await office.kill()
    office.clock_jumps_to("2026-11-18T08:29+07:00")
    await office.restart()
    await office.kill_and_restart()
    assert len(office.containing(office.group, "Rabu, 18 November 2026")) == 1
    assert office.containing(office.secretary, "Kiriman yang tidak keluar") == []


async def test_what_is_too_late_is_recorded_as_missed_and_the_secretary_is_told_once(office):
    await office.clock_to("2026-11-17T23:00+07:00")
    await office.kill()
    office.clock_jumps_to("2026-11-19T08:31+07:00")
    await office.restart()
    await office.kill_and_restart()
    assert office.containing(office.group, "18 November") == office.containing(office.group, "19 November") == []
    [told] = office.containing(office.secretary, "Kiriman yang tidak keluar")
    for line in (
        "Apel pagi, Rabu, 18 November 2026 pukul 07.30 WIB: sistem baru berjalan lagi",
        "Apel pagi, Kamis, 19 November 2026 pukul 07.30 WIB: sistem baru berjalan lagi",
    ):
        assert line in told.text
    assert "tetap terlaksana, catat dengan /susulan" in told.text
    missed = [row for row in await occurrences(office) if row.state is OccurrenceState.MISSED]
    assert [(row.slot, row.reason) for row in missed] == [("2026-11-18", "late"), ("2026-11-19", "late")]
    await office.clock_to("2026-11-20T07:30+07:00")
    assert len(office.containing(office.group, "20 November 2026")) == 1


async def test_the_twibbon_waits_until_the_evening_and_a_meeting_only_a_quarter_of_an_hour(office):
    await office.says(office.secretary, "/rapat besok 09.00 Rapat staf")
    await office.presses(office.secretary, "Simpan")
    await office.kill()
    office.clock_jumps_to("2026-11-17T09:16+07:00")
    await office.restart()
    assert len(office.containing(office.group, "Hari ini: pasang twibbon")) == 1
    assert office.containing(office.group, "Rapat staf") == []
    [told] = office.containing(office.secretary, "Kiriman yang tidak keluar")
    assert "Rapat staf, Selasa, 17 November 2026 pukul 09.00 WIB" in told.text


async def test_two_workers_on_one_database_post_once(office):
    office.clock_jumps_to("2026-11-17T07:30+07:00")
    await office.beside_another()
    assert len(office.containing(office.group, READING)) == 1
    assert {row.state for row in await office.posts(office.group)} == {DeliveryState.SENT}


async def test_the_leader_who_never_pressed_start_is_handed_to_the_secretary_who_skips_in_one_tap(town):
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    await town.says(secretary, "/anggota Anggota 5")
    group = await town.links_group(-100500, "Grup Dinas", secretary)
    await town.clock_to("2026-11-16T15:30+07:00")
    handed = town.last(secretary)
    assert "Selasa, 17 November 2026 pukul 07.30 WIB dijadwalkan dipimpin oleh Anggota 5" in handed.text
    await town.presses(secretary, "Lewati")
    assert "tidak hangus" in handed.text
    assert "giliran Anda memimpin" in town.last(secretary).text
    await town.clock_to("2026-11-17T07:30+07:00")
    assert "Dipimpin oleh Sekretaris" in town.last(group).text
    [turns] = await town.says(secretary, "/giliran")
    assert turns.text.count(": Anggota 5") == 3  # of five: the skipped turn is owed


async def test_a_secretary_pauses_the_reading_and_it_stays_silent_over_a_restart(office):
    await office.says(office.secretary, "/jadwal")
    await office.presses(office.secretary, "Apel pagi")
    await office.presses(office.secretary, "Jeda")
    await office.presses(office.secretary, "Simpan")
    await office.kill_and_restart()
    await office.clock_to("2026-11-18T10:00+07:00")
    assert office.containing(office.group, READING) == []


async def test_a_trial_post_goes_to_oneself_only(office):
    before = len(office.server.messages(office.group))
    await office.says(office.secretary, "/jadwal")
    await office.presses(office.secretary, "Apel pagi")
    await office.presses(office.secretary, "Uji kirim")
    assert "Core Values BerAKHLAK" in office.last(office.secretary).text
    assert len(office.server.messages(office.group)) == before
