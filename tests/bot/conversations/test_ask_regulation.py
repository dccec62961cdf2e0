import pytest

from bot.channels.inbound import Kind
from bot.conversations.ask_regulation import DIALOGUE, answer_plain
from content.regulation_loader import load_regulations
from storage.models import Question, Role
from tests.story import Story, rows

REGULATIONS = dict(load_regulations())


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE], answer_plain)
    await story.open_office(regulation_id="karanganyar-44-2023")
    return story


@pytest.fixture
async def member(story):
    return await story.person("Anggota 1", Role.ANGGOTA)


def labels(message):
    return [choice.label for row in message.choices for choice in row]


async def test_plain_text_in_private_is_a_question(member):
    (answer,) = await member.says("kapan pasang twibbon?")
    assert "tanggal 17 setiap bulan" in answer.text
    assert "Lampiran" in answer.text


async def test_tanya_with_a_question_answers_at_once(member):
    (answer,) = await member.says("/tanya apa itu BAEK")
    assert "Kualitas" in answer.text


async def test_tanya_alone_takes_the_next_text_as_the_question(member):
    (asked,) = await member.says("/tanya")
    assert "Silakan tulis pertanyaan Anda" in asked.text
    (again,) = await member.shows()
    assert "Silakan tulis pertanyaan Anda" in again.text
    (answer,) = await member.says("adaptif 3")
    assert "bertindak positif" in answer.text
    assert "bertindak proaktif" in answer.text


async def test_nilai_lists_the_values_and_a_press_opens_one(member):
    (listed,) = await member.says("/nilai")
    assert labels(listed)[0] == "Berorientasi Pelayanan"
    (value,) = await member.presses("Akuntabel")
    assert "tidak menyalahgunakan kewenangan jabatan" in value.text
    (behaviour,) = await member.presses("Perilaku 3")
    assert "Pasal 8 huruf b angka 3" in behaviour.text


async def test_manifestations_open_and_turn_in_place(story, member):
    await member.says("akuntabel 1")
    (first,) = await member.presses("Semua perwujudan")
    assert "(1/" in first.text
    before = len(await story.messages(member.user_id))
    (second,) = await member.presses("Selanjutnya ›")
    assert "(2/" in second.text
    assert len(await story.messages(member.user_id)) == before


async def test_a_long_answer_is_turned_by_buttons(member):
    (page,) = await member.says("apa dasar hukum peraturan ini")
    number = page.text.partition("(")[2].partition("/")[0]
    turn = "Selanjutnya ›" if "Selanjutnya ›" in labels(page) else "‹ Sebelumnya"
    (other,) = await member.presses(turn)
    assert other.text.partition("(")[2].partition("/")[0] != number


async def test_a_suggestion_that_is_pressed_becomes_the_answer(story, member):
    (asked,) = await member.says("lihat rekan begitu waktu melayani")
    assert "Apakah tentang salah satu hal berikut?" in asked.text
    (answer,) = await member.presses(labels(asked)[0])
    assert "<blockquote>" in answer.text
    assert "Apakah tentang" not in "".join(message.text for message in await story.messages(member.user_id))


