"""An office on the loopback: Telegram's server, the library, the house on a database, and a clock that is moved.

    async with Town(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
        group = await town.links_group(-100500, "Grup Dinas", secretary)
        await town.clock_to("2026-11-17T07:30+07:00")
        await town.presses(secretary, "Sudah dibacakan", group)
        await town.kill_and_restart()

Everything a person does is fetched, answered and sent before the next line of the story.
"""

import asyncio
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from msgspec.structs import replace
from sqlalchemy import select

from bot.application import House, build, telegram_channel
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender
from bot.invitations import create_invitation
from bot.offices import add_office
from content import markup
from content.regulation_loader import load_regulations
from scheduler.clock import MovableClock
from scheduler.delivery_queue import message_of
from scheduler.rate_limit import Limits
from storage.engine import make_engine
from storage.models import Base, Delivery, DeliveryState, GroupChat, InboundUpdate, Occurrence, Office, Role, Schedule
from storage.queries import offices
from storage.transaction import Database
from tests.empty_tables import empty_tables
from tests.fakes.telegram_chats import BOT_ID, ChatState, SentMessage
from tests.fakes.telegram_people import Group, Person
from tests.fakes.telegram_server import TelegramServer
from tests.moving_on import move_on

NEAR = timedelta(seconds=3)  # what waits no longer than this waits for the limits of sending: the clock moves on
REGULATIONS = load_regulations()
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class Snapshot:
    """A town that others begin with: setting one up costs more than most stories."""

    database: bytes
    chats: dict[int, ChatState]
    last_update_id: int
    people: dict[int, str]


