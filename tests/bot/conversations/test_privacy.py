"""What a person may ask about the own data: to be told, to have them, to have them removed."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.conversations import privacy
from storage.models import (
    AuditEntry,
    Conversation,
    Delivery,
    Evidence,
    EvidenceKind,
    Member,
    Person,
    PersonAddress,
    Report,
    Role,
)
from tests.bot.conversations.people_story import invitation_code, people_story, roster
from tests.story import acts


@pytest.fixture
async def story(database):
    story = people_story(database, privacy.DIALOGUE)
    await story.open_office()
    return story


@pytest.fixture
async def member(story):
    guest = story.stranger("Budi & <Ani>", user_id="77")
    await guest.says(f"/start {await invitation_code(story)}")
    return guest


async def _report(story, name="Budi & <Ani>"):
    async with story.database.transaction() as session:
        member = (await session.scalars(select(Member).where(Member.name == name))).one()
        report = Report(
            office_id=member.office_id,
            member_id=member.id,
            key="77:1",
            value_slug="akuntabel",
            behaviour_n=1,
            text="SPJ selesai bersama Budi",
            day=date(2026, 11, 30),
            created_at=story.clock.now(),
            changed_at=story.clock.now(),
        )
        session.add(report)
        await session.flush()
        session.add(
            Evidence(
                office_id=member.office_id,
                report_id=report.id,
                kind=EvidenceKind.LINK,
                reference="https://contoh.go.id/bukti",
                member_id=member.id,
                at=story.clock.now(),
            )
        )


async def _all(story, model):
    async with story.database.transaction() as session:
        return (await session.scalars(select(model))).all()


async def test_the_notice_says_what_why_how_long_where_and_is_shown_again(story, member):
    (notice,) = await member.says("/privasi")
    for words in ("Apa:", "Untuk apa:", "30 hari", "luar negeri", "/hapusdata", "NIP dan nomor telepon tidak diminta"):
        assert words in notice.text


async def test_the_file_holds_everything_in_readable_words(story, member):
    await _report(story)
    (answer,) = await member.says("/dataku")
    text = answer.document.data.decode()
    for words in (
        "Nama akun: Budi & <Ani>",
        "nomor identitas akun: 77",
        "Kantor: Dinas Kominfo",
        "SPJ selesai bersama Budi",
        "https://contoh.go.id/bukti",
        "member.joined",
        "Anda sudah bergabung",
        "WIB",
    ):
        assert words in text
    assert "<b>" not in text


async def test_a_guest_gets_a_file_too(story):
    guest = story.stranger("Tamu")
    answers = await guest.says("/dataku")
    assert "Nama akun: Tamu" in answers[-1].document.data.decode()


async def test_erasing_asks_first_and_may_be_declined(story, member):
    (question,) = await member.says("/hapusdata")
    assert "tidak dapat dibatalkan" in question.text
    await member.presses("Tidak")
    assert len(await _all(story, Person)) == 1
    await member.presses("Ya, hapus data saya")
    assert "tidak berlaku" in member.outcome.toast
    assert len(await _all(story, Person)) == 1


async def test_erasing_leaves_counts_and_no_trace_of_the_person(story, member):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await _report(story)
    await member.says("/hapusdata")
    (done,) = await member.presses("Ya, hapus data saya")
    assert "sudah dihapus" in done.text
    assert [row.user_id for row in await _all(story, PersonAddress)] == [secretary.user_id]
    assert await roster(story) == [("Sekretaris", "sekretaris", True)]
    (report,) = await _all(story, Report)
    assert (report.value_slug, report.behaviour_n, report.day) == ("akuntabel", 1, date(2026, 11, 30))
    assert (report.text, report.member_id, report.key) == ("", None, f"erased-{report.id}-{report.id}")
    assert await _all(story, Evidence) == []
    assert await _all(story, Conversation) == []
    assert [row.message["text"] for row in await _all(story, Delivery) if row.chat_id == "77"] == [done.text]
    assert (await acts(story))[-1] == "member.erased"


async def test_the_name_goes_from_what_others_were_told(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    guest = story.stranger("Budi & <Ani>", user_id="77")
    await guest.says(f"/start {await invitation_code(story)}")
    assert "Ani" in (await story.messages(secretary.user_id))[-1].text
    await guest.says("/hapusdata")
    await guest.presses("Ya, hapus data saya")
    held = [str(row.message) + str(row.parameters) for row in await _all(story, Delivery)]
    held += [str(row.detail) for row in await _all(story, AuditEntry)]
    held += [row.name for row in await _all(story, Member)]
    assert not [text for text in held if "Budi" in text]
    assert "Anggota yang dihapus" in (await story.messages(secretary.user_id))[-1].text


async def test_the_sole_secretary_is_warned(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (question,) = await secretary.says("/hapusdata")
    assert "satu-satunya sekretaris" in question.text
    await story.person("Sekretaris 2", Role.SEKRETARIS)
    (question,) = await secretary.says("/hapusdata")
    assert "satu-satunya sekretaris" not in question.text


async def test_words_instead_of_a_press_are_asked_again(story, member):
    await member.says("/hapusdata")
    (question,) = await member.says("ya hapus saja")
    assert "Hapus data Anda?" in question.text


async def test_who_was_erased_is_met_anew(story, member):
    await member.says("/hapusdata")
    await member.presses("Ya, hapus data saya")
    notice, welcome = await member.says("/start")
    assert "pelindungan data pribadi" in notice.text
    assert "Selamat datang" in welcome.text
