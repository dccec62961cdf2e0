import logging

import pytest

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.sending import TelegramSender
from content.message import Choice, Document, Message, Picture, Quiz
from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    Malformed,
    MessageRefused,
    OutcomeUnknown,
    RecipientMoved,
    RecipientUnreachable,
    Throttled,
    UnreachableReason,
)
from scheduler.sender import Destination, LedgerEntry, SendReceipt
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

GROUP = Destination("telegram", "-100500")
PRIVATE = Destination("telegram", "11")
CHOICES = ((Choice("Sudah dibacakan", "reading.done:12"),), (Choice("Panduan", url="https://example.go.id"),))


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        server.group(-100500, "Dinas", topics=(4,))
        server.person(11)
        yield server


@pytest.fixture
async def sender(server):
    connection = Connection(server.token, server.origin)
    yield TelegramSender(connection.bot, server.clock)
    await connection.close()


@pytest.fixture
async def impatient(server):
    connection = Connection(server.token, server.origin, answer_seconds=0.3)
    yield TelegramSender(connection.bot, server.clock)
    await connection.close()


async def test_text_markup_and_buttons_arrive(server, sender):
    receipt = await sender.send(GROUP, Message("<b>Selamat pagi</b> &lt;&amp;&#39;", CHOICES))
    [message] = server.messages(-100500)
    assert receipt == SendReceipt(str(message.message_id))
    assert (message.text, message.labels) == ("Selamat pagi <&'", ["Sudah dibacakan", "Panduan"])
    assert message.button("Sudah dibacakan").data == "reading.done:12"


async def test_a_topic_is_kept(server, sender):
    await sender.send(Destination("telegram", "-100500", "4"), Message("halo"))
    assert server.messages(-100500)[0].topic_id == 4


async def test_a_document_arrives_whole_and_gives_its_reference(server, sender):
    data = b"\xef\xbb\xbfa,b\r\n1,2\r\n"
    receipt = await sender.send(PRIVATE, Message("Log", document=Document("log.csv", data)))
    [message] = server.messages(11)
    assert (message.document.name, message.document.data, message.text) == ("log.csv", data, "Log")
    assert receipt.file_ref == f"document-{message.message_id}"


async def test_a_picture_goes_by_its_reference(server, sender):
    server.person(12).sends_photo()
    receipt = await sender.send(GROUP, Message("Siaran", CHOICES, picture=Picture("telegram", "file-1")))
    [message] = server.messages(-100500)
    assert (message.photo, message.text, receipt.file_ref) == ("file-1", "Siaran", "file-1")


async def test_a_picture_of_another_channel_is_refused(sender):
    with pytest.raises(MessageRefused):
        await sender.send(GROUP, Message("Siaran", picture=Picture("console", "file-1")))


async def test_an_edit_replaces_text_and_buttons(server, sender):
    receipt = await sender.send(GROUP, Message("Baca", CHOICES))
    assert await sender.edit(GROUP, receipt.message_ref, Message("Sudah <i>dibacakan</i>")) == receipt
    [message] = server.messages(-100500)
    assert (message.text, message.buttons, message.edits) == ("Sudah dibacakan", [], ["Baca"])


async def test_an_edit_without_effect_is_a_success(sender):
    receipt = await sender.send(GROUP, Message("Baca", CHOICES))
    assert await sender.edit(GROUP, receipt.message_ref, Message("Baca", CHOICES)) == receipt


async def test_the_caption_of_a_picture_can_be_edited(server, sender):
    server.person(12).sends_photo()
    receipt = await sender.send(GROUP, Message("Siaran", picture=Picture("telegram", "file-1")))
    await sender.edit(GROUP, receipt.message_ref, Message("Siaran berhenti"))
    assert server.messages(-100500)[0].text == "Siaran berhenti"


async def test_an_edit_of_nothing_is_refused(sender):
    with pytest.raises(MessageRefused):
        await sender.edit(GROUP, "77", Message("x"))


async def test_an_edit_whose_answer_was_lost_may_be_tried_again(server, sender):
    receipt = await sender.send(GROUP, Message("Baca"))
    server.next_call(faults.lost_answer(), method="editMessageText")
    with pytest.raises(ChannelDown):
        await sender.edit(GROUP, receipt.message_ref, Message("Sudah"))


async def test_broken_markup_is_sent_once_as_plain_text(server, sender, caplog):
    server.next_call(faults.bad_request('can\'t parse entities: unsupported start tag "rahasia" at byte offset 3'))
    await sender.send(GROUP, Message("<b>Baca &amp; sebut</b>"), LedgerEntry(7, "reading/post"))
    [message] = server.messages(-100500)
    assert (message.text, message.raw_text) == ("Baca & sebut", "Baca & sebut")
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "of reading/post (byte offset 3)" in line.getMessage()
    assert line.delivery == 7
    assert "rahasia" not in caplog.text


