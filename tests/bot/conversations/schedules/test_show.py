"""`/jadwal`: what it shows, to whom, and what it does not open."""

import pytest

from bot.conversations.schedules.change import DIALOGUE as CHANGE
from bot.conversations.schedules.show import DIALOGUE
from storage.models import Role, Schedule, ScheduleKind
from storage.queries import conversations
from tests.bot.conversations.office_story import labels, link, open_story, press, schedule_of, second_office
from tests.story import rows


@pytest.fixture
async def story(database):
    return await open_story(database, [DIALOGUE, CHANGE])


async def test_every_schedule_with_kind_rule_groups_state_and_the_next_three_occurrences(story):
    await link(story)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (shown,) = await member.says("/jadwal")
    reading = shown.text.split("\n\n")[1]
    assert reading == (
        "<b>Apel pagi</b> · pembacaan nilai saat apel\n"
        "setiap hari kerja pukul 07.30 WIB · hari libur: dilewati\n"
        "Grup: Grup Dinas\n"
        "Status: aktif\n"
        "Berikutnya:\n"
        "• Senin, 30 November 2026 pukul 07.30 WIB\n"
        "• Selasa, 1 Desember 2026 pukul 07.30 WIB\n"
        "• Rabu, 2 Desember 2026 pukul 07.30 WIB"
    )
    assert "setiap tanggal 17 pukul 07.00 WIB" in shown.text
    assert "Ringkasan mingguan" in shown.text


async def test_a_paused_schedule_says_why_in_words(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (shown,) = await member.says("/jadwal")
    assert "Status: <b>dijeda</b>, belum ada tujuan kirimannya." in shown.text
    assert "/tautkan" not in shown.text


async def test_only_who_may_schedule_gets_buttons(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    assert labels((await member.says("/jadwal"))[0]) == []
    assert labels((await secretary.says("/jadwal"))[0]) == [
        "Apel pagi",
        "Pemasangan twibbon",
        "Ringkasan mingguan",
        "Tambah jadwal",
    ]
    reading = await schedule_of(story, ScheduleKind.READING)
    assert await press(member, f"sched.open:{reading.id}") == []
    assert "bukan kewenangan Anda" in member.outcome.toast


async def test_in_a_group_the_list_has_no_buttons(story):
    chat = await link(story)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (shown,) = await secretary.says("/jadwal", chat)
    assert labels(shown) == []


async def test_many_schedules_come_in_pages(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    async with story.database.transaction() as session:
        for number in range(4):
            first = await session.get_one(Schedule, 1)
            values = {
                column: getattr(first, column)
                for column in ("office_id", "kind", "recurrence", "at", "timezone", "holiday_rule", "planned_until")
            }
            session.add(Schedule(**values, title=f"Apel {number}", created_at=story.clock.now()))
    (first_page,) = await secretary.says("/jadwal")
    assert "(1/2)" in first_page.text
    (second_page,) = await secretary.presses("Berikutnya")
    assert "Apel 3" in second_page.text
    assert "Apel pagi" not in second_page.text


async def test_a_schedule_opens_with_all_that_can_be_done_to_it(story):
    await link(story)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/jadwal")
    (opened,) = await secretary.presses("Apel pagi")
    assert labels(opened) == [
        "Ubah jam",
        "Ubah hari",
        "Hari libur",
        "Batas terlambat",
        "Tujuan",
        "Jeda",
        "Uji kirim",
        "Semua jadwal",
    ]
    assert "Batas terlambat: 60 menit" in opened.text


@pytest.mark.parametrize(
    "action", ["sched.open:{id}", "sched.ask:{id}:time", "sched.pick:{id}:late:30", "sched.end:{id}:yes"]
)
async def test_another_office_s_schedule_stays_closed(story, action):
    await second_office(story)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    foreign = (await rows(story, Schedule, Schedule.office_id != story.office_id))[0]
    assert await press(secretary, action.format(id=foreign.id)) == []
    assert "tidak dapat dibuka" in secretary.outcome.toast


@pytest.mark.parametrize("argument", ["", "0", "-1", "abc", "٣", "9" * 40, "1:time:x"])
async def test_forged_button_data_does_no_harm(story, argument):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await press(secretary, f"sched.ask:{argument}")
    assert "Kode" not in (secretary.outcome.toast or "")


async def test_a_look_leaves_another_dialogue_open(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    async with story.database.transaction() as session:
        where = ("telegram", secretary.user_id, secretary.user_id)
        await conversations.keep_conversation(session, *where, "file_report", {"key": "k"}, story.clock.now())
    await secretary.says("/jadwal")
    await secretary.presses("Apel pagi")
    async with story.database.transaction() as session:
        assert await conversations.find_conversation(session, *where) is not None
