"""The composition root: builds what answers and sends, on one or more channels and one database."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from bot.channels import console
from bot.channels.inbound import InboundMessage
from bot.channels.telegram import CHANNEL as TELEGRAM
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.parsing import parse_bytes
from bot.channels.telegram.sending import TelegramSender
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.channels.whatsapp import JOIN_WORD
from bot.channels.whatsapp.files import WhatsAppFiles
from bot.channels.whatsapp.parsing import parse_event
from bot.channels.whatsapp.sending import WhatsAppSender
from bot.channels.whatsapp.templates import trouble_of
from bot.config import Settings, WrongSetting, prepare_place
from bot.conversations.ask_regulation import doubt_of
from bot.conversations.dialogues import DIALOGUES, FALLBACK
from bot.conversations.router import Router
from bot.conversations.second_opinion import Reranker, SecondOpinion
from bot.conversations.step import Surroundings
from bot.inbox import Acknowledge, Inbox, Read
from bot.reranking import ChatEndpoint
from content.regulation import Regulation
from content.regulation_loader import load_regulations
from scheduler.abilities import abilities_of
from scheduler.carrying import Carrier, Files
from scheduler.charges import Prices
from scheduler.clock import Clock, SystemClock
from scheduler.errors import TemplateTrouble
from scheduler.file_keeping import FileKeeper
from scheduler.files import ChannelFiles
from scheduler.rate_limit import Limits
from scheduler.sender import Sender
from scheduler.worker import Worker
from storage.engine import make_engine
from storage.migrate import upgrade
from storage.transaction import Database

ASKED_WITHIN = 8.0  # seconds for an answer to a person at a terminal
# 80 a second of a number, in and out. To one person one every 6 seconds; a burst of 45 is borrowed from the time after.
# https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
WHATSAPP_LIMITS = Limits(per_second=60, per_chat_second=1, per_private=(45, timedelta(seconds=45 * 6)))


class Channel(Struct, frozen=True):
    """One channel's ends, as the rest of the house needs them."""

    name: str
    sender: Sender
    read: Read
    acknowledge: Acknowledge
    link: Callable[[str], str]
    limits: Limits | None = None
    prices: Prices | None = None  # where it charges, and they are known
    new_chats_a_day: Callable[[], int | None] = lambda: None  # to how many it may write first, where it told
    template_trouble: Callable[[str], TemplateTrouble | None] = lambda _state: None  # what a template's state means
    files: ChannelFiles | None = None  # where it has any that bots may fetch
    reads: Callable[[], bool] = lambda: True  # until then what comes waits unread


class House(Struct, frozen=True):
    """Everything that answers and sends, on all channels of one database."""

    database: Database
    clock: Clock
    inbox: Inbox
    worker: Worker
    router: Router
    keeper: FileKeeper

    async def settle(self) -> None:
        """Answer all that is stored and send all that is due now; for the demo and tests, where time is moved."""
        while True:
            answered = await self.inbox.drain()
            tick = await self.worker.tick(self.clock.now())
            if not (answered or tick.sent or tick.posted):
                return

    async def next_wake(self) -> datetime:
        """When there will be something to do."""
        async with self.database.transaction() as session:
            return await self.worker.next_wake(session, self.clock.now())

    async def next_tick(self) -> datetime:
        """As `next_wake`, but for what is to be sent."""
        async with self.database.transaction() as session:
            return await self.worker.next_tick(session, self.clock.now())


def build(
    database: Database,
    clock: Clock,
    regulations: Mapping[str, Regulation],
    *channels: Channel,
    reranker: Reranker | None = None,
    **options: Any,
) -> House:
    """Put the channels, the dialogues and the worker together; `options` are the worker's."""
    abilities = {channel.name: abilities_of(channel.name) for channel in channels}
    surroundings = Surroundings(
        regulations=regulations,
        links=lambda code: {channel.name: channel.link(code) for channel in channels},
        groups_on=tuple(able.name or name for name, able in abilities.items() if able.groups),
        prices={channel.name: channel.prices for channel in channels if channel.prices},
        new_chats_a_day=lambda name: next((one.new_chats_a_day() for one in channels if one.name == name), None),
        template_trouble={channel.name: channel.template_trouble for channel in channels},
    )
    second_opinion = SecondOpinion(doubt_of, reranker) if reranker else None
    router = Router(database, DIALOGUES, FALLBACK, surroundings, second_opinion)
    readers = {channel.name: channel.read for channel in channels}
    acknowledgers = {channel.name: channel.acknowledge for channel in channels}

    def unread() -> list[str]:
        return [channel.name for channel in channels if not channel.reads()]

    inbox = Inbox(database, router, clock, readers, acknowledgers, unread)
    files = {channel.name: channel.files for channel in channels if channel.files}
    read = Files(database, files).read
    senders = {one.name: Carrier(one.name, one.sender, one.files, read, clock) for one in channels}
    limits = {channel.name: channel.limits for channel in channels if channel.limits}
    worker = Worker(database, clock, senders, regulations, limits=limits, **options)
    keeper = FileKeeper(database, clock, files)
    return House(database=database, clock=clock, inbox=inbox, worker=worker, router=router, keeper=keeper)


