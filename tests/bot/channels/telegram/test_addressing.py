import pytest

from bot.channels.telegram.addressing import Wording, hear
from bot.channels.telegram.identity import BotIdentity
from tests.fakes.telegram_entities import entities

BOT = BotIdentity(id=123456789, username="apel_bot")


def heard(text):
    return hear({"text": text, "entities": entities(text)}, BOT)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("/lapor", Wording("", command="lapor")),
        ("/Lapor akuntabel 1: SPJ selesai", Wording("akuntabel 1: SPJ selesai", command="lapor")),
        ("/tanya@apel_bot apa itu SIAP?", Wording("apa itu SIAP?", command="tanya", mentioned=True)),
        ("/tanya@Apel_Bot 😀 x", Wording("😀 x", command="tanya", mentioned=True)),
        ("/anggota\nAnggota 1\nAnggota 2", Wording("Anggota 1\nAnggota 2", command="anggota")),
        ("/tanya@lain_bot apa?", Wording("/tanya@lain_bot apa?", for_another=True)),
        ("coba ketik /lapor", Wording("coba ketik /lapor")),
        ("apa itu akuntabel?", Wording("apa itu akuntabel?")),
        ("@apel_bot apa itu akuntabel?", Wording("apa itu akuntabel?", mentioned=True)),
        ("😀👨‍👩‍👧 halo @apel_bot , apa kabar", Wording("😀👨‍👩‍👧 halo , apa kabar", mentioned=True)),
        ("tanya @APEL_BOT dan @apel_bot", Wording("tanya dan", mentioned=True)),
        ("@apel_bot_lain halo", Wording("@apel_bot_lain halo")),
        ("@apel_bot", Wording("", mentioned=True)),
    ],
)
def test_a_text_is_heard_as(text, wording):
    assert heard(text) == wording


def test_a_name_linked_to_the_bot_is_a_mention():
    entity = {"type": "text_mention", "offset": 5, "length": 4, "user": {"id": BOT.id}}
    assert hear({"text": "Halo Apel apa kabar", "entities": [entity]}, BOT) == Wording("Halo apa kabar", mentioned=True)


def test_what_looks_like_a_command_is_none_without_its_entity():
    assert hear({"text": "/home/data"}, BOT) == Wording("/home/data")


def test_a_caption_may_hold_a_command():
    caption = "/kegiatan rapat"
    assert hear({"caption": caption, "caption_entities": entities(caption)}, BOT).command == "kegiatan"


def test_offsets_that_point_nowhere_do_no_harm():
    entity = {"type": "mention", "offset": 10**9, "length": -5}
    assert hear({"text": "halo", "entities": [entity]}, BOT) == Wording("halo")
