"""Changing a schedule: every side, read back before it is saved, audited, and in line with what falls due."""

import pytest
from sqlalchemy import update

from bot.conversations.schedules.change import DIALOGUE
from bot.conversations.schedules.show import DIALOGUE as SHOW
from storage.models import HolidayRule, Member, Role, ScheduleException, ScheduleKind, ScheduleState
from tests.bot.conversations.office_story import labels, link, open_story, planned, press, schedule_of
from tests.story import acts, rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [SHOW, DIALOGUE])
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def open_reading(secretary, *buttons):
    await secretary.says("/jadwal")
    for label in ("Apel pagi", *buttons):
        shown = await secretary.presses(label)
    return shown[0]


async def reading(story):
    return await schedule_of(story, ScheduleKind.READING)


async def test_another_hour_is_read_back_saved_audited_and_planned(story, secretary):
    await open_reading(secretary, "Ubah jam")
    (shown,) = await secretary.says("07.15")
    assert (
        "Apel pagi: setiap hari kerja pukul 07.15 WIB, berikutnya Senin, 30 November 2026 pukul 07.15 WIB."
        in shown.text
    )
    assert (await reading(story)).at.isoformat() == "07:30:00"
    (saved,) = await secretary.presses("Simpan")
    assert "Perubahan tersimpan" in saved.text
    assert (await planned(story, await reading(story)))[:2] == ["30.11. 07.15", "01.12. 07.15"]
    assert await acts(story) == ["schedule.changed"]


@pytest.mark.parametrize("yes", ["ya", "simpan", "ok, simpan"])
async def test_a_plain_yes_saves_what_was_read_back_and_other_words_do_not(story, secretary, yes):
    await open_reading(secretary, "Ubah jam")
    await secretary.says(yes)
    await secretary.says("07.15")
    await secretary.says("tunggu sebentar")
    assert (await reading(story)).at.isoformat() == "07:30:00"
    (saved,) = await secretary.says(yes)
    assert "Perubahan tersimpan" in saved.text
    assert (await reading(story)).at.isoformat() == "07:15:00"


async def test_a_plain_yes_from_who_may_no_longer_keep_schedules_saves_nothing(story, secretary):
    await open_reading(secretary, "Ubah jam")
    await secretary.says("07.15")
    async with story.database.transaction() as session:
        await session.execute(update(Member).values(role=Role.ANGGOTA))
    await secretary.says("ya")
    assert (await reading(story)).at.isoformat() == "07:30:00"


async def test_other_days(story, secretary):
    await open_reading(secretary, "Ubah hari")
    (shown,) = await secretary.says("Senin")
    assert "Apel pagi: setiap Senin pukul 07.30 WIB" in shown.text
    await secretary.presses("Simpan")
    assert await planned(story, await reading(story)) == ["30.11. 07.30", "07.12. 07.30", "14.12. 07.30"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Senin, Rabu", "setiap Senin dan Rabu pukul 07.30"),
        ("hari kerja terakhir tiap bulan", "hari kerja terakhir setiap bulan pukul 07.30"),
        ("setiap Jumat 15.30", "setiap Jumat pukul 15.30"),
        ("tanggal 17 tiap bulan", "setiap tanggal 17 pukul 07.30"),
    ],
)
async def test_days_as_people_type_them(secretary, typed, words):
    await open_reading(secretary, "Ubah hari")
    (shown,) = await secretary.says(typed)
    assert words in shown.text


async def test_every_working_day_again_by_a_button(story, secretary):
    await open_reading(secretary, "Ubah hari")
    await secretary.says("Senin")
    await secretary.presses("Simpan")
    await secretary.presses("Ubah hari")
    await secretary.presses("Setiap hari kerja")
    await secretary.presses("Simpan")
    assert (await reading(story)).recurrence == {"kind": "every_working_day"}


async def test_what_cannot_be_read_is_refused_with_two_examples_and_the_question_stays_open(story, secretary):
    await open_reading(secretary, "Ubah jam")
    (refused,) = await secretary.says("pagi-pagi sekali")
    assert "07.15" in refused.text
    assert "jam setengah 8 pagi" in refused.text
    (shown,) = await secretary.says("8")
    assert "pukul 08.00 WIB" in shown.text


