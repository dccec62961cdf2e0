"""Joining an office by a code: who gets in, as whom, and who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.inbound import Kind
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from storage.models import Invitation, PersonAddress, Role
from tests.bot.conversations.people_story import add_names, invitation_code, people_story, roster
from tests.story import acts


@pytest.fixture
async def story(database):
    story = people_story(database)
    await story.open_office()
    return story


async def _privately(story, actor):
    return [message.text for message in await story.messages(actor.user_id)]


async def test_the_first_contact_brings_the_notice_and_what_to_do(story):
    notice, welcome = await story.stranger("Tamu").says("/start")
    assert "pelindungan data pribadi" in notice.text
    assert "kode undangan" in welcome.text


async def test_a_good_code_joins_under_the_account_name(story):
    _, joined = await story.stranger("Anggota 1").says(f"/start {await invitation_code(story)}")
    assert "Anda sudah bergabung" in joined.text
    assert await roster(story) == [("Anggota 1", "anggota", True)]
    assert (await acts(story))[-1] == "member.joined"


async def test_only_the_hash_of_a_code_is_kept(story):
    code = await invitation_code(story)
    async with story.database.transaction() as session:
        invitation = (await session.scalars(select(Invitation))).one()
    assert len(code) == 16
    assert code not in invitation.code_hash
    assert len(invitation.code_hash) == 64


async def test_the_code_alone_or_the_whole_link_after_start_joins_too(story):
    code = await invitation_code(story)
    for name, typed in (("Anggota 1", code), ("Anggota 2", f"https://t.me/apel_bot?start={code}")):
        guest = story.stranger(name, user_id=name[-1])
        await guest.says("/start")
        (joined,) = await guest.says(typed)
        assert name in joined.text


async def test_a_pasted_link_or_code_joins_without_start(story):
    code = await invitation_code(story)
    for name, pasted in (("Anggota 1", code), ("Anggota 2", f"https://t.me/apel_bot?start={code}")):
        guest = story.stranger(name, user_id=name[-1])
        joined = (await guest.says(pasted))[-1]
        assert name in joined.text
    (told,) = (await story.stranger("Tamu").says("halo"))[1:]
    assert "belum terdaftar" in told.text


async def test_where_answers_cost_a_stranger_is_told_once_a_day_also_after_a_restart(story):
    guest = story.stranger("Tamu")
    assert "belum terdaftar" in (await guest.says("halo", channel=WHATSAPP))[-1].text
    story.restart()
    story.clock.advance(timedelta(hours=23))
    assert await guest.says("Apa itu akuntabel?", channel=WHATSAPP) == []
    (mistyped,) = await guest.says("ABCDEFGH2345678", channel=WHATSAPP)
    assert "belum terdaftar" in mistyped.text
    story.clock.advance(timedelta(hours=25))
    (told,) = await guest.says("halo", channel=WHATSAPP)
    assert "belum terdaftar" in told.text


async def test_where_answers_cost_nothing_a_stranger_is_told_each_time(story):
    guest = story.stranger("Tamu")
    for _ in range(2):
        assert "belum terdaftar" in (await guest.says("halo"))[-1].text


@pytest.mark.parametrize("word", ["Gabung", "daftar", "mau gabung"])
async def test_who_asks_to_join_is_asked_for_the_code(story, word):
    guest = story.stranger("Tamu")
    await guest.says("halo")
    (asked,) = await guest.says(word)
    assert "kirim kode undangannya di sini" in asked.text
    (joined,) = await guest.says(await invitation_code(story))
    assert "sudah bergabung" in joined.text


async def test_plain_talk_while_a_code_is_awaited_is_no_guess(story):
    guest = story.stranger("Tamu")
    await guest.says("/start")
    for _ in range(6):
        (answer,) = await guest.says("selamat pagi")
        assert "kode undangan" in answer.text


async def test_free_names_are_offered_and_taken_over(story):
    await add_names(story, "Anggota 3", "Anggota 4")
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    guest = story.stranger("si tiga")
    _, question = await guest.says(f"/start {await invitation_code(story)}")
    assert [choice.label for line in question.choices for choice in line] == [
        "Saya: Anggota 3",
        "Saya: Anggota 4",
        "Nama lain",
    ]
    await guest.presses("Saya: Anggota 3")
    assert ("Anggota 3", "anggota", True) in await roster(story)
    assert "si tiga" in (await _privately(story, secretary))[-1]


async def test_many_names_are_paged(story):
    await add_names(story, *(f"Anggota {number}" for number in range(1, 20)))
    guest = story.stranger("Tamu")
    await guest.says(f"/start {await invitation_code(story)}")
    await guest.presses("Berikutnya ›")
    (last,) = await guest.presses("Berikutnya ›")
    assert [choice.label for line in last.choices for choice in line][:3] == [
        "Saya: Anggota 17",
        "Saya: Anggota 18",
        "Saya: Anggota 19",
    ]


async def test_another_name_is_typed(story):
    await add_names(story, "Anggota 3")
    guest = story.stranger("Tamu")
    await guest.says(f"/start {await invitation_code(story)}")
    await guest.presses("Nama lain")
    await guest.says("Anggota <b>Baru</b>")
    assert ("Anggota <b>Baru</b>", "anggota", True) in await roster(story)
    assert "&lt;b&gt;Baru" in (await _privately(story, guest))[-1]


@pytest.mark.parametrize("typed", ["😀" * 4096, "😀😀", "Anggota 1"])
async def test_a_name_that_cannot_stand_on_the_roster_is_refused(story, typed):
    await story.person("Anggota 1", Role.ANGGOTA)
    guest = story.stranger("😀", user_id="77")
    await guest.says(f"/start {await invitation_code(story)}")
    (answer,) = await guest.says(typed)
    assert "Mohon maaf" in answer.text
    assert len(answer.text) < 300
    assert len(await roster(story)) == 1


async def test_a_seat_given_to_a_name_needs_an_invitation_to_that_seat(story):
    await add_names(story, "Ketua", role=Role.KETUA)
    _, joined = await story.stranger("Tamu").says(f"/start {await invitation_code(story)}")
    assert "Kedudukan: Anggota" in joined.text
    assert ("Ketua", "ketua", False) in await roster(story)


async def test_expired_and_spent_codes_are_told_from_unknown_ones(story):
    once = await invitation_code(story, Role.KETUA)
    await story.stranger("Anggota 1", user_id="1").says(f"/start {once}")
    late = await invitation_code(story)
    story.clock.advance(timedelta(days=7))
    answers = [(await story.stranger("Tamu").says(f"/start {code}"))[-1].text for code in (once, late, "A" * 16)]
    assert answers[0] == answers[1]
    assert "sudah tidak berlaku" in answers[0]
    assert "tidak saya kenal" in answers[2]


async def test_guessing_is_throttled_even_for_a_right_code_and_only_for_a_while(story):
    code = await invitation_code(story)
    guest = story.stranger("Tamu")
    for number in range(5):
        await guest.says(f"/start {number:016d}")
        story.clock.advance(timedelta(minutes=1))
    (answer,) = await guest.says(f"/start {code}")
    assert "dalam 10 menit" in answer.text
    (other,) = (await story.stranger("Anggota 2", user_id="2").says(f"/start {code}"))[1:]
    assert "sudah bergabung" in other.text
    story.clock.advance(timedelta(minutes=10))
    (joined,) = await guest.says(f"/start {code}")
    assert "sudah bergabung" in joined.text


async def test_a_member_is_told_so_and_uses_nothing_up(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says(f"/start {await invitation_code(story, uses=1)}")
    assert "sudah terdaftar" in answer.text
    (welcome,) = await member.says("/start")
    assert "Selamat datang kembali" in welcome.text


async def test_whoever_presses_their_spent_link_once_more_is_told_that_they_have_joined(story):
    code = await invitation_code(story, uses=1)
    member = story.stranger("Anggota 1", user_id="1")
    await member.says(f"/start {code}")
    (answer,) = await member.says(f"/start {code}")
    assert "sudah terdaftar" in answer.text
    assert "sudah tidak berlaku" in (await story.stranger("Tamu").says(f"/start {code}"))[-1].text


async def test_a_secretary_reads_what_to_do_next_and_a_member_does_not(story):
    (_, secretary) = await story.stranger("Sekretaris", "1").says(
        f"/start {await invitation_code(story, Role.SEKRETARIS)}"
    )
    (_, member, *_) = await story.stranger("Anggota 1", "2").says(f"/start {await invitation_code(story)}")
    assert "/undang, dan pilih tujuan kiriman di /jadwal" in secretary.text
    assert "/undang" not in member.text


async def test_a_member_may_take_another_seat_by_its_invitation(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says(f"/start {await invitation_code(story, Role.SEKRETARIS)}")
    await member.presses("Ya, gunakan")
    assert await roster(story) == [("Anggota 1", "sekretaris", True)]
    await member.presses("Ya, gunakan")
    assert member.outcome.toast == "Pilihan ini sudah tidak berlaku."


async def test_a_member_of_another_office_is_asked_before_moving(story):
    first = story.office_id
    member = await story.person("Anggota 1", Role.SEKRETARIS)
    second = await story.open_office("Dinas Kesehatan")
    code = await invitation_code(story)
    (question,) = await member.says(f"/start {code}")
    assert "satu-satunya sekretaris" in question.text
    await member.presses("Tidak")
    assert await roster(story, second) == []
    await member.says(f"/start {code}")
    await member.presses("Ya, pindah")
    assert await roster(story, first) == []
    assert await roster(story, second) == [("Anggota 1", "anggota", True)]


async def test_a_joined_member_renames_the_own_line(story):
    guest = story.stranger("akun")
    await guest.says(f"/start {await invitation_code(story)}")
    await guest.presses("Ubah nama")
    await guest.says("Anggota Satu")
    assert await roster(story) == [("Anggota Satu", "anggota", True)]


async def test_an_invitation_that_ended_in_the_middle_is_not_used(story):
    await add_names(story, "Anggota 3")
    guest = story.stranger("Tamu")
    await guest.says(f"/start {await invitation_code(story)}")
    story.clock.advance(timedelta(days=8))
    await guest.presses("Saya: Anggota 3")
    assert await roster(story) == [("Anggota 3", "anggota", False)]


async def test_a_photo_where_a_name_is_awaited_is_answered_politely(story):
    guest = story.stranger("😀")
    await guest.says(f"/start {await invitation_code(story)}")
    (answer,) = await guest.shows()
    assert "teks" in answer.text


async def test_a_person_who_blocks_the_bot_is_marked_until_they_return(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)

    async def unreachable():
        async with story.database.transaction() as session:
            return (await session.scalars(select(PersonAddress.unreachable))).one()

    assert await member.sends(member.private, kind=Kind.PERSON_BLOCKED) == []
    assert await unreachable() == "blocked"
    assert await member.sends(member.private, kind=Kind.PERSON_RETURNED) == []
    assert await unreachable() is None


async def test_a_stranger_who_blocks_the_bot_is_not_written_down(story):
    guest = story.stranger("Tamu")
    await guest.sends(guest.private, kind=Kind.PERSON_BLOCKED)
    async with story.database.transaction() as session:
        assert (await session.scalars(select(PersonAddress))).all() == []
