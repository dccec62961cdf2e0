"""Whatever people send: a short, polite Indonesian answer or silence, never an incident, never lost data.

That there was no incident, and no error in the log, is checked by the fixture `town` after every story.
"""

from storage.models import Role
from tests.fakes.telegram_entities import entities

POLITE = ("Mohon", "Silakan", "silakan", "Anda", "Terima kasih", "Ketik", "/bantuan", "Perintah", "Baik", "Saya")
EMOJI = "😀" * 4096
TEXTS = (
    "halo",
    EMOJI,
    "a" * 4096,
    "<b>tebal</b> <i & <script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} %s %(x)s",
    "'; DROP TABLE people; --",
    "\u202eterbalik \u0000 \ud83d nol",
    "\n\n\n",
    "0",
    "-1",
    "99999999999999999999",
    "/perintahngawur",
    "/start",
    "/start " + "A" * 16,
    "/LAPOR@apel_bot",
    "/lapor <b>akuntabel</b> 99: <x>",
    "/log 31 Februari",
    "/ringkasan entahlah",
)
COMMANDS = (
    *("start", "bantuan", "batal", "privasi", "dataku", "hapusdata", "tanya", "nilai", "lapor", "riwayat", "kegiatan"),
    *("rapat", "siar", "jadwal", "giliran", "libur", "susulan", "periksa", "log", "ringkasan", "anggota", "undang"),
    *("tautkan", "lepaskan"),
)
OPENERS = ("/lapor", "/tanya", "/rapat", "/siar", "/libur x", "/anggota", "/kegiatan", "/start")


def odd_things(person, to=None):
    """Everything that is no plain text of one's own."""
    person.sends_sticker(to=to)
    person.sends_photo("<b>x", to=to)
    person.sends_document("nama<file>.pdf", "&", to=to)
    person.forwards("terusan <b>", to=to)
    person.forwards("/lapor akuntabel 1: bukan milik saya", to=to)
    person.edits(person.says("akan disunting", to=to), "/lapor akuntabel 1: disunting", to=to)
    for content in ({"voice": {"file_id": "v"}}, {"location": {"latitude": 1, "longitude": 1}}, {"poll": {}}):
        person.server.push("message", person._message(to, None) | content)


async def test_anything_in_private_gets_a_polite_answer(office):
    for person in (office.member, office.server.person(99, "<b>Tamu</b> & \u202e {{ x }}")):
        for text in TEXTS:
            answers = await office.says(person, text)
            assert answers, text[:40]
            assert any(word in answers[-1].text for word in POLITE), (text[:40], answers[-1].text)
        await office.says(person, "/batal")
        before = len(office.server.messages(person))
        odd_things(person)
        await office.settle()
        assert len(office.server.messages(person)) - before == 10


async def test_anything_in_the_midst_of_a_dialogue_is_answered_and_batal_ends_it(office):
    for opener in OPENERS:
        office.secretary.says(opener)
        before = len(office.server.messages(office.secretary))
        for text in TEXTS[:11]:
            office.secretary.says(text)
        odd_things(office.secretary)
        office.secretary.says("/batal")
        office.secretary.says("/batal")
        await office.settle()
        answers = office.server.messages(office.secretary)[before:]
        assert len(answers) >= 24, opener
        assert "isian" in answers[-2].text
        assert "Tidak ada isian" in answers[-1].text


async def test_in_a_group_nothing_is_answered_that_is_not_addressed(office):
    before = len(office.server.messages(office.group))
    for person in (office.member, office.server.person(99, "Tamu")):
        for text in TEXTS[:11]:
            person.says(text, to=office.group)
        odd_things(person, office.group)
    office.group.anonymous_admin_says("halo")
    await office.settle()
    assert len(office.server.messages(office.group)) == before


async def test_every_command_in_the_wrong_place_or_by_the_wrong_person_is_answered(office):
    outsider = office.server.person(99, "Tamu")
    for person in (office.member, outsider):
        for command in (*COMMANDS, "aturbaru"):
            person.says(f"/{command}")
        for command in COMMANDS:
            person.says(f"/{command}@apel_bot", to=office.group)
        person.says("/aturbaru", to=office.group)  # may be another bot's: silence
        before = {chat: len(office.server.messages(chat)) for chat in (person, office.group)}
        await office.settle()
        private, group = (len(office.server.messages(chat)) - count for chat, count in before.items())
        assert private >= len(COMMANDS) + 1
        assert group == len(COMMANDS)
    assert "tidak termasuk kewenangan Anda" in office.text(office.member)
    [answer] = await office.says(office.secretary, "/tautkan")
    assert "digunakan di dalam grup kantor" in answer.text
    [answer] = await office.says(office.secretary, "/siar halo", to=office.group)
    assert "digunakan lewat pesan pribadi" in answer.text


async def test_forged_and_stale_buttons_do_nothing(office):
    outsider = office.server.person(99, "Tamu")
    message = office.server.messages(office.group)[0]
    for verb in office.house.router._presses:
        outsider.presses_data(message, f"{verb}:1")
        for argument in (":99999999999999999999", ":-1:x:\u0000", ":2026-02-31:😀"):
            office.secretary.presses_data(message, verb + argument)
    office.member.presses_data(message, "tidak.ada:1", accessible=False)
    await office.settle()
    assert office.server.open_presses == set()  # every one was answered


async def test_html_in_names_and_titles_is_shown_as_it_is(town):
    await town.opens("Dinas <b>Kominfo</b> & {{ Statistik }}", "karanganyar-44-2023")
    secretary = await town.joins(11, "Sekretaris <i>", Role.SEKRETARIS)
    group = await town.links_group(-100500, "Grup <u>& Kawan</u>", secretary)
    await town.says(secretary, "/anggota Anggota <3>\nAnggota &amp; dua")
    [page] = await town.says(secretary, "/anggota")
    assert "Sekretaris <i>" in page.text
    assert "Anggota <3>" in page.text
    await town.says(secretary, "/siar <b>Apel</b> & upacara")
    assert "Grup <u>& Kawan</u>" in town.last(secretary).text
    await town.clock_to("2026-11-16T07:31+07:00")
    await town.presses(secretary, "Sudah dibacakan", group)
    assert "Sekretaris <i>" in town.last(group).text


async def test_a_mention_of_the_bot_with_nothing_else_is_answered(office):
    [answer] = await office.says(office.member, "@apel_bot", to=office.group)
    assert answer.text


async def test_an_update_of_an_unknown_kind_or_shape_is_passed_over(office):
    chat = {"id": 21, "type": "private"}
    for content in ({}, {"chat": chat}, {"chat": chat, "from": {"id": "x"}, "text": 7}, {"chat": [], "text": None}):
        office.server.push("message", content)
    office.server.push("callback_query", {"id": "1", "from": {"id": 21}, "data": "x"})
    office.server.push("my_chat_member", {"chat": chat})
    text = "/nilai"
    office.server.push_raw({"update_id": 9001, "pesan_baru": {"text": text, "entities": entities(text)}})
    await office.settle()
    [answer] = await office.says(office.member, text)
    assert "Core Values" in answer.text
