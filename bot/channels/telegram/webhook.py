"""Telling Telegram where to post updates, and looking regularly whether it still does.

https://core.telegram.org/bots/api#setwebhook
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NoReturn

from telegram import Bot
from telegram.error import InvalidToken

from bot.channels.telegram import ALLOWED_UPDATES, refusals
from bot.channels.telegram.backoff import pause_seconds
from scheduler.clock import Clock
from scheduler.errors import ChannelRefusesUs
from storage.queries import settings
from storage.transaction import Session

log = logging.getLogger(__name__)

_SETTING = "telegram.webhook_secret"
_CHECK_EVERY = timedelta(minutes=5)
_CONNECTIONS = 8  # at once; every one of them waits for the same database


async def kept_secret(session: Session, now: datetime) -> str:
    """The secret that Telegram must show us, made on first use and kept in the database."""
    return await settings.keep_first(session, _SETTING, secrets.token_urlsafe(32), now)


class WebhookKeeper:
    """Sets the webhook and repairs it when somebody took it away. `last_good_check` (aware) is for the health check."""

    def __init__(
        self, bot: Bot, url: str, secret: str, clock: Clock, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._url = url
        self._secret = secret
        self._clock = clock
        self._sleep = sleep
        self._is_set = False
        self.last_good_check: datetime | None = None

    async def run(self) -> NoReturn:
        """Keep the webhook until cancelled.

        Raises:
            ChannelRefusesUs: Telegram does not accept the token.
        """
        failures = 0
        while True:
            try:
                await self.check()
            except InvalidToken as error:
                raise ChannelRefusesUs("the token is not accepted") from error
            except refusals.NO_USABLE_ANSWER as error:
                failures += 1
                log.warning("the webhook could not be set or checked: %s: %s", type(error).__name__, error)
                await self._sleep(pause_seconds(error, failures))
            else:
                failures = 0
                await self._sleep(_CHECK_EVERY.total_seconds())

    async def check(self) -> None:
        """Set the webhook if this process has not yet, or if Telegram has lost it. Raises `NO_USABLE_ANSWER`."""
        if not self._is_set:
            await self._set()
        told = await self._bot.get_webhook_info()
        if told.url != self._url:
            log.warning("the webhook was changed by somebody else; setting it again")
            await self._set()
        if told.last_error_message:
            log.warning("Telegram cannot deliver: %s; %d waiting", told.last_error_message, told.pending_update_count)
        if told.last_error_message and told.pending_update_count:
            return  # no good check: the health page must not say that updates arrive
        self.last_good_check = self._clock.now()

    async def _set(self) -> None:
        # set anew at every start: the secret or the list of kinds may differ from last time's
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES, max_connections=_CONNECTIONS
        )
        self._is_set = True
