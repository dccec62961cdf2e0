"""What got no good answer is kept without its asker, decided on by people, and in force at once."""

from datetime import timedelta

import pytest

from bot.channels.inbound import Kind
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.conversations import privacy
from bot.conversations.ask_regulation import DIALOGUE as ASK
from bot.conversations.ask_regulation import answer_plain
from bot.conversations.unanswered.listing import DIALOGUE
from storage.models import AuditEntry, InboundUpdate, PersonAddress, Question, QuestionReason, QuestionState, Role
from storage.queries import questions
from tests.bot.conversations.office_story import labels, press
from tests.story import Story, acts, rows

PACK = "karanganyar-44-2023"
SALARY = "gaji ke-13 kapan cair ya min"


@pytest.fixture
async def story(database):
    story = Story(database, [ASK, DIALOGUE, privacy.DIALOGUE], answer_plain)
    await story.open_office(regulation_id=PACK)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


@pytest.fixture
async def member(story):
    return await story.person("Siti Rahma", Role.ANGGOTA)


async def ask(story, *texts, reason=QuestionReason.DECLINED, topic=None):
    async with story.database.transaction() as session:
        for text in texts:
            await questions.keep(session, story.office_id, PACK, text, reason, story.clock.now(), topic)


async def test_a_declined_question_waits_for_the_secretary_without_the_askers_name(story, member, secretary):
    await member.says(f"{SALARY}, saya Siti dari 081234567890")
    (listed,) = await secretary.says("/pertanyaan")
    assert "gaji ke-13 kapan cair ya min, saya … dari …" in listed.text
    assert "Siti" not in listed.text


async def test_the_biggest_group_comes_first_five_a_page(story, secretary):
    alone = ["absen finger error", "cuti tahunan berapa hari", "harga beras naik", "jadwal bola malam ini"]
    await ask(story, *alone, SALARY, "kapan gaji 13 cair", "lapangan futsal di mana", "ramalan cuaca besok")
    (listed,) = await secretary.says("/pertanyaan")
    assert f"1. {SALARY} <i>(2 pertanyaan serupa)</i>" in listed.text
    assert labels(listed) == ["1", "2", "3", "4", "5", "Berikutnya ›"]
    assert "Jumlah: 8." in listed.text
    (second,) = await secretary.presses("Berikutnya ›")
    assert labels(second) == ["6", "7", "‹ Sebelumnya"]
    (first,) = await secretary.presses("‹ Sebelumnya")
    assert first.text == listed.text


async def test_a_group_shows_its_phrasings_and_why_they_were_kept(story, secretary):
    await ask(story, SALARY)
    await ask(story, "kapan gaji 13 cair", reason=QuestionReason.UNSURE)
    await ask(story, "gaji 13 kapan cair", reason=QuestionReason.DISLIKED, topic="nilai/akuntabel/1")
    await secretary.says("/pertanyaan")
    (group,) = await secretary.presses("1")
    for words in (SALARY, "kapan gaji 13 cair", "Tidak terjawab: 1", "Tidak ada pilihan yang ditekan: 1"):
        assert words in group.text
    assert "kurang tepat: 1 (dijawab: Akuntabel 1)" in group.text


async def test_a_mapping_answers_at_once_and_ends_when_it_is_undone(story, member, secretary):
    (declined,) = await member.says(SALARY)
    assert "<blockquote>" not in declined.text
    await secretary.says("/pertanyaan")
    await secretary.presses("1")
    (choice,) = await secretary.presses("Petakan")
    assert len(labels(choice)) == 7
    await secretary.presses("Topik lain")
    (done,) = await secretary.presses("Role model")
    assert "1 pertanyaan dipetakan ke <b>Role model</b>" in done.text
    (answer,) = await member.says("Gaji ke-13 kapan cair ya min?")
    assert "<b>Role model</b>" in answer.text
    await secretary.presses("Batalkan keputusan")
    (declined_again,) = await member.says(SALARY)
    assert declined_again.text == declined.text
    assert (await acts(story))[-2:] == ["question.mapped", "question.reopened"]
    (entry, _) = await rows(story, AuditEntry, AuditEntry.act.startswith("question."))
    assert entry.detail == {"questions": [1], "topic": "role-model"}


