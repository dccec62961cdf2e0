"""/anggota: names in, seats changed, people out, and who may do it."""

import pytest

from bot.channels.inbound import Kind
from bot.conversations import consent, privacy
from bot.conversations.members import roster as roster_dialogue
from bot.conversations.reports import history as report_history
from storage.models import Report, Role
from storage.queries import people
from tests.bot.conversations.people_story import add_names, invitation_code, people_story, roster
from tests.logged import make_report
from tests.story import acts


@pytest.fixture
async def story(database):
    story = people_story(
        database, roster_dialogue.DIALOGUE, report_history.DIALOGUE, privacy.DIALOGUE, consent.DIALOGUE
    )
    await story.open_office(regulation_id="serang-25-2018")
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def test_others_see_their_own_seat_only(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await add_names(story, "Anggota 2")
    (answer,) = await member.says("/anggota Anggota 3")
    assert "sebagai Anggota" in answer.text
    assert "Anggota 2" not in answer.text
    assert len(await roster(story)) == 2


async def test_several_lines_add_several_names(story, secretary):
    (answer,) = await secretary.says("/anggota 1. Anggota 1\n- Anggota  2\n\nAnggota <b>3</b>")
    assert "3 nama ditambahkan" in answer.text
    assert [name for name, _, _ in await roster(story)] == ["Sekretaris", "Anggota 1", "Anggota 2", "Anggota <b>3</b>"]
    assert await acts(story) == ["member.added"] * 3


async def test_names_that_cannot_stand_are_refused_with_the_reason(story, secretary):
    await secretary.says("/anggota")
    await secretary.presses("Tambah nama")
    (answer,) = await secretary.says("sekretaris\nAnggota 1\nanggota 1\n😀\n" + "😀" * 4000)
    assert "1 nama ditambahkan" in answer.text
    assert answer.text.count("sudah ada di daftar") == 2
    assert "tidak memuat huruf" in answer.text
    assert "terlalu panjang" in answer.text
    assert len(answer.text) < 600


async def test_the_roster_shows_who_has_joined_page_by_page(story, secretary):
    await add_names(story, *(f"Anggota {number}" for number in range(1, 12)))
    (first,) = await secretary.says("/anggota")
    assert "12 nama, 1 sudah bergabung; halaman 1 dari 2" in first.text
    assert "1. Sekretaris · Sekretaris · sudah bergabung" in first.text
    (second,) = await secretary.presses("Berikutnya ›")
    assert "12. Anggota 11 · Anggota · belum bergabung" in second.text


async def test_a_seat_of_the_regulation_is_given_and_the_member_told(story, secretary):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await secretary.says("/anggota")
    await secretary.presses("2")
    (question,) = await secretary.presses("Ubah kedudukan")
    assert [choice.label for line in question.choices for choice in line] == [
        "Penanggung jawab",
        "Fasilitator",
        "Ketua",
        "Sekretaris",
        "Anggota",
        "‹ Kembali",
    ]
    await secretary.presses("Fasilitator")
    assert ("Anggota 1", "fasilitator", True) in await roster(story)
    assert "Fasilitator" in (await story.messages(member.user_id))[-1].text
    assert await acts(story) == ["member.role_changed"]


async def test_out_of_the_turn_and_in_again(story, secretary):
    await add_names(story, "Anggota 1")
    await secretary.says("/anggota")
    await secretary.presses("2")
    (out,) = await secretary.presses("Keluarkan dari giliran")
    assert "Tidak ikut giliran" in out.text
    (back,) = await secretary.presses("Ikutkan giliran")
    assert "Ikut giliran" in back.text


async def test_leaving_is_confirmed_and_told(story, secretary):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await secretary.says("/anggota")
    await secretary.presses("2")
    await secretary.presses("Pindah/pensiun")
    assert len(await roster(story)) == 2
    await secretary.presses("Ya, keluarkan")
    assert len(await roster(story)) == 1
    assert "tidak lagi terdaftar" in (await story.messages(member.user_id))[-1].text
    (answer,) = await member.says("/anggota")
    assert "belum terdaftar" in answer.text


async def test_who_asked_not_to_be_written_to_is_marked(story, secretary):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await story.person("Anggota 2", Role.ANGGOTA)
    await member.says("/berhenti")
    (page,) = await secretary.says("/anggota")
    assert "2. Anggota 1 · Anggota · sudah bergabung, menghentikan kiriman di Telegram" in page.text
    assert page.text.count("menghentikan kiriman di ") == 1
    (line,) = await secretary.presses("2")
    assert "Menghentikan kiriman di Telegram" in line.text


async def test_an_account_on_the_wrong_name_is_taken_off(story, secretary):
    await story.person("Anggota 1", Role.ANGGOTA)
    await secretary.says("/anggota")
    await secretary.presses("2")
    await secretary.presses("Lepas akun")
    await secretary.presses("Ya, lepas")
    assert ("Anggota 1", "anggota", False) in await roster(story)


async def test_who_takes_a_released_name_does_not_get_what_the_other_account_wrote(story, secretary):
    first = await story.person("Anggota 1", Role.ANGGOTA)
    async with story.database.transaction() as session:
        (_, line) = await people.roster(session, story.office_id)
    await make_report(story, line.id, text="Rahasia orang lain")
    await secretary.says("/anggota")
    await secretary.presses("2")
    await secretary.presses("Lepas akun")
    await secretary.presses("Ya, lepas")
    second = story.stranger("Orang Baru", "501")
    await second.says(f"/start {await invitation_code(story)}")
    await second.presses("Saya: Anggota 1")
    (mine,) = await second.says("/riwayat")
    (theirs,) = await first.says("/dataku")
    assert "Rahasia" not in mine.text
    assert "Rahasia orang lain" in theirs.document.data.decode()
    await first.says("/hapusdata")
    await first.presses("Ya, hapus data saya")
    async with story.database.transaction() as session:
        assert (await session.get_one(Report, 1)).text == ""
    assert ("Anggota 1", "anggota", True) in await roster(story)


async def test_nobody_changes_the_own_seat(story, secretary):
    await story.person("Sekretaris 2", Role.SEKRETARIS)
    await secretary.says("/anggota")
    await secretary.presses("1")
    await secretary.presses("Ubah kedudukan")
    assert "sendiri" in secretary.outcome.toast


async def test_the_last_secretary_keeps_the_seat(story, secretary):
    administrator = await story.person("Administrator", Role.ADMINISTRATOR)
    await administrator.says("/anggota")
    await administrator.presses("1")
    await administrator.presses("Pindah/pensiun")
    assert "satu-satunya sekretaris" in administrator.outcome.toast


async def test_buttons_of_another_office_and_of_members_do_nothing(story, secretary):
    (line,) = await add_names(story, "Anggota 1")
    member = await story.person("Anggota 2", Role.ANGGOTA)
    await story.open_office("Dinas Lain")
    stranger = await story.person("Sekretaris Lain", Role.SEKRETARIS)
    for actor, toast in ((member, "bukan kewenangan"), (stranger, "tidak berlaku")):
        await actor.sends(actor.private, kind=Kind.PRESS, text=f"roster.left:{line}", press_id="p")
        assert toast in actor.outcome.toast
    for forged in (
        "roster.left",
        "roster.left:x",
        "roster.role:1:administrator",
        "roster.show:²",
        f"roster.show:{9**40}",
    ):
        await secretary.sends(secretary.private, kind=Kind.PRESS, text=forged, press_id="p")
        assert secretary.outcome.toast
