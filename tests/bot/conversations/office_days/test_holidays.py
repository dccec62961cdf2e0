"""`/libur`: the calendar with its sources, own days, estimates confirmed, the week; and the schedules follow."""

from datetime import UTC, date, datetime

import pytest

from bot.conversations.office_days.holidays import DIALOGUE
from storage.models import CalendarDay, DayKind, Office, Role, ScheduleKind
from tests.bot.conversations.office_story import labels, link, open_story, planned, press, schedule_of
from tests.story import acts, rows

MID_DECEMBER = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)


@pytest.fixture
async def story(database):
    story = await open_story(database, [DIALOGUE], start=MID_DECEMBER)
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def decided(story):
    return [(row.day, row.kind, row.name) for row in await rows(story, CalendarDay)]


async def test_the_coming_months_with_the_source_of_each_day(secretary):
    (shown,) = await secretary.says("/libur")
    assert "Jumat, 25 Desember 2026" in shown.text
    assert "<i>(nasional)</i>" in shown.text
    assert "<i>(perkiraan, belum dipastikan)</i>" in shown.text
    assert "Pekan kerja 5 hari: Senin–Jumat" in shown.text


async def test_a_year_without_joint_leave_says_so_and_offers_to_enter_it(story, secretary):
    story.clock.move_to(datetime(2027, 12, 15, 1, 0, tzinfo=UTC))  # the library's data end with 2027
    (shown,) = await secretary.says("/libur")
    assert "<b>Cuti bersama 2028</b> belum ada" in shown.text
    await secretary.presses("Isi cuti bersama 2028")
    (read_back,) = await secretary.says("27 Januari 2028\n25 s.d. 28 Februari 2028 Idulfitri")
    assert "Libur: Kamis, 27 Januari 2028 – Cuti bersama" in read_back.text
    assert "Jumat, 25 Februari 2028 s.d. Senin, 28 Februari 2028 – Cuti bersama Idulfitri" in read_back.text
    (saved,) = await secretary.presses("Simpan")
    assert "Isi cuti bersama 2028" not in labels(saved)
    assert len(await decided(story)) == 5


async def test_an_own_holiday_is_read_back_saved_and_the_reading_is_skipped(story, secretary):
    (read_back,) = await secretary.says("/libur 24 Desember 2026 Cuti bersama daerah")
    assert "Libur: Kamis, 24 Desember 2026 – Cuti bersama daerah" in read_back.text
    assert await decided(story) == []
    await secretary.presses("Simpan")
    assert await decided(story) == [(date(2026, 12, 24), DayKind.HOLIDAY, "Cuti bersama daerah")]
    assert "24.12. 07.30" not in await planned(story, await schedule_of(story, ScheduleKind.READING))
    assert await acts(story) == ["calendar.decided"]


async def test_a_plain_yes_saves_what_was_read_back_and_other_words_do_not(story, secretary):
    await secretary.says("/libur 24 Desember 2026 Cuti bersama daerah")
    await secretary.says("tunggu sebentar")
    assert await decided(story) == []
    await secretary.says("/libur 24 Desember 2026 Cuti bersama daerah")
    await secretary.says("ya")
    assert await decided(story) == [(date(2026, 12, 24), DayKind.HOLIDAY, "Cuti bersama daerah")]


async def test_a_workday_that_the_nation_has_off(story, secretary):
    (read_back,) = await secretary.says("/libur kerja 26 Desember 2026")
    assert "Hari kerja: Sabtu, 26 Desember 2026" in read_back.text
    (saved,) = await secretary.presses("Simpan")
    assert "Sabtu, 26 Desember 2026: Hari kerja <i>(keputusan kantor)</i>" in saved.text
    assert "26.12. 07.30" in await planned(story, await schedule_of(story, ScheduleKind.READING))


async def test_a_span(story, secretary):
    await secretary.says("/libur 28 s.d. 30 Desember 2026 Libur daerah")
    await secretary.presses("Simpan")
    assert [day.day for day, _, _ in await decided(story)] == [28, 29, 30]