def reranker_of(settings: Settings, clock: Clock) -> Reranker | None:
    """Who is asked for a second opinion; nobody unless a setting names an endpoint."""
    return ChatEndpoint(settings.llm, clock) if settings.llm else None


def console_channel(screen: console.ConsoleChannel) -> Channel:
    """The console as a channel: no limits, and an invitation is a line to type."""
    return Channel(
        name=console.NAME,
        sender=screen,
        read=console.read,
        acknowledge=screen.acknowledge,
        link=lambda code: f"/start {code}",
    )


def telegram_channel(
    sender: TelegramSender,
    identity: Callable[[], BotIdentity | None],
    limits: Limits | None = None,
    files: TelegramFiles | None = None,
) -> Channel:
    """Telegram as a channel; `identity` tells who we are, once it is known. Without `limits` at its published ones."""

    def read(raw: bytes, received_at: datetime) -> InboundMessage | None:
        if (known := identity()) is None:
            raise LookupError("nobody knows yet who is addressed")
        return parse_bytes(raw, known, received_at)

    def link(code: str) -> str:
        known = identity()
        return telegram_link(known.username if known else None, code)

    return Channel(
        name=TELEGRAM,
        sender=sender,
        read=read,
        acknowledge=sender.acknowledge,
        link=link,
        limits=limits or Limits(),
        files=files,
        reads=lambda: identity() is not None,
    )


def telegram_link(bot_name: str | None, code: str) -> str:
    """The deep link by which a person joins; without our name what it makes the app say.

    https://core.telegram.org/bots/features#deep-linking.
    """
    return f"/start {code}" if bot_name is None else f"https://t.me/{bot_name}?start={code}"


def whatsapp_channel(
    sender: WhatsAppSender,
    phone_id: str,
    number: Callable[[], str | None],
    files: WhatsAppFiles | None = None,
    account_id: str | None = None,
    prices: Prices | None = None,
    new_chats_a_day: Callable[[], int | None] = lambda: None,
) -> Channel:
    """WhatsApp as a channel; `number` tells ours in digits, once it is known; `account_id`: whose templates count."""
    return Channel(
        name=WHATSAPP,
        sender=sender,
        read=lambda raw, received_at: parse_event(raw, phone_id, received_at, account_id),
        acknowledge=sender.acknowledge,
        link=lambda code: whatsapp_link(number(), code),
        limits=WHATSAPP_LIMITS,
        prices=prices,
        new_chats_a_day=new_chats_a_day,
        template_trouble=trouble_of,
        files=files,
    )


def whatsapp_link(number: str | None, code: str) -> str:
    """The link by which a person joins: it writes the words beforehand, and the person sends them.

    Without our number those words alone. https://faq.whatsapp.com/5913398998672934.
    """
    words = f"{JOIN_WORD} {code}"
    return words if number is None else f"https://wa.me/{number}?text={quote(words)}"


def links_of(settings: Settings, code: str, bot_name: str | None, number: str | None) -> dict[str, str | None]:
    """The links to join, by each channel that is set; None where it is not known what we are called there."""
    links: dict[str, str | None] = {}
    if settings.telegram_token is not None:
        links[TELEGRAM] = None if bot_name is None else telegram_link(bot_name, code)
    if settings.whatsapp is not None:
        links[WHATSAPP] = None if number is None else whatsapp_link(number, code)
    return links


def packaged_regulations(settings: Settings) -> Mapping[str, Regulation]:
    """Every regulation by id, the default for new offices among them.

    Raises:
        WrongSetting: there is no regulation of that name.
        InvalidRegulation: a pack is bad.
    """
    regulations = load_regulations()
    if settings.regulation not in regulations:
        raise WrongSetting("APEL_REGULATION", "regulation")
    return regulations


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of these settings, brought up to date.

    Raises:
        WrongSetting: its folder cannot be made.
        Unavailable: it cannot be opened.
    """
    prepare_place(settings.database_url)
    await upgrade(settings.database_url)
    database = Database(make_engine(settings.database_url))
    try:
        yield database
    finally:
        await database.close()


async def identify(settings: Settings) -> BotIdentity:
    """Which bot the token belongs to, asked of Telegram once.

    Raises:
        WrongSetting: there is no token.
        SendError: Telegram refuses it or cannot be reached.
    """
    token = settings.known_token().reveal()
    connection = Connection(token, settings.telegram_api_url, answer_seconds=ASKED_WITHIN)
    try:
        return await TelegramSender(connection.bot, SystemClock()).identity()
    finally:
        await connection.close()