@pytest.mark.parametrize(
    "action",
    [
        "ask.topic:",
        "ask.topic:salam",
        "ask.pick:nilai/x/9",
        "ask.page:definisi:x",
        "ask.page:",
        "ask.more:x",
        "ask.more:loyal:x",
    ],
)
async def test_a_button_that_leads_nowhere_says_so(member, action):
    replies = await member.sends(member.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
    assert replies == []
    assert member.outcome.toast


async def test_the_same_question_is_answered_by_each_offices_own_regulation(database):
    story = Story(database, [DIALOGUE], answer_plain)
    await story.open_office(regulation_id="kupang-30-2025", timezone="Asia/Makassar")
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (declined,) = await member.says("kapan pasang twibbon?")
    assert "tidak diatur dalam Peraturan Wali Kota Kupang" in declined.text
    (other,) = await member.says("resep rendang padang")
    assert "di luar Peraturan Wali Kota Kupang" in other.text


async def test_serangs_absent_lampiran_is_said_to_be_absent(database):
    story = Story(database, [DIALOGUE], answer_plain)
    await story.open_office(regulation_id="serang-25-2018")
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (declined,) = await member.says("kapan pasang twibbon?")
    assert "tidak tersedia" in declined.text


async def test_examples_are_another_text_than_the_answer_before(member):
    (behaviour,) = await member.says("akuntabel 2")
    (examples,) = await member.says("contohnya?")
    assert examples.text != behaviour.text
    assert "<b>Perwujudan perilaku Akuntabel</b>" in examples.text


@pytest.mark.parametrize("between", ["resep rendang padang", "qwrtzx plmkn", "kapan gaji 13 cair"])
async def test_after_a_decline_a_follow_up_leans_on_nothing_older(story, member, between):
    await member.says("akuntabel 2")
    (declined,) = await member.says(between)
    assert declined.text.startswith("Mohon maaf")
    before = await rows(story, Question)
    (loose,) = await member.says("contohnya?")
    assert loose.text.startswith("Mohon maaf, saya belum memahami pertanyaan Anda")
    assert len(await rows(story, Question)) == len(before)  # nothing that anybody could decide


async def test_thanks_end_no_context(member):
    await member.says("akuntabel 2")
    await member.says("terima kasih")
    (examples,) = await member.says("contohnya?")
    assert "<b>Perwujudan perilaku Akuntabel</b>" in examples.text


async def test_in_a_group_it_is_silent_unless_addressed(story, member):
    group = await story.group()
    assert await member.says("kapan pasang twibbon?", chat=group) == []
    (mentioned,) = await member.says("@apel_bot kapan pasang twibbon?", chat=group, addressed=True)
    assert "tanggal 17" in mentioned.text
    (replied,) = await member.says("kapan pasang twibbon?", chat=group, addressed=True, reply_to="m1")
    assert "tanggal 17" in replied.text
    (commanded,) = await member.says("/tanya@apel_bot kapan pasang twibbon?", chat=group)
    assert "tanggal 17" in commanded.text
    for nothing_asked in ({"text": "/tanya"}, {"text": "", "addressed": True}):
        (how,) = await member.says(chat=group, **nothing_asked)
        assert "/tanya apa arti nilai akuntabel?" in how.text


async def test_a_stranger_is_told_how_to_join_and_gets_no_answer(story):
    stranger = story.stranger("Tamu")
    replies = await stranger.says("kapan pasang twibbon?")
    assert "tanggal 17" not in "".join(reply.text for reply in replies)


@pytest.mark.parametrize("text", ["😀" * 4096, "<b>akuntabel</b> & <script>", "a" * 4096, "\u0000\u202e?", "{{ 7*7 }}"])
async def test_hostile_text_gets_one_polite_message_that_repeats_none_of_it(member, text):
    (answer,) = await member.says(text)
    assert text not in answer.text
    assert "script" not in answer.text


async def test_a_greeting_is_greeted_and_thanks_are_accepted(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (greeted,) = await member.says("Selamat pagi")
    (accepted,) = await member.says("oke terima kasih")
    assert "Ada yang dapat saya bantu?" in greeted.text
    assert accepted.text == "Sama-sama. Selamat bekerja."


async def test_a_circumstance_of_the_situation_answered_is_no_subject_of_its_own_and_kept_only_once_called_unfitting(
    story, member
):
    await member.says("atasan saya minta pakai mobil dinas buat mudik, itu gimana?")
    for circumstance in ("kalau laptop?", "kalau hari libur?", "motor juga?"):
        (again,) = await member.says(circumstance)
        assert again.text.startswith("Jika ini masih tentang hal tadi, yang terdekat tetap ketentuan berikut.")
        assert "Pasal 8 huruf b angka 2" in again.text
        assert labels(again)[-1] == "Kurang tepat"
    assert await rows(story, Question) == []
    await member.presses("Kurang tepat")
    assert [row.text for row in await rows(story, Question)] == ["Akuntabel 2: motor juga?"]


@pytest.mark.parametrize("first", [None, "resep rendang padang", "lihat rekan begitu waktu melayani"])
async def test_what_leans_on_no_answer_is_asked_for_whole_and_kept_for_nobody(story, member, first):
    if first:
        await member.says(first)
    before = len(await rows(story, Question))
    for loose in ("kalau laptop?", "formatnya?", "yang nomor 9 apa?", "lanjut dong", "kalau gitu?"):
        (asked,) = await member.says(loose)
        assert "Silakan tulis secara lengkap" in asked.text
        assert "tidak diatur" not in asked.text
    assert len(await rows(story, Question)) == before


async def test_an_entry_of_a_list_is_shown_by_its_number_and_the_next_one_after_it(member):
    (whole,) = await member.says("indikator maturitas")
    (second,) = await member.says("yang nomor 2 apa?")
    assert "nomor 2 dari 4" in second.text
    assert len(second.text) < len(whole.text)
    (third,) = await member.says("kalau yg ketiga?")
    assert "nomor 3 dari 4" in third.text
    (none,) = await member.says("nomor 9?")
    assert "Silakan tulis secara lengkap" in none.text
    (first,) = await member.says("nomer 1")  # what was not understood ended nothing
    assert "nomor 1 dari 4" in first.text


async def test_more_of_a_long_answer_is_its_next_page(member):
    (page,) = await member.says("indikator maturitas")
    assert "(1/2)" in page.text
    (more,) = await member.says("lanjut dong")
    assert "(2/2)" in more.text
    await member.says("akuntabel 1")
    (examples,) = await member.says("contohny?")
    assert "(1/" in examples.text
    (others,) = await member.says("contoh lain?")
    assert "(2/" in others.text


async def test_a_suggestion_is_chosen_by_its_number_and_the_question_is_open_no_longer(story, member):
    (asked,) = await member.says("lihat rekan begitu waktu melayani")
    assert len(await rows(story, Question)) == 1
    (answer,) = await member.says("yg kedua")
    assert labels(asked)[1].rpartition(" ")[0] in answer.text
    assert await rows(story, Question) == []
    (examples,) = await member.says("contohnya?")
    assert "Perwujudan perilaku" in examples.text