class Town:
    """One installation of the bot with its offices, people and groups."""

    def __init__(
        self,
        place: Path,
        start: str,
        *,
        limits: Limits | None = None,
        found: "Snapshot | None" = None,
        url: str | None = None,
    ) -> None:
        """`limits` of sending; None: none, so that the clock stands still while people talk.

        `found`: as it was there. `url`: of an empty database other than a new file.
        """
        self.clock = MovableClock(datetime.fromisoformat(start))
        self.server = TelegramServer(self.clock)
        self.limits = limits
        self.regulations = REGULATIONS
        self.file = place / "apel.sqlite"
        self._in_file = url is None
        self.url = url or f"sqlite+aiosqlite:///{self.file}"
        self.office_name = ""
        self._found = found

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        if self._found:
            self._take(self._found)
        elif self._in_file and not self.file.exists():
            self.file.write_bytes(empty_tables())
        await self.start()
        if not self._in_file:
            async with self.database.engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        return self

    def _take(self, found: "Snapshot") -> None:
        self.file.write_bytes(found.database)
        self.server.chats = deepcopy(found.chats)
        self.server.last_update_id = found.last_update_id
        for user_id, name in found.people.items():
            self.server.person(user_id, name)

    async def snapshot(self) -> "Snapshot":
        """Everything as it is now, for another town to begin with; the bot is restarted."""
        await self.kill()
        people = {person.user_id: person.name for person in self.server.people.values()}
        taken = Snapshot(self.file.read_bytes(), deepcopy(self.server.chats), self.server.last_update_id, people)
        await self.start()
        return taken

    async def __aexit__(self, *exception: object) -> None:
        await self.kill()
        await self.server.__aexit__(*exception)

    # the process

    async def start(self) -> None:
        """Start the bot as a fresh process does: nothing is known but the database."""
        self.database = Database(make_engine(self.url))
        self.connection = Connection(self.server.token, self.server.origin)
        sender = TelegramSender(self.connection.bot, self.clock)
        identity = BotIdentity(BOT_ID, self.server.bot_name)
        channel = replace(telegram_channel(sender, lambda: identity), limits=self.limits)
        self.house: House = build(self.database, self.clock, self.regulations, channel)
        self.poller = Poller(self.connection, self.database, self.clock, _never, lambda: None, hold_seconds=0)

    async def kill(self) -> None:
        """End the process where it stands: what is being sent stays `sending`."""
        await self.house.worker.close()
        await self.connection.close()
        await self.database.close()

    async def kill_and_restart(self) -> None:
        """Kill it, start it again on the same database, let it catch up."""
        await self.kill()
        await self.restart()

    async def restart(self) -> None:
        """Start it again after `kill`, and let it catch up."""
        await self.start()
        await self.house.worker.recover(self.clock.now())
        await self.settle()

    async def beside_another(self) -> None:
        """Tick once with a second process on the same database that ticks at the same time."""
        other = Town.__new__(Town)
        other.__dict__.update(self.__dict__)
        await other.start()
        now = self.clock.now()
        await asyncio.gather(*(house.worker.tick(now) for house in (self.house, other.house)))
        await other.kill()

    # time

    async def settle(self) -> None:
        """Fetch, answer and send until all is quiet; the clock moves only as far as the limits of sending ask for."""
        for _ in range(_MOST_ROUNDS):
            while self.server.pending:
                await self.poller.poll_once()
            await self.house.settle()
            wake, now = await self.house.next_wake(), self.clock.now()
            if wake - now > (NEAR if self.limits else timedelta(0)):
                return
            self.clock.move_to(max(wake, now + timedelta(milliseconds=50)))
        raise AssertionError(f"never quiet: it wants to go on at {wake}")

    async def clock_to(self, instant: str) -> None:
        """Move the clock there, stopping wherever something falls due on the way."""
        target = datetime.fromisoformat(instant)
        await self.settle()
        await move_on(self.house, self.clock, target, self.settle)

    def clock_jumps_to(self, instant: str) -> None:
        """Move the clock while nothing runs."""
        self.clock.move_to(datetime.fromisoformat(instant))

    # people

    async def opens(self, name: str, regulation_id: str) -> None:
        """`apel office add`; later calls concern this office."""
        self.office_name = name
        async with self.database.transaction() as session:
            await add_office(session, name, self.regulations[regulation_id], None, self.clock.now())

    async def invites(self, role: Role) -> str:
        """`apel invite`: a code."""
        async with self.database.transaction() as session:
            office = await self._office(session)
            return (await create_invitation(session, office, role, 1, self.clock.now())).code

    async def joins(self, user_id: int, name: str, role: Role) -> Person:
        """Somebody new presses the deep link of an invitation and is on the roster."""
        person = self.server.person(user_id, name)
        await self.says(person, f"/start {await self.invites(role)}")
        answer = self.server.messages(person)[-1]
        if "Nama lain" in answer.labels:  # others stand on the roster by name only
            await self.presses(person, "Nama lain")
            await self.says(person, name)
        assert "Anda sudah bergabung" in self.text(person)
        return person

    async def links_group(
        self, chat_id: int, title: str, by: Person, *, topics: tuple[int, ...] = (), topic: int | None = None
    ) -> Group:
        """The secretary adds the bot to a group and links it."""
        group = self.server.group(chat_id, title, topics=topics)
        group.adds_bot(by)
        await self.settle()
        await self.says(by, "/tautkan", to=group, topic=topic)
        assert "tertaut ke" in self.last(group).text
        return group

    async def says(self, person: Person, text: str, **where: object) -> list[SentMessage]:
        """Somebody writes; what the bot then sent into that chat."""
        chat = where.get("to") or person
        before = len(self.server.messages(chat))
        person.says(text, **where)
        await self.settle()
        return self.server.messages(chat)[before:]

    async def presses(self, person: Person, label: str, chat: "Group | Person | None" = None) -> SentMessage:
        """Somebody presses the newest button with this label; the message under which it was, as it is now."""
        message = self.with_button(chat or person, label)
        self._press = person.presses(message, label)
        await self.settle()
        return message

    @property
    def toast(self) -> str:
        """What was shown over the chat after the last press."""
        return self.server.answers[self._press]

    # what can be seen

    def last(self, chat: "Group | Person") -> SentMessage:
        """The newest message of the bot in the chat."""
        return self.server.messages(chat)[-1]

    def text(self, chat: "Group | Person", since: int = 0) -> str:
        """All that the bot has said in the chat, as it reads now."""
        return "\n\n".join(message.text for message in self.server.messages(chat)[since:])

    def with_button(self, chat: "Group | Person", label: str) -> SentMessage:
        """The newest message that shows this button."""
        for message in reversed(self.server.messages(chat)):
            if any(label in shown for shown in message.labels):
                return message
        raise AssertionError(f"no button {label!r} in {[m.labels for m in self.server.messages(chat)]}")

    def containing(self, chat: "Group | Person | int", words: str) -> list[SentMessage]:
        """The bot's messages in the chat that contain, or once contained, these words."""
        return [m for m in self.server.messages(chat) if any(words in text for text in (m.text, *m.edits))]

    async def ledger(self) -> list[Delivery]:
        """Every delivery, in the order of writing."""
        async with self.database.transaction() as session:
            return list((await session.execute(select(Delivery).order_by(Delivery.id))).scalars())

    async def posts(self, chat: "Group | int") -> list[Delivery]:
        """The rows of schedules that go into this chat, edits left out."""
        chat_id = str(chat if isinstance(chat, int) else chat.chat_id)
        rows = await self.ledger()
        return [row for row in rows if row.chat_id == chat_id and row.group_id and row.edits_id is None]

    async def _office(self, session: object) -> Office:
        return await offices.find_office(session, self.office_name)

    # what must hold after any story

    async def incidents(self) -> list[str]:
        """The ids of everything that went wrong unexpectedly."""
        async with self.database.transaction() as session:
            query = select(InboundUpdate.incident).where(InboundUpdate.incident.is_not(None))
            return list((await session.execute(query)).scalars())

    async def check_ledger(self) -> None:
        """What the server received is what the ledger says, to the message.

        A sent row has exactly one message, with its words (of the last edit that was sent); whatever else the server
        holds was accepted behind a lost answer: at most one for each uncertain row, or for a repeatable one sent again.
        """
        rows = await self.ledger()
        sent = [row for row in rows if row.state is DeliveryState.SENT]
        edits = {row.edits_id: row for row in sent if row.edits_id is not None}
        there = {(m.chat_id, m.message_id): m for chat in self.server.chats.values() for m in chat.sent}
        for row in sent:
            if row.edits_id is not None:
                continue
            message = there.pop((int(row.chat_id), int(row.message_ref or 0)), None)
            assert message is not None, f"row {row.id} ({row.message_key}) was sent, and is not there or there twice"
            words = _words(edits.get(row.id, row))
            assert words in ("", message.text), f"row {row.id}: {message.text!r} is there instead of {words!r}"
        unsure = Counter(
            (int(row.chat_id), _words(row))
            for row in rows
            if row.edits_id is None and (row.state is DeliveryState.UNCERTAIN or (row.repeatable and row.attempt > 1))
        )
        extra = Counter((message.chat_id, message.text) for message in there.values())
        assert extra <= unsure, f"there without a row: {extra - unsure}"


async def occurrences(town: Town) -> list[Occurrence]:
    """Every occurrence, in the order in which they fall due."""
    async with town.database.transaction() as session:
        return list((await session.execute(select(Occurrence).order_by(Occurrence.due_at))).scalars())


async def groups(town: Town) -> list[GroupChat]:
    """Every group, as it was met."""
    async with town.database.transaction() as session:
        return list((await session.execute(select(GroupChat).order_by(GroupChat.id))).scalars())


async def schedules(town: Town, title: str) -> list[Schedule]:
    """The schedules with this title."""
    async with town.database.transaction() as session:
        return list((await session.execute(select(Schedule).where(Schedule.title == title))).scalars())


def _words(row: Delivery) -> str:
    message = message_of(row)
    return message.quiz.question if message.quiz else markup.plain_text(message.text).strip()


async def _never(_seconds: float) -> None:
    await asyncio.sleep(0)
