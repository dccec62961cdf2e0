"""What a person may ask about the own data: to be told, to have them, to have them removed."""

import ast
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.inbound import Chat, Kind
from bot.conversations import privacy
from bot.conversations.dialogues import DIALOGUES
from content.message import Picture
from content.message_catalog import catalog
from content.rendering import render
from storage.models import (
    AuditEntry,
    ConfirmationKind,
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
from storage.queries import evidence, kept_files
from storage.queries.evidence import Item, Subject
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
        "oleh Anda; bergabung dengan kantor; kedudukan: Anggota",
        "nilai: Akuntabel",
        "Anda sudah bergabung",
        "WIB",
    ):
        assert words in text
    assert "<b>" not in text
    assert "member.joined" not in text
    assert "{" not in text


async def test_the_phone_number_is_shown_masked(story, member):
    async with story.database.transaction() as session:
        (address,) = await session.scalars(select(PersonAddress))
        address.phone = "6281234567890"
    (answer,) = await member.sends(Chat("77", private=True), kind=Kind.COMMAND, command="dataku", addressed=True)
    text = answer.document.data.decode()
    assert "6281234567890" not in text
    assert "nomor telepon: 6281•••••••90" in text


async def test_photos_and_files_are_sent_some_at_a_time(story, member):
    await _report(story)
    async with story.database.transaction() as session:
        report = (await session.scalars(select(Report))).one()
        items = [Item(EvidenceKind.PHOTO, f"media-{number}", "whatsapp") for number in range(1, 12)]
        subject = Subject(report_id=report.id)
        await evidence.add(session, report.office_id, subject, items, report.member_id, story.clock.now())
        await kept_files.want(session, "whatsapp", "media-1", story.clock.now())
        (wanted,) = await kept_files.due(session, story.clock.now(), 1)
        await kept_files.keep(session, wanted, "image/jpeg", b"x", story.clock.now())
    (answer,) = await member.says("/dataku")
    assert answer.document.data.decode().count("salinannya disimpan sejak") == 1
    *some, more = await member.presses("Kirim foto, berkas")
    assert [message.picture.file_ref for message in some] == [f"media-{number}" for number in range(1, 11)]
    assert more.text == "Masih ada 1 foto atau berkas."
    last, end = await member.presses("Kirim berikutnya")
    assert (last.text, last.picture) == ("Foto 11 dari 11", Picture("whatsapp", "media-11"))
    assert end.text.startswith("Itu semua")


async def test_nobodys_files_are_sent_into_a_group(story, member):
    await _report(story)
    group = await story.group()
    assert await member.sends(group, kind=Kind.PRESS, text="privacy.files:0", message_ref="m1", press_id="p") == []
    assert "sudah tidak berlaku" in member.outcome.toast


async def test_who_handed_in_nothing_is_offered_no_files(story, member):
    await _report(story)
    (answer,) = await member.says("/dataku")
    assert answer.choices == ()


async def test_the_file_holds_what_other_chats_were_told_of_the_person(story):
    await story.person("Sekretaris", Role.SEKRETARIS)
    guest = story.stranger("Budi & <Ani>", user_id="77")
    await guest.says(f"/start {await invitation_code(story)}")
    (answer,) = await guest.says("/dataku")
    _, _, told = answer.document.data.decode().partition("PESAN DI PERCAKAPAN LAIN")
    assert "Budi & <Ani>" in told
    assert "WIB" in told


def _acts_recorded(path):
    """The acts that a source file records: literals in the act's place, through its own functions with an `act`."""
    places, source = {"record_act": 1, "audit_log.record": 3}, path.read_text("utf-8")
    if not any(function in source for function in places):
        return
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [argument.arg for argument in function.args.args]
            if "act" in names:
                places[function.name] = names.index("act")
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in places:
            act = call.args[places[ast.unparse(call.func)]]
            for said in (act.body, act.orelse) if isinstance(act, ast.IfExp) else (act,):
                passed_on = isinstance(said, ast.Name) and said.id == "act"
                assert passed_on or isinstance(said, ast.Constant), f"{path}:{call.lineno}: an act that cannot be read"
                if isinstance(said, ast.Constant):
                    yield said.value


def test_every_act_that_is_recorded_has_words():
    root = Path(privacy.__file__).parents[2]
    recorded = {
        act
        for room in ("bot", "scheduler", "storage")
        for path in (root / room).rglob("*.py")
        for act in _acts_recorded(path)
    }
    assert {"member.joined", "turn.skipped", "calendar.week", "member.in_turn", "member.erased"} <= recorded
    sample = catalog()["privacy/data_file"].parameters
    for act in sorted(recorded):
        row = sample["held"]["acts"][0] | {"act": act}
        text = render("privacy/data_file", sample | {"held": sample["held"] | {"acts": [row]}}).text
        assert "tindakan lain" not in text, act


def test_every_dialogue_that_stays_open_has_words():
    sample = catalog()["privacy/data_file"].parameters
    for dialogue in (found.name for found in DIALOGUES if found.goes_on):
        row = sample["held"]["dialogues"][0] | {"dialogue": dialogue}
        text = render("privacy/data_file", sample | {"held": sample["held"] | {"dialogues": [row]}}).text
        assert "isian lain" not in text, dialogue


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


@pytest.mark.parametrize("kind", [kind.value for kind in ConfirmationKind])
def test_every_tap_has_words_in_the_file(kind):
    sample = catalog()["privacy/data_file"].parameters
    taps = [sample["held"]["confirmations"][0] | {"kind": kind}]
    text = render("privacy/data_file", sample | {"held": sample["held"] | {"confirmations": taps}}).text
    words = {"reading": "dibacakan", "meeting": "dibuka", "twibbon": "pasang", "forwarded": "diteruskan"}
    assert f"{words[kind]}; ditekan" in text
