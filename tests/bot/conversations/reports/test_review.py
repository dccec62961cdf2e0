"""`/periksa`: the secretary checks reports or sends them back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.inbound import Attachment, Kind
from bot.conversations import consent
from bot.conversations.reports import file_report
from bot.conversations.reports import history as report_history
from bot.conversations.reports.review import DIALOGUE
from content.message import Picture
from storage.models import AuditEntry, EvidenceKind, Member, PersonAddress, Report, ReportState, Role
from storage.queries import evidence
from storage.queries.evidence import Item, Subject
from tests.story import Story


@pytest.fixture
async def story(database):
    dialogues = [DIALOGUE, file_report.DIALOGUE, report_history.DIALOGUE, consent.DIALOGUE]
    story = Story(database, dialogues)
    await story.open_office()
    return story


@pytest.fixture
async def member(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1: SPJ selesai", attachment=Attachment("photo-1"))
    await member.presses("Simpan")
    return member


@pytest.fixture
async def secretary(story, member):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def report(story):
    async with story.database.transaction() as session:
        return await session.get_one(Report, 1)


async def test_a_report_is_read_and_marked_as_checked(story, secretary):
    (page,) = await secretary.says("/periksa")
    assert "1. 30 November 2026 · Anggota 1 · <b>Akuntabel 1</b>\nSPJ selesai" in page.text
    (shown,) = await secretary.presses("1")
    assert "melaksanakan tugas dengan jujur" in shown.text
    (page,) = await secretary.presses("Periksa ✓")
    assert "Tidak ada laporan yang menunggu" in page.text
    assert (await report(story)).state is ReportState.CHECKED
    async with story.database.transaction() as session:
        (entry,) = await session.scalars(select(AuditEntry))
    assert (entry.act, entry.detail) == ("report.checked", {"report": 1})


async def test_a_report_sent_back_reaches_its_author_with_the_remark_and_a_button(story, member, secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    to_author, to_secretary = await secretary.says("Mohon <b>lampirkan</b> SPJ-nya")
    assert "dikembalikan untuk diperbaiki" in to_author.text
    assert "Mohon &lt;b&gt;lampirkan&lt;/b&gt; SPJ-nya" in to_author.text
    assert "disampaikan kepada Anggota 1" in to_secretary.text
    assert (await report(story)).state is ReportState.RETURNED
    await member.presses("Perbaiki")
    await member.presses("Ubah")
    await member.presses("Uraian")
    await member.says("SPJ selesai dan terlampir")
    await member.presses("Simpan")
    again = await report(story)
    assert (again.state, again.remark, again.text) == (ReportState.SUBMITTED, None, "SPJ selesai dan terlampir")


async def test_an_author_who_cannot_be_written_to_is_named_to_the_secretary(story, secretary):
    async with story.database.transaction() as session:
        (await session.get_one(PersonAddress, 1)).unreachable = "blocked"
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    (answer,) = await secretary.says("Mohon dilengkapi")
    assert "Anggota 1 belum dapat dihubungi" in answer.text
    assert (await report(story)).remark == "Mohon dilengkapi"


async def test_of_an_author_who_wants_no_messages_the_secretary_is_told_that(story, member, secretary):
    await member.says("berhenti")
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    (answer,) = await secretary.says("Mohon dilengkapi")
    assert "Anggota 1 memilih tidak menerima kiriman dari bot" in answer.text


async def test_a_report_corrected_while_it_was_being_read_is_shown_again(story, member, secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    story.clock.advance(timedelta(minutes=1))
    await member.presses("Perbaiki")
    await member.presses("Simpan")
    await secretary.presses("Periksa ✓")
    assert "baru saja diubah" in secretary.outcome.toast
    assert (await report(story)).state is ReportState.SUBMITTED
    await secretary.presses("Periksa ✓")
    assert (await report(story)).state is ReportState.CHECKED


async def test_a_report_withdrawn_while_the_remark_was_typed_is_left_alone(story, member, secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    await member.sends(member.private, kind=Kind.PRESS, text="history.withdrawn:1", message_ref="m1", press_id="p")
    (answer,) = await secretary.says("Mohon dilengkapi")
    assert "sudah berubah" in answer.text
    assert (await report(story)).state is ReportState.WITHDRAWN


async def test_a_secretary_who_lost_the_seat_meanwhile_sends_nothing_back(story, secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    async with story.database.transaction() as session:
        (await session.get_one(Member, 2)).role = Role.ANGGOTA
    (answer,) = await secretary.says("Mohon dilengkapi")
    assert "tidak termasuk kewenangan Anda" in answer.text
    assert (await report(story)).state is ReportState.SUBMITTED


async def test_a_remark_too_long_is_asked_again(secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    await secretary.presses("Kembalikan")
    (answer,) = await secretary.says("x" * 4096)
    assert "4096 karakter" in answer.text
    assert len(await secretary.says("Mohon dilengkapi")) == 2


async def test_photos_and_files_are_shown_whichever_channel_they_came_by(story, secretary):
    async with story.database.transaction() as session:
        items = [
            Item(EvidenceKind.FILE, "media-2", "whatsapp", "spj.pdf"),
            Item(EvidenceKind.LINK, "https://contoh.go.id"),
        ]
        await evidence.add(session, story.office_id, Subject(report_id=1), items, None, story.clock.now())
    await secretary.says("/periksa")
    await secretary.presses("1")
    photo, file = await secretary.presses("Lihat bukti")
    assert (photo.text, photo.picture) == ("Foto 1 dari 2", Picture("telegram", "photo-1"))
    assert (file.text, file.picture) == ("Berkas 2 dari 2: spj.pdf", Picture("whatsapp", "media-2", "spj.pdf"))


async def test_no_photo_is_shown_in_a_group(story, secretary):
    group = await story.group()
    pressed = {"kind": Kind.PRESS, "text": "review.evidence:1", "message_ref": "m1", "press_id": "p"}
    assert await secretary.sends(group, **pressed) == []
    assert len(await secretary.sends(secretary.private, **pressed)) == 1


async def test_pressing_twice_checks_once(story, secretary):
    await secretary.says("/periksa")
    await secretary.presses("1")
    reference, action = await story.message_ref(secretary.user_id, "Periksa ✓")
    await secretary.presses("Periksa ✓")
    await secretary.sends(secretary.private, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert "tidak lagi menunggu" in secretary.outcome.toast


async def test_neither_a_member_nor_another_office_s_secretary_may(story, member):
    (answer,) = await member.says("/periksa")
    assert "tidak termasuk kewenangan Anda" in answer.text
    await story.open_office("Dinas Sosial")
    other = await story.person("Sekretaris 2", Role.SEKRETARIS)
    (page,) = await other.says("/periksa")
    assert "Tidak ada laporan" in page.text
    for action in ("review.open:1", "review.check:1", "review.return:1", "review.evidence:1", "review.check:x"):
        await other.sends(other.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
        assert "tidak lagi menunggu" in other.outcome.toast
    assert (await report(story)).state is ReportState.SUBMITTED
