"""To somebody who did not write lately the template goes, if Meta lets it; what it says and sends is the row's."""

from datetime import timedelta

import msgspec
import pytest

from bot.channels.whatsapp.graph import MetasTemplate
from bot.channels.whatsapp.templates import definition, remembered, trouble_of
from bot.channels.whatsapp.tracker import tracker
from content.message import Document, Message
from content.templates import templates as ours
from scheduler import errors
from scheduler.delivery_queue import enqueue
from scheduler.errors import TemplateTrouble
from scheduler.sender import Destination, LedgerEntry
from storage.queries import deliveries, people, templates
from tests.fakes.graph_server import Template

TO = Destination("whatsapp", "ID.9000000000000001")
RELIEVED = {"leader": "Anggota 1", "instead": "Anggota 2", "called_off": False, "zone": "Asia/Makassar"}


@pytest.fixture
def server(server):
    """With somebody, and our templates approved."""
    server.person()
    for template in ours().values():
        server.templates[template.name] = Template(template.name, template.numbered)
    return server


@pytest.fixture
def leave(server, sender, database):
    """Bring a row with this key out, by whatever way there is."""

    async def leave(key="reading/leader_relieved", parameters=None, **more):
        now = server.clock.now()
        parameters = RELIEVED | {"due_at": now} if parameters is None else parameters
        async with database.transaction() as session:
            row = await enqueue(session, destination=TO, key=key, parameters=parameters, now=now, **more)
        receipt = await sender.send(TO, Message(**row.message), LedgerEntry(row.id, key, now))
        return row.id, receipt

    return leave


@pytest.fixture
def left_as(database):
    async def left_as(row):
        async with database.transaction() as session:
            return await templates.left_as(session, row)

    return left_as


@pytest.fixture
def told(server, database):
    """Let Meta's word of our templates be known, with these changes."""

    async def told(**states):
        now = server.clock.now()
        asked = [Template(name, **{"body": one.body} | states.get(name, {})) for name, one in server.templates.items()]
        listed = [msgspec.convert(one.listed(), MetasTemplate) for one in asked]
        async with database.transaction() as session:
            await templates.keep_all(session, "whatsapp", remembered(listed), now)

    return told


async def test_outside_of_the_window_the_template_of_the_message_goes_and_the_row_knows(server, leave, left_as):
    row, receipt = await leave()
    (sent,) = server.messages(server.people[0])
    assert sent.reference == receipt.message_ref
    assert sent.text == (
        "Keanggotaan Anda dalam kelompok budaya kerja: ada pemberitahuan tentang perubahan giliran memimpin pembacaan "
        "Senin, 30 November 2026 pukul 08.00 WITA. Tekan Baca untuk membukanya."
    )
    assert sent.choices == {"Baca": (f"push.read:{row}", "template")}
    assert sent.payload["biz_opaque_callback_data"] == tracker(row, server.clock.now())
    assert await left_as(row) == "apel_anggota"


async def test_inside_of_the_window_the_message_itself_goes(server, leave, left_as, database):
    await heard(server, database)
    row, _ = await leave()
    assert server.messages(server.people[0])[0].kind == "text"
    assert await left_as(row) is None


async def heard(server, database):
    server.people[0].says("halo")
    async with database.transaction() as session:
        now = server.clock.now()
        await people.meet_person(session, "whatsapp", TO.chat_id, TO.chat_id, "", now, heard_at=now)


async def test_a_message_without_a_template_is_not_handed_over(server, leave):
    with pytest.raises(errors.WindowClosed):
        await leave("help/incident", {"incident": "a1"})
    assert server.calls == []


async def test_a_file_waits_for_the_tap(server, leave):
    await leave("broadcast/post", {"text": "Isi", "office": "Dinas"}, document=Document("a.pdf", b"x"))
    assert server.files == {}
    assert server.messages(server.people[0])[0].kind == "template"


async def test_what_fills_a_template_formats_nothing(server, leave):
    await leave("broadcast/post", {"text": "Isi", "office": "*Dinas*\n\n<b>Kominfo</b>     & Co"})
    assert "di \u2217Dinas\u2217 <b>Kominfo</b> & Co. Ada" in server.messages(server.people[0])[0].text


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ({"status": "PENDING"}, "template_pending"),
        ({"status": "IN_APPEAL"}, "template_pending"),
        ({"status": "REJECTED"}, "template_rejected"),
        ({"status": "PAUSED"}, "template_paused"),
        ({"status": "DISABLED"}, "template_disabled"),
        ({"status": "DELETED"}, "template_missing"),
        ({"language": "en"}, "template_missing"),
    ],
)
async def test_a_template_that_cannot_be_used_is_refused_before_it_is_sent(
    server, leave, left_as, told, state, trouble
):
    await told(apel_anggota=state)
    with pytest.raises(errors.TemplateRefused) as refused:
        await leave()
    assert refused.value.trouble is TemplateTrouble(trouble)
    assert server.calls == []
    assert await left_as(1) is None


