"""A channel's way out for pictures and files that another channel holds, or that this one gives away after some days.

Their bytes are had once, from what is kept or from the channel they came by, and given to this channel once; then they
go by what it calls them.
"""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from content.message import Document, Message, Picture
from scheduler.abilities import abilities_of
from scheduler.clock import Clock
from scheduler.errors import ChannelDown, ChannelRefusesUs, MediaRefused
from scheduler.files import PICTURES, ChannelFiles, FileGone, Gone, harmless_name, media_type_of
from scheduler.sender import Destination, LedgerEntry, Sender, SendReceipt
from storage.errors import Unavailable
from storage.queries import kept_files
from storage.transaction import Database

_PATIENCE = 30.0  # seconds until a file that is slow to come is tried again later
_COPY_LASTS = timedelta(days=1)  # what is uploaded is had for longer on every channel
_MOST_COPIES = 200

Read = Callable[[Picture], Awaitable[bytes]]


class Files:
    """The bytes of files, wherever they are; the last one stays at hand."""

    def __init__(self, database: Database, channels: Mapping[str, ChannelFiles]) -> None:
        self._database, self._channels = database, channels
        self._last: tuple[Picture, bytes] | None = None

    async def read(self, picture: Picture) -> bytes:
        """Its bytes.

        Raises:
            FileGone: they cannot be had.
            SendError: not now, by its leaves.
        """
        if self._last is None or self._last[0] != picture:
            self._last = picture, await self._kept(picture) or await self._fetched(picture)
        return self._last[1]

    async def _kept(self, picture: Picture) -> bytes | None:
        try:
            async with self._database.concurrent() as session:
                return await kept_files.data_of(session, picture.channel, picture.file_ref)
        except Unavailable as error:
            raise ChannelDown("the database cannot be worked with") from error

    async def _fetched(self, picture: Picture) -> bytes:
        channel = self._channels.get(picture.channel)
        if channel is None:
            raise FileGone(Gone.NO_CHANNEL)
        return await channel.fetch(picture.file_ref)


class Carrier:
    """A `scheduler.sender.Sender` around the one of `channel`; `files` are that channel's own."""

    def __init__(self, channel: str, sender: Sender, files: ChannelFiles | None, read: Read, clock: Clock) -> None:
        self.polls = sender.polls
        self.edit = sender.edit
        self._channel, self._sender, self._files = channel, sender, files
        self._read, self._clock = read, clock
        self._copies: dict[Picture, tuple[Picture, datetime]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def send(self, destination: Destination, message: Message, entry: LedgerEntry | None = None) -> SendReceipt:
        """As the port says. A file that cannot be had is MediaRefused."""
        picture = message.picture
        if picture is None or (picture.channel == self._channel and abilities_of(self._channel).files_last):
            return await self._sender.send(destination, message, entry)
        try:
            carried = await self._carried(message, picture)
            receipt = await self._sender.send(destination, carried, entry)
        except FileGone as error:
            raise MediaRefused(str(error)) from error
        except MediaRefused:
            self._copies.pop(picture, None)  # it may have gone stale: the next attempt makes a new one
            raise
        if receipt.file_ref is not None and self._copy(picture) is None:
            self._remember(picture, receipt.file_ref, carried.document.name if carried.document else None)
        return receipt

    async def _carried(self, message: Message, picture: Picture) -> Message:
        """The message with what this channel can send. Raises as `Files.read`."""
        if (copy := self._copy(picture)) is not None:
            return replace(message, picture=copy)
        try:
            async with asyncio.timeout(_PATIENCE), self._one_at_a_time:
                if (copy := self._copy(picture)) is not None:  # made meanwhile
                    return replace(message, picture=copy)
                return await self._uploaded(message, picture)
        except TimeoutError as error:
            raise ChannelDown("the file is slow to come") from error

    async def _uploaded(self, message: Message, picture: Picture) -> Message:
        try:
            data = await self._read(picture)
        except ChannelRefusesUs as error:  # the other channel does, not this one
            raise FileGone(Gone.REFUSED) from error
        media_type = media_type_of(data)
        named = harmless_name(picture.name or "") or f"file{mimetypes.guess_extension(media_type) or ''}"
        name = None if picture.name is None and media_type in PICTURES else named
        reference = await self._files.upload(named, media_type, data) if self._files is not None else None
        if reference is not None:
            return replace(message, picture=self._remember(picture, reference, name))
        if name is None:
            return replace(message, picture=replace(picture, data=data))
        return replace(message, picture=None, document=Document(name, data))

    def _copy(self, picture: Picture) -> Picture | None:
        copy, until = self._copies.get(picture, (None, self._clock.now()))
        return copy if self._clock.now() < until else None

    def _remember(self, picture: Picture, reference: str, name: str | None) -> Picture:
        copy = Picture(self._channel, reference, name)
        self._copies.pop(picture, None)
        self._copies[picture] = copy, self._clock.now() + _COPY_LASTS
        if len(self._copies) > _MOST_COPIES:
            del self._copies[next(iter(self._copies))]
        return copy
