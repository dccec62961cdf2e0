"""Who asks to stop is written to in answer alone, until they ask for more."""

from datetime import timedelta

import pytest

from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.conversations.dialogues import DIALOGUES
from scheduler import audience
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import AuditEntry, Delivery, DeliveryState, PersonAddress, Priority, Role
from tests.bot.conversations.people_story import invitation_code
from tests.story import Story, acts, rows


@pytest.fixture
async def story(database):
    story = Story(database, DIALOGUES)
    await story.open_office()
    return story


async def reached(story):
    async with story.database.transaction() as session:
        return [found.title for found in await audience.secretaries(session, story.office_id)]


@pytest.mark.parametrize("word", ["/berhenti", "BERHENTI", " berhenti "])
async def test_the_word_alone_stops_and_the_other_resumes(story, word):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (answer,) = await secretary.says(word)
    assert "Pengiriman dihentikan" in answer.text
    assert await reached(story) == []
    (answer,) = await secretary.says("Mulai")
    assert "Pengiriman aktif" in answer.text
    assert await reached(story) == ["Sekretaris"]


async def test_what_waits_unasked_does_not_leave_and_answers_do(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    async with story.database.transaction() as session:
        for part, priority in enumerate((Priority.REPLY, Priority.NOTICE, Priority.PUSH)):
            await enqueue(
                session,
                destination=Destination("telegram", secretary.user_id),
                key="help/not_understood",
                parameters={},
                now=story.clock.now(),
                priority=priority,
                part=str(part),
            )
    await secretary.says("berhenti")
    found = await rows(story, Delivery)
    assert [(row.state, row.reason) for row in found] == [
        (DeliveryState.SENT, None),
        (DeliveryState.CANCELLED, "opted_out"),
        (DeliveryState.CANCELLED, "opted_out"),
        (DeliveryState.SENT, None),
    ]


async def test_it_works_in_the_midst_of_a_dialogue_and_leaves_it_open(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor")
    await member.says("berhenti")
    (question,) = await member.presses("Akuntabel")
    assert "Perilaku" in question.text


async def test_of_several_stops_it_is_kept_when_the_last_one_was_said(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("berhenti")
    story.clock.move_to(story.clock.now().replace(hour=5))
    await member.says("berhenti")
    assert [address.opted_out_at for address in await rows(story, PersonAddress)] == [story.clock.now()]


@pytest.mark.parametrize(
    "words",
    [
        "stop",
        "Unsubscribe",
        "STOP!",
        "Berhenti dong jangan kirim lagi",
        "stop kirim pesan ke saya",
        "saya mau berhenti",
        "Mohon dihentikan",
        "Hentikan",
        "brenti",
        "stop dulu ya",
        "Saya tidak mau menerima pesan lagi",
        "jangan kirim pesan lagi",
        "jangan mengirim pesan lagi",
        "tolong jangan mengirim WA ke saya lagi",
        "mohon jangan mengirimi saya pesan",
        "tidak usah mengirim pesan lagi",
        "jangan hubungi saya lagi",
        "jangan kirim pesan ke nomor ini lagi",
        "stop kirim pesan",
        "Tolong jangan kirimi saya WA lagi",
        "gak mau dikirimi pesan lagi ya pak",
        "Saya sudah tidak mau dapat notifikasi",
        "stop, jangan kirim apa pun",
        "stop, makasih",
        "BERHENTI SEKARANG JUGA",
        "saya sudah tidak bekerja di sini, berhenti",
        "tidak mau dikirimi apa-apa lagi",
        "Berhenti, terima kasih",
        "Stop. Terima kasih banyak",
        "saya tidak mau, stop",
    ],
)
async def test_other_words_that_ask_to_stop_are_heard(story, words):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (answer,) = await secretary.says(words)
    assert "Pengiriman dihentikan" in answer.text
    assert await reached(story) == []


@pytest.mark.parametrize(
    "around",
    [
        "{}.",
        "{}!",
        "{} ya",
        "{} dong",
        "tolong {}",
        "*{}*",
        "_{}_",
        "{} 🙏",
        "🙏🏽 {} ya 🙏🏽",
        '"{}"',
        "Mohon {}, Pak.",
    ],
)
@pytest.mark.parametrize(("stop", "resume"), [("Berhenti", "Mulai"), ("BERHENTI", "MULAI")])
async def test_signs_and_courtesies_around_the_word_change_nothing(story, around, stop, resume):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    for word, answered, left in ((stop, "dihentikan", []), (resume, "aktif", ["Sekretaris"])):
        (answer,) = await secretary.says(around.format(word))
        assert f"Pengiriman {answered}" in answer.text
        assert await reached(story) == left


async def test_a_sentence_that_may_mean_our_messages_is_told_how_to_stop_them(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (answer,) = await secretary.says("Stop, capek dapat WA tiap pagi")
    assert "ketik BERHENTI" in answer.text
    assert await reached(story) == ["Sekretaris"]


@pytest.mark.parametrize(
    "words",
    [
        "mulai lagi",
        "MULAI lagi ya",
        "saya mau mulai lagi",
        "saya mau menerima pesan lagi",
        "mulai kirim lagi",
        "mulai kirim pesan lagi",
        "aktifkan notifikasi lagi",
        "mulai menerima pesan",
    ],
)
async def test_other_words_that_ask_to_go_on_are_heard(story, words):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("berhenti")
    (answer,) = await secretary.says(words)
    assert "Pengiriman aktif" in answer.text
    assert await reached(story) == ["Sekretaris"]


@pytest.mark.parametrize(
    "words",
    [
        "berhenti merokok di kantor",
        "bagaimana cara berhenti merokok di kantor",
        "stop pungli",
        "berhenti bekerja, kapan boleh?",
        "Saya tidak mau menerima gratifikasi",
        "Saya tidak menerima pesan",
        "jangan kirim pesan di luar jam kerja",
        "jangan",
        "hentikan korupsi",
        "WA-nya tidak berhenti",
        "tidak mau, terima kasih",
        "tidak usah, terima kasih banyak",
    ],
)
async def test_who_writes_of_stopping_something_else_goes_on_being_written_to(story, words):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    answers = await secretary.says(words)
    assert all("ketik BERHENTI" not in answer.text and "dihentikan" not in answer.text for answer in answers)
    assert await reached(story) == ["Sekretaris"]


async def leaves_all_as_it_is(story, words):
    """Whether who writes these words is told both ways and neither stopped nor taken to agree, stopped or not."""
    member = await story.person("Anggota 1", Role.ANGGOTA)
    for before in (None, "berhenti"):
        if before is not None:
            await member.says(before)
        was = await opted(story)
        (answer,) = await member.says(words)
        assert "ketik BERHENTI; bila ingin menerimanya lagi, ketik MULAI" in answer.text
        assert await opted(story) == was
    assert "consent.given" not in await acts(story)


@pytest.mark.parametrize(
    "words",
    [
        "pesan dari bot berhenti",
        "notifikasi berhenti masuk",
        "Berhenti masuk pesannya",
        "bot sudah berhenti",
        "pengingat saya berhenti masuk",
        "WA kami berhenti",
        "kami berhenti",
    ],
)
async def test_telling_that_something_stopped_stops_nothing(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words", ["hentikan siaran itu", "stop siaran", "hentikan pesan ini", "jangan kirim naskah ini lagi"]
)
async def test_words_about_one_broadcast_stop_nothing_else(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words", ["sudah dikirim, tidak perlu lagi", "sudah saya kirim pesannya, tidak perlu lagi", "tidak usah dikirim"]
)
async def test_an_answer_to_what_was_to_be_forwarded_stops_nothing(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words",
    [
        "jangan terima apa-apa lagi",
        "jangan terima lagi",
        "saya tidak mau menerima",
        "jangan terima banyak lagi",
        "kami tidak mau menerima kiriman",
    ],
)
async def test_refusing_what_may_be_a_gift_stops_nothing(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words",
    ["maaf, saya tidak mau mengganggu", "saya tidak perlu menghubungi nomor ini", "saya tidak perlu kirim pesan lagi"],
)
async def test_who_will_not_write_themselves_stops_nothing(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words",
    ["berhenti tidak jadi", "stop gak jadi", "berhenti jangan dulu", "jangan dulu berhenti", "/berhenti tidak jadi"],
)
async def test_a_stop_that_is_taken_back_at_once_stops_nothing(story, words):
    await leaves_all_as_it_is(story, words)


@pytest.mark.parametrize(
    "words",
    [
        "mulai kirim siaran",
        "mulai sekarang",
        "mau menerima",
        "saya mau terima itu",
        "saya mau terima semua",
        "jangan berhenti",
        "jangan berhenti kirim",
        "jangan stop ya",
        "gak jadi berhenti",
        "tidak usah dihentikan",
    ],
)
async def test_what_names_no_messages_or_denies_a_stop_is_no_consent(story, words):
    await leaves_all_as_it_is(story, words)


async def test_where_a_form_waits_for_a_choice_such_a_sentence_is_heard(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor")
    (answer,) = await member.says("Berhenti dong jangan kirim lagi")
    assert "Pengiriman dihentikan" in answer.text


async def test_what_was_stopped_may_be_the_words_of_a_form(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.says("dihentikan")
    assert "dihentikan" in answer.text
    assert "Pengiriman" not in answer.text


async def test_within_a_form_a_sentence_that_begins_so_is_an_answer(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/lapor akuntabel 1")
    (answer,) = await member.says("Berhenti kirim pesan di luar jam kerja")
    assert "Berhenti kirim pesan" in answer.text


async def opted(story):
    """Of every account: whether it is written to unasked by its own wish, and whether that was stopped."""
    addresses = await rows(story, PersonAddress)
    return [(address.opted_in_at, address.opted_out_at is not None) for address in addresses]


async def test_a_stranger_has_agreed_to_nothing_and_joining_is_what_counts(story):
    guest = story.stranger("Anggota 1")
    await guest.says("halo")
    await guest.says("mulai")
    assert await opted(story) == [(None, False)]
    story.clock.advance(timedelta(hours=1))
    await guest.says(f"/start {await invitation_code(story)}")
    assert await opted(story) == [(story.clock.now(), False)]
    assert "consent.given" in await acts(story)


async def test_joining_ends_an_earlier_wish_to_stop_and_says_so(story):
    guest = story.stranger("Anggota 1")
    await guest.says("berhenti")
    (joined,) = await guest.says(f"/start {await invitation_code(story)}")
    assert "kiriman kantor aktif lagi" in joined.text
    assert await opted(story) == [(story.clock.now(), False)]


async def test_only_a_member_is_told_of_a_membership_that_stays(story):
    stranger = (await story.stranger("Tamu").says("berhenti"))[-1]
    member = (await (await story.person("Anggota 1", Role.ANGGOTA)).says("berhenti"))[-1]
    assert "Anda tidak terdaftar di kantor mana pun." in stranger.text
    assert "Keanggotaan" not in stranger.text
    assert "Keanggotaan dan laporan Anda tetap tersimpan." in member.text


async def test_who_never_stopped_is_told_nothing_of_it(story):
    joined = (await story.stranger("Anggota 1").says(f"/start {await invitation_code(story)}"))[-1]
    assert "aktif lagi" not in joined.text


async def test_on_whatsapp_the_words_of_the_invitation_are_kept_as_what_was_agreed_to(story):
    story.links = {WHATSAPP: "https://wa.me/62?text=Gabung%20"}
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    story.restart()
    await secretary.says("/undang")
    (invitation,) = await secretary.presses("Anggota")
    await story.stranger("Anggota 1", "ID.1").says(f"/start {await invitation_code(story)}", channel=WHATSAPP)
    (entry,) = await rows(story, AuditEntry, AuditEntry.act == "consent.given")
    assert entry.detail["words"].startswith("Dengan mengirim pesan itu lewat WhatsApp, Anda menyetujui menerima pesan")
    assert entry.detail["words"] in invitation.text


async def test_what_was_agreed_to_is_handed_out_with_the_own_data(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("mulai")
    data = (await member.says("/dataku"))[-1].document.data.decode()
    assert "menyetujui dikirimi pesan; kalimatnya: “Pengiriman aktif Di percakapan ini Anda akan menerima" in data


async def test_who_comes_back_after_stopping_is_told_that_nothing_comes_and_how_to_change_that(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (back,) = await member.says("/start")
    assert "MULAI" not in back.text
    await member.says("berhenti")
    (back,) = await member.says("/start")
    assert "tidak dikirimi pesan" in back.text
    assert "Ketik MULAI" in back.text
    (back,) = await member.says(f"/start {await invitation_code(story)}")
    assert "Ketik MULAI" in back.text


async def test_within_a_broadcast_the_bare_word_stops_and_a_sentence_is_read_back_before_it_goes(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/siar")
    (answer,) = await secretary.says("berhenti kirim pesan")
    assert "berhenti kirim pesan" in answer.text
    assert "Kirim" in [choice.label for line in answer.choices for choice in line]
    assert await reached(story) == ["Sekretaris"]
    await secretary.says("/siar")
    (answer,) = await secretary.says("BERHENTI")
    assert "Pengiriman dihentikan" in answer.text
    assert await reached(story) == []
