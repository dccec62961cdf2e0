"""`/rapat`: at a time, every week, at once; in the group and in private."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations.schedules.meeting import DIALOGUE
from storage.models import Delivery, Occurrence, Role, Schedule, ScheduleKind
from tests.bot.conversations.office_story import (
    labels,
    link,
    open_story,
    planned,
    post_due,
    press,
    schedule_of,
    second_office,
)
from tests.story import rows

THURSDAY = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # 08.00 WIB


@pytest.fixture
async def story(database):
    return await open_story(database, [DIALOGUE], start=THURSDAY)


@pytest.fixture
async def group(story):
    return await link(story)


@pytest.fixture
async def member(story):
    return await story.person("Anggota 1", Role.ANGGOTA)


async def meetings(story):
    return await rows(story, Schedule, Schedule.kind == ScheduleKind.MEETING)


async def test_tomorrow_is_read_back_and_saved_by_any_member(story, group, member):
    (shown,) = await member.says("/rapat besok 09.00 Evaluasi triwulan")
    assert shown.text == (
        "Pembukaan rapat “Evaluasi triwulan”, Jumat, 27 November 2026 pukul 09.00 WIB, di Grup Dinas."
    )
    assert labels(shown) == ["Simpan", "Batal"]
    assert await meetings(story) == []
    (saved,) = await member.presses("Simpan")
    assert "Tersimpan" in saved.text
    assert await planned(story, await schedule_of(story, ScheduleKind.MEETING)) == ["27.11. 09.00"]


async def test_a_plain_yes_saves_what_was_read_back(story, group, member):
    await member.says("/rapat besok 09.00")
    await member.says("tunggu sebentar")
    assert await meetings(story) == []
    await member.says("/rapat besok 09.00")
    (saved,) = await member.says("simpan")
    assert "Tersimpan" in saved.text
    assert len(await meetings(story)) == 1


async def test_a_plain_yes_chooses_no_group(story, group, member):
    await link(story, "Grup UPTD", "-1002")
    await member.says("/rapat besok 09.00")
    (answer,) = await member.says("ya")
    assert "Tersimpan" not in answer.text
    assert await meetings(story) == []


async def test_in_a_group_it_is_posted_there(story, group, member):
    await link(story, "Grup UPTD", "-1002")
    (shown,) = await member.says("/rapat besok 09.00 Evaluasi", group)
    assert "di Grup Dinas." in shown.text
    await member.presses("Simpan", group)
    story.clock.move_to(datetime(2026, 11, 27, 2, 0, tzinfo=UTC))
    await post_due(story)
    posts = await rows(story, Delivery, Delivery.message_key == "meeting/post")
    assert [post.chat_id for post in posts] == ["-1001"]


async def test_another_member_s_press_saves_nothing(story, group, member):
    await member.says("/rapat besok 09.00 Evaluasi", group)
    other = await story.person("Anggota 2", Role.ANGGOTA)
    await other.presses("Simpan", group)
    assert other.outcome.toast == "Pilihan ini sudah tidak berlaku."
    assert await meetings(story) == []


async def test_every_week_needs_the_right_to_schedule(story, group, member):
    (refused,) = await member.says("/rapat setiap Senin 09.00 Rapat staf")
    assert "dijadwalkan oleh sekretaris" in refused.text
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (shown,) = await secretary.says("/rapat setiap Senin 09.00 Rapat staf")
    assert "“Rapat staf”, setiap Senin pukul 09.00 WIB, di Grup Dinas." in shown.text
    await secretary.presses("Simpan")
    meeting = await schedule_of(story, ScheduleKind.MEETING)
    assert await planned(story, meeting) == ["30.11. 09.00", "07.12. 09.00", "14.12. 09.00"]


async def test_now_in_the_group_is_posted_at_once_without_a_question(story, group, member):
    assert await member.says("/rapat sekarang Rapat kilat", group) == []
    await post_due(story)
    (post,) = await rows(story, Delivery, Delivery.message_key == "meeting/post")
    assert (post.chat_id, "Rapat kilat" in post.message["text"]) == ("-1001", True)


async def test_now_twice_for_the_same_meeting_is_posted_once(story, group, member):
    await member.says("/rapat sekarang", group)
    await post_due(story)
    other = await story.person("Anggota 2", Role.ANGGOTA)
    told = (await other.says("/rapat sekarang", group))[-1]
    assert "baru saja dikirim" in told.text
    assert await other.says("/rapat sekarang Rapat kilat", group) == []  # another meeting
    story.clock.advance(timedelta(minutes=3))
    assert await other.says("/rapat sekarang", group) == []  # the next one
    await post_due(story)
    assert len(await rows(story, Delivery, Delivery.message_key == "meeting/post")) == 3


async def test_now_in_private_goes_into_the_single_group(story, group, member):
    (answer,) = await member.says("/rapat sekarang")
    assert "sedang dikirim ke Grup Dinas" in answer.text
    await post_due(story)
    assert len(await rows(story, Delivery, Delivery.message_key == "meeting/post")) == 1


async def test_now_in_private_asks_which_of_several(story, group, member):
    await link(story, "Grup UPTD", "-1002")
    (asked,) = await member.says("/rapat sekarang")
    assert labels(asked) == ["Grup Dinas", "Grup UPTD", "Batal"]
    await member.presses("Grup UPTD")
    story.clock.advance(timedelta(seconds=1))
    await post_due(story)
    assert [post.chat_id for post in await rows(story, Delivery, Delivery.message_key == "meeting/post")] == ["-1002"]


async def test_alone_it_asks_and_the_answer_may_be_typed(story, group, member):
    (asked,) = await member.says("/rapat")
    assert labels(asked) == ["Sekarang"]
    (shown,) = await member.says("besok 09.00")
    assert "Pembukaan rapat “Rapat”, Jumat, 27 November 2026" in shown.text


async def test_unreadable_words_get_two_examples_and_may_be_typed_again(group, member):
    (refused,) = await member.says("/rapat kapan-kapan")
    assert "besok 09.00 Evaluasi triwulan" in refused.text
    assert "setiap Senin 09.00 Rapat staf" in refused.text
    (shown,) = await member.says("besok 09.00 Evaluasi")
    assert "27 November 2026" in shown.text


async def test_a_time_that_has_passed_is_refused(group, member):
    (refused,) = await member.says("/rapat hari ini 07.00 Evaluasi")
    assert "sudah lewat" in refused.text


async def test_a_time_that_passed_before_simpan_is_refused(story, group, member):
    await member.says("/rapat hari ini 09.00 Evaluasi")
    story.clock.advance(timedelta(hours=2))
    (refused,) = await member.presses("Simpan")
    assert "sudah lewat" in refused.text
    assert await meetings(story) == []


async def test_simpan_twice_makes_one(story, group, member):
    await member.says("/rapat besok 09.00 Evaluasi")
    _, action = await story.message_ref(member.user_id, "Simpan")
    await member.presses("Simpan")
    await press(member, action)
    assert len(await meetings(story)) == 1


async def test_batal_keeps_nothing(story, group, member):
    await member.says("/rapat besok 09.00 Evaluasi")
    await member.presses("Batal")
    assert await meetings(story) == []


async def test_a_restart_in_the_midst_goes_on(story, group, member):
    await member.says("/rapat besok 09.00 Evaluasi")
    story.restart()
    await member.presses("Simpan")
    assert len(await meetings(story)) == 1


async def test_a_group_of_another_office_is_not_used(story, member):
    second = await second_office(story)
    first, story.office_id = story.office_id, second
    foreign = await link(story, "Grup Lain", "-2001")
    story.office_id = first
    (refused,) = await member.says("/rapat sekarang", foreign)
    assert "belum ditautkan" in refused.text
    await link(story, "Grup A", "-1001")
    await link(story, "Grup B", "-1002")
    await member.says("/rapat sekarang")
    _, action = await story.message_ref(member.user_id, "Grup A")
    await press(member, action.rpartition(":")[0] + ":1")
    assert await rows(story, Occurrence, Occurrence.kind == ScheduleKind.MEETING) == []


async def test_without_a_group_it_comes_in_private_and_says_how_to_link_one(member):
    (refused,) = await member.says("/rapat sekarang")
    assert "/tautkan" in refused.text


async def test_who_announced_a_meeting_may_call_it_off(story, group, member):
    await member.says("/rapat besok 09.00 Evaluasi")
    await member.presses("Simpan")
    meeting = await schedule_of(story, ScheduleKind.MEETING)
    other = await story.person("Anggota 2", Role.ANGGOTA)
    await press(other, f"meet.end:{meeting.id}")
    assert "bukan kewenangan" in other.outcome.toast
    (answer,) = await member.presses("Batalkan rapat")
    assert "tidak akan dikirim" in answer.text
    assert await planned(story, meeting) == []


async def test_a_day_without_its_time_is_kept_until_the_time_is_said(story, group, member):
    (asked,) = await member.says("/rapat Senin Evaluasi")
    assert "jamnya belum disebut" in asked.text
    assert "Cukup tulis jamnya" in asked.text
    await member.says("sebentar")
    (shown,) = await member.says("jam 10")
    assert "“Evaluasi”, Senin, 30 November 2026 pukul 10.00 WIB" in shown.text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("Sabtu", "Perhatikan: hari itu bukan hari kerja kantor."),
        ("25 Desember 2026", "Perhatikan: hari itu hari libur (Hari Raya Natal)."),
    ],
)
async def test_a_meeting_on_a_day_off_is_allowed_and_said(story, group, member, day, said):
    (shown,) = await member.says(f"/rapat {day} 09.00 Kerja bakti")
    assert said in shown.text
    assert labels(shown) == ["Simpan", "Batal"]


async def test_a_meeting_on_a_working_day_says_nothing_of_it(story, group, member):
    (shown,) = await member.says("/rapat Senin 09.00 Rapat staf")
    assert "Perhatikan" not in shown.text
