"""`/kegiatan`: the secretary enters what the group did."""

from datetime import date

import pytest

from bot.channels.inbound import Attachment, Kind
from bot.conversations.activities import listing as activity_list
from bot.conversations.activities.enter import DIALOGUE
from storage.models import Activity, AuditEntry, Evidence, Role
from tests.story import Story, rows

LABELLED = """/kegiatan Waktu: 27 November 2026
Kegiatan: Sosialisasi nilai
kepada pegawai baru
Media: tatap muka di aula
Permasalahan: waktu terbatas
Upaya: dilanjutkan pekan depan
Data dukung: https://example.org/hadir"""


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE, activity_list.DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def test_step_by_step_in_the_form_s_columns(story, secretary):
    await secretary.says("/kegiatan")
    await secretary.presses("Kemarin")
    await secretary.says("Sosialisasi nilai")
    await secretary.says("tatap muka di aula")
    await secretary.says("waktu terbatas")
    await secretary.says("dilanjutkan pekan depan")
    await secretary.shows("photo-1")
    (shown,) = await secretary.presses("Selesai")
    assert "Minggu, 29 November 2026" in shown.text
    assert await rows(story, Activity) == []
    (saved,) = await secretary.presses("Simpan")
    assert "Kegiatan tersimpan" in saved.text
    (activity,) = await rows(story, Activity)
    assert (activity.day, activity.what, activity.means) == (
        date(2026, 11, 29),
        "Sosialisasi nilai",
        "tatap muka di aula",
    )
    assert (activity.problem, activity.remedy) == ("waktu terbatas", "dilanjutkan pekan depan")
    assert [item.activity_id for item in await rows(story, Evidence)] == [activity.id]
    assert [entry.act for entry in await rows(story, AuditEntry)] == ["activity.entered"]


async def test_a_plain_yes_saves_what_was_read_back_and_other_words_do_not(story, secretary):
    await secretary.says(LABELLED)
    (answer,) = await secretary.says("tunggu sebentar")
    assert "belum disimpan" in answer.text
    (answer,) = await secretary.says("ya, simpan")
    assert "Kegiatan tersimpan" in answer.text
    assert len(await rows(story, Activity)) == 1


async def test_all_in_one_message_with_labelled_lines(story, secretary):
    (shown,) = await secretary.says(LABELLED)
    assert "Jumat, 27 November 2026" in shown.text
    assert "Sosialisasi nilai\nkepada pegawai baru" in shown.text
    await secretary.presses("Simpan")
    (activity,) = await rows(story, Activity)
    assert (activity.day, activity.remedy) == (date(2026, 11, 27), "dilanjutkan pekan depan")
    assert [item.reference for item in await rows(story, Evidence)] == ["https://example.org/hadir"]


async def test_sent_twice_it_is_one_activity(story, secretary):
    for _ in range(2):
        await secretary.says(LABELLED)
        await secretary.presses("Simpan")
    assert len(await rows(story, Activity)) == 1
    assert len(await rows(story, Evidence)) == 1