async def test_an_edit_with_broken_markup_is_made_once_as_plain_text(server, sender, caplog):
    receipt = await sender.send(GROUP, Message("Baca"))
    server.next_call(faults.bad_request("can't parse entities: byte offset 3"), method="editMessageText")
    await sender.edit(GROUP, receipt.message_ref, Message("<b>Sudah</b>"))
    assert server.messages(-100500)[0].text == "Sudah"
    assert caplog.records[-1].message_ref == receipt.message_ref


async def test_a_name_full_of_html_does_no_harm(server, sender):
    await sender.send(GROUP, Message("Halo &lt;script&gt;<b>&lt;/b&gt;</b> <u>x</u>"))
    assert server.messages(-100500)[0].text == "Halo <script></b> <u>x</u>"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.throttled(30), Throttled),
        (faults.Refuse(429, "Too Many Requests: try later"), Throttled),
        (faults.forbidden(), RecipientUnreachable),
        (faults.unauthorized(), ChannelRefusesUs),
        (faults.Refuse(404, "Not Found"), ChannelRefusesUs),
        (faults.migrated(-100900), RecipientMoved),
        (faults.bad_request("message text is empty"), Malformed),
        (faults.Refuse(413, "Request Entity Too Large"), Malformed),
        (faults.server_error(500), OutcomeUnknown),
        (faults.server_error(502, "Bad Gateway"), OutcomeUnknown),
        (faults.Break(b"<html>", accepted=False), OutcomeUnknown),
        (faults.Break(b'{"ok": true}'), OutcomeUnknown),
        (faults.Break(b'{"ok": true, "result": 5}'), OutcomeUnknown),
        (faults.broken_answer(), OutcomeUnknown),
        (faults.lost_answer(), OutcomeUnknown),
        (faults.lost_request(), OutcomeUnknown),
    ],
)
async def test_over_the_wire_it_means(server, sender, fault, error):
    server.next_call(fault)
    with pytest.raises(error) as caught:
        await sender.send(GROUP, Message("halo"))
    assert type(caught.value) is error


async def test_no_answer_in_time_leaves_the_outcome_unknown(server, impatient):
    server.next_call(faults.never_answered())
    with pytest.raises(OutcomeUnknown):
        await impatient.send(GROUP, Message("halo"))


async def test_a_lost_answer_does_not_mean_that_nothing_was_sent(server, sender):
    server.next_call(faults.lost_answer())
    with pytest.raises(OutcomeUnknown):
        await sender.send(GROUP, Message("halo"))
    assert [message.text for message in server.messages(-100500)] == ["halo"]


async def test_sent_and_deleted_at_once_counts_as_sent(server, sender):
    server.next_call(faults.server_error(500, "Internal Server Error: sent message was immediately deleted"))
    assert await sender.send(GROUP, Message("halo")) == SendReceipt(None)


async def test_nobody_listening_means_surely_not_sent():
    connection = Connection("1:AAAA", "http://127.0.0.1:9", answer_seconds=1)
    with pytest.raises(ChannelDown):
        await TelegramSender(connection.bot, TelegramServer().clock).send(GROUP, Message("halo"))
    await connection.close()


async def test_too_long_is_refused_and_not_cut(sender):
    with pytest.raises(MessageRefused):
        await sender.send(GROUP, Message("a" * 4097))


async def test_button_data_over_64_bytes_is_refused(sender):
    with pytest.raises(MessageRefused):
        await sender.send(GROUP, Message("x", ((Choice("Ya", "x" * 65),),)))


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda server, person, group: person.blocks_bot(), UnreachableReason.BLOCKED),
        (lambda server, person, group: person.deletes_account(), UnreachableReason.DEACTIVATED),
        (lambda server, person, group: person.has_never_started(), UnreachableReason.NEVER_STARTED),
    ],
)
async def test_a_person_who_cannot_be_written_to(server, sender, happens, reason):
    happens(server, server.people[11], None)
    with pytest.raises(RecipientUnreachable) as caught:
        await sender.send(PRIVATE, Message("halo"))
    assert caught.value.reason is reason


async def test_a_group_that_cannot_be_written_to(server, sender):
    group, person = server.group(-100700), server.people[11]
    for happens, reason in (
        (lambda: group.mutes_bot(person), UnreachableReason.MUTED),
        (lambda: group.removes_bot(person), UnreachableReason.REMOVED),
    ):
        happens()
        with pytest.raises(RecipientUnreachable) as caught:
            await sender.send(Destination("telegram", "-100700"), Message("halo"))
        assert caught.value.reason is reason


