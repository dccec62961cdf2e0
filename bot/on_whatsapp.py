"""What of one process runs on WhatsApp: the way out, the way in, and who we are there."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn

from bot.application import ASKED_WITHIN, Channel, whatsapp_channel
from bot.channels.whatsapp import CHANNEL
from bot.channels.whatsapp.files import WhatsAppFiles
from bot.channels.whatsapp.first_contact import heed_tier
from bot.channels.whatsapp.graph import Graph, Number
from bot.channels.whatsapp.sending import WhatsAppSender, listed_templates, who_we_are
from bot.channels.whatsapp.splitting import events
from bot.channels.whatsapp.templates import remembered
from bot.config import WhatsAppSettings
from bot.web.signed_webhooks import Signatures, SignedInlet
from scheduler.clock import Clock, SystemClock
from scheduler.errors import ChannelRefusesUs, SendError
from scheduler.persons_limit import PersonsLimit
from storage.errors import Unavailable
from storage.queries import templates
from storage.transaction import Database

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/whatsapp/webhook"
_UNKNOWN_YET = "WhatsApp does not say who we are yet: %s"
LOOK_EVERY = 300.0  # seconds
_ASK_AGAIN = 5.0  # seconds, where no answer was had


class OnWhatsApp:
    """The channel with its connections. Its number is asked for beside the work: only the link to join needs it.

    `last_good_check` (aware): when Meta last knew us; `trouble`: what it says instead.
    """

    def __init__(
        self,
        settings: WhatsAppSettings,
        database: Database,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._graph = Graph(settings.api_url, settings.phone_id, settings.token.reveal())
        self._persons = persons_limit(settings)
        self._sender = WhatsAppSender(self._graph, clock, database, self._persons)
        self._database, self._templates_unknown = database, False
        self._number: str | None = None
        self.last_good_check: datetime | None = None  # for the health check
        self._unknown: str | None = None
        self._signatures = Signatures("APEL_WHATSAPP_APP_SECRET")

    @property
    def trouble(self) -> str | None:
        """Why Meta does not say who we are, or takes nothing from us, or is not understood when it posts."""
        return self._unknown or self._sender.refused or self._signatures.trouble

    @property
    def last_welcome(self) -> datetime:
        """When Meta last did not refuse all that we send, as far as anything was sent."""
        return self._sender.refused_since or self._clock.now()

    @property
    def channel(self) -> Channel:
        """The channel's ends."""
        files, account = WhatsAppFiles(self._graph, self._clock), self._settings.business_account_id
        return whatsapp_channel(
            self._sender,
            self._settings.phone_id,
            lambda: self._number,
            files,
            account,
            prices=self._settings.prices,
            new_chats_a_day=lambda: self._persons.limit,
        )

    def inlet(self, on_stored: Callable[[], None]) -> SignedInlet:
        """The webhook that Meta posts to."""
        return SignedInlet(
            channel=CHANNEL,
            path=WEBHOOK_PATH,
            secret=self._settings.app_secret.reveal(),
            verify_token=self._settings.verify_token.reveal(),
            split=events,
            on_stored=on_stored,
            signatures=self._signatures,
        )

    async def introduce(self) -> NoReturn:
        """Find out who we are and look every few minutes whether Meta still knows us, until cancelled.

        A token that is refused is told, and asked with again: rows wait meanwhile.
        """
        told = ""
        while True:
            pause = _ASK_AGAIN
            try:
                number = await who_we_are(self._graph, self._clock.now())
            except SendError as error:
                # the first of a kind is news, the rest is noise
                log.log(logging.DEBUG if str(error) == told else logging.WARNING, _UNKNOWN_YET, error)
                told = self._unknown = str(error)
                pause = LOOK_EVERY if isinstance(error, ChannelRefusesUs) else _ASK_AGAIN
            else:
                if self._number is None:
                    log.info("running on WhatsApp")
                self._number, self.last_good_check = digits(number), self._clock.now()
                heed_number(self._persons, self._settings, number)
                told, self._unknown = "", None
                pause = LOOK_EVERY
                await self._look_at_templates()
            await self._sleep(pause)

    async def _look_at_templates(self) -> None:
        """Keep what Meta says of our templates. Where it says nothing, a day long what it said last holds."""
        asked_at = self._clock.now()
        try:
            listed = await listed_templates(self._graph, self._settings.business_account_id, asked_at)
            async with self._database.transaction() as session:
                await templates.keep_all(session, CHANNEL, remembered(listed), asked_at)
        except (SendError, Unavailable) as error:
            told = "the state of our templates is not known: %s"
            log.log(logging.DEBUG if self._templates_unknown else logging.WARNING, told, error)
            self._templates_unknown = True
        else:
            self._templates_unknown = False

    async def close(self) -> None:
        """Close every connection."""
        await self._graph.close()


def persons_limit(settings: WhatsAppSettings) -> PersonsLimit:
    """To how many persons a day we may write first, before Meta tells it: as set, else carefully few."""
    set_to = settings.daily_persons
    return PersonsLimit() if set_to is None else PersonsLimit(set_to, told=True)


def heed_number(persons: PersonsLimit, settings: WhatsAppSettings, number: Number) -> None:
    """What Meta tells of the number, unless a setting says otherwise."""
    if settings.daily_persons is None:
        heed_tier(persons, number.whatsapp_business_manager_messaging_limit)


def daily_persons(settings: WhatsAppSettings, number: Number) -> dict[str, Any]:
    """To how many persons a day we may write first ("limit", None: any number), and by whose word ("source")."""
    persons = persons_limit(settings)
    heed_number(persons, settings, number)
    told = bool(number.whatsapp_business_manager_messaging_limit)
    source = "setting" if settings.daily_persons is not None else "meta" if told else "assumed"
    return {"limit": persons.limit, "source": source}


def digits(number: Number) -> str:
    """The number as links want it: country code first, figures only."""
    return re.sub(r"\D", "", number.display_phone_number)


async def number_of(settings: WhatsAppSettings) -> Number:
    """Which number the token belongs to, asked of Meta once.

    Raises:
        SendError: Meta refuses it or cannot be reached.
    """
    async with asked_once(settings) as graph:
        return await who_we_are(graph, SystemClock().now())


@asynccontextmanager
async def asked_once(settings: WhatsAppSettings) -> AsyncIterator[Graph]:
    """For a few questions of somebody who waits for the answers."""
    graph = Graph(settings.api_url, settings.phone_id, settings.token.reveal(), answer_seconds=ASKED_WITHIN)
    try:
        yield graph
    finally:
        await graph.close()