async def test_saved_twice_it_is_one_activity(story, secretary):
    await secretary.says(LABELLED)
    reference, action = await story.message_ref(secretary.user_id, "Simpan")
    await secretary.presses("Simpan")
    await secretary.sends(secretary.private, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert "sudah ditutup" in secretary.outcome.toast
    assert len(await rows(story, Activity)) == 1


async def test_a_day_to_come_or_unreadable_is_asked_again(secretary):
    await secretary.says("/kegiatan")
    for typed in ("besok", "kapan-kapan", "1-5 November 2026", "<b>"):
        (answer,) = await secretary.says(typed)
        assert "tidak terbaca sebagai tanggal" in answer.text
    (question,) = await secretary.says("27 November")
    assert "Apa kegiatannya?" in question.text


async def test_an_unreadable_day_among_labelled_lines_keeps_the_rest(secretary):
    (answer,) = await secretary.says("/kegiatan Waktu: kapan-kapan\nKegiatan: Sosialisasi")
    assert "“kapan-kapan” tidak terbaca" in answer.text
    (shown,) = await secretary.presses("Hari ini")
    assert "Sosialisasi" in shown.text
    assert "Senin, 30 November 2026" in shown.text


async def test_a_text_behind_the_command_is_the_activity(secretary):
    (question,) = await secretary.says("/kegiatan Sosialisasi di aula https://example.org/x")
    assert "Kapan kegiatannya" in question.text
    (question,) = await secretary.presses("Hari ini")
    assert "bentuk, media" in question.text


async def test_a_restart_in_the_middle_goes_on(story, secretary):
    await secretary.says("/kegiatan")
    await secretary.presses("Hari ini")
    story.restart()
    (question,) = await secretary.says("Sosialisasi")
    assert "bentuk, media" in question.text


async def test_an_open_form_goes_on_and_can_be_started_anew(secretary):
    await secretary.says("/kegiatan")
    await secretary.presses("Hari ini")
    resumed, question = await secretary.says("/kegiatan")
    assert "kita lanjutkan" in resumed.text
    assert "Apa kegiatannya?" in question.text
    (first,) = await secretary.presses("Mulai baru")
    assert "Kapan kegiatannya" in first.text


async def test_what_is_too_long_is_asked_again(secretary):
    await secretary.says("/kegiatan")
    await secretary.presses("Hari ini")
    (answer,) = await secretary.says("😀" * 4096)
    assert "4096 karakter" in answer.text
    (answer,) = await secretary.says("/kegiatan Kegiatan: x\nMedia: " + "y" * 1001)
    assert "1001 karakter" in answer.text


async def test_a_photo_with_the_command_as_caption_is_evidence(story, secretary):
    await secretary.says(LABELLED, attachment=Attachment("photo-1"), album="a")
    await secretary.shows("photo-2", album="a")
    await secretary.presses("Simpan")
    assert [item.reference for item in await rows(story, Evidence)] == [
        "photo-1",
        "https://example.org/hadir",
        "photo-2",
    ]


async def test_what_was_said_can_be_changed_before_saving(story, secretary):
    await secretary.says(LABELLED)
    await secretary.presses("Ubah")
    await secretary.presses("Waktu")
    await secretary.presses("Kembali")
    await secretary.presses("Ubah")
    await secretary.presses("Permasalahan")
    await secretary.presses("Lewati")
    await secretary.presses("Simpan")
    (activity,) = await rows(story, Activity)
    assert (activity.problem, activity.remedy) == ("", "")


async def test_a_saved_activity_is_corrected(story, secretary):
    await secretary.says(LABELLED)
    await secretary.presses("Simpan")
    await secretary.presses("Perbaiki")
    await secretary.presses("Ubah")
    await secretary.presses("Kegiatan")
    await secretary.says("Sosialisasi kepada semua pegawai")
    (saved,) = await secretary.presses("Simpan")
    assert "Perbaikan tersimpan" in saved.text
    assert [activity.what for activity in await rows(story, Activity)] == ["Sosialisasi kepada semua pegawai"]


async def test_a_saved_activity_is_withdrawn_from_the_list(story, secretary):
    await secretary.says(LABELLED)
    await secretary.presses("Simpan")
    await secretary.presses("Daftar kegiatan")
    await secretary.presses("1")
    await secretary.presses("Tarik")
    await secretary.presses("Tidak")
    await secretary.presses("Tarik")
    (listed,) = await secretary.presses("Ya, tarik")
    assert "Belum ada kegiatan" in listed.text
    assert [activity.withdrawn_at for activity in await rows(story, Activity)] == [story.clock.now()]


async def test_another_office_s_activities_are_out_of_reach(story, secretary):
    await secretary.says(LABELLED)
    await secretary.presses("Simpan")
    await story.open_office("Dinas Sosial")
    other = await story.person("Sekretaris 2", Role.SEKRETARIS)
    for verb in ("correct", "open", "withdraw", "withdrawn"):
        await other.sends(other.private, kind=Kind.PRESS, text=f"activity.{verb}:1", message_ref="m1", press_id="p")
        assert "sudah tidak ada" in other.outcome.toast
    assert [activity.withdrawn_at for activity in await rows(story, Activity)] == [None]


async def test_a_member_may_not(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says("/kegiatan")
    assert "tidak termasuk kewenangan Anda" in answer.text


async def test_cancelled_is_gone(story, secretary):
    await secretary.says(LABELLED)
    (answer,) = await secretary.presses("Batal")
    assert "Tidak ada yang disimpan" in answer.text
    assert await rows(story, Activity) == []


@pytest.mark.parametrize("action", ["activity.set:k:day", "activity.change:k", "activity.save", "activity.cancel:k"])
async def test_a_button_of_a_form_long_closed_harms_nothing(secretary, action):
    await secretary.sends(secretary.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
    assert "sudah ditutup" in secretary.outcome.toast
