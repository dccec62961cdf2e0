"""An event of Meta's as what somebody said, or what became of a message of ours."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.channels.inbound import Attachment, Chat, Kind, Unreadable
from bot.channels.whatsapp.parsing import parse_event
from bot.channels.whatsapp.splitting import events
from bot.channels.whatsapp.tracker import tracked, tracker
from bot.invitations import code_in, create_invitation
from bot.offices import add_office
from content.regulation_loader import load_regulations
from scheduler import errors
from scheduler.changed_accounts import AccountChange
from scheduler.delivery_status import Stage
from scheduler.template_states import TemplateNews
from storage.models import Role
from tests.fakes.graph_chats import Sent
from tests.fakes.graph_server import GraphServer, Template

NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


@pytest.fixture
def server():
    return GraphServer()


def read(server, phone_id=None):
    """The newest event as the bot reads it."""
    raw = [raw for raw, _ in server.posts()][-1]
    ((_, event),) = events(raw)
    return parse_event(event, phone_id or server.phone_id, NOW, server.account_id)


def test_a_text_names_person_chat_and_time(server):
    person = server.person("Anggota 1")
    said = person.says("Apa itu loyal?")
    message = read(server)
    assert (message.kind, message.text, message.update_id) == (Kind.TEXT, "Apa itu loyal?", said["id"])
    assert message.chat == Chat(person.user_id, private=True)
    sender = message.sender
    assert (sender.user_id, sender.name, sender.phone) == (person.user_id, "Anggota 1", person.phone)
    assert (message.at, message.message_ref, message.addressed) == (NOW, said["id"], True)


@pytest.mark.parametrize(("ids", "name"), [({"user_id": None}, ""), ({"phone": None}, "ID.9000000000000001")])
def test_one_of_the_two_ids_is_enough(server, ids, name):
    server.person(**ids).says("halo")
    message = read(server)
    assert message.sender.user_id == name
    assert message.chat.chat_id == name


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("Gabung AbCd-EfGh_IjKlMn", "start", "AbCd-EfGh_IjKlMn"),
        ("gabung: AbCd-EfGh_IjKlMn ", "start", "AbCd-EfGh_IjKlMn"),
        ("/lapor akuntabel 2: SPJ", "lapor", "akuntabel 2: SPJ"),
        ("/LAPOR", "lapor", ""),
        ("/anggota\nAnggota 1\nAnggota 2", "anggota", "Anggota 1\nAnggota 2"),
    ],
)
def test_links_and_commands_are_heard(server, text, command, rest):
    server.person().says(text)
    message = read(server)
    assert (message.kind, message.command, message.text) == (Kind.COMMAND, command, rest)


@pytest.mark.parametrize(
    "text",
    [
        "Gabung 0123456789ABCDEF",
        "GABUNG 0123456789ABCDEF.",
        "Halo, Gabung 0123456789ABCDEF",
        "*Gabung 0123456789ABCDEF*",
        "_Gabung 0123456789ABCDEF_ 🙏",
        "Gabung 0123456789ABCDEF\n\nTerima kasih",
        'Gabung "0123456789ABCDEF"',
        "Gabung`0123456789ABCDEF`",
        "Gabung kode: 0123456789ABCDEF ya",
        "Assalamualaikum\nGabung\n0123456789ABCDEF",
    ],
)
def test_the_code_is_found_in_whatever_is_written_around_it(server, text):
    server.person().says(text)
    message = read(server)
    assert (message.kind, message.command, message.text) == (Kind.COMMAND, "start", "0123456789ABCDEF")


@pytest.mark.parametrize("around", ["Gabung {}", "gabung kode: {}.", "*GABUNG {}*"])
@pytest.mark.parametrize("code", ["0123 4567 89AB CDEF", "01234567-89ABCDEF"])
def test_a_code_set_in_groups_is_handed_on_as_it_was_typed(server, around, code):
    server.person().says(around.format(code))
    message = read(server)
    assert (message.kind, message.command) == (Kind.COMMAND, "start")
    assert code_in(message.text) == "0123456789ABCDEF"


async def test_every_code_that_is_handed_out_is_found_so(server, database):
    async with database.transaction() as session:
        office = await add_office(session, "Dinas Kominfo", load_regulations()["karanganyar-44-2023"], None, NOW)
        code = (await create_invitation(session, office, Role.ANGGOTA, 1, NOW)).code
    server.person().says(f"Halo, Gabung {code}!")
    assert read(server).text == code


@pytest.mark.parametrize(
    "text", ["gabung yuk teman-teman", "gabung selamat pagi semua", "lapor", "/ 5", "1/2", "Gabungan 0123456789ABCDEF"]
)
def test_other_words_are_words(server, text):
    server.person().says(text)
    assert (read(server).kind) is Kind.TEXT


@pytest.mark.parametrize("kind", ["button", "list"])
def test_a_tap_is_a_press_on_the_message_it_stood_under(server, kind):
    shown = [{"type": "reply", "reply": {"id": "report.save:1", "title": "Simpan"}}]
    rows = [{"rows": [{"id": "report.save:1", "title": "Simpan"}]}]
    action = {"buttons": shown} if kind == "button" else {"sections": rows}
    payload = {"type": "interactive", "interactive": {"type": kind, "body": {"text": "x"}, "action": action}}
    server.person().taps(Sent("wamid.ours", payload, NOW), "Simpan")
    message = read(server)
    assert (message.kind, message.text, message.message_ref) == (Kind.PRESS, "report.save:1", "wamid.ours")


def test_a_tap_under_a_template_is_a_press_where_it_sends_an_action(server):
    person = server.person()
    person.taps_template("read.push:5", "Baca")
    message = read(server)
    assert (message.kind, message.text, message.message_ref) == (Kind.PRESS, "read.push:5", "wamid.template")
    person.taps_template("Baca", "Baca")
    message = read(server)
    assert (message.kind, message.text) == (Kind.TEXT, "Baca")


def test_photos_and_files_keep_metas_reference(server):
    person = server.person()
    person.sends_photo("bukti")
    message = read(server)
    assert (message.kind, message.text, message.attachment) == (Kind.PHOTO, "bukti", Attachment("media-1"))
    person.sends("document", {"id": "media-9", "filename": "laporan.pdf"})
    assert read(server).attachment == Attachment("media-9", "laporan.pdf")


def test_a_caption_is_read_as_the_text_that_it_is(server):
    person = server.person()
    person.sends_photo("/lapor akuntabel 2: rapat")
    message = read(server)
    assert (message.kind, message.command, message.text) == (Kind.COMMAND, "lapor", "akuntabel 2: rapat")
    assert message.attachment == Attachment("media-1")
    person.sends("document", {"id": "media-9", "filename": "a.pdf", "caption": "Gabung ABCDEFGH12345678"})
    message = read(server)
    assert (message.command, message.attachment) == ("start", Attachment("media-9", "a.pdf"))


@pytest.mark.parametrize("kind", ["sticker", "audio", "location", "contacts", "unsupported", "video"])
def test_what_we_do_not_work_with_is_told_apart(server, kind):
    server.person().sends(kind, {"id": "x"})
    assert read(server).kind is Kind.OTHER


def test_a_changed_number_names_the_account_as_it_was_and_as_it_is(server):
    server.person().changes_number("ID.2", "62899")
    assert read(server) == AccountChange(
        channel="whatsapp",
        at=NOW,
        user_id="ID.9000000000000001",
        phone="6281200000001",
        called="ID.2",
        new_phone="62899",
    )
    server.person(phone=None).changes_number("ID.3", None)
    change = read(server)
    assert (change.user_id, change.phone, change.called, change.new_phone) == (
        "ID.9000000000000002",
        None,
        "ID.3",
        None,
    )
    server.person(user_id=None).changes_number(None, "62898", type="customer_changed_number")
    change = read(server)
    assert (change.user_id, change.called, change.new_phone) == (None, None, "62898")


@pytest.mark.parametrize(
    "told", [{"type": "customer_identity_changed"}, {"type": None}, {"wa_id": None, "user_id": None}, {"type": ["x"]}]
)
def test_what_else_is_told_of_an_account_changes_nothing(server, told):
    server.person().changes_number("ID.2", "62899", **told)
    assert read(server) is None


@pytest.mark.parametrize("kind", ["reaction", "system"])
def test_what_nobody_said_is_answered_to_nobody(server, kind):
    server.person().sends(kind, {"body": "x"})
    assert read(server) is None


def test_a_forwarded_text_is_known_as_such(server):
    server.person().says("halo", forwarded=True)
    assert read(server).forwarded


def test_another_number_of_the_account_is_passed_over(server):
    server.person().says("halo")
    assert read(server, phone_id="999") is None


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_a_status_names_its_row_and_the_attempt(server, status):
    sent = Sent("wamid.1", {"recipient": "ID.1", "biz_opaque_callback_data": tracker(17, NOW), "type": "text"}, NOW)
    server.tells(sent, status)
    found = read(server)
    assert (found.stage, found.message_ref, found.at) == (Stage(status), "wamid.1", NOW)
    assert (found.delivery, found.began) == (17, NOW)
    assert found.error is None


@pytest.mark.parametrize(
    ("pricing", "category"),
    [
        ({"billable": True, "pricing_model": "PMP", "category": "utility"}, "utility"),
        ({"category": ""}, None),
        ({}, None),
        (None, None),
        ({"category": "x" * 500}, "x" * 40),
    ],
)
def test_a_status_tells_as_what_the_message_is_charged(server, pricing, category):
    server.tells(Sent("wamid.1", {"to": "62811", "type": "text"}, NOW), "sent", pricing=pricing)
    assert read(server).charged_as == category


def test_a_template_tells_its_new_state_or_category_and_since_when(server):
    server.templates["apel_rapat"] = Template("apel_rapat")
    server.tells_of_template("apel_rapat", "PAUSED")
    assert read(server) == TemplateNews("whatsapp", "apel_rapat", "id", NOW, status="PAUSED")
    server.tells_of_template("apel_rapat", "", category="MARKETING")
    assert read(server) == TemplateNews("whatsapp", "apel_rapat", "id", NOW, category="MARKETING")


@pytest.mark.parametrize("account", ["another", None])
def test_another_accounts_templates_are_nothing_to_us(server, account):
    server.templates["apel_rapat"] = Template("apel_rapat")
    server.tells_of_template("apel_rapat", "PAUSED")
    ((_, event),) = events([raw for raw, _ in server.posts()][-1])
    assert parse_event(event, server.phone_id, NOW, account) is None


@pytest.mark.parametrize("time", [None, "x", 0.5, 10**30, []])
def test_news_of_a_template_without_a_time_count_from_when_they_came(server, time):
    value = {"message_template_name": "apel_rapat", "message_template_language": "id", "event": "APPROVED"}
    raw = json.dumps({"entry": [{"id": "1", "time": time, "changes": [{"value": value}]}]}).encode()
    assert parse_event(raw, server.phone_id, NOW, "1").at == NOW


@pytest.mark.parametrize(
    ("codes", "error"), [((131047,), errors.WindowClosed), ((131026, 1), errors.RecipientUnreachable), ((), type(None))]
)
def test_a_failure_says_why(server, codes, error):
    server.tells(Sent("wamid.1", {"to": "62811", "type": "text"}, NOW), "failed", *codes)
    found = read(server)
    assert (found.stage, type(found.error), found.delivery) == (Stage.FAILED, error, None)


def value(**told):
    return json.dumps({"entry": [{"changes": [{"value": told}]}]}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        value(statuses=[{"id": "w", "status": "warming"}]),
        value(messages=[{"type": "reaction"}]),
        value(event="DISABLED_UPDATE"),
        value(messages=None, statuses={}),
    ],
)
def test_what_says_nothing_to_us_is_passed_over(raw):
    assert parse_event(raw, "1060000000001", NOW) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"entry": {}}',
        b'{"entry": [{"changes": [{"field": "account_update"}]}]}',
        b"[" * 20_000,
        value(messages=[{"id": 5}]),
        value(messages=[{"id": "w", "type": "text", "text": {"body": "x"}}]),
        value(statuses=[{"status": "sent"}]),
        value(statuses=[{"id": "w", "status": None}]),
    ],
)
def test_what_nobody_can_make_sense_of_is_said_to_be_so(raw):
    with pytest.raises(Unreadable):
        parse_event(raw, "1060000000001", NOW)


WHOLE_STATUS = {"id": "w", "status": "failed", "timestamp": "1796000000", "biz_opaque_callback_data": tracker(7, NOW)}


@pytest.mark.parametrize(
    "odd",
    [
        {"timestamp": 1796000000},
        {"errors": None},
        {"errors": [None, 5, {"code": {}}]},
        {"pricing": None},
        {"pricing": {"category": None}},
        {"pricing": "utility"},
        {"recipient_id": None},
    ],
)
def test_an_odd_field_costs_a_status_nothing_else(odd):
    found = parse_event(value(statuses=[WHOLE_STATUS | odd]), "1060000000001", NOW)
    assert (found.message_ref, found.stage, found.delivery) == ("w", Stage.FAILED, 7)
    assert (found.at, found.error, found.charged_as) == (datetime.fromtimestamp(1796000000, UTC), None, None)


NOT_OURS = ["17", "17@", "@2026-11-30T00:00:00+00:00", "17@2026-11-30", "17@2026-11-30T00:00:00", "-17@", "a@b@c"]
NUMBERS_OF_NO_ROW = [f"{number}@2026-11-30T00:00:00+00:00" for number in ("-17", "٣", "9" * 18, "1.5", "")]


@pytest.mark.parametrize("odd", [None, True, [], 7, 7.5, 10**30, *NOT_OURS, *NUMBERS_OF_NO_ROW])
def test_a_tracker_that_is_none_is_as_if_missing(odd):
    raw = value(statuses=[WHOLE_STATUS | {"biz_opaque_callback_data": odd}])
    found = parse_event(raw, "1060000000001", NOW)
    assert (found.delivery, found.began, found.message_ref) == (None, None, "w")


@pytest.mark.parametrize("row", [1, 10**17 - 1])
def test_a_tracker_comes_back_as_what_it_was_whatever_its_zone(row):
    began = NOW.replace(microsecond=123456).astimezone(ZoneInfo("Asia/Jayapura"))
    assert tracked(tracker(row, began)) == (row, began)
    assert len(tracker(row, began)) < 512


@pytest.mark.parametrize("code", [131047, "131047"])
def test_the_code_of_an_error_is_a_number_however_it_is_written(code):
    found = parse_event(value(statuses=[WHOLE_STATUS | {"errors": [{"code": code}]}]), "1060000000001", NOW)
    assert type(found.error) is errors.WindowClosed


@pytest.mark.parametrize(
    ("odd", "contact"),
    [
        ({"timestamp": 1796000000}, {}),
        ({"from": 6281200000001}, {}),
        ({"context": {"id": None, "forwarded": None, "frequently_forwarded": None}}, {}),
        ({"context": None, "image": None, "interactive": [], "button": "x"}, {}),
        ({"document": {"id": {}, "caption": 5}}, {}),
        ({}, {"profile": None}),
        ({}, {"profile": {"name": None}}),
        ({}, {"profile": []}),
        ({}, {"wa_id": None, "user_id": None}),
    ],
)
def test_an_odd_field_costs_a_message_nothing_else(odd, contact):
    said = {"id": "w", "from": "6281200000001", "timestamp": "1796000000", "type": "text", "text": {"body": "halo"}}
    about = {"contacts": [{"profile": {"name": 5}} | contact], "metadata": {"phone_number_id": None}}
    raw = value(**about, messages=[said | odd])
    found = parse_event(raw, "1060000000001", NOW)
    assert (found.kind, found.text, found.sender.user_id) == (Kind.TEXT, "halo", "")
    assert (found.at, found.forwarded) == (datetime.fromtimestamp(1796000000, UTC), False)


def test_no_sign_reaches_the_database_that_it_cannot_store(server):
    server.person("Ang\x00gota", "ID.\x001").says("ha\x00lo")
    message = read(server)
    assert (message.sender.name, message.sender.user_id, message.text) == ("Anggota", "ID.1", "halo")
