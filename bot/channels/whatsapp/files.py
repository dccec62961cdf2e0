"""Files that people sent on WhatsApp, which Meta has for seven days, and files that we leave with it for thirty.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

import logging

from bot.channels.whatsapp.graph import Elsewhere, Graph, NotWhole, Refused
from bot.channels.whatsapp.sending import media_type_of_name, repeatable
from scheduler.clock import Clock
from scheduler.errors import ChannelDown, ChannelRefusesUs, Malformed, MediaRefused, MessageRefused, SendError
from scheduler.files import PICTURES, FileGone, Gone

log = logging.getLogger(__name__)

LARGEST = 20 * 2**20  # bytes that are kept of one; Meta takes pictures up to 5 MB, and documents up to 100
_UNKNOWN = 100  # an id that Meta does not know, any more or at all
_KNOWN_BY_CONTENT = (*PICTURES, "application/pdf")
_NOT_TAKEN = (Malformed, MediaRefused, MessageRefused)


class WhatsAppFiles:
    """A `scheduler.files.ChannelFiles`."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph, self._clock = graph, clock

    async def fetch(self, reference: str) -> bytes:
        """As the port says."""
        try:
            data = await repeatable(lambda: self._fetched(reference), self._clock.now())
        except _NOT_TAKEN as error:
            raise FileGone(Gone.REFUSED) from error
        except ChannelRefusesUs:
            raise
        except SendError as error:  # whoever is sent to on another channel does not wait for this one
            raise ChannelDown(str(error)) from error
        if data is None:
            raise FileGone(Gone.TOO_LARGE)
        return data

    async def _fetched(self, reference: str) -> bytes | None:
        try:
            media = await self._graph.media(reference)
        except Refused as refused:
            if refused.code == _UNKNOWN:
                raise FileGone(Gone.REFUSED) from refused
            raise
        try:
            return await self._graph.download(media, LARGEST)
        except Elsewhere as error:
            log.warning("Meta told an address of a file that is not one of its own")
            raise FileGone(Gone.REFUSED) from error
        except NotWhole as error:  # another time it may be; as evidence it would stand there for good
            raise ChannelDown("what came is not the file") from error

    async def upload(self, name: str, media_type: str, data: bytes) -> str:
        """As the port says. Meta takes pictures, PDF, plain text, and what office programs write."""
        known = media_type if media_type in _KNOWN_BY_CONTENT else media_type_of_name(name)
        try:
            return await repeatable(lambda: self._graph.upload(name, known, data), self._clock.now())
        except (Malformed, MessageRefused) as error:
            raise MediaRefused(str(error)) from error