async def test_an_unfitting_answer_is_corrected_by_a_mapping(member, secretary):
    await member.says("kapan pasang twibbon?")
    await member.presses("Kurang tepat")
    await secretary.says("/pertanyaan")
    await secretary.presses("1")
    await secretary.presses("Petakan")
    await secretary.presses("Topik lain")
    await secretary.presses("Role model")
    (answer,) = await member.says("kapan pasang twibbon?")
    assert "<b>Role model</b>" in answer.text


async def test_any_behaviour_can_be_reached(story, secretary):
    await ask(story, SALARY)
    await secretary.says("/pertanyaan")
    await secretary.presses("1")
    await secretary.presses("Petakan")
    await secretary.presses("Topik lain")
    (values,) = await secretary.presses("Core Values ›")
    assert "Petakan ke Core Values" in labels(values)
    (value,) = await secretary.presses("Adaptif ›")
    assert "bertindak positif" in value.text
    (done,) = await secretary.presses("Adaptif 3")
    assert "<b>Adaptif 3</b>" in done.text
    (row,) = await rows(story, Question)
    assert (row.state, row.mapped_topic) == (QuestionState.MAPPED, "nilai/adaptif/3")


async def test_what_is_left_is_gone_from_the_list_and_can_be_taken_back(story, secretary):
    await ask(story, SALARY)
    await secretary.says("/pertanyaan")
    await secretary.presses("1")
    (left,) = await secretary.presses("Abaikan")
    assert "1 pertanyaan diabaikan." in left.text
    (empty,) = await secretary.says("/pertanyaan")
    assert "Tidak ada pertanyaan yang menunggu." in empty.text
    await secretary.presses("Batalkan keputusan")
    (listed,) = await secretary.says("/pertanyaan")
    assert SALARY in listed.text


async def test_what_was_mapped_is_listed_and_undone_later(story, secretary):
    await ask(story, SALARY, "kapan gaji 13 cair")
    (waiting,) = await rows(story, Question, Question.text == SALARY)
    async with story.database.transaction() as session:
        await questions.decide(session, story.office_id, [1, 2], "motto", story.clock.now())
    assert waiting.id == 1
    await secretary.says("/pertanyaan")
    (mapped,) = await secretary.presses("Yang sudah dipetakan")
    assert f"1. {SALARY} <i>(beserta 1 yang serupa)</i>\n→ <b>Motto</b>" in mapped.text
    (reopened,) = await secretary.presses("Batalkan nomor 1")
    assert "2 pertanyaan menunggu lagi" in reopened.text


async def test_one_that_came_after_the_list_was_shown_is_not_decided_on_unseen(story, secretary):
    await ask(story, SALARY)
    await secretary.says("/pertanyaan")
    await secretary.presses("1")
    await ask(story, "kapan gaji 13 cair")
    await secretary.presses("Abaikan")
    assert [row.state for row in await rows(story, Question)] == [QuestionState.LEFT, QuestionState.OPEN]


async def test_a_second_secretary_who_is_slower_is_told(story, secretary):
    other = await story.person("Administrator", Role.ADMINISTRATOR)
    await ask(story, SALARY)
    for person in (secretary, other):
        await person.says("/pertanyaan")
        await person.presses("1")
    await secretary.presses("Abaikan")
    assert await other.presses("Petakan") == []
    assert "sudah diputuskan" in other.outcome.toast


@pytest.mark.parametrize("role", [Role.ANGGOTA, Role.KETUA, Role.FASILITATOR])
async def test_nobody_else_reads_or_decides(story, role):
    await ask(story, SALARY)
    other = await story.person("Orang", role)
    (refused,) = await other.says("/pertanyaan")
    assert SALARY not in refused.text
    await press(other, "asked.to:1:1:motto")
    assert [row.state for row in await rows(story, Question)] == [QuestionState.OPEN]