async def test_holidays_may_move_it(story, secretary):
    await open_reading(secretary, "Hari libur")
    (shown,) = await secretary.presses("Maju")
    assert "maju ke hari kerja sebelumnya" in shown.text
    await secretary.presses("Simpan")
    assert (await reading(story)).holiday_rule is HolidayRule.BEFORE


async def test_another_hour_for_a_span_of_dates(story, secretary):
    await open_reading(secretary, "Ubah jam", "Jam khusus")
    (shown,) = await secretary.says("1 s.d. 2 Desember 2026 pukul 08.00")
    assert "1 Desember 2026 s.d. 2 Desember 2026: pukul 08.00" in shown.text
    await secretary.presses("Simpan")
    assert (await planned(story, await reading(story)))[:4] == [
        "30.11. 07.30",
        "01.12. 08.00",
        "02.12. 08.00",
        "03.12. 07.30",
    ]


async def test_nothing_for_a_span_of_dates_and_back(story, secretary):
    await open_reading(secretary, "Ubah jam", "Jam khusus")
    await secretary.says("1 Desember 2026 tidak ada")
    await secretary.presses("Simpan")
    assert (await planned(story, await reading(story)))[:2] == ["30.11. 07.30", "02.12. 07.30"]
    await secretary.presses("Ubah jam")
    await secretary.presses("Jam khusus")
    await secretary.presses("Hapus semua jam khusus")
    await secretary.presses("Simpan")
    assert (await planned(story, await reading(story)))[:2] == ["30.11. 07.30", "01.12. 07.30"]
    assert await rows(story, ScheduleException) == []


async def test_one_span_is_dropped_and_the_others_stay(story, secretary):
    await open_reading(secretary, "Ubah jam", "Jam khusus")
    await secretary.says("1 s.d. 2 Desember 2026 pukul 08.00")
    await secretary.presses("Simpan")
    await secretary.presses("Ubah jam")
    await secretary.presses("Jam khusus")
    await secretary.says("3 Desember 2026 tidak ada")
    await secretary.presses("Simpan")
    await secretary.presses("Ubah jam")
    (asked,) = await secretary.presses("Jam khusus")
    assert labels(asked)[:2] == ["Hapus 1 Desember 2026–2 Desember 2026", "Hapus 3 Desember 2026"]
    (shown,) = await secretary.presses("Hapus 1 Desember 2026–2 Desember 2026")
    assert "3 Desember 2026: tidak ada" in shown.text
    assert "1 Desember 2026 s.d." not in shown.text
    await secretary.presses("Simpan")
    assert (await planned(story, await reading(story)))[:3] == ["30.11. 07.30", "01.12. 07.30", "02.12. 07.30"]
    assert len(await rows(story, ScheduleException)) == 1


async def test_a_span_that_was_dropped_meanwhile_is_told(story, secretary):
    schedule = await reading(story)
    assert await press(secretary, f"sched.pick:{schedule.id}:span:2026-12-01.2026-12-02") == []
    assert secretary.outcome.toast


async def test_a_span_without_an_hour_is_asked_again(secretary):
    await open_reading(secretary, "Ubah jam", "Jam khusus")
    (refused,) = await secretary.says("1 s.d. 2 Desember 2026")
    assert "jamnya belum disebut" in refused.text


@pytest.mark.parametrize(
    ("typed", "minutes", "until"), [("45 menit", 45, None), ("2 jam", 120, None), ("sampai 20.00", None, "20:00:00")]
)
async def test_the_window_for_being_late(story, secretary, typed, minutes, until):
    await open_reading(secretary, "Batas terlambat")
    await secretary.says(typed)
    await secretary.presses("Simpan")
    stored = await reading(story)
    assert (stored.late_minutes, stored.late_until and stored.late_until.isoformat()) == (minutes, until)


async def test_groups_are_turned_one_by_one(story, secretary):
    await link(story, "Grup UPTD", "-1002")
    shown = await open_reading(secretary, "Tujuan", "Grup tujuan")
    assert labels(shown)[:2] == ["✅ Grup Dinas", "✅ Grup UPTD"]
    await secretary.presses("✅ Grup Dinas")
    (shown,) = await secretary.presses("Lanjut")
    assert "Grup: Grup UPTD\n" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert "Grup: Grup UPTD\n" in saved.text


