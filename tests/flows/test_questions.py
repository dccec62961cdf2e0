"""Questions where people ask them: in private, and in a group only when the bot is addressed."""

import pytest

from storage.models import Role

ACCOUNTABLE = "bertanggung jawab atas kepercayaan yang diberikan"


async def test_in_a_group_a_command_a_reply_and_a_mention_are_answered(office):
    [by_command] = await office.says(office.member, "/tanya@apel_bot apa arti akuntabel?", to=office.group)
    [by_reply] = await office.says(office.member, "apa arti akuntabel?", to=office.group, reply_to=by_command)
    [by_mention] = await office.says(office.member, "@apel_bot apa arti akuntabel?", to=office.group)
    [behind] = await office.says(office.member, "apa arti akuntabel @Apel_Bot ?", to=office.group)
    assert {answer.text for answer in (by_command, by_reply, by_mention, behind)} == {by_command.text}
    assert ACCOUNTABLE in by_command.text


async def test_in_a_group_it_is_silent_unless_addressed(office):
    outsider = office.server.person(99, "Tamu")
    for text in ("apa arti akuntabel?", "/tanya@lain_bot apa arti?", "@lain_bot apa arti?", "apel_bot, halo"):
        for person in (office.member, outsider):
            assert await office.says(person, text, to=office.group) == []


async def test_chat_under_a_reading_is_left_alone_and_a_question_there_answered(office):
    await office.clock_to("2026-11-17T07:31+07:00")
    reading = office.with_button(office.group, "Sudah dibacakan")
    for chat in ("hadir, Pak", "siap", "terima kasih", "izin terlambat, Bu"):
        assert await office.says(office.member, chat, to=office.group, reply_to=reading) == []
    [answer] = await office.says(office.member, "apa arti akuntabel", to=office.group, reply_to=reading)
    assert ACCOUNTABLE in answer.text
    [answer] = await office.says(office.member, "berapa gaji golongan III?", to=office.group, reply_to=reading)
    assert "Mohon maaf" in answer.text
    [answer] = await office.says(office.member, "@apel_bot terima kasih", to=office.group, reply_to=reading)
    assert "Sama-sama" in answer.text


async def test_a_reply_to_somebody_else_is_none_to_the_bot(office):
    other = {"message_id": 1, "date": 1, "chat": {"id": -100500, "type": "supergroup"}, "from": {"id": 21}}
    said = await office.says(office.member, "apa arti akuntabel?", to=office.group, reply_to_message=other)
    assert said == []


@pytest.mark.parametrize(
    ("regulation", "question", "words"),
    [
        ("kupang-30-2025", "kapan twibbon dipasang?", "tidak diatur dalam"),
        ("serang-25-2018", "kapan twibbon dipasang?", "tidak tersedia"),
        ("kupang-30-2025", "siapa presiden pertama?", "Mohon maaf"),
    ],
)
async def test_what_the_own_regulation_does_not_say_gets_no_answer(town, regulation, question, words):
    await town.opens("Dinas Contoh", regulation)
    member = await town.joins(31, "Anggota 1", Role.ANGGOTA)
    [answer] = await town.says(member, question)
    assert words in answer.text
    assert "<blockquote>" not in answer.raw_text


async def test_each_office_gets_its_own_regulations_words(office):
    await office.opens("Dinas Kupang", "kupang-30-2025")
    other = await office.joins(31, "Anggota Kupang", Role.ANGGOTA)
    [here] = await office.says(office.member, "/nilai")
    [there] = await office.says(other, "/nilai")
    assert "Peraturan Bupati Karanganyar Nomor 44 Tahun 2023" in here.text
    assert "Kupang" in there.text
    assert here.text != there.text
