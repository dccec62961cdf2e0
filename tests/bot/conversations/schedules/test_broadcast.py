"""`/siar`: read back in whole, sent only after Kirim, in 60 seconds at the earliest, once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channels.inbound import Attachment, Kind
from bot.conversations.schedules.broadcast import DIALOGUE
from bot.conversations.schedules.broadcast_progress import DIALOGUE as PROGRESS
from scheduler.worker import Worker
from storage.models import Delivery, Member, Role, Schedule, ScheduleKind, ScheduleState
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
from tests.fakes.sender import FakeSender
from tests.story import REGULATIONS, acts, rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [DIALOGUE, PROGRESS], "kupang-30-2025")
    await link(story)
    await link(story, "Grup UPTD", "-1002")
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def broadcasts(story):
    return await rows(story, Schedule, Schedule.kind == ScheduleKind.BROADCAST)


async def posts(story):
    return await rows(story, Delivery, Delivery.message_key == "broadcast/post")


async def test_text_chats_and_hour_are_read_back(story, secretary):
    await secretary.says("/siar")
    (shown,) = await secretary.says("Rapat pindah ke aula.\nMohon hadir.")
    assert "<blockquote>Rapat pindah ke aula.\nMohon hadir.</blockquote>" in shown.text
    assert "Ke <b>2 grup</b>: Grup Dinas, Grup UPTD" in shown.text
    assert "sekarang</b>, 60 detik sesudah Anda menekan Kirim" in shown.text
    assert await broadcasts(story) == []


async def test_an_immediate_one_waits_sixty_seconds(story, secretary):
    await secretary.says("/siar Rapat pindah ke aula")
    await secretary.presses("Kirim")
    story.clock.advance(timedelta(seconds=59))
    await post_due(story)
    assert await posts(story) == []
    story.clock.advance(timedelta(seconds=1))
    await post_due(story)
    assert [post.chat_id for post in await posts(story)] == ["-1001", "-1002"]
    assert await acts(story) == ["schedule.added"]


async def test_at_an_hour_with_day_and_zone(story, secretary):
    await secretary.says("/siar Rapat pindah ke aula")
    await secretary.presses("Atur waktu")
    (shown,) = await secretary.says("30 November 2026 pukul 10.30")
    assert "Waktu: <b>Senin, 30 November 2026 pukul 10.30 WITA</b>" in shown.text
    (accepted,) = await secretary.presses("Kirim")
    assert "Senin, 30 November 2026 pukul 10.30 WITA" in accepted.text
    assert await planned(story, await schedule_of(story, ScheduleKind.BROADCAST)) == ["30.11. 10.30"]


async def test_every_week(story, secretary):
    await secretary.says("/siar Jangan lupa senam")
    await secretary.presses("Atur waktu")
    (shown,) = await secretary.says("setiap Jumat 15.30")
    assert "setiap Jumat pukul 15.30 WITA</b>, pertama kali Jumat, 4 Desember 2026" in shown.text
    await secretary.presses("Kirim")
    assert await planned(story, await schedule_of(story, ScheduleKind.BROADCAST)) == [
        "04.12. 15.30",
        "11.12. 15.30",
        "18.12. 15.30",
    ]


async def test_an_hour_that_cannot_be_read_is_refused_with_two_examples(secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Atur waktu")
    (refused,) = await secretary.says("nanti saja")
    assert "Senin 07.15" in refused.text
    assert "setiap Jumat 15.30" in refused.text
    (refused,) = await secretary.says("tiap tanggal 1 dan 15 jam 8")  # half of it could be read
    assert "belum dapat membaca waktunya" in refused.text
    (shown,) = await secretary.says("besok jam 9 ya")
    assert "Selasa, 1 Desember 2026 pukul 09.00 WITA" in shown.text


async def test_chosen_groups_only(story, secretary):
    await secretary.says("/siar Rapat pindah")
    (shown,) = await secretary.presses("Ganti tujuan")
    assert labels(shown)[:2] == ["✅ Grup Dinas", "✅ Grup UPTD"]
    await secretary.presses("✅ Grup Dinas")
    (shown,) = await secretary.presses("Lanjut")
    assert "Ke <b>1 grup</b>: Grup UPTD" in shown.text
    await secretary.presses("Kirim")
    story.clock.advance(timedelta(minutes=1))
    await post_due(story)
    assert [post.chat_id for post in await posts(story)] == ["-1002"]


async def test_a_picture_with_its_caption_or_afterwards(story, secretary):
    (shown,) = await secretary.sends(
        secretary.private,
        kind=Kind.COMMAND,
        command="siar",
        text="Poster apel",
        addressed=True,
        attachment=Attachment(file_ref="photo-7"),
    )
    assert "Dengan satu gambar" in shown.text
    await secretary.says("/siar Poster lain")
    (shown,) = await secretary.shows("photo-8")
    assert "<blockquote>Poster lain</blockquote>" in shown.text
    await secretary.presses("Kirim")
    story.clock.advance(timedelta(minutes=1))
    await post_due(story)
    assert {post.message["picture"]["file_ref"] for post in await posts(story)} == {"photo-8"}


async def test_a_picture_alone_asks_for_the_text(secretary):
    await secretary.says("/siar")
    (asked,) = await secretary.shows("photo-1")
    assert "Gambar sudah saya terima" in asked.text
    (shown,) = await secretary.says("Poster apel")
    assert "Dengan satu gambar" in shown.text


@pytest.mark.parametrize("yes", ["ya", "Ya, kirim", "oke pak", "kirim sekarang"])
async def test_a_word_of_agreement_sends_what_was_read_back(story, secretary, yes):
    await secretary.says("/siar Rapat pindah")
    (accepted,) = await secretary.says(yes)
    assert "Siaran dikirim dalam 60 detik" in accepted.text
    assert [broadcast.body for broadcast in await broadcasts(story)] == ["Rapat pindah"]


@pytest.mark.parametrize("no", ["tidak", "jangan kirim", "Tidak jadi."])
async def test_a_word_of_refusal_drops_it(story, secretary, no):
    await secretary.says("/siar Rapat pindah")
    (dropped,) = await secretary.says(no)
    assert "Tidak ada yang dikirim" in dropped.text
    assert await broadcasts(story) == []


async def test_other_words_replace_the_text_only_when_that_is_agreed_to(story, secretary):
    await secretary.says("/siar Rapat pindah")
    (asked,) = await secretary.says("Rapat batal, tunggu kabar")
    assert "Ganti isinya menjadi ini?" in asked.text
    assert "Rapat batal, tunggu kabar" in asked.text
    (asked_again,) = await secretary.says("kirim")
    assert asked_again.text == asked.text
    (shown,) = await secretary.says("tidak")
    assert "<blockquote>Rapat pindah</blockquote>" in shown.text
    await secretary.says("Rapat batal")
    (shown,) = await secretary.presses("Ganti isinya")
    assert "<blockquote>Rapat batal</blockquote>" in shown.text
    await secretary.says("ya")
    assert [broadcast.body for broadcast in await broadcasts(story)] == ["Rapat batal"]


async def test_a_caption_replaces_no_text_by_itself_but_its_picture_is_taken(story, secretary):
    await secretary.says("/siar Rapat pindah")
    (asked,) = await secretary.shows("photo-1", "jadwal")
    assert "Ganti isinya menjadi ini?" in asked.text
    (shown,) = await secretary.presses("Biarkan")
    assert "<blockquote>Rapat pindah</blockquote>" in shown.text
    assert "Dengan satu gambar" in shown.text


async def test_words_are_the_new_text_where_they_were_asked_for(secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Ganti teks")
    (shown,) = await secretary.says("Rapat batal")
    assert "<blockquote>Rapat batal</blockquote>" in shown.text


async def test_words_choose_no_target_but_say_that_it_is_done(secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Ganti tujuan")
    refused, shown = await secretary.says("1, 2")
    assert "satu per satu" in refused.text
    assert labels(shown)[:2] == ["✅ Grup Dinas", "✅ Grup UPTD"]
    (shown,) = await secretary.says("selesai")
    assert "<blockquote>Rapat pindah</blockquote>" in shown.text


async def test_done_with_no_target_chosen_says_that_one_is_missing(secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Ganti tujuan")
    await secretary.presses("✅ Grup Dinas")
    await secretary.presses("✅ Grup UPTD")
    missing, _ = await secretary.says("selesai")
    assert "paling sedikit satu tujuan" in missing.text
    (shown,) = await secretary.says("tidak jadi")
    assert "belum ada yang dipilih" in shown.text


async def test_who_may_no_longer_broadcast_cannot_send_by_words(story, secretary):
    await secretary.says("/siar Rapat pindah")
    async with story.database.transaction() as session:
        await session.execute(update(Member).values(role=Role.ANGGOTA))
    (refused,) = await secretary.says("ya")
    assert "tidak termasuk kewenangan Anda" in refused.text
    assert await broadcasts(story) == []


async def test_too_long_a_text_is_asked_for_again(secretary):
    (refused,) = await secretary.says("/siar " + "a" * 3001)
    assert "terlalu panjang (3001 karakter)" in refused.text


async def test_markup_in_the_text_is_shown_as_typed(story, secretary):
    (shown,) = await secretary.says("/siar <b>Penting</b> & segera")
    assert "&lt;b&gt;Penting&lt;/b&gt; &amp; segera" in shown.text


async def test_kirim_twice_makes_one_broadcast(story, secretary):
    await secretary.says("/siar Rapat pindah")
    _, action = await story.message_ref(secretary.user_id, "Kirim")
    await secretary.presses("Kirim")
    await press(secretary, action)
    assert len(await broadcasts(story)) == 1


async def test_batal_keeps_nothing(story, secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Batal")
    assert await broadcasts(story) == []


async def test_an_hour_that_passed_before_kirim_is_refused(story, secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Atur waktu")
    await secretary.says("hari ini 10.00")
    story.clock.advance(timedelta(hours=5))
    (refused,) = await secretary.presses("Kirim")
    assert "sudah lewat" in refused.text
    assert await broadcasts(story) == []


async def test_another_office_s_group_cannot_be_chosen(story, secretary):
    second = await second_office(story)
    first, story.office_id = story.office_id, second
    await link(story, "Grup Lain", "-2001")
    story.office_id = first
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Ganti tujuan")
    _, action = await story.message_ref(secretary.user_id, "Lanjut")
    (shown,) = await press(secretary, action.rpartition(":")[0] + ":3")
    assert "Grup Lain" not in str(labels(shown))
    await secretary.presses("Lanjut")
    await secretary.presses("Kirim")
    story.clock.advance(timedelta(minutes=1))
    await post_due(story)
    assert "-2001" not in [post.chat_id for post in await posts(story)]


async def test_a_restart_in_the_midst_goes_on(story, secretary):
    await secretary.says("/siar Rapat pindah")
    story.restart()
    await secretary.presses("Kirim")
    assert len(await broadcasts(story)) == 1


async def test_only_who_may_broadcast(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (refused,) = await member.says("/siar Halo")
    assert "tidak termasuk kewenangan Anda" in refused.text


async def test_the_last_five_with_what_became_of_them(story, secretary):
    for number in range(6):
        await secretary.says(f"/siar Kabar {number}")
        await secretary.presses("Kirim")
        story.clock.advance(timedelta(minutes=1))
        await post_due(story)
        await story.take_replies()
    (asked,) = await secretary.says("/siar")
    assert asked.text.count("2 dari 2 grup terkirim") == 5
    assert "Kabar 0" not in asked.text


async def test_the_worker_sends_it_sixty_seconds_later(story, secretary):
    sender = FakeSender()
    worker = Worker(story.database, story.clock, {"telegram": sender}, REGULATIONS)
    story.clock.advance(timedelta(milliseconds=300))
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Kirim")
    story.clock.advance(timedelta(seconds=60))
    await worker.tick(story.clock.now())
    assert sender.accepted == []
    async with story.database.transaction() as session:
        assert await worker.next_wake(session, story.clock.now()) <= story.clock.now() + timedelta(seconds=1)
    story.clock.advance(timedelta(seconds=1))
    await worker.tick(story.clock.now())
    posts = [item.chat_id for item in sender.accepted if item.replaces is None]
    assert sorted(posts) == ["-1001", "-1002"]
    progress = [item.message.text for item in sender.accepted if item.replaces is not None]
    assert ["0 dari 2" in progress[0], "2 dari 2 grup terkirim." in progress[-1]] == [True, True]
    await worker.tick(story.clock.now() + timedelta(hours=1))
    assert len(sender.accepted) == len(posts) + len(progress)
    assert (await schedule_of(story, ScheduleKind.BROADCAST)).state is ScheduleState.ENDED


async def test_of_an_album_the_first_picture_is_taken(story, secretary):
    await secretary.says("/siar")
    assert len(await secretary.shows("photo-1", "Poster apel", album="a")) == 1
    assert await secretary.shows("photo-2", album="a") == []
    await secretary.presses("Kirim")
    assert (await schedule_of(story, ScheduleKind.BROADCAST)).picture["file_ref"] == "photo-1"


async def test_a_day_without_its_time_is_kept_until_the_time_is_said(story, secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Atur waktu")
    (asked,) = await secretary.says("Rabu")
    assert "jamnya belum disebut" in asked.text
    (shown,) = await secretary.says("14.00")
    assert "Rabu," in shown.text
    assert "pukul 14.00" in shown.text


async def test_a_broadcast_on_a_day_off_is_said(story, secretary):
    await secretary.says("/siar Selamat Natal")
    await secretary.presses("Atur waktu")
    (shown,) = await secretary.says("25 Desember 2026 pukul 08.00")
    assert "Perhatikan: hari itu hari libur (Hari Raya Natal)." in shown.text
