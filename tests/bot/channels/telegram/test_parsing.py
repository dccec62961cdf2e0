import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.inbound import Attachment, Chat, InboundMessage, Kind, Poll, Sender
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.parsing import parse_bytes, parse_update
from tests.fakes.telegram_chats import BOT_ID, Button, SentMessage
from tests.fakes.telegram_chats import Poll as TelegramPoll
from tests.fakes.telegram_server import TelegramServer

BOT = BotIdentity(id=BOT_ID, username="apel_bot")
NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)


class Telegram:
    """People and a group without a network: their acts only wait in `pending`."""

    def __init__(self):
        self.server = TelegramServer()
        self.person = self.server.person(11, "Anggota 1")
        self.group = self.server.group(-100500, "Dinas", topics=(4,))
        self.post = SentMessage(-100500, 900, None, "Baca", "Baca", NOW)

    def last(self):
        return parse_update(self.server.pending[-1], BOT, RECEIVED)

    def change_last(self, **fields):
        update = self.server.pending[-1]
        next(content for kind, content in update.items() if kind != "update_id").update(fields)
        return self.last()


@pytest.fixture
def telegram():
    return Telegram()


def test_a_private_text_is_addressed_with_sender_and_time(telegram):
    message_id = telegram.person.says("Apa itu akuntabel?")
    assert telegram.last() == InboundMessage(
        channel="telegram",
        update_id="7001",
        kind=Kind.TEXT,
        chat=Chat("11", private=True),
        sender=Sender("11", "Anggota 1"),
        at=NOW,
        text="Apa itu akuntabel?",
        addressed=True,
        message_ref=str(message_id),
    )


def test_the_payload_of_a_deep_link_is_the_text_of_start(telegram):
    telegram.person.says("/start KODE_rahasia-1")
    said = telegram.last()
    assert (said.kind, said.command, said.text) == (Kind.COMMAND, "start", "KODE_rahasia-1")


@pytest.mark.parametrize(
    ("text", "addressed"),
    [("/jadwal", True), ("/jadwal@apel_bot", True), ("@apel_bot apa itu SIAP", True), ("selamat pagi", False)],
)
def test_a_group_text_is_addressed_only_by_command_or_mention(telegram, text, addressed):
    telegram.person.says(text, to=telegram.group)
    assert telegram.last().addressed is addressed


def test_a_reply_to_the_bot_is_addressed_and_knows_what_it_answers(telegram):
    telegram.person.says("Sudah", to=telegram.group, reply_to=telegram.post)
    said = telegram.last()
    assert (said.addressed, said.reply_to) == (True, "900")


def test_a_reply_to_the_bot_brings_what_the_buttons_there_send(telegram):
    telegram.post.buttons = [[Button("Sudah dibacakan", "done.reading:7", None), Button("Situs", None, "https://a.id")]]
    telegram.person.sends_photo(to=telegram.group, reply_to=telegram.post)
    assert telegram.last().reply_to_buttons == ("done.reading:7",)


@pytest.mark.parametrize("odd", [None, 1, "x", {}, {"inline_keyboard": 1}, {"inline_keyboard": [1, [2, {}], {"a": 1}]}])
def test_odd_buttons_are_none(telegram, odd):
    telegram.person.says("Sudah", to=telegram.group, reply_to=telegram.post)
    ours = {"message_id": 900, "from": {"id": BOT_ID, "is_bot": True}, "reply_markup": odd}
    assert telegram.change_last(reply_to_message=ours).reply_to_buttons == ()


def test_buttons_of_somebody_else_prove_nothing(telegram):
    telegram.person.says("Sudah", to=telegram.group, reply_to=telegram.post)
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "done.reading:7"}]]}
    other = {"message_id": 5, "from": {"id": 12, "is_bot": True}, "reply_markup": markup}
    assert telegram.change_last(reply_to_message=other).reply_to_buttons == ()


def test_a_reply_to_somebody_else_is_not_addressed(telegram):
    telegram.person.says("Sudah", to=telegram.group, reply_to=telegram.post)
    other = {"message_id": 5, "from": {"id": 12, "is_bot": False}}
    assert telegram.change_last(reply_to_message=other).addressed is False


def test_in_a_topic_that_the_bot_opened_not_everything_is_a_reply_to_it(telegram):
    telegram.person.says("halo", to=telegram.group, topic=4)
    opened = {"message_id": 4, "from": {"id": BOT_ID, "is_bot": True}, "forum_topic_created": {"name": "Apel"}}
    said = telegram.change_last(reply_to_message=opened)
    assert (said.addressed, said.reply_to, said.chat.topic_id) == (False, None, "4")


