"""`Tambah jadwal`: another reading, a twibbon of the office's own; never presented as law."""

import pytest

from bot.conversations.schedules.add import DIALOGUE
from bot.conversations.schedules.change import DIALOGUE as CHANGE
from bot.conversations.schedules.show import DIALOGUE as SHOW
from storage.models import Occurrence, Role, Schedule, ScheduleKind, ScheduleState
from tests.bot.conversations.office_story import labels, link, open_story, planned, press, schedule_of
from tests.story import acts, rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [SHOW, CHANGE, DIALOGUE], "serang-25-2018")
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def start(secretary, kind):
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    return (await secretary.presses(kind))[0]


async def test_another_reading_under_its_own_name(story, secretary):
    await start(secretary, "Pembacaan")
    (shown,) = await secretary.says("setiap Jumat 15.30 Apel sore")
    assert "<b>Apel sore</b>" in shown.text
    assert "setiap Jumat pukul 15.30 WIB" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert "Hapus" in labels(saved)
    added = await schedule_of(story, ScheduleKind.READING)
    assert (await planned(story, added))[0] == "04.12. 15.30"
    assert await acts(story) == ["schedule.added"]


async def test_a_twibbon_is_the_office_s_own_wish_where_the_regulation_knows_none(story, secretary):
    asked = await start(secretary, "Twibbon")
    assert "bukan kewajiban" in asked.text
    (shown,) = await secretary.says("tanggal 17 tiap bulan jam 7 pagi")
    assert "peraturan Anda tidak menetapkannya" in shown.text
    await secretary.presses("Simpan")
    twibbon = await schedule_of(story, ScheduleKind.TWIBBON)
    assert twibbon.recurrence == {"kind": "monthly_day", "day": 17}
    assert twibbon.holiday_rule.value == "ignore"


async def test_a_plain_yes_adds_what_was_read_back_and_not_while_groups_are_chosen(story, secretary):
    await link(story, "Grup UPTD", "-1002")
    await start(secretary, "Pembacaan")
    await secretary.says("setiap Jumat 15.30")
    await secretary.presses("Ganti grup")
    await secretary.says("ya")
    assert await acts(story) == []
    await secretary.says("setiap Jumat 15.30")
    (saved,) = await secretary.says("Ya")
    assert "Hapus" in labels(saved)
    assert await acts(story) == ["schedule.added"]


async def test_into_other_groups(story, secretary):
    await link(story, "Grup UPTD", "-1002")
    await start(secretary, "Pembacaan")
    await secretary.says("setiap Jumat 15.30")
    await secretary.presses("Ganti grup")
    await secretary.presses("✅ Grup Dinas")
    (shown,) = await secretary.presses("Lanjut")
    assert "Grup: Grup UPTD\n" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert "Grup: Grup UPTD\n" in saved.text


async def test_unreadable_words_get_two_examples(secretary):
    await start(secretary, "Pembacaan")
    (refused,) = await secretary.says("sore-sore")
    assert refused.text.count("•") == 2


async def test_a_reading_on_one_day_only_is_refused(secretary):
    await start(secretary, "Pembacaan")
    (refused,) = await secretary.says("besok 09.00")
    assert refused.text.count("•") == 2


async def test_without_a_group_it_is_forwarded_and_says_how_to_link_one(database):
    story = await open_story(database, [SHOW, DIALOGUE], "serang-25-2018")
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await start(secretary, "Pembacaan")
    (refused,) = await secretary.says("setiap Jumat 15.30")
    assert "/tautkan" in refused.text


async def test_simpan_twice_adds_one(story, secretary):
    await start(secretary, "Pembacaan")
    await secretary.says("setiap Jumat 15.30")
    before = len(await rows(story, Schedule))
    _, action = await story.message_ref(secretary.user_id, "Simpan")
    await secretary.presses("Simpan")
    await press(secretary, action)
    assert len(await rows(story, Schedule)) == before + 1


async def test_what_was_added_can_be_ended_and_is_kept(story, secretary):
    await start(secretary, "Pembacaan")
    await secretary.says("setiap Jumat 15.30 Apel sore")
    await secretary.presses("Simpan")
    await secretary.presses("Hapus")
    (ended,) = await secretary.presses("Ya, hapus")
    assert "Apel sore" in ended.text
    added = await schedule_of(story, ScheduleKind.READING)
    assert added.state is ScheduleState.ENDED
    assert await planned(story, added) == []


async def test_a_repetition_without_its_time_is_kept_until_the_time_is_said(story, secretary):
    await start(secretary, "Pembacaan")
    (asked,) = await secretary.says("setiap Jumat Apel sore")
    assert "jamnya belum disebut" in asked.text
    (shown,) = await secretary.says("15.30")
    assert "Apel sore" in shown.text
    assert "setiap Jumat pukul 15.30" in shown.text


async def test_a_quiz_on_wednesdays_by_a_button(story, secretary):
    asked = await start(secretary, "Kuis")
    assert "tidak bernama" in asked.text
    (shown,) = await secretary.presses("Setiap Rabu 10.00")
    assert "<b>Kuis mingguan</b> · kuis nilai di grup" in shown.text
    assert "setiap Rabu pukul 10.00 WIB · hari libur: dilewati" in shown.text
    (saved,) = await secretary.presses("Simpan")
    assert {"Jeda", "Hapus", "Uji kirim", "Tujuan"} <= set(labels(saved))
    quiz = await schedule_of(story, ScheduleKind.QUIZ)
    assert (await planned(story, quiz))[:2] == ["02.12. 10.00", "09.12. 10.00"]
    focuses = [row.focus for row in await rows(story, Occurrence, Occurrence.schedule_id == quiz.id)]
    assert len(set(focuses)) == len(focuses)


@pytest.mark.parametrize(
    ("typed", "title", "when"),
    [
        ("kuis setiap Jumat 09.00", "Kuis mingguan", "setiap Jumat pukul 09.00"),
        ("setiap Kamis 15.00 Kuis sore", "Kuis sore", "setiap Kamis pukul 15.00"),
        ("besok 10.00", "Kuis mingguan", "pukul 10.00"),
    ],
)
async def test_a_quiz_in_words(secretary, typed, title, when):
    await start(secretary, "Kuis")
    (shown,) = await secretary.says(typed)
    assert f"<b>{title}</b>" in shown.text
    assert when in shown.text


async def test_a_quiz_goes_into_a_group_that_is_linked_later_too(story, secretary):
    await start(secretary, "Kuis")
    await secretary.presses("Setiap Rabu 10.00")
    await secretary.presses("Simpan")
    await link(story, "Grup UPTD", "-1002")
    await secretary.says("/jadwal")
    (shown,) = await secretary.presses("Kuis mingguan")
    assert "Grup: Grup Dinas, Grup UPTD" in shown.text


async def test_only_a_quiz_has_a_usual_hour(story, secretary):
    await press(secretary, "sched.usual:reading")
    assert "tidak berlaku" in secretary.outcome.toast
    assert await rows(story, Schedule, Schedule.kind == ScheduleKind.QUIZ) == []