async def test_without_a_group_nothing_goes_on(secretary):
    await open_reading(secretary, "Tujuan", "Grup tujuan")
    await secretary.presses("✅ Grup Dinas")
    assert await secretary.presses("Lanjut") == []
    assert "Pilih “Tujuan” pada jadwal ini, lalu “Grup WhatsApp”, atau ketik /tautkan" in secretary.outcome.toast


async def test_pause_cancels_what_is_to_come_and_resume_brings_it_back(story, secretary):

    shown = await open_reading(secretary, "Jeda")
    assert "Jeda jadwal ini?" in shown.text
    (paused,) = await secretary.presses("Simpan")
    assert "Status: <b>dijeda</b>, atas permintaan kantor" in paused.text
    assert await planned(story, await reading(story)) == []
    await secretary.presses("Lanjutkan")
    await secretary.presses("Simpan")
    assert (await reading(story)).state is ScheduleState.ACTIVE
    assert (await planned(story, await reading(story)))[0] == "30.11. 07.30"
    assert await acts(story) == ["schedule.changed", "schedule.changed"]


async def test_the_link_to_a_twibbon(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Pemasangan twibbon")
    await secretary.presses("Tautan twibbon")
    (refused,) = await secretary.says("di sana")
    assert "belum menemukan tautannya" in refused.text
    await secretary.says("https://example.org/bingkai")
    (saved,) = await secretary.presses("Simpan")
    assert "Tautan twibbon: https://example.org/bingkai" in saved.text


async def test_the_office_s_first_schedules_are_paused_not_deleted(story, secretary):
    await secretary.says("/jadwal")
    (opened,) = await secretary.presses("Apel pagi")
    assert "Hapus" not in labels(opened)
    assert await press(secretary, f"sched.end:{(await reading(story)).id}:yes") == []
    assert (await reading(story)).state is ScheduleState.ACTIVE


async def test_simpan_twice_saves_once(story, secretary):
    await open_reading(secretary, "Ubah jam")
    await secretary.says("07.15")
    _, action = await story.message_ref(secretary.user_id, "Simpan")
    await secretary.presses("Simpan")
    assert await press(secretary, action) == []
    assert secretary.outcome.toast == "Pilihan ini sudah tidak berlaku."
    assert await acts(story) == ["schedule.changed"]


async def test_an_older_read_back_saves_nothing(story, secretary):
    await open_reading(secretary, "Ubah jam")
    await secretary.says("07.15")
    _, action = await story.message_ref(secretary.user_id, "Simpan")
    await secretary.says("08.00")
    await press(secretary, action)
    assert (await reading(story)).at.isoformat() == "07:30:00"


async def test_a_restart_in_the_midst_goes_on(story, secretary):
    await open_reading(secretary, "Ubah jam")
    story.restart()
    await secretary.says("07.15")
    story.restart()
    await secretary.presses("Simpan")
    assert (await reading(story)).at.isoformat() == "07:15:00"


async def test_a_photo_in_the_midst_asks_again(secretary):
    await open_reading(secretary, "Ubah jam")
    (again,) = await secretary.shows()
    assert "Pukul berapa yang baru?" in again.text


async def test_an_office_without_any_group_forwards_its_reading_itself(database):
    story = await open_story(database, [SHOW, DIALOGUE])  # nothing linked: everything waits for a group
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    shown = await open_reading(secretary, "Tujuan", "Grup WhatsApp")
    assert "pemimpin hari itu" in shown.text
    assert "Sekarang: <b>tidak diteruskan</b>" in shown.text
    (shown,) = await secretary.presses("Teruskan sendiri")
    assert "naskahnya diteruskan sendiri" in shown.text
    assert "Status: akan aktif\nBerikutnya:\n• Senin, 30 November 2026 pukul 07.30 WIB" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert "Status: aktif" in saved.text
    schedule = await reading(story)
    assert (schedule.by_forwarding, schedule.state, schedule.reason) == (True, ScheduleState.ACTIVE, None)
    assert (await planned(story, schedule))[0] == "30.11. 07.30"


async def test_forwarded_no_more_and_without_a_group_it_waits_for_one(database):
    story = await open_story(database, [SHOW, DIALOGUE])
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    for choice in ("Teruskan sendiri", "Tidak"):
        await open_reading(secretary, "Tujuan", "Grup WhatsApp")
        await secretary.presses(choice)
        (saved,) = await secretary.presses("Simpan")
    assert (
        "Pilih “Tujuan” pada jadwal ini, lalu “Grup WhatsApp”, atau ketik /tautkan di dalam grup kantor di Telegram."
        in saved.text
    )
    schedule = await reading(story)
    assert (schedule.by_forwarding, schedule.state, schedule.reason) == (False, ScheduleState.PAUSED, "no_group")
    assert await planned(story, schedule) == []


async def test_what_stops_by_a_change_is_read_back_as_stopping(database):
    story = await open_story(database, [SHOW, DIALOGUE])
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await open_reading(secretary, "Tujuan", "Grup WhatsApp")
    await secretary.presses("Teruskan sendiri")
    await secretary.presses("Simpan")
    await open_reading(secretary, "Tujuan", "Grup WhatsApp")
    (shown,) = await secretary.presses("Tidak")
    assert "Status: akan <b>dijeda</b>, belum ada tujuan kirimannya." in shown.text


async def test_a_plain_yes_where_groups_are_chosen_saves_nothing_before_they_are_read_back(story, secretary):
    await link(story, "Grup UPTD", "-1002")
    await open_reading(secretary, "Tujuan", "Grup tujuan")
    await secretary.presses("✅ Grup Dinas")
    (again,) = await secretary.says("ya")
    assert "Ke grup mana" in again.text
    await secretary.presses("Lanjut")
    (saved,) = await secretary.says("ya")
    assert "Grup: Grup UPTD\n" in saved.text


async def test_words_where_groups_are_chosen_show_the_groups_again(secretary):
    await open_reading(secretary, "Tujuan", "Grup tujuan")
    await secretary.presses("✅ Grup Dinas")
    (again,) = await secretary.says("yang satunya lagi")
    assert "Ke grup mana" in again.text
    assert labels(again) == ["▫️ Grup Dinas", "Lanjut", "Kembali"]


async def test_where_no_groups_can_be_linked_none_are_spoken_of(database):
    story = await open_story(database, [SHOW, DIALOGUE])
    story.groups_on = ()
    story.restart()
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/jadwal")
    (shown,) = await secretary.presses("Apel pagi")
    assert "Pilih “Tujuan” pada jadwal ini, lalu “Grup WhatsApp”." in shown.text
    assert "/tautkan" not in shown.text
    (targets,) = await secretary.presses("Tujuan")
    assert labels(targets) == ["Grup WhatsApp", "Kembali"]
    await secretary.presses("Lanjutkan")
    assert (
        secretary.outcome.toast
        == "Belum ada tujuan yang dapat dikirimi. Pilih “Tujuan” pada jadwal ini, lalu “Grup WhatsApp”."
    )


async def test_a_schedule_that_somebody_paused_stays_paused_when_it_is_forwarded(story, secretary):
    await open_reading(secretary, "Jeda")
    await secretary.presses("Simpan")
    await open_reading(secretary, "Tujuan", "Grup WhatsApp")
    await secretary.presses("Teruskan sendiri")
    await secretary.presses("Simpan")
    schedule = await reading(story)
    assert (schedule.by_forwarding, schedule.state, schedule.reason) == (True, ScheduleState.PAUSED, "by_hand")


async def test_what_is_forwarded_may_have_no_group(story, secretary):
    await open_reading(secretary, "Tujuan", "Grup WhatsApp")
    await secretary.presses("Teruskan sendiri")
    await secretary.presses("Simpan")
    await secretary.presses("Tujuan")
    await secretary.presses("Grup tujuan")
    await secretary.presses("✅ Grup Dinas")
    await secretary.presses("Lanjut")
    (saved,) = await secretary.presses("Simpan")
    assert "Grup WhatsApp: naskahnya diteruskan sendiri" in saved.text
    assert "Grup Dinas" not in saved.text


async def test_a_summary_is_forwarded_into_no_group(story, secretary):
    summary = await schedule_of(story, ScheduleKind.SUMMARY)
    await press(secretary, f"sched.pick:{summary.id}:forward:on")
    assert "tidak berlaku" in secretary.outcome.toast
