"""What of one process runs on Telegram: the way out, the way in, and who we are there."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.application import Channel, telegram_channel
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender
from bot.channels.telegram.webhook import WebhookKeeper, kept_secret
from bot.config import Secret, Settings
from bot.conversations.help import summary_of
from bot.conversations.router import Router
from bot.conversations.step import Place
from bot.web.webhooks import Inlet
from scheduler.clock import Clock
from scheduler.errors import ChannelRefusesUs, SendError
from storage.transaction import Database

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram/webhook"  # where the webhook's URL names none
_ASK_AGAIN = 5.0  # seconds until Telegram is asked again who we are
_UNKNOWN_YET = "Telegram does not say who we are yet: %s"


class WayIn(Struct, frozen=True):
    """How updates arrive: `hear` runs until cancelled; `last_heard` (aware) is good for `within`."""

    name: str
    hear: Callable[[], Coroutine[Any, Any, NoReturn]]
    last_heard: Callable[[], datetime | None]
    within: timedelta
    trouble: Callable[[], str | None] = lambda: None
    inlet: Inlet | None = None


class OnTelegram:
    """The channel with its connections. It sends before it knows who we are; what is said to us waits until then."""

    def __init__(
        self, settings: Settings, token: Secret, database: Database, clock: Clock, on_stored: Callable[[], None]
    ) -> None:
        self._settings, self._database, self._clock, self._on_stored = settings, database, clock, on_stored
        self._connection = Connection(token.reveal(), settings.telegram_api_url, at_once=settings.limits.at_once)
        self._sender = TelegramSender(self._connection.bot, clock)
        self._identity: BotIdentity | None = None

    @property
    def channel(self) -> Channel:
        """The channel's ends."""
        files = TelegramFiles(self._connection.bot, self._clock)
        return telegram_channel(self._sender, lambda: self._identity, self._settings.limits, files)

    async def introduce(self, router: Router) -> NoReturn:
        """Find out who we are, let what was said meanwhile be answered, and show the menu; goes on until cancelled.

        Raises:
            ChannelRefusesUs: Telegram does not accept the token.
        """
        if self._identity is None:
            self._identity = await self._who_we_are()
        self._on_stored()
        log.info("running on Telegram")
        await self._show_menu(router)
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nobody settles it")

    async def _who_we_are(self) -> BotIdentity:
        told = ""
        while True:
            try:
                return await self._sender.identity()
            except ChannelRefusesUs:
                raise
            except SendError as error:  # whatever it is, a proxy's refusal for one, it may be over at the next try
                # the first of a kind is news, the rest is noise
                log.log(logging.DEBUG if str(error) == told else logging.WARNING, _UNKNOWN_YET, error)
                told = str(error)
            await asyncio.sleep(_ASK_AGAIN)

    async def _show_menu(self, router: Router) -> None:
        """Let the app list the commands behind the slash."""
        try:
            await self._sender.set_commands(_menu(router, Place.PRIVATE), _menu(router, Place.GROUP))
        except SendError as error:
            log.warning("the command menu could not be shown: %s", error)

    async def way_in(self) -> WayIn:
        """Long polling, or the webhook where there is a public address."""
        if self._settings.webhook_url is not None:
            return await self._webhook(self._settings.webhook_url)
        poller = Poller(self._connection, self._database, self._clock, asyncio.sleep, self._on_stored)
        return WayIn(
            name="poll",
            hear=poller.run,
            last_heard=lambda: poller.last_good_poll,
            within=timedelta(minutes=3),
            trouble=lambda: poller.trouble.value if poller.trouble else None,
        )

    async def _webhook(self, url: str) -> WayIn:
        path = unquote(urlsplit(url).path)  # as the server will have read it
        if not path:
            url, path = url + WEBHOOK_PATH, WEBHOOK_PATH
        async with self._database.transaction() as session:
            given = self._settings.webhook_secret
            secret = given.reveal() if given else await kept_secret(session, self._clock.now())
        keeper = WebhookKeeper(self._connection.bot, url, secret, self._clock, asyncio.sleep)
        return WayIn(
            name="webhook",
            hear=keeper.run,
            last_heard=lambda: keeper.last_good_check,
            within=timedelta(minutes=12),
            inlet=Inlet(CHANNEL, path, secret, self._on_stored),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._connection.close()


def _menu(router: Router, place: Place) -> dict[str, str]:
    """What the app lists behind the slash, by kind of chat; "start" is the app's own button."""
    shown = [command for command in router.commands if command.place in {place, Place.ANYWHERE}]
    return {command.name: summary_of(command.name) for command in shown if command.name != "start"}
