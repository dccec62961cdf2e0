"""Out to WhatsApp: the Sender port."""

import mimetypes
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientHttpProxyError, ConnectionTimeoutError, InvalidURL

from bot.channels.whatsapp import ABILITIES, CHANNEL, refusals
from bot.channels.whatsapp.graph import Graph, MetasTemplate, Number, Refused
from bot.channels.whatsapp.payload import Media, payload
from bot.channels.whatsapp.template_sends import Refusals, as_template
from bot.channels.whatsapp.tracker import tracker
from content.message import Message
from scheduler.clock import Clock
from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    MessageRefused,
    OutcomeUnknown,
    RecipientUnreachable,
    SendError,
    TemplateRefused,
    UnreachableReason,
)
from scheduler.persons_limit import PersonsLimit
from scheduler.sender import Destination, LedgerEntry, SendReceipt
from storage.errors import Unavailable
from storage.queries import addresses, templates
from storage.transaction import Database

_MARGIN = timedelta(minutes=10)  # a message near the end may be refused on its way
_NEVER_LEFT = (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError, InvalidURL)
_NO_ANSWER = (Refused, ClientError, TimeoutError, OSError, msgspec.DecodeError)

Answer = TypeVar("Answer")


class WhatsAppSender:
    """A `scheduler.sender.Sender`. Messages must have been fitted to the channel's abilities (`scheduler.fitting`)."""

    polls = False

    def __init__(self, graph: Graph, clock: Clock, database: Database, persons: PersonsLimit | None = None) -> None:
        """`database` tells when a person last wrote: until a day later they may be written to freely.

        `persons`: to how many others we may write first.
        """
        self._graph = graph
        self._clock = clock
        self._database = database
        self._persons = persons or PersonsLimit()
        self._of_templates = Refusals()
        self.refused: str | None = None  # for what Meta takes nothing from us, as far as it last said
        self.refused_since: datetime | None = None

    async def send(self, destination: Destination, message: Message, entry: LedgerEntry | None = None) -> SendReceipt:
        """As the port says. Outside of the person's window the template of `entry.key` goes instead.

        Raises:
            WindowClosed: the person did not write within a day, and the message has no template.
            TemplateRefused: it has one, which cannot be used now.
            PersonsLimitReached: it may be used, but not for one more person today.
            RecipientUnreachable: the person was known by a number alone, which was forgotten.
        """
        whom = await self._whom(destination.chat_id)
        media, what = await self._what(destination.chat_id, message, entry)
        content = {"messaging_product": "whatsapp", "recipient_type": "individual", **whom}
        if entry is not None and entry.began is not None:
            content["biz_opaque_callback_data"] = tracker(entry.id, entry.began)
        try:
            reference = await self._graph.send(content | what)
        except _NO_ANSWER as error:
            problem = _send_error(error, self._clock.now())
            if isinstance(problem, ChannelRefusesUs):
                self.refused, self.refused_since = str(problem), self.refused_since or self._clock.now()
            if isinstance(problem, TemplateRefused) and "template" in what:
                self._of_templates.heed(what["template"]["name"], problem.trouble, self._clock.now())
            raise problem from error
        self.refused = self.refused_since = None
        return SendReceipt(reference or None, file_ref=media[1]["id"] if media else None)

    async def edit(self, _destination: Destination, _message_ref: str, _message: Message) -> SendReceipt:
        """Never asked for: the channel declares that it cannot."""
        raise MessageRefused("no message can be changed")

    async def acknowledge(self, _press_id: str, _text: str | None = None) -> None:
        """A press is a message here: there is nothing to acknowledge."""

    async def _whom(self, chat_id: str) -> dict[str, str]:
        """The account as the receiver of a message: by its business-scoped id, or by its number if that is all we know.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
        """
        if not addresses.is_by_number(chat_id):
            return {"recipient": chat_id}
        try:
            async with self._database.concurrent() as session:
                number = await addresses.number_of(session, CHANNEL, chat_id)
        except Unavailable as error:
            raise ChannelDown("the database cannot be worked with") from error
        if number is None:
            raise RecipientUnreachable(UnreachableReason.NOT_FOUND)
        return {"to": number}

    async def _what(
        self, chat_id: str, message: Message, entry: LedgerEntry | None
    ) -> tuple[Media | None, dict[str, Any]]:
        """The message itself, or the template in its place."""
        try:
            async with self._database.concurrent() as session:
                heard = await addresses.heard_at(session, CHANNEL, chat_id, entry.id if entry is not None else None)
                before = await templates.left_as(session, entry.id) if entry is not None else None
            if heard is None or self._clock.now() >= heard + ABILITIES.free_for - _MARGIN:
                now, refusals = self._clock.now(), self._of_templates
                return None, await as_template(self._database, self._persons, refusals, chat_id, entry, now)
            if entry is not None and before is not None:  # the window has opened since
                async with self._database.transaction() as session:
                    await templates.leave_as(session, entry.id, None)
        except Unavailable as error:
            raise ChannelDown("the database cannot be worked with") from error
        media = await self._media(message)
        return media, payload(message, media)

    async def _media(self, message: Message) -> Media | None:
        """The picture or document, at Meta. A file that was kept twice is no harm: only a reference reaches anybody."""
        if message.picture is not None:
            if message.picture.channel != CHANNEL:
                raise MessageRefused(f"a picture of channel {message.picture.channel}")
            about = {"id": message.picture.file_ref}
            name = message.picture.name
            return ("image", about) if name is None else ("document", about | {"filename": name})
        if message.document is None:
            return None
        name, data = message.document.name, message.document.data
        kept = await repeatable(lambda: self._graph.upload(name, media_type_of_name(name), data), self._clock.now())
        return "document", {"id": kept, "filename": name}


async def who_we_are(graph: Graph, now: datetime) -> Number:
    """The number that we write from. Raises the leaves of `SendError`; ChannelDown whenever a later try may succeed."""
    return await repeatable(graph.number, now)


async def listed_templates(graph: Graph, account_id: str, now: datetime) -> list[MetasTemplate]:
    """What Meta has of templates. Raises as `who_we_are`."""
    return await repeatable(lambda: graph.templates(account_id), now)


async def repeatable(call: Callable[[], Awaitable[Answer]], now: datetime) -> Answer:
    """What reaches nobody may be asked again, whatever became of it. Raises as `who_we_are`."""
    try:
        return await call()
    except _NO_ANSWER as error:
        problem = _send_error(error, now)
        raise (ChannelDown(str(problem)) if isinstance(problem, OutcomeUnknown) else problem) from error


def _send_error(error: Exception, now: datetime) -> SendError:
    if isinstance(error, Refused):
        return refusals.answered(error.status, error.code, now, error.subcode)
    if isinstance(error, _NEVER_LEFT):
        return ChannelDown(type(error).__name__)
    return OutcomeUnknown(type(error).__name__)


def media_type_of_name(name: str) -> str:
    """As Meta takes it: every text is plain to it, a table as well."""
    guessed = mimetypes.guess_type(name)[0] or "text/plain"
    return "text/plain" if guessed.startswith("text/") else guessed