async def test_another_offices_questions_are_out_of_reach(story):
    await ask(story, SALARY)
    await story.open_office("Dinas Lain", PACK)
    stranger = await story.person("Sekretaris lain", Role.SEKRETARIS)
    (listed,) = await stranger.says("/pertanyaan")
    assert "Tidak ada pertanyaan" in listed.text
    for action in ("asked.to:1:1:motto", "asked.leave:1:1", "asked.undo:1"):
        await press(stranger, action)
    assert [row.state for row in await rows(story, Question)] == [QuestionState.OPEN]


@pytest.mark.parametrize("verb", [found.verb for found in DIALOGUE.presses])
async def test_forged_buttons_do_nothing_and_break_nothing(story, secretary, verb):
    await ask(story, SALARY)
    for arguments in ("", ":", ":x", ":1", ":1:0", ":1:1", ":1:1:gaji", ":1:1:nilai/x/9", ":-1:1", ":" + "9" * 40):
        if verb != "asked.leave" or not arguments.startswith(":1:1"):
            await press(secretary, verb + arguments)
    assert [row.incident for row in await rows(story, InboundUpdate) if row.incident] == []
    assert [row.state for row in await rows(story, Question)] == [QuestionState.OPEN]


async def test_hostile_words_are_shown_as_words(story, secretary):
    await ask(story, "<b>boleh</b> {{ 7*7 }} mudik?")
    (listed,) = await secretary.says("/pertanyaan")
    assert "&lt;b&gt;boleh&lt;/b&gt; {{ 7*7 }} mudik?" in listed.text


async def test_courtesies_commands_and_noise_are_not_kept(story, member):
    for said in ("terima kasih", "😀😀😀", "12345", "/nilai", "/tidakada", "akuntabel 2"):
        await member.says(said)
    await member.sends(member.private, kind=Kind.OTHER, addressed=True)
    assert await rows(story, Question) == []


async def test_who_is_erased_is_in_no_question(story, member, secretary):
    await ask(story, "kata siti rahma boleh mudik ke mars")
    await member.says("/hapusdata")
    await member.presses("Ya, hapus data saya")
    (row,) = await rows(story, Question)
    assert row.text == "kata Anggota yang dihapus boleh mudik ke mars"


async def test_what_an_answer_remembers_of_the_question_is_in_the_askers_own_file(member):
    await member.says("kapan pasang twibbon, kata Siti?")
    (file,) = await member.says("/dataku")
    assert "Pertanyaan yang dijawab: kapan pasang twibbon, kata …?" in file.document.data.decode()


async def test_suggestions_keep_the_question_until_one_is_pressed(story, member):
    (asked,) = await member.says("lihat rekan begitu waktu melayani")
    assert "Bukan ini" in labels(asked)
    (row,) = await rows(story, Question)
    assert row.reason is QuestionReason.UNSURE
    await member.presses(labels(asked)[0])
    assert await rows(story, Question) == []


async def test_none_of_the_suggestions_says_that_the_question_is_kept(story, member):
    await member.says("lihat rekan begitu waktu melayani")
    (said,) = await member.presses("Bukan ini")
    assert "dicatat tanpa nama" in said.text
    assert [row.reason for row in await rows(story, Question)] == [QuestionReason.UNSURE]
    assert await press(member, "ask.none") == []
    assert member.outcome.toast


async def test_an_unfitting_answer_is_said_once(story, member):
    (answer,) = await member.says("kapan pasang twibbon?")
    assert labels(answer)[-1] == "Kurang tepat"
    (same,) = await member.presses("Kurang tepat")
    assert (same.text, "Kurang tepat" in labels(same)) == (answer.text, False)
    assert "dicatat tanpa nama" in member.outcome.toast
    (row,) = await rows(story, Question)
    assert (row.text, row.reason, row.topic) == ("kapan pasang twibbon?", QuestionReason.DISLIKED, "aktivasi/twibbon")
    await member.sends(member.private, kind=Kind.PRESS, text="ask.unfit", message_ref="m1", press_id="p")
    assert len(await rows(story, Question)) == 1