def test_a_chain_of_replies_is_not_a_topic(telegram):
    telegram.person.says("halo", to=telegram.group)
    assert telegram.change_last(message_thread_id=77).chat.topic_id is None


def test_a_command_for_another_bot_is_nothing_in_a_group(telegram):
    telegram.person.says("/start@lain_bot", to=telegram.group)
    assert telegram.last() is None


def test_a_command_for_another_bot_in_private_is_a_text(telegram):
    telegram.person.says("/start@lain_bot")
    said = telegram.last()
    assert (said.kind, said.text, said.addressed) == (Kind.TEXT, "/start@lain_bot", True)


def test_an_edit_is_marked(telegram):
    telegram.person.edits(3, "/lapor x")
    said = telegram.last()
    assert (said.edited, said.kind, said.message_ref) == (True, Kind.COMMAND, "3")


def test_a_forwarded_command_is_a_text_and_not_addressed_in_a_group(telegram):
    telegram.person.forwards("/siar libur", to=telegram.group)
    said = telegram.last()
    assert (said.forwarded, said.kind, said.command, said.text) == (True, Kind.TEXT, None, "/siar libur")
    assert said.addressed is False


def test_a_photo_is_its_largest_size_with_caption_and_album(telegram):
    telegram.person.sends_photo("Apel pagi", to=telegram.group, reply_to=telegram.post, album="A1")
    said = telegram.last()
    assert (said.kind, said.text, said.album, said.addressed) == (Kind.PHOTO, "Apel pagi", "A1", True)
    assert said.attachment == Attachment("file-1", size=90_000)


def test_a_document_has_its_name_and_size(telegram):
    telegram.person.sends_document("spj.pdf", "bukti")
    said = telegram.last()
    assert (said.kind, said.text) == (Kind.FILE, "bukti")
    assert said.attachment == Attachment("file-1", name="spj.pdf", size=11)


def test_a_caption_with_a_command_keeps_its_photo(telegram):
    telegram.person.sends_photo("/kegiatan rapat")
    said = telegram.last()
    assert (said.kind, said.command, said.text, said.attachment.file_ref) == (
        Kind.COMMAND,
        "kegiatan",
        "rapat",
        "file-1",
    )


@pytest.mark.parametrize("content", ["sticker", "voice", "video", "location", "contact", "poll", "animation", "dice"])
def test_what_we_cannot_use_is_other(telegram, content):
    telegram.person.says("x")
    telegram.server.pending[-1]["message"].pop("text")
    assert telegram.change_last(**{content: {}}).kind is Kind.OTHER


@pytest.mark.parametrize("service", ["new_chat_members", "pinned_message", "new_chat_title", "video_chat_started"])
def test_other_service_messages_are_nothing(telegram, service):
    telegram.person.says("x", to=telegram.group)
    telegram.server.pending[-1]["message"].pop("text")
    assert telegram.change_last(**{service: {}}) is None


def test_a_press_carries_data_message_and_the_time_it_was_received(telegram):
    press_id = telegram.person.presses_data(telegram.post, "reading.done:12")
    assert telegram.last() == InboundMessage(
        channel="telegram",
        update_id="7001",
        kind=Kind.PRESS,
        chat=Chat("-100500", private=False, title="Dinas"),
        sender=Sender("11", "Anggota 1"),
        at=RECEIVED,
        text="reading.done:12",
        addressed=True,
        message_ref="900",
        press_id=press_id,
    )


def test_a_press_on_a_message_too_old_to_be_shown_still_works(telegram):
    telegram.person.presses_data(telegram.post, "reading.done:12", accessible=False)
    said = telegram.last()
    assert (said.kind, said.chat.chat_id, said.message_ref) == (Kind.PRESS, "-100500", "900")


def test_an_anonymous_admin_is_heard_without_a_name(telegram):
    telegram.group.anonymous_admin_says("/jadwal")
    said = telegram.last()
    assert (said.sender, said.command) == (Sender("1087968824", "Dinas", anonymous=True), "jadwal")


def test_a_person_who_writes_as_a_channel_is_anonymous(telegram):
    telegram.person.says("/jadwal", to=telegram.group)
    assert telegram.change_last(**{"from": {"id": 136817688, "is_bot": True}}).sender.anonymous is True


def test_other_bots_are_nothing(telegram):
    telegram.person.says("/jadwal", to=telegram.group)
    assert telegram.change_last(**{"from": {"id": 5, "is_bot": True}}) is None


def test_automatic_forwards_and_channel_posts_are_nothing(telegram):
    telegram.person.says("/jadwal", to=telegram.group)
    assert telegram.change_last(is_automatic_forward=True) is None
    telegram.server.push("channel_post", {"message_id": 1, "chat": {"id": -9, "type": "channel"}, "text": "x"})
    assert telegram.last() is None