async def test_an_own_day_is_removed_again(story, secretary):
    await secretary.says("/libur 24 Desember 2026 Cuti bersama daerah")
    await secretary.presses("Simpan")
    await secretary.presses("Hapus catatan")
    (shown,) = await secretary.presses("24 Desember 2026")
    assert "kalender nasional berlaku lagi" in shown.text
    assert await decided(story) == []


async def estimated(secretary):
    (shown,) = await secretary.says("/libur")
    return next(label for label in labels(shown) if label.startswith("Pastikan"))


async def test_an_estimate_is_confirmed(story, secretary):
    button = await estimated(secretary)
    (asked,) = await secretary.presses(button)
    assert labels(asked)[:3] == ["Benar", "Bukan libur", "Tanggal lain"]
    (shown,) = await secretary.presses("Benar")
    assert button not in labels(shown)
    ((_, kind, name),) = await decided(story)
    assert kind is DayKind.HOLIDAY
    assert "perkiraan" not in name


async def test_an_estimate_is_no_holiday(story, secretary):
    await secretary.presses(await estimated(secretary))
    await secretary.presses("Bukan libur")
    ((_, kind, _),) = await decided(story)
    assert kind is DayKind.WORKDAY


async def test_an_estimate_is_another_day(story, secretary):
    await secretary.presses(await estimated(secretary))
    await secretary.presses("Tanggal lain")
    (read_back,) = await secretary.says("8 Januari 2027")
    assert "Libur: Jumat, 8 Januari 2027" in read_back.text
    await secretary.presses("Simpan")
    (first, second) = sorted(await decided(story), key=lambda item: item[1])
    assert first[1:2] == (DayKind.HOLIDAY,)
    assert first[0] == date(2027, 1, 8)
    assert second[1] is DayKind.WORKDAY


async def test_confirming_twice_is_harmless(story, secretary):
    await secretary.presses(await estimated(secretary))
    _, action = await story.message_ref(secretary.user_id, "Benar")
    await secretary.presses("Benar")
    assert await press(secretary, action) == []
    assert len(await acts(story)) == 1


async def test_a_week_of_six_days(story, secretary):
    await secretary.says("/libur")
    (shown,) = await secretary.presses("Pekan 6 hari")
    assert "Pekan kerja 6 hari: Senin–Sabtu" in shown.text
    (office,) = await rows(story, Office)
    assert office.workdays == 6
    assert "19.12. 07.30" in await planned(story, await schedule_of(story, ScheduleKind.READING))


@pytest.mark.parametrize("typed", ["kapan-kapan", "31 Februari 2027 Libur", "1 Januari 2020 Libur", "2027 libur terus"])
async def test_what_cannot_be_read_is_refused_with_two_examples(story, secretary, typed):
    (refused,) = await secretary.says(f"/libur {typed}")
    assert refused.text.count("•") == 2
    assert await decided(story) == []


@pytest.mark.parametrize(
    "action", ["libur.yes:x", "libur.drop:2026-13-01", "libur.week:7", "libur.save:x", "libur.ask:9999-12-31"]
)
async def test_forged_button_data_changes_nothing(story, secretary, action):
    assert await press(secretary, action) == []
    assert await acts(story) == []


async def test_simpan_twice_saves_once(story, secretary):
    await secretary.says("/libur 24 Desember 2026 Libur")
    _, action = await story.message_ref(secretary.user_id, "Simpan")
    await secretary.presses("Simpan")
    await press(secretary, action)
    assert await acts(story) == ["calendar.decided"]


async def test_a_restart_in_the_midst_goes_on(story, secretary):
    await secretary.says("/libur")
    await secretary.presses("Tambah libur")
    story.restart()
    await secretary.says("24 Desember 2026 Libur daerah")
    story.restart()
    await secretary.presses("Simpan")
    assert len(await decided(story)) == 1


async def test_members_do_not_decide(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (refused,) = await member.says("/libur 24 Desember 2026 Libur")
    assert "tidak termasuk kewenangan Anda" in refused.text