async def test_an_answer_that_leans_on_the_last_one_can_be_called_unfitting(story, member, secretary):
    await member.says("mobil dinas dipakai mudik, itu gimana?")
    (guess,) = await member.says("kalau laptop?")
    assert labels(guess)[-1] == "Kurang tepat"
    await member.presses("Kurang tepat")
    (row,) = await rows(story, Question)
    assert (row.text, row.reason, row.topic) == (
        "Akuntabel 2: kalau laptop?",
        QuestionReason.DISLIKED,
        "nilai/akuntabel/2",
    )
    await secretary.says("/pertanyaan")
    for label in ("1", "Petakan", "Topik lain", "Role model"):
        await secretary.presses(label)
    await member.says("mobil dinas dipakai mudik, itu gimana?")
    for follow_up, heading in [("kalau laptop?", "Role model"), ("kalau motor?", "Akuntabel")]:
        await member.says("mobil dinas dipakai mudik, itu gimana?")
        (answer,) = await member.says(follow_up)
        assert f"<b>{heading}</b>" in answer.text


async def test_where_no_button_can_be_taken_away_an_unfitting_answer_counts_once(story, member):
    on_whatsapp = {"channel": WHATSAPP, "addressed": True}
    async with story.database.transaction() as session:
        session.add(PersonAddress(person_id=1, channel=WHATSAPP, user_id=member.user_id, chat_id=member.user_id))
    await member.sends(member.private, text="kapan pasang twibbon?", **on_whatsapp)
    reference, action = await story.message_ref(member.user_id, "Kurang tepat")
    for _ in range(2):
        said = await member.sends(
            member.private, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p", **on_whatsapp
        )
        assert [message.text for message in said] == [
            "Terima kasih. Pertanyaannya dicatat tanpa nama untuk dipelajari."
        ]
    assert [row.reason for row in await rows(story, Question)] == [QuestionReason.DISLIKED]


async def test_in_a_group_an_answer_can_be_called_unfitting_by_anybody(story, member):
    group = await story.group()
    await member.says("@apel_bot kapan pasang twibbon?", chat=group, addressed=True)
    guest = story.stranger("Tamu")
    await guest.presses("Kurang tepat", chat=group)
    assert [row.reason for row in await rows(story, Question)] == [QuestionReason.DISLIKED]


async def test_a_row_names_neither_person_nor_chat():
    assert set(Question.__table__.columns.keys()) == {
        "id",
        "office_id",
        "regulation_id",
        "text",
        "reason",
        "topic",
        "state",
        "mapped_topic",
        "asked_at",
        "decided_at",
    }


async def test_a_follow_up_is_read_with_the_last_answer_for_half_an_hour(story, member):
    await member.says("apa arti nilai akuntabel")
    (second,) = await member.says("yang nomor 2 apa?")
    assert "Pasal 8 huruf b angka 2" in second.text
    assert "Kurang tepat" not in labels(second)  # alone these words mean nothing to whoever decides
    story.clock.advance(timedelta(minutes=31))
    (late,) = await member.says("yang nomor 3 apa?")
    assert "Pasal 8 huruf b angka 3" not in late.text


async def test_in_a_group_a_follow_up_leans_only_on_the_answer_that_it_replies_to(story, member):
    group = await story.group()
    (answer,) = await member.says("/tanya apa arti nilai akuntabel", chat=group)
    assert "Akuntabel" in answer.text
    reference, _ = await story.message_ref(group.chat_id, "Kurang tepat")
    (loose,) = await member.says("@apel_bot yang nomor 2 apa?", chat=group, addressed=True)
    assert "Pasal 8 huruf b angka 2" not in loose.text
    (leaning,) = await member.says("yang nomor 2 apa?", chat=group, addressed=True, reply_to=reference)
    assert "Pasal 8 huruf b angka 2" in leaning.text
