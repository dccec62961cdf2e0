"""Where an office has no group that can be written to, the dialogues offer that somebody forwards it."""

import pytest
from sqlalchemy import update

from bot.conversations.schedules import add, broadcast, broadcast_progress, meeting, show
from bot.conversations.schedules.change import DIALOGUE as CHANGE
from storage.models import Delivery, PersonAddress, Role, ScheduleKind
from tests.bot.conversations.office_story import labels, link, open_story, post_due, schedule_of
from tests.story import rows

DIALOGUES = [item.DIALOGUE for item in (add, broadcast, broadcast_progress, meeting, show)]


@pytest.fixture
async def story(database):
    return await open_story(database, [*DIALOGUES, CHANGE])


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def kit(story):
    await post_due(story)
    return [(row.chat_id, row.message_key) for row in await rows(story, Delivery, Delivery.part.like("/forward%"))]


async def test_another_reading_is_forwarded(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Pembacaan")
    (shown,) = await secretary.says("setiap Jumat 15.30 Apel sore")
    assert "Grup WhatsApp: naskahnya diteruskan sendiri" in shown.text
    await secretary.presses("Simpan")
    schedule = await schedule_of(story, ScheduleKind.READING)
    assert (schedule.title, schedule.by_forwarding, schedule.to_persons) == ("Apel sore", True, False)


async def test_a_quiz_is_not(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Tambah jadwal")
    await secretary.presses("Kuis")
    (shown,) = await secretary.presses("Setiap Rabu 10.00")
    assert "Kuis hanya dapat dikirim langsung oleh bot" in shown.text


async def test_a_member_opens_a_meeting_and_gets_its_text_to_forward(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (opened,) = await member.says("/rapat sekarang Evaluasi")
    assert "sedang dikirim kepada Anda, siap diteruskan ke grup WhatsApp kantor" in opened.text
    assert await kit(story) == [(member.user_id, "forward/text"), (member.user_id, "forward/done")]


async def test_a_meeting_to_come_says_before_it_is_saved_that_it_is_forwarded(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (shown,) = await member.says("/rapat besok 09.00 Evaluasi")
    assert "Belum ada grup yang dapat dikirimi" in shown.text
    (saved,) = await member.presses("Simpan")
    assert "kepada Anda untuk diteruskan ke grup WhatsApp kantor" in saved.text


async def test_a_broadcast_goes_to_the_secretary_to_be_forwarded(story, secretary):
    (shown,) = await secretary.says("/siar Rapat dipindahkan ke aula")
    assert "Kepada <b>Anda</b>, untuk diteruskan ke grup WhatsApp" in shown.text
    assert "0 grup" not in shown.text
    assert "/tautkan" in shown.text
    (accepted,) = await secretary.presses("Kirim")
    assert "ke Anda untuk diteruskan ke grup WhatsApp" in accepted.text
    story.clock.advance(broadcast.UNDO_WITHIN)
    assert await kit(story) == [(secretary.user_id, "forward/text"), (secretary.user_id, "forward/done")]
    *_, shown = await secretary.presses("Perbarui")
    assert "Diserahkan untuk diteruskan ke grup WhatsApp" in shown.text


async def test_a_broadcast_is_forwarded_by_whoever_announces_it_alone(story, secretary):
    await story.person("Rekan", Role.SEKRETARIS)
    await secretary.says("/siar Rapat dipindahkan ke aula")
    await secretary.presses("Kirim")
    story.clock.advance(broadcast.UNDO_WITHIN)
    assert await kit(story) == [(secretary.user_id, "forward/text"), (secretary.user_id, "forward/done")]


async def test_secretaries_who_forward_it_instead_read_who_else_has_it(story, secretary):
    for name in ("Rekan 1", "Rekan 2"):
        await story.person(name, Role.SEKRETARIS)
    await wants_answers_only(story, secretary)
    (shown,) = await secretary.says("/siar Rapat dipindahkan ke aula")
    assert "Kepada <b>sekretaris</b>, untuk diteruskan" in shown.text
    await secretary.presses("Kirim")
    story.clock.advance(broadcast.UNDO_WITHIN)
    assert len(await kit(story)) == 4
    buttons = await rows(story, Delivery, Delivery.message_key == "forward/done")
    assert all("diterima Rekan 1 dan Rekan 2. Cukup satu orang" in row.message["text"] for row in buttons)


async def test_beside_a_group_a_broadcast_can_be_forwarded_too(story, secretary):
    await link(story)
    await secretary.says("/siar Rapat dipindahkan ke aula")
    await secretary.presses("Ganti tujuan")
    (targets,) = await secretary.presses("▫️ Teruskan sendiri ke grup WhatsApp")
    assert "✅ Teruskan sendiri ke grup WhatsApp" in labels(targets)
    (shown,) = await secretary.presses("Lanjut")
    assert "Ke <b>1 grup</b>" in shown.text
    (accepted,) = await secretary.presses("Kirim")
    assert "ke 1 grup dan Anda untuk diteruskan ke grup WhatsApp" in accepted.text


async def test_a_broadcast_goes_somewhere(story, secretary):
    await secretary.says("/siar Rapat dipindahkan ke aula")
    await secretary.presses("Ganti tujuan")
    await secretary.presses("✅ Teruskan sendiri ke grup WhatsApp")
    await secretary.presses("Lanjut")
    assert "Pilih dulu" in secretary.outcome.toast


async def wants_answers_only(story, actor):
    async with story.database.transaction() as session:
        to = {"opted_out_at": story.clock.now()}
        await session.execute(update(PersonAddress).where(PersonAddress.chat_id == actor.user_id).values(**to))


@pytest.mark.parametrize(
    ("others", "told"), [([], "pemimpin hari itu. Ketik MULAI"), (["Rekan"], "pemimpin hari itu, atau Rekan bila")]
)
async def test_who_wants_answers_only_is_told_before_saving_to_whom_the_text_goes(story, secretary, others, told):
    for name in others:
        await story.person(name, Role.SEKRETARIS)
    await wants_answers_only(story, secretary)
    await secretary.says("/jadwal")
    await secretary.presses("Apel pagi")
    await secretary.presses("Tujuan")
    await secretary.presses("Grup WhatsApp")
    (shown,) = await secretary.presses("Teruskan sendiri")
    assert "tidak dikirim kepada Anda" in shown.text
    assert told in shown.text


async def test_nobody_else_is_told_so(story, secretary):
    await secretary.says("/jadwal")
    await secretary.presses("Apel pagi")
    await secretary.presses("Tujuan")
    await secretary.presses("Grup WhatsApp")
    (shown,) = await secretary.presses("Teruskan sendiri")
    assert "BERHENTI" not in shown.text


async def test_a_meeting_says_so_too(story, secretary):
    await wants_answers_only(story, secretary)
    (shown,) = await secretary.says("/rapat besok 09.00 Evaluasi")
    assert "Belum ada orang lain yang menerimanya. Ketik MULAI" in shown.text
    assert "dikirim kepada Anda, siap diteruskan" not in shown.text
