"""What `apel check` asks Meta, all at once, and the verdicts that follow from the answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot import whatsapp_templates
from bot.channels.whatsapp.graph import Graph, Number, TokenRights
from bot.channels.whatsapp.sending import repeatable, who_we_are
from bot.config import Settings, WhatsAppSettings
from bot.on_whatsapp import asked_once, daily_persons
from content.money_words import money_words
from scheduler.charges import Prices
from scheduler.clock import SystemClock
from scheduler.errors import ChannelRefusesUs, Malformed, Refusal, SendError

Verdict = tuple[str, dict[str, Any]]  # a key of the catalogue's area "command", and its parameters
Answer = TypeVar("Answer")

_WORD_LENGTH = 16  # characters; a shorter word may be guessed
_SENDING = "whatsapp_business_messaging"


async def verdicts(settings: Settings) -> list[Verdict]:
    """A plain verdict each for number, token, secrets, account, limit, templates and prices; none without WhatsApp."""
    if (whatsapp := settings.whatsapp) is None:
        return []
    account = whatsapp.business_account_id
    async with asked_once(whatsapp) as graph:
        number, signed, rights, numbers, apps, templates = await asyncio.gather(
            _number(graph),
            _told(lambda: graph.belongs_to(whatsapp.app_secret.reveal())),
            _told(graph.rights),
            _told(lambda: graph.numbers_of(account)),
            _told(lambda: graph.apps_of(account)),
            _templates(settings),
        )
    if isinstance(number, SendError):
        return [(_why(number), {})]
    about = {"number": number.display_phone_number, "name": number.verified_name, "quality": number.quality_rating}
    return [
        ("command/whatsapp_good", about),
        (f"command/whatsapp_{_SIGNED[signed]}", {}),
        _word(whatsapp.verify_token.reveal()),
        *_of_account(whatsapp, rights, numbers, apps),
        ("command/whatsapp_persons", daily_persons(whatsapp, number)),
        templates,
        _prices(whatsapp.prices),
    ]


_SIGNED = {True: "secret_good", False: "secret_bad", None: "down_bad"}


def _word(word: str) -> Verdict:
    """Of the word by which Meta is let in at first: whether it is the one that Meta was given only Meta can tell."""
    return "command/whatsapp_word", {"length": len(word), "enough": _WORD_LENGTH}


async def _number(graph: Graph) -> Number | SendError:
    try:
        return await who_we_are(graph, SystemClock().now())
    except SendError as error:
        return error


async def _told(ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """None where Meta does not tell: why, other verdicts say."""
    try:
        return await repeatable(ask, SystemClock().now())
    except SendError:
        return None


def _why(error: SendError) -> str:
    if isinstance(error, ChannelRefusesUs):
        return "command/whatsapp_id_bad" if error.why is Refusal.NUMBER else "command/whatsapp_bad"
    return "command/whatsapp_id_bad" if isinstance(error, Malformed) else "command/whatsapp_down_bad"


def _of_account(
    whatsapp: WhatsAppSettings,
    rights: TokenRights | None,
    numbers: frozenset[str] | None,
    apps: frozenset[str] | None,
) -> list[Verdict]:
    """What is wrong with the business account, or with what the token may do in it, as far as Meta tells."""
    found: list[Verdict] = []
    if rights is not None and rights.scopes and _SENDING not in rights.scopes:
        found.append(("command/whatsapp_rights_bad", {}))
    if numbers is not None and whatsapp.phone_id not in numbers:
        found.append(("command/whatsapp_account_bad", {}))
    app = rights.app_id if rights is not None else ""
    if apps is not None and not (app in apps if app else apps):
        found.append(("command/whatsapp_subscribed_bad", {}))
    told = numbers is not None and apps is not None
    return found or ([("command/whatsapp_account_good", {})] if told else [])


async def _templates(settings: Settings) -> Verdict:
    try:
        standings = await whatsapp_templates.standings(settings)
    except SendError as error:
        return whatsapp_templates.trouble(error), {}
    bad = sum(not standing.good for standing in standings)
    if bad:
        return "command/templates_bad", {"count": len(standings), "bad": bad}
    return "command/templates_good", {"count": len(standings)}


def _prices(prices: Prices | None) -> Verdict:
    shown = {name: money_words(price, prices.currency) for name, price in prices.of.items()} if prices else {}
    return "command/whatsapp_prices", {"prices": shown}