async def test_a_template_that_meta_does_not_have_is_refused_before_it_is_sent(server, leave, told):
    server.templates.clear()
    await told()
    with pytest.raises(errors.TemplateRefused) as refused:
        await leave()
    assert (refused.value.trouble, server.calls) == (TemplateTrouble.MISSING, [])


@pytest.mark.parametrize(
    "built",
    [
        {"body": "Ada {{1}} dan {{2}} untuk Anda."},
        {"header": "Halo {{1}}"},
        {"buttons": ()},
        {"buttons": ("URL",)},
        {"buttons": ("QUICK_REPLY", "QUICK_REPLY")},
    ],
)
async def test_a_template_that_was_approved_for_other_parameters_is_refused_before_it_is_sent(
    server, leave, told, built
):
    await told(apel_anggota=built)
    with pytest.raises(errors.TemplateRefused) as refused:
        await leave()
    assert (refused.value.trouble, server.calls) == (TemplateTrouble.PARAMETERS, [])


async def test_other_templates_go_while_one_is_paused(server, leave, told):
    await told(apel_anggota={"status": "PAUSED"})
    await leave("broadcast/post", {"text": "Isi", "office": "Dinas"})
    assert server.messages(server.people[0])[0].payload["template"]["name"] == "apel_siaran"


async def test_where_meta_told_nothing_lately_it_is_asked_by_sending(server, leave, told):
    await leave()
    await told(apel_anggota={"status": "PAUSED"})
    server.clock.advance(timedelta(days=1, minutes=1))
    await leave()
    assert len(server.messages(server.people[0])) == 2
    server.templates["apel_anggota"].status = "PAUSED"
    with pytest.raises(errors.TemplateRefused) as refused:
        await leave()
    assert refused.value.trouble is TemplateTrouble.PAUSED


@pytest.mark.parametrize("listed", [True, False])
async def test_once_meta_refused_a_template_no_row_leaves_under_it_even_before_that_is_recorded(
    server, leave, told, listed
):
    if listed:
        await told()
    server.clock.advance(timedelta(minutes=4))
    server.templates["apel_anggota"].status = "PAUSED"
    for _ in range(3):
        with pytest.raises(errors.TemplateRefused) as refused:
            await leave()
        assert refused.value.trouble is TemplateTrouble.PAUSED
    assert server.calls.count("messages") == 1
    server.templates["apel_anggota"].status = "APPROVED"
    await told()  # later than the refusal
    await leave()


async def test_a_refusal_that_nobody_recorded_is_forgotten(server, leave):
    server.templates["apel_anggota"].status = "PAUSED"
    with pytest.raises(errors.TemplateRefused):
        await leave()
    server.templates["apel_anggota"].status = "APPROVED"
    server.clock.advance(timedelta(minutes=1))
    await leave()


async def test_a_row_whose_words_were_forgotten_meanwhile_says_nothing(server, sender, database):
    async with database.transaction() as session:
        now = server.clock.now()
        row = await enqueue(
            session, destination=TO, key="broadcast/post", parameters={"text": "Isi", "office": "Dinas"}, now=now
        )
        await deliveries.change(session, row.id, of=deliveries.WAITING, to={"parameters": {}})
    for number in (row.id, 999):
        with pytest.raises(errors.MessageRefused):
            await sender.send(TO, Message("Isi"), LedgerEntry(number, "broadcast/post"))
    assert server.calls == []


async def test_a_row_that_goes_freely_after_all_does_not_remember_its_template(
    server, leave, left_as, sender, database
):
    row, _ = await leave()
    await heard(server, database)
    await sender.send(TO, Message("Isi"), LedgerEntry(row, "reading/leader_relieved"))
    assert await left_as(row) is None


@pytest.mark.parametrize("name", sorted(ours()))
async def test_meta_takes_each_of_our_templates_and_it_fits_what_is_sent(server, graph, name):
    server.templates.clear()
    created = await graph.create_template(server.account_id, definition(ours()[name]))
    assert created.status == "PENDING"
    assert server.templates[name].sample == ours()[name].samples
    (listed,) = await graph.templates(server.account_id)
    (kept,) = [row for row in remembered([listed]) if row["name"] == name]
    assert kept["parameters"] == len(ours()[name].parameters)
    assert kept["category"] == ours()[name].category.value.upper()


async def test_every_page_of_templates_is_read(server, graph):
    assert len(server.templates) > 5, "more than the loopback shows at once"
    assert {one.name for one in await graph.templates(server.account_id)} == set(ours())


def test_what_meta_may_call_a_template_that_can_be_used():
    assert [trouble_of(status) for status in ("APPROVED", "FLAGGED", "REINSTATED", "A_NEW_WORD")] == [None] * 4
