"""Phones with WhatsApp: through the loopback Graph API and the signed webhook."""

import re
from urllib.parse import unquote

import httpx
from msgspec.structs import replace

from bot.application import Channel, House, whatsapp_channel
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.sending import WhatsAppSender, listed_templates
from bot.channels.whatsapp.splitting import events
from bot.channels.whatsapp.templates import remembered
from bot.web.app import make_app
from bot.web.signed_webhooks import SignedInlet
from content.templates import templates
from scheduler.clock import MovableClock
from scheduler.metrics import Metrics
from storage.queries.templates import keep_all
from storage.transaction import Database
from tests.fakes.graph_chats import Sent
from tests.fakes.graph_people import Person
from tests.fakes.graph_server import GraphServer
from tests.fakes.graph_templates import Template
from tests.stories.phones import Shown, unseen

_NUMBER = "628110000001"
_WEBHOOK = "http://apel.example/whatsapp/webhook"
_LINK = re.compile(r"https://wa\.me/\d+\?text=(\S+)")
_MARKS = re.compile(r"(```|(?<!\w)[*_~])(?=\S)(.+?)(?<=\S)\1(?!\w)")
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_IN_WORDS = re.compile(r"Balas dengan nomornya(?:, atau tulis: (.+))?\.$")


class WhatsAppPhones:
    """See `tests.stories.phones.Phones`."""

    name = "whatsapp"
    toast = None  # there are none

    def __init__(self, server: GraphServer, database: Database, clock: MovableClock) -> None:
        self._server, self._database, self._clock = server, database, clock
        server.automatic = ("delivered",)
        self._people: dict[str, Person] = {}
        self._graph = Graph(server.origin, server.phone_id, server.token, answer_seconds=2.0)
        self._sender = WhatsAppSender(self._graph, clock, database)
        inlet = SignedInlet(
            self.name,
            "/whatsapp/webhook",
            server.app_secret,
            server.verify_token,
            events,
            lambda: None,
            within=60.0,  # a slow machine changes no story
        )
        app = make_app(database, clock, Metrics(), inlets=[inlet])
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app))

    async def approves_templates(self) -> None:
        """Meta has all of ours, approved, and the bot knows."""
        for name, ours in templates().items():
            self._server.templates[name] = Template(name, ours.numbered, category=ours.category.upper())
        now = self._clock.now()
        listed = await listed_templates(self._graph, self._server.account_id, now)
        async with self._database.transaction() as session:
            await keep_all(session, self.name, remembered(listed), now)

    def channel(self) -> Channel:
        return replace(whatsapp_channel(self._sender, self._server.phone_id, lambda: _NUMBER), limits=None)

    def join(self, house: House) -> None:
        """It gets what is stored, and need not be known."""

    async def deliver(self) -> None:
        for raw, headers in self._server.posts():
            answer = await self._http.post(_WEBHOOK, content=raw, headers=headers)
            assert answer.status_code == 200, answer.status_code

    async def says(self, who: str, text: str) -> None:
        self._person(who).says(text)

    async def presses(self, who: str, label: str, where: str) -> None:
        """Tap the button or row, by its title or the line beneath; type what is written out.

        By its number if it has one, and nothing else was offered since.
        """
        assert where == "private", "there are no groups that we could be in"
        person = self._person(who)
        offers = [m for m in self._server.messages(person) if m.choices or _written_out(m.text)]
        for message in reversed(offers):
            if (title := _title(message, label)) is not None:
                person.taps(message, title)
                return
            if label in (written := _written_out(message.text)):
                person.says(written[label] if message is offers[-1] else label)
                return
        raise unseen(label, self.screen(who))

    async def shows(self, who: str, caption: str, where: str, *, replying: bool) -> None:
        assert where == "private", "there are no groups that we could be in"
        person = self._person(who)
        person.sends_photo(caption, reply_to=self._server.messages(person)[-1] if replying else None)

    def words_of(self, link: str) -> str | None:
        found = _LINK.search(link)
        return unquote(found[1]) if found else None

    def screen(self, who: str) -> list[Shown]:
        return [self._shown(message) for message in self._server.messages(self._person(who))]

    async def links_group(self, who: str, title: str) -> None:
        raise AssertionError("there are no groups that we could be in")

    async def close(self) -> None:
        await self._http.aclose()
        await self._graph.close()

    def _shown(self, message: Sent) -> Shown:
        written, tapped = tuple(_written_out(message.text)), tuple(message.choices)
        form = "rows" if message.kind == "list" else "buttons" if tapped or not written else "written"
        shown = Shown(unmarked(message.text), tapped or written, form)
        if message.kind != "document":
            return shown
        document = message.payload["document"]
        return replace(shown, file=document["filename"], data=self._server.files[document["id"]][1])

    def _person(self, who: str) -> Person:
        return self._people[who] if who in self._people else self._people.setdefault(who, self._server.person(who))


def _title(message: Sent, label: str) -> str | None:
    if label in message.choices:
        return label
    if message.kind != "list":
        return None
    rows = [row for section in message.payload["interactive"]["action"]["sections"] for row in section["rows"]]
    return next((row["title"] for row in rows if row.get("description") == label), None)


def _written_out(text: str) -> dict[str, str]:
    """What can be chosen by writing: the label -> what is typed."""
    _, found, list_ = text.rpartition("Balas dengan nomor atau tulisannya:\n")
    if found:
        return {label: number for number, label in _NUMBERED.findall(list_)}
    in_words = _IN_WORDS.search(text)
    if in_words is None:
        return {}
    words = in_words[1].split(", ") if in_words[1] else []
    return {number: number for number, _ in _NUMBERED.findall(text)} | {word: word for word in words}


def unmarked(text: str) -> str:
    """The words as the app shows them: marks become formats."""
    lines = [line.removeprefix("> ") for line in text.split("\n")]
    shown = "\n".join(lines)
    while (once := _MARKS.sub(r"\2", shown)) != shown:
        shown = once
    return shown
