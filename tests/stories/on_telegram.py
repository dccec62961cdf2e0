"""Phones with Telegram: through the loopback Bot API and the poller."""

import asyncio
import re

from msgspec.structs import replace

from bot.application import Channel, House, telegram_channel
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender
from scheduler.clock import MovableClock
from storage.transaction import Database
from tests.fakes.telegram_chats import BOT_ID, SentMessage
from tests.fakes.telegram_people import Group, Person
from tests.fakes.telegram_server import TelegramServer
from tests.stories.phones import Shown, unseen

_LINK = re.compile(r"https://t\.me/\w+\?start=(\S+)")
_GROUP = -100500


class TelegramPhones:
    """See `tests.stories.phones.Phones`."""

    name = "telegram"

    def __init__(self, server: TelegramServer, database: Database, clock: MovableClock) -> None:
        self._server, self._clock = server, clock
        self._people: dict[str, Person] = {}
        self._group: Group | None = None
        self._press: str | None = None
        self._connection = Connection(server.token, server.origin)
        self._poller = Poller(self._connection, database, clock, _never, lambda: None, hold_seconds=0)

    def channel(self) -> Channel:
        identity = BotIdentity(BOT_ID, self._server.bot_name)
        sender = TelegramSender(self._connection.bot, self._clock)
        return replace(telegram_channel(sender, lambda: identity), limits=None)

    def join(self, house: House) -> None:
        """It gets what is stored, and need not be known."""

    async def deliver(self) -> None:
        while self._server.pending:
            await self._poller.poll_once()

    async def says(self, who: str, text: str) -> None:
        self._press = None
        self._person(who).says(text)

    async def presses(self, who: str, label: str, where: str) -> None:
        chat = "group" if where == "group" else who
        for message in reversed(self._messages(chat)):
            if label in message.labels:
                self._press = self._person(who).presses(message, label)
                return
        raise unseen(label, self.screen(chat))

    async def shows(self, who: str, caption: str, where: str, *, replying: bool) -> None:
        self._press = None
        group = self._group if where == "group" else None
        last = self._messages("group" if group else who)[-1] if replying else None
        self._person(who).sends_photo(caption, to=group, reply_to=last)

    def words_of(self, link: str) -> str | None:
        found = _LINK.search(link)
        return f"/start {found[1]}" if found else None

    def screen(self, who: str) -> list[Shown]:
        return [
            Shown(
                message.text,
                tuple(message.labels),
                "buttons",
                message.document.name if message.document else None,
                message.document.data if message.document else b"",
            )
            for message in self._messages(who)
        ]

    @property
    def toast(self) -> str | None:
        """What was shown over the chat after the last press; None where that was no press, or it was silent."""
        return (self._server.answers.get(self._press) or None) if self._press else None

    async def links_group(self, who: str, title: str) -> None:
        self._group, person = self._server.group(_GROUP, title), self._person(who)
        self._group.adds_bot(person)
        person.says("/tautkan", to=self._group)

    async def close(self) -> None:
        await self._connection.close()

    def _messages(self, who: str) -> list[SentMessage]:
        group = self._group if who == "group" else None
        return self._server.messages(group or self._person(who))

    def _person(self, who: str) -> Person:
        return self._people.setdefault(who, self._server.person(11 + len(self._people), who))


async def _never(_seconds: float) -> None:
    await asyncio.sleep(0)
