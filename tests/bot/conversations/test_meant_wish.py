"""Words that may ask to be left alone: what was meant is asked, with a button for either answer."""

import pytest

from bot.channels.inbound import Kind
from bot.conversations.dialogues import DIALOGUES
from storage.models import PersonAddress, Role
from tests.bot.conversations.office_story import labels
from tests.story import Story, acts, rows


@pytest.fixture
async def story(database):
    story = Story(database, DIALOGUES)
    await story.open_office()
    return story


async def stopped(story):
    return [address.opted_out_at is not None for address in await rows(story, PersonAddress)]


async def test_one_button_stops_and_the_other_agrees(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (asked,) = await member.says("jangan kirim pesan")
    assert labels(asked) == ["Hentikan kiriman", "Terima kiriman"]
    assert await stopped(story) == [False]
    (answer,) = await member.presses("Hentikan kiriman")
    assert "Pengiriman dihentikan" in answer.text
    assert await stopped(story) == [True]
    (answer,) = await member.presses("Terima kiriman")
    assert "Pengiriman aktif" in answer.text
    assert await stopped(story) == [False]
    assert "consent.given" in await acts(story)


async def test_who_has_no_seat_agrees_to_nothing_by_the_button(story):
    guest = await story.person("Anggota 1")
    await guest.says("keluar")
    await guest.presses("Hentikan kiriman")
    assert await stopped(story) == [True]
    answers = await guest.presses("Terima kiriman")
    assert "sesudah Anda bergabung" in answers[0].text
    (address,) = await rows(story, PersonAddress)
    assert (address.opted_in_at, address.opted_out_at) == (None, None)


@pytest.mark.parametrize("action", ["consent.stop", "consent.start"])
async def test_a_button_forged_in_a_group_changes_nothing(story, action):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.sends(group, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p") == []
    assert await stopped(story) == [False]


@pytest.mark.parametrize("word", ["Berhenti mbak", "B E R H E N T I", "brhenti", "unsubscribe"])
async def test_the_word_alone_leaves_a_form_for_words_however_it_is_typed(story, word):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.says(word)
    assert "Pengiriman dihentikan" in answer.text


@pytest.mark.parametrize(
    "words",
    [
        "mandek",
        "saya stop kirim wa ke pelanggan",
        "jangan kirim lagi berkas kosong",
        "stop kirim pesan berantai di grup warga",
        "terlalu banyak pesan",
        "mohon tidak mengganggu pelayanan",
        "jangan kirim hoaks lagi",
        "kok berhenti merokok",
    ],
)
async def test_other_words_on_stops_and_messages_stay_the_words_of_a_form(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.says(words)
    assert words in answer.text
    assert await stopped(story) == [False]


@pytest.mark.parametrize(
    "words",
    [
        "jangan WA saya lagi",
        "tolong jangan kirim pesan lagi ke nomor ini",
        "mohon untuk tidak mengirim pesan ke nomor ini lagi",
        "saya tidak berkenan menerima pesan lagi",
        "UNREG",
        "saya mau berhenti dari layanan ini",
    ],
)
async def test_a_sentence_that_names_its_writer_is_heard_where_a_form_waits_for_words(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.says(words)
    assert "Pengiriman dihentikan" in answer.text
    assert await stopped(story) == [True]


@pytest.mark.parametrize(
    "words",
    ["stop kirim pesan", "jangan kirim lagi", "saya berhenti langganan", "kok berhenti?", "berhenti?", "mulai?"],
)
async def test_what_may_be_a_wish_is_asked_where_a_form_waits_for_words_and_the_form_stays(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (asked,) = await member.says(words)
    assert labels(asked) == ["Hentikan kiriman", "Terima kiriman"]
    assert await stopped(story) == [False]
    (answer,) = await member.says("SPJ selesai")
    assert "SPJ selesai" in answer.text
    assert words not in answer.text


async def test_a_photo_of_a_form_is_kept_whatever_its_caption_may_ask(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.shows(text="stop kirim pesan")
    assert "stop kirim pesan" in answer.text
    assert await stopped(story) == [False]


@pytest.mark.parametrize(
    "words",
    [
        "kok berhenti?",
        "Kok berhenti semuanya, Pak?",
        "berhenti?",
        "mau berhenti?",
        "kok berhenti kirim pesan",
        "/berhenti ?",
        "/berhenti kok",
        "kok mulai lagi",
        "mulai?",
        "mulai lagi?",
        "mulai lagi deh",
        "/mulai kok lagi",
        "/mulai apel",
    ],
)
async def test_a_complaint_or_question_neither_stops_nor_agrees(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    for before in (None, "berhenti"):
        if before is not None:
            await member.says(before)
        was = await stopped(story)
        (asked,) = await member.says(words)
        assert labels(asked) == ["Hentikan kiriman", "Terima kiriman"]
        assert await stopped(story) == was
    assert "consent.given" not in await acts(story)


@pytest.mark.parametrize("words", ["/stop", "/STOP", "/unreg", "/unsubscribe", "/stop kirim pesan"])
async def test_another_word_for_the_command_stops_with_a_slash_too(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says(words)
    assert "Pengiriman dihentikan" in answer.text
    assert await stopped(story) == [True]


@pytest.mark.parametrize("words", ["/stop ?", "/stop siaran", "/stop kok"])
async def test_with_a_slash_too_it_stops_nothing_in_doubt(story, words):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (asked,) = await member.says(words)
    assert labels(asked) == ["Hentikan kiriman", "Terima kiriman"]
    assert await stopped(story) == [False]


async def test_in_a_group_another_word_for_the_command_is_left_to_other_bots(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.says("/stop", group) == []
    assert await stopped(story) == [False]
