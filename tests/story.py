"""A driver for conversation tests: people write and press, the router answers, replies are read back.

It uses the real router, the real database and the real message catalogue; only the channel is missing. Replies are
taken from the delivery rows that the router wrote, and marked sent as the worker would do.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from bot.channels.inbound import Attachment, Chat, InboundMessage, Kind, Sender
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.conversations.router import Outcome, Router
from bot.conversations.second_opinion import SecondOpinion
from bot.conversations.step import Dialogue, Handler, Reply, Step, Surroundings, Turn
from content.message import Message
from content.regulation_loader import load_regulations
from scheduler.charges import Prices
from scheduler.clock import MovableClock
from scheduler.delivery_queue import message_of
from scheduler.sender import Destination
from storage.models import (
    AuditEntry,
    Base,
    Delivery,
    DeliveryState,
    GroupChat,
    GroupState,
    Member,
    Office,
    Person,
    PersonAddress,
    Role,
)
from storage.queries import inbound
from storage.transaction import Database

REGULATIONS = dict(load_regulations())
MONDAY_MORNING = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)  # 07.00 WIB, a working Monday


async def not_understood(_turn: Turn) -> Step:
    """The answer to what no dialogue of the story asked for."""
    return Step(replies=(Reply("help/not_understood"),), keep=True)


class Story:
    """One office, its people and groups, on one database with a moved clock."""

    def __init__(
        self,
        database: Database,
        dialogues: Iterable[Dialogue],
        fallback: Handler = not_understood,
        *,
        start: datetime = MONDAY_MORNING,
    ) -> None:
        self.database = database
        self.clock = MovableClock(start)
        self._dialogues, self._fallback = tuple(dialogues), fallback
        self.groups_on: tuple[str, ...] = ("Telegram",)  # channels whose groups can be linked
        self.prices: dict[str, Prices] = {}  # of channels that charge
        self.new_chats_a_day: int | None = None
        self.links = {TELEGRAM: "https://t.me/apel_bot?start="}  # by channel, what stands before the code
        self.restart()
        self._updates = 0
        self.office_id = 0

    def restart(self, second_opinion: SecondOpinion | None = None) -> None:
        """Another process takes over: what was said so far stands in the database alone."""
        surroundings = Surroundings(
            regulations=REGULATIONS,
            links=lambda code: {channel: f"{before}{code}" for channel, before in self.links.items()},
            groups_on=self.groups_on,
            prices=self.prices,
            new_chats_a_day=lambda _channel: self.new_chats_a_day,
        )
        self.router = Router(self.database, self._dialogues, self._fallback, surroundings, second_opinion)

    async def open_office(
        self, name: str = "Dinas Kominfo", regulation_id: str = "karanganyar-44-2023", timezone: str = "Asia/Jakarta"
    ) -> int:
        """Make the office that later calls use; its id."""
        async with self.database.transaction() as session:
            office = Office(
                name=name, regulation_id=regulation_id, timezone=timezone, workdays=5, created_at=self.clock.now()
            )
            session.add(office)
            await session.flush()
            self.office_id = office.id
        return self.office_id

    async def person(self, name: str, role: Role | None = None) -> "Actor":
        """Somebody with a private chat; with `role`, also on the roster. Knows the privacy notice already."""
        user_id = str(1000 + await self._count_people())
        async with self.database.transaction() as session:
            person = Person(name=name, created_at=self.clock.now(), noticed_at=self.clock.now())
            session.add(person)
            await session.flush()
            session.add(PersonAddress(person_id=person.id, channel=TELEGRAM, user_id=user_id, chat_id=user_id))
            if role is not None:
                session.add(
                    Member(
                        office_id=self.office_id,
                        person_id=person.id,
                        name=name,
                        role=role,
                        joined_at=self.clock.now(),
                        created_at=self.clock.now(),
                    )
                )
        return Actor(self, name, user_id)

    def stranger(self, name: str, user_id: str = "9001") -> "Actor":
        """Somebody the bot has never met."""
        return Actor(self, name, user_id)

    async def group(self, title: str = "Grup Dinas", chat_id: str = "-1001", *, linked: bool = True) -> Chat:
        """A group chat, by default linked to the office."""
        async with self.database.transaction() as session:
            session.add(
                GroupChat(
                    office_id=self.office_id if linked else None,
                    channel=TELEGRAM,
                    chat_id=chat_id,
                    title=title,
                    state=GroupState.ACTIVE if linked else GroupState.UNLINKED,
                    created_at=self.clock.now(),
                )
            )
        return Chat(chat_id=chat_id, private=False, title=title)

    async def feed(self, message: InboundMessage) -> Outcome:
        """Store one inbound message as its channel would and let the router answer it."""
        async with self.database.transaction() as session:
            row = await inbound.store(session, message.channel, message.update_id, b"{}", self.clock.now())
        assert row is not None
        return await self.router.handle(row, message, self.clock.now())

    def next_update_id(self) -> str:
        """A fresh update id."""
        self._updates += 1
        return str(self._updates)

    async def messages(self, chat_id: str) -> list[Message]:
        """Everything ever said into this chat, oldest first, edits applied."""
        async with self.database.transaction() as session:
            rows = (
                await session.execute(select(Delivery).where(Delivery.chat_id == chat_id).order_by(Delivery.id))
            ).scalars()
            said: dict[int, Message] = {}
            for row in rows:
                said[row.edits_id or row.id] = message_of(row)
        return list(said.values())

    async def take_replies(self) -> list[tuple[Destination, Message]]:
        """What waits to leave now; marked sent, with a message reference of its own."""
        async with self.database.transaction() as session:
            rows = (
                (
                    await session.execute(
                        select(Delivery)
                        .where(Delivery.state == DeliveryState.PLANNED, Delivery.held.is_(False))
                        .order_by(Delivery.id)
                    )
                )
                .scalars()
                .all()
            )
            for row in rows:
                await session.execute(
                    update(Delivery)
                    .where(Delivery.id == row.id)
                    .values(state=DeliveryState.SENT, message_ref=f"m{row.id}", sent_at=self.clock.now())
                )
            return [(Destination(row.channel, row.chat_id, row.topic_id or None), message_of(row)) for row in rows]

    async def message_ref(self, chat_id: str, label: str) -> tuple[str, str]:
        """The newest message in the chat that shows a button with this label: its reference and the action."""
        async with self.database.transaction() as session:
            rows = (
                await session.execute(select(Delivery).where(Delivery.chat_id == chat_id).order_by(Delivery.id.desc()))
            ).scalars()
            for row in rows:
                for choice in (choice for line in message_of(row).choices for choice in line):
                    if choice.label == label and choice.action:
                        return f"m{row.edits_id or row.id}", choice.action
        raise AssertionError(f"no button {label!r} in chat {chat_id}")

    async def _count_people(self) -> int:
        return len(await rows(self, Person))


class Actor:
    """A person at a phone. Each act returns the replies that it caused, as plain messages in order."""

    def __init__(self, story: Story, name: str, user_id: str) -> None:
        self.story = story
        self.name = name
        self.user_id = user_id
        self.outcome = Outcome()

    @property
    def private(self) -> Chat:
        """The private chat with the bot."""
        return Chat(chat_id=self.user_id, private=True, title=self.name)

    async def says(self, text: str, chat: Chat | None = None, **details: object) -> list[Message]:
        """Write a text or a command ("/lapor ...") and read the answers."""
        chat = chat or self.private
        fields: dict[str, object] = {"kind": Kind.TEXT, "text": text, "addressed": chat.private}
        if text.startswith("/"):
            command, _, rest = text[1:].partition(" ")
            fields = {
                "kind": Kind.COMMAND,
                "command": command.partition("@")[0].lower(),
                "text": rest.strip(),
                "addressed": True,
            }
        return await self.sends(chat, **(fields | details))

    async def shows(
        self, file_ref: str = "photo-1", text: str = "", chat: Chat | None = None, **details: object
    ) -> list[Message]:
        """Send a photo with an optional caption."""
        chat = chat or self.private
        fields: dict[str, object] = {
            "kind": Kind.PHOTO,
            "attachment": Attachment(file_ref=file_ref),
            "text": text,
            "addressed": chat.private,
        }
        return await self.sends(chat, **(fields | details))

    async def presses(self, label: str, chat: Chat | None = None) -> list[Message]:
        """Press the newest button with this label; `self.outcome.toast` holds what was shown over the chat."""
        chat = chat or self.private
        reference, action = await self.story.message_ref(chat.chat_id, label)
        return await self.sends(chat, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")

    async def sends(self, chat: Chat, **fields: object) -> list[Message]:
        """Anything else."""
        values: dict[str, object] = {
            "channel": TELEGRAM,
            "update_id": self.story.next_update_id(),
            "kind": Kind.TEXT,
            "chat": chat,
            "sender": Sender(user_id=self.user_id, name=self.name),
            "at": self.story.clock.now(),
        }
        self.outcome = await self.story.feed(InboundMessage(**(values | fields)))  # type: ignore[arg-type]  # test data
        return [message for _, message in await self.story.take_replies()]


async def rows(story: Story, model: type[Base], *conditions: ColumnElement[bool]) -> list[Any]:
    """Every row of a table, oldest first."""
    async with story.database.transaction() as session:
        return list(await session.scalars(select(model).where(*conditions).order_by(model.id)))


async def acts(story: Story, office_id: int | None = None) -> list[str]:
    """What the audit log says was done to the office, in order."""
    return [
        entry.act for entry in await rows(story, AuditEntry, AuditEntry.office_id == (office_id or story.office_id))
    ]
