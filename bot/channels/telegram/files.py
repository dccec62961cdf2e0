"""Files that people sent on Telegram: it has them for good, and gives bots those of at most 20 MB.

https://core.telegram.org/bots/api#getfile
"""

from telegram import Bot
from telegram.error import BadRequest

from bot.channels.telegram import refusals
from scheduler.clock import Clock
from scheduler.errors import ChannelDown, ChannelRefusesUs
from scheduler.files import FileGone, Gone

LARGEST = 20 * 2**20  # bytes


class TelegramFiles:
    """A `scheduler.files.ChannelFiles`."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot, self._clock = bot, clock

    async def fetch(self, reference: str) -> bytes:
        """As the port says."""
        try:
            data = await self._fetched(reference)
        except BadRequest as error:
            raise FileGone(Gone.TOO_LARGE if "too big" in str(error).lower() else Gone.REFUSED) from error
        except Exception as error:  # asking again harms nothing, whatever went wrong
            problem = refusals.send_error(error, self._clock.now())
            if isinstance(problem, ChannelRefusesUs):
                raise problem from error
            raise ChannelDown(str(problem)) from error
        if data is None or len(data) > LARGEST:
            raise FileGone(Gone.TOO_LARGE)
        return data

    async def _fetched(self, reference: str) -> bytes | None:
        file = await self._bot.get_file(reference)
        if (file.file_size or 0) > LARGEST:
            return None
        return await self._bot.request.retrieve(file.file_path or "")

    async def upload(self, _name: str, _media_type: str, _data: bytes) -> None:
        """A file goes only with its message here."""