def test_a_migration_is_told_from_both_sides(telegram):
    telegram.server.group(-5, "Bagian")
    group = telegram.server.group(-6, "Bagian")
    group.migrates(-1006, telegram.person)
    sides = [parse_update(update, BOT, RECEIVED) for update in telegram.server.pending]
    assert [(side.kind, side.chat.chat_id, side.moved_to) for side in sides] == [
        (Kind.GROUP_MOVED, "-6", "-1006"),
        (Kind.GROUP_MOVED, "-6", "-1006"),
    ]


def test_topics_close_and_reopen_even_by_another_bot(telegram):
    telegram.group.closes_topic(4, telegram.person)
    closed = telegram.change_last(**{"from": {"id": 5, "is_bot": True}})
    assert (closed.kind, closed.chat.topic_id) == (Kind.TOPIC_CLOSED, "4")
    telegram.group.opens_topic(4, telegram.person)
    assert telegram.last().kind is Kind.TOPIC_REOPENED


def test_membership_events(telegram):
    telegram.group.adds_bot(telegram.person)
    assert telegram.last().kind is Kind.GROUP_JOINED
    telegram.group.mutes_bot(telegram.person)
    assert telegram.last().kind is Kind.GROUP_MUTED
    telegram.group.removes_bot(telegram.person)
    assert telegram.last().kind is Kind.GROUP_LEFT
    telegram.person.blocks_bot()
    assert telegram.last().kind is Kind.PERSON_BLOCKED


def test_a_deleted_account_has_no_name(telegram):
    telegram.person.says("x")
    assert telegram.change_last(**{"from": {"id": 11, "is_bot": False, "first_name": ""}}).sender == Sender("11")


def test_half_a_surrogate_pair_becomes_storable_text(telegram):
    telegram.person.says("x")
    assert telegram.change_last(text="a\ud800b\x00").text == "a?b"


def test_stored_bytes_are_read_and_broken_ones_are_nothing(telegram):
    telegram.person.says("halo")
    raw = json.dumps(telegram.server.pending[-1]).encode()
    assert parse_bytes(raw, BOT, RECEIVED) == telegram.last()
    for broken in (b"", b"{", b"\xff", b"[1]", b"[" * 100_000):
        assert parse_bytes(broken, BOT, RECEIVED) is None


def _samples():
    telegram = Telegram()
    telegram.person.says("/tanya@apel_bot 😀 x", to=telegram.group, topic=4, reply_to=telegram.post)
    telegram.person.says("@apel_bot halo", to=telegram.group)
    telegram.person.edits(3, "halo")
    telegram.person.sends_photo("/kegiatan", album="A")
    telegram.person.sends_document(caption="x")
    telegram.person.presses_data(telegram.post, "a:1")
    telegram.group.migrates(-1006, telegram.person)
    telegram.group.adds_bot(telegram.person)
    telegram.person.blocks_bot()
    telegram.group.closes_topic(4, telegram.person)
    return telegram.server.pending


SAMPLES = _samples()
LEAVES = st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner), max_leaves=5
)


def _paths(value, path=()):
    yield path
    for name, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from _paths(inner, (*path, name))


def _replaced(value, path, new):
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = _replaced(value[path[0]], path[1:], new)
    return value


@given(st.data())
def test_nothing_odd_ever_raises(data):
    update = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 3))):
        update = _replaced(update, data.draw(st.sampled_from(list(_paths(update)))), data.draw(JSON))
    said = parse_update(update, BOT, RECEIVED)
    assert said is None or (isinstance(said, InboundMessage) and said.at.tzinfo is not None)


def quiz_with_one_vote(telegram):
    quiz = TelegramPoll("5001", "Nilai apa?", ["Akuntabel", "Loyal"], [1], "Loyal 2")
    telegram.person.votes(SentMessage(-100500, 901, None, "", "", NOW, poll=quiz), "Loyal")


def test_votes_are_counts_without_chat_and_person(telegram):
    quiz_with_one_vote(telegram)
    assert telegram.last() == InboundMessage(
        channel="telegram",
        update_id="7001",
        kind=Kind.VOTES,
        chat=Chat("", private=False),
        sender=Sender("", anonymous=True),
        at=RECEIVED,
        poll=Poll("5001", "Nilai apa?", 1, (0, 1)),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"total_voter_count": "1"},
        {"total_voter_count": 0},
        {"total_voter_count": 2**40},
        {"options": [{"voter_count": -1}]},
        {"options": [{"voter_count": 2}]},
    ],
)
def test_votes_that_cannot_be_are_nothing_to_us(telegram, fields):
    quiz_with_one_vote(telegram)
    assert telegram.change_last(**fields) is None
