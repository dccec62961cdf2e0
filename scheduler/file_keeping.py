"""Keeps the bytes of files whose channel gives them away after some days: fetched soon after they are wanted.

The rows say what is wanted and when it is tried (again); nothing is remembered here.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.clock import Clock
from scheduler.errors import SendError
from scheduler.files import ChannelFiles, FileGone, Gone, media_type_of
from storage.queries import kept_files
from storage.queries.kept_files import Wanted
from storage.transaction import Database

log = logging.getLogger(__name__)

HAD_FOR = timedelta(days=7)  # a channel has a file at least for so long
_AT_ONCE = 10
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)


class FileKeeper:
    """Fetches, one file after the other; for the one process that acts for the bot."""

    def __init__(self, database: Database, clock: Clock, channels: Mapping[str, ChannelFiles]) -> None:
        self._database, self._clock, self._channels = database, clock, channels

    async def step(self) -> datetime | None:
        """Try what is due; when to be called again, None where nothing is wanted.

        Raises:
            Unavailable: the database cannot be worked with; what was not kept is fetched again.
        """
        async with self._database.concurrent() as session:
            due = await kept_files.due(session, self._clock.now(), _AT_ONCE)
        for wanted in due:
            await self._try(wanted)
        async with self._database.concurrent() as session:
            return await kept_files.next_due(session)

    async def _try(self, wanted: Wanted) -> None:
        try:
            data = await self._fetch(wanted)
        except FileGone as gone:
            await self._not_had(wanted, gone.reason)
        except SendError:
            await self._not_had(wanted, None)
        except Exception as error:  # noqa: BLE001  a defect in what one file asks for keeps no other from being fetched
            # a trace may hold the file's address
            log.error("a file from %s could not be fetched: %s", wanted.channel, type(error).__name__)  # noqa: TRY400
            await self._not_had(wanted, None)
        else:
            async with self._database.concurrent() as session:
                await kept_files.keep(session, wanted, media_type_of(data), data, self._clock.now())

    async def _fetch(self, wanted: Wanted) -> bytes:
        channel = self._channels.get(wanted.channel)
        if channel is None:
            raise FileGone(Gone.NO_CHANNEL)
        return await channel.fetch(wanted.reference)

    async def _not_had(self, wanted: Wanted, reason: Gone | None) -> None:
        """Again after a while, until the channel has it no more; what is too large stays so."""
        now = self._clock.now()
        until = now + min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(wanted.attempt, 10)))
        async with self._database.concurrent() as session:
            if reason is not Gone.TOO_LARGE and until < wanted.wanted_at + HAD_FOR:
                await kept_files.put_off(session, wanted, until)
                return
            given_up = reason if reason is Gone.TOO_LARGE else Gone.TOO_LATE
            await kept_files.give_up(session, wanted, given_up.value)
        log.warning("a file from %s is not kept: %s (last: %s)", wanted.channel, given_up, reason or "no answer")