async def test_topics_close_and_vanish(server, sender):
    topic = Destination("telegram", "-100500", "4")
    group = server.group(-100500, topics=(4,))
    group.closes_topic(4, server.people[11])
    with pytest.raises(RecipientUnreachable) as closed:
        await sender.send(topic, Message("halo"))
    group.deletes_topic(4)
    with pytest.raises(RecipientUnreachable) as gone:
        await sender.send(topic, Message("halo"))
    assert (closed.value.reason, gone.value.reason) == (UnreachableReason.TOPIC_CLOSED, UnreachableReason.TOPIC_GONE)


async def test_a_moved_group_tells_where(server, sender):
    server.group(-5, "Bagian").migrates(-1005, server.people[11], told=False)
    with pytest.raises(RecipientMoved) as caught:
        await sender.send(Destination("telegram", "-5"), Message("halo"))
    assert caught.value.chat_id == "-1005"


@pytest.mark.parametrize("chat_id", ["999", "bukan-nomor"])
async def test_an_unknown_chat_is_unreachable(sender, chat_id):
    with pytest.raises(RecipientUnreachable):
        await sender.send(Destination("telegram", chat_id), Message("halo"))


async def test_a_press_is_answered_once_and_a_failed_answer_is_no_failure(server, sender, caplog):
    caplog.set_level(logging.INFO)
    await sender.send(GROUP, Message("Baca", CHOICES))
    press = server.people[11].presses(server.messages(-100500)[0], "Sudah dibacakan")
    await sender.acknowledge(press, "Tercatat " * 50)
    await sender.acknowledge(press, "Tercatat")
    await sender.acknowledge("press-unknown")
    assert server.answers == {press: ("Tercatat " * 50)[:200]}
    assert "BadRequest" in caplog.text


async def test_the_bot_knows_itself(server, sender):
    assert await sender.identity() == BotIdentity(123456789, "apel_bot", reads_everything=True)


async def test_identity_waits_for_better_times(server, sender):
    for fault, error in (
        (faults.server_error(), ChannelDown),
        (faults.lost_answer(), ChannelDown),
        (faults.unauthorized(), ChannelRefusesUs),
    ):
        server.next_call(fault, method="getMe")
        with pytest.raises(error):
            await sender.identity()


async def test_commands_are_shown_in_both_kinds_of_chat(server, sender):
    await sender.set_commands({"lapor": "Buat laporan"}, {"rapat": "Buka rapat"})
    assert server.commands == {
        "all_private_chats": {"lapor": "Buat laporan"},
        "all_group_chats": {"rapat": "Buka rapat"},
    }


QUIZ = Message("<b>Kuis</b>", CHOICES, quiz=Quiz("Nilai apa?", ("Akuntabel", "Loyal"), 1, "Loyal 2: “setia” (Pasal 8)"))


async def test_a_quiz_arrives_as_an_anonymous_poll_with_its_reference_and_no_buttons(server, sender):
    receipt = await sender.send(Destination("telegram", "-100500", "4"), QUIZ)
    [message] = server.messages(-100500)
    poll = message.poll
    assert receipt == SendReceipt(str(message.message_id), poll_ref=poll.poll_id)
    assert (poll.question, poll.options, poll.right) == ("Nilai apa?", ["Akuntabel", "Loyal"], [1])
    assert (poll.explanation, message.labels, message.topic_id) == ("Loyal 2: “setia” (Pasal 8)", [], 4)


async def test_a_group_that_allows_no_polls_gets_the_quiz_as_text(server, sender):
    server.chats[-100500].allows_polls = False
    receipt = await sender.send(GROUP, QUIZ)
    [message] = server.messages(-100500)
    assert (receipt.poll_ref, message.text, len(message.labels)) == (None, "Kuis", 2)


async def test_a_quiz_whose_answer_was_lost_is_of_unknown_outcome_and_sent_no_second_time(server, impatient):
    server.next_call(faults.lost_answer(), method="sendPoll")
    with pytest.raises(OutcomeUnknown):
        await impatient.send(GROUP, QUIZ)
    assert len(server.messages(-100500)) == 1


async def test_a_quiz_beyond_the_limits_is_refused(server, sender):
    too_long = Quiz("Nilai apa?", ("Akuntabel", "L" * 101), 1, "Loyal")
    with pytest.raises(MessageRefused):
        await sender.send(GROUP, Message("Kuis", quiz=too_long))
    assert server.messages(-100500) == []
