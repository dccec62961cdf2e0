"""The Sender port on WhatsApp: what leaves, as what, and what each answer means."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.whatsapp import ABILITIES
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.sending import WhatsAppSender, who_we_are
from content.message import Choice, Document, Message, Picture
from scheduler import errors
from scheduler.fitting import fitted
from scheduler.sender import Destination, LedgerEntry
from storage.queries import addresses, people
from storage.transaction import Database
from tests.fakes.graph_server import Broken, Hold, Lose

BEGAN = datetime(2026, 11, 30, 7, 30, 0, 250, UTC)
ENTRY = LedgerEntry(17, "answer/value", BEGAN)


@pytest.fixture
async def member(server, database: Database):
    """Somebody who has just written."""
    person = server.person()
    person.says("halo")
    async with database.transaction() as session:
        now = server.clock.now()
        await people.meet_person(session, "whatsapp", person.user_id, person.user_id, "", now, heard_at=now)
    return person


def to(person):
    return Destination("whatsapp", person.user_id)


def fit(text, *labels, **more):
    choices = (tuple(Choice(label, f"a.b:{number}") for number, label in enumerate(labels)),) if labels else ()
    (message,) = fitted(Message(text, choices, **more), ABILITIES)
    return message


async def test_a_text_goes_with_the_number_of_its_row_and_when_it_began(server, sender, member):
    receipt = await sender.send(to(member), fit("<b>Halo</b>"), ENTRY)
    (sent,) = server.messages(member)
    assert receipt.message_ref == sent.reference
    assert sent.payload == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": member.user_id,
        "biz_opaque_callback_data": "17@2026-11-30T07:30:00.000250+00:00",
        "type": "text",
        "text": {"body": "*Halo*", "preview_url": False},
    }


@pytest.mark.parametrize(("count", "kind"), [(1, "button"), (3, "button"), (4, "list"), (10, "list"), (11, "text")])
async def test_choices_take_the_form_that_has_room_for_them(server, sender, member, count, kind):
    await sender.send(to(member), fit("Pilih", *(f"Pilihan {number}" for number in range(count))), ENTRY)
    (sent,) = server.messages(member)
    assert (sent.kind, len(sent.choices)) == (kind, 0 if kind == "text" else count)


async def test_a_label_too_long_for_a_button_makes_a_list_with_it_beneath(server, sender, member):
    await sender.send(to(member), fit("Pilih", "Saya: Anggota yang namanya panjang sekali", "Nama lain"), ENTRY)
    (sent,) = server.messages(member)
    rows = sent.payload["interactive"]["action"]["sections"][0]["rows"]
    assert rows[0]["title"] == "Saya: Anggota yang…"
    assert rows[0]["description"] == "Saya: Anggota yang namanya panjang sekali"


async def test_a_document_is_kept_at_meta_first_and_carries_its_buttons(server, sender, member):
    file = Document("log.csv", b"a;b")
    receipt = await sender.send(to(member), fit("Log", "Simpan", document=file), ENTRY)
    (sent,) = server.messages(member)
    assert server.files[receipt.file_ref] == ("log.csv", b"a;b")
    assert sent.payload["interactive"]["header"]["document"]["filename"] == "log.csv"


async def test_a_picture_goes_by_its_reference_and_another_channels_not_at_all(server, sender, member):
    photo = server.keep_file("foto.jpg", b"x")
    await sender.send(to(member), fit("Bukti", picture=Picture("whatsapp", photo)), ENTRY)
    assert server.messages(member)[0].payload["image"] == {"id": photo, "caption": "Bukti"}
    with pytest.raises(errors.MessageRefused):
        await sender.send(to(member), fit("Bukti", picture=Picture("telegram", photo)), ENTRY)


async def test_who_is_known_by_a_number_alone_gets_it_there(database, server, sender):
    person, name = server.person(user_id=None), addresses.new_name()
    person.says("halo")
    async with database.transaction() as session:
        now = server.clock.now()
        await people.meet_person(session, "whatsapp", name, name, "", now, heard_at=now, phone=person.phone)
    await sender.send(Destination("whatsapp", name), fit("halo"), ENTRY)
    (sent,) = server.messages(person)
    assert (sent.payload["to"], "recipient" in sent.payload) == (person.phone, False)


async def test_who_was_known_by_a_number_that_is_forgotten_cannot_be_reached(server, sender):
    with pytest.raises(errors.RecipientUnreachable) as raised:
        await sender.send(Destination("whatsapp", addresses.new_name()), fit("halo"), ENTRY)
    assert raised.value.reason is errors.UnreachableReason.NOT_FOUND


async def test_outside_of_the_window_nothing_is_handed_over(server, sender, member):
    server.clock.advance(timedelta(hours=23, minutes=49))
    await sender.send(to(member), fit("halo"), ENTRY)
    server.clock.advance(timedelta(minutes=1))
    before = len(server.calls)
    with pytest.raises(errors.WindowClosed):
        await sender.send(to(member), fit("halo"), ENTRY)
    with pytest.raises(errors.WindowClosed):
        await sender.send(Destination("whatsapp", "ID.nobody"), fit("halo"), ENTRY)
    assert len(server.calls) == before


@pytest.mark.parametrize(
    ("fault", "error", "taken"),
    [
        (131056, errors.RecipientBusy, 0),
        (131047, errors.WindowClosed, 0),
        (190, errors.ChannelRefusesUs, 0),
        (131009, errors.Malformed, 0),
        (131000, errors.OutcomeUnknown, 0),
        (Lose(), errors.OutcomeUnknown, 1),
        (Lose(accepted=False), errors.OutcomeUnknown, 0),
        (Broken(), errors.OutcomeUnknown, 0),
        (Broken(200, b'{"messages": [', accepted=True), errors.OutcomeUnknown, 1),
        (Broken(429), errors.ChannelBusy, 0),
        (Hold(), errors.OutcomeUnknown, 0),
    ],
)
async def test_each_answer_has_one_meaning(server, sender, member, fault, error, taken):
    server.next_call(fault)
    with pytest.raises(errors.SendError) as raised:
        await sender.send(to(member), fit("halo"), ENTRY)
    assert type(raised.value) is error
    assert len(server.messages(member)) == taken
    assert server.token not in repr(raised.value)


@pytest.mark.parametrize(
    "told",
    [
        {"code": 131056, "error_user_msg": None, "error_subcode": None},
        {"code": "131056"},
        {"code": 131056.0},
        {"code": 131056, "error_subcode": "2494010", "error_data": {"details": "x"}},
        {"code": 131056, "error_subcode": {"odd": 1}, "error_user_msg": ["odd"], "message": None},
        {"code": 131056, "message": "half \ud83d an emoji"},
    ],
)
async def test_a_code_counts_whatever_stands_beside_it(server, sender, member, told):
    server.next_call(Broken(400, json.dumps({"error": told}).encode()))
    with pytest.raises(errors.RecipientBusy):
        await sender.send(to(member), fit("halo"), ENTRY)


@pytest.mark.parametrize(
    "body", [b'{"error": null}', b'{"error": []}', b"[]", b"null", b'{"error": {"code": "x"}}', b"\xff"]
)
async def test_where_no_code_can_be_read_nobody_knows_what_became_of_it(server, sender, member, body):
    server.next_call(Broken(400, body))
    with pytest.raises(errors.OutcomeUnknown):
        await sender.send(to(member), fit("halo"), ENTRY)


async def test_what_meta_refuses_all_for_is_known_until_it_takes_something(server, sender, member):
    began = server.clock.now()
    for fault, refused in ((131042, "code 131042"), (131042, "code 131042"), (131056, "code 131042"), (None, None)):
        if fault is not None:
            server.next_call(fault)
        with contextlib.suppress(errors.SendError):
            await sender.send(to(member), fit("halo"), ENTRY)
        assert (sender.refused, sender.refused_since) == (refused, refused and began)
        server.clock.advance(timedelta(minutes=1))


async def test_where_nobody_listens_surely_nothing_was_sent(database, server, member):
    graph = Graph("http://127.0.0.1:9", server.phone_id, server.token)
    with pytest.raises(errors.ChannelDown):
        await WhatsAppSender(graph, server.clock, database).send(to(member), fit("halo"), ENTRY)
    await graph.close()


async def test_a_revoked_token_and_an_unknown_number_are_told_apart(server, graph):
    assert (await who_we_are(graph, server.clock.now())).display_phone_number == server.number
    for phone_id, token, error in (
        (server.phone_id, "EAAother", errors.ChannelRefusesUs),
        ("1", server.token, errors.ChannelRefusesUs),
    ):
        other = Graph(server.origin, phone_id, token)
        with pytest.raises(error):
            await who_we_are(other, server.clock.now())
        await other.close()


async def test_what_a_person_wrote_breaks_no_payload(server, sender, member):
    await sender.send(to(member), fit('"}], {\\ \n <b>tebal</b> &amp; &lt;i&gt;'), ENTRY)
    assert json.dumps(server.messages(member)[0].payload)
    assert server.messages(member)[0].text == '"}], {\\ \n *tebal* & <i>'
