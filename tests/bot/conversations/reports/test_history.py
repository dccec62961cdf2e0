"""`/riwayat`: own reports, read again, corrected, withdrawn."""

import pytest
from sqlalchemy import select

from bot.channels.inbound import Attachment, Kind
from bot.conversations.reports import file_report
from bot.conversations.reports.history import DIALOGUE
from content.message import Picture
from storage.models import Report, ReportState, Role
from tests.story import Story


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE, file_report.DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def member(story):
    return await story.person("Anggota 1", Role.ANGGOTA)


async def states(story):
    async with story.database.transaction() as session:
        return list(await session.scalars(select(Report.state).order_by(Report.id)))


async def file(member, *texts):
    for text in texts:
        await member.says(f"/lapor akuntabel 1: {text}")
        await member.presses("Simpan")


async def test_without_reports_it_says_how_to_begin(member):
    (answer,) = await member.says("/riwayat")
    assert "Anda belum memiliki laporan" in answer.text


async def test_the_newest_reports_come_first_page_by_page(member):
    await file(member, *(f"kegiatan {number}" for number in range(1, 8)))
    (first,) = await member.says("/riwayat")
    assert "(7)" in first.text
    assert "1. 30 November 2026 · <b>Akuntabel 1</b>\nkegiatan 7" in first.text
    assert "kegiatan 2" not in first.text
    (second,) = await member.presses("Lebih lama ›")
    assert "6. 30 November 2026 · <b>Akuntabel 1</b>\nkegiatan 2" in second.text
    (first,) = await member.presses("‹ Lebih baru")
    assert "kegiatan 7" in first.text


async def test_only_own_reports_are_shown(story, member):
    await file(member, "kegiatan saya")
    other = await story.person("Anggota 2", Role.ANGGOTA)
    (answer,) = await other.says("/riwayat")
    assert "kegiatan saya" not in answer.text
    for action in ("history.open:1", "history.withdraw:1", "history.withdrawn:1", "history.open:x", "history.open"):
        await other.sends(other.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
        assert other.outcome.toast == "Laporan ini sudah tidak ada."
    assert await states(story) == [ReportState.SUBMITTED]


async def test_a_report_is_withdrawn_after_one_more_question(story, member):
    await file(member, "kegiatan 1")
    await member.says("/riwayat")
    (shown,) = await member.presses("1")
    assert "menunggu diperiksa" in shown.text
    await member.presses("Tarik")
    assert await states(story) == [ReportState.SUBMITTED]
    await member.presses("Tidak")
    await member.presses("Tarik")
    (answer,) = await member.presses("Ya, tarik")
    assert member.outcome.toast == "Laporan sudah ditarik."
    assert "Anda belum memiliki laporan" in answer.text
    assert await states(story) == [ReportState.WITHDRAWN]


async def test_a_report_is_corrected_from_the_history(story, member):
    await file(member, "kegiatan 1")
    await member.says("/riwayat")
    await member.presses("1")
    await member.presses("Perbaiki")
    await member.presses("Ubah")
    await member.presses("Uraian")
    await member.says("kegiatan yang benar")
    await member.presses("Simpan")
    (page,) = await member.says("/riwayat")
    assert "kegiatan yang benar" in page.text


async def test_a_correction_of_a_report_withdrawn_meanwhile_is_not_saved(story, member):
    await file(member, "kegiatan 1")
    await member.presses("Perbaiki")
    await member.sends(member.private, kind=Kind.PRESS, text="history.withdrawn:1", message_ref="m1", press_id="p")
    (answer,) = await member.presses("Simpan")
    assert "sudah ditarik" in answer.text
    assert await states(story) == [ReportState.WITHDRAWN]


async def test_reading_the_history_does_not_close_an_open_form(member):
    await file(member, "kegiatan 1")
    await member.says("/lapor")
    await member.sends(member.private, kind=Kind.PRESS, text="history.page:0", message_ref="m1", press_id="p")
    (behaviours,) = await member.says("loyal")
    assert "<b>Loyal</b>" in behaviours.text


async def test_the_author_sees_photos_again_and_what_has_none_says_so(member):
    await member.says("/lapor akuntabel 1: SPJ berfoto", attachment=Attachment("photo-7"))
    await member.presses("Simpan")
    await member.says("/riwayat")
    await member.presses("1")
    (photo,) = await member.presses("Lihat bukti")
    assert photo.picture == Picture("telegram", "photo-7")
    await member.sends(member.private, kind=Kind.PRESS, text="history.evidence:99", press_id="p")
    assert "Tidak ada foto" in member.outcome.toast
