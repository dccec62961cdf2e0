"""Long polling in a loop of our own: fetch raw updates, store and commit them, only then confirm them.

The library's poller confirms a batch while it still sits in memory, stops for good at one update that it cannot
parse, and dies silently when the token is revoked. https://core.telegram.org/bots/api#getupdates
"""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram import ALLOWED_UPDATES, CHANNEL, refusals
from bot.channels.telegram.backoff import pause_seconds
from bot.channels.telegram.connection import Connection
from scheduler.clock import Clock
from scheduler.errors import ChannelRefusesUs
from storage.errors import Unavailable
from storage.queries import inbound
from storage.transaction import Database

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 10.0  # on top of the time that the server holds an empty poll


class PollTrouble(StrEnum):
    """Why the last poll was not a good one."""

    UNREACHABLE = "unreachable"  # no answer, a broken one, or "wait"
    CONFLICT = "conflict"  # somebody else polls with our token, or a webhook is set
    REFUSED = "refused"  # the token is revoked or wrong
    DATABASE = "database"  # what was fetched could not be stored; it will be fetched again


class Poller:
    """Fetches updates into the database. `last_good_poll` (aware) and `trouble` are for the health check.

    `sleep` waits that many seconds; `on_stored` is called after new updates were committed; `hold_seconds` is how
    long the server may hold a poll that has nothing to tell.
    """

    def __init__(
        self,
        connection: Connection,
        database: Database,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        on_stored: Callable[[], None],
        *,
        hold_seconds: int = 25,
    ) -> None:
        self._connection = connection
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._on_stored = on_stored
        self._hold_seconds = hold_seconds
        self._webhook_removed = False
        self._confirm: int | None = None  # offset of the next poll; kept until that poll succeeded
        self.last_good_poll: datetime | None = None
        self.trouble: PollTrouble | None = None

    async def run(self) -> NoReturn:
        """Poll until cancelled; whatever was stored stays, whatever was not is fetched again.

        Raises:
            ChannelRefusesUs: Telegram does not accept the token; polling on would be of no use.
        """
        failures = 0
        while True:
            try:
                await self.poll_once()
            except InvalidToken as error:
                self.trouble = PollTrouble.REFUSED
                raise ChannelRefusesUs("the token is not accepted") from error
            except (*refusals.NO_USABLE_ANSWER, Unavailable) as error:
                failures += 1
                self._note(error)
                await self._sleep(pause_seconds(error, failures))
            else:
                failures = 0

    async def poll_once(self) -> int:
        """One poll, stored and committed; how many updates were new.

        Raises:
            telegram.error.TelegramError, KeyError, TypeError, AttributeError: no usable answer.
            Unavailable: not stored, and therefore not confirmed.
        """
        if not self._webhook_removed:
            await self._connection.bot.delete_webhook()  # never drops what waits
            self._webhook_removed = True
        updates = await self._fetch()
        new = await self._store(updates)
        # An offset is only sent to confirm: after a silent week Telegram counts from a random, perhaps smaller, id.
        ids = [update["update_id"] for update in updates if _has_id(update)]
        self._confirm = max(ids) + 1 if ids else None
        self.last_good_poll, self.trouble = self._clock.now(), None
        if new:
            self._on_stored()
        return new

    async def _fetch(self) -> list[Any]:
        # after a start or a trouble the answer comes at once: whether all is well shows without waiting for an update
        well = self.last_good_poll is not None and self.trouble is None
        hold = self._hold_seconds if well else 0
        asked: dict[str, Any] = {"timeout": hold, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        if self._confirm is not None:
            asked["offset"] = self._confirm
        answer = await self._connection.poll.post(
            f"{self._connection.bot.base_url}/getUpdates?{urlencode(asked)}",
            read_timeout=hold + _ANSWER_SECONDS,
        )
        if not isinstance(answer, list):
            raise TelegramError("getUpdates answered with something else than a list")
        return answer

    async def _store(self, updates: list[Any]) -> int:
        now = self._clock.now()
        async with self._database.concurrent() as session:
            rows = [await inbound.store(session, CHANNEL, *_key_and_bytes(update), now) for update in updates]
        return sum(row is not None for row in rows)

    def _note(self, error: Exception) -> None:
        trouble = PollTrouble.UNREACHABLE
        if isinstance(error, Conflict):
            trouble = PollTrouble.CONFLICT
        elif isinstance(error, Unavailable):
            trouble = PollTrouble.DATABASE
        # the first of a kind is news, the rest is noise
        level = logging.DEBUG if trouble is self.trouble else logging.WARNING
        log.log(level, "polling Telegram: %s (%s: %s)", trouble, type(error).__name__, error)
        self.trouble = trouble


def _has_id(update: Any) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def _key_and_bytes(update: Any) -> tuple[str, bytes]:
    raw = json.dumps(update).encode()
    return (str(update["update_id"]) if _has_id(update) else f"sha256:{hashlib.sha256(raw).hexdigest()}"), raw
