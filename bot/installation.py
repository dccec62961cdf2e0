"""What the administrator does from the command line: check the installation, add offices, invite."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot import whatsapp_check
from bot.application import identify, links_of, opened, packaged_regulations
from bot.config import Settings, WrongSetting
from bot.conversations.show_deliveries import shown
from bot.invitations import create_invitation
from bot.offices import add_office
from bot.on_whatsapp import digits, number_of
from bot.whatsapp_check import Verdict
from content.regulation import Regulation
from content.regulation_loader import load_regulations
from content.seat_words import seats_of
from scheduler.clock import SystemClock
from scheduler.delivery_record import local, month_of
from scheduler.errors import ChannelRefusesUs, SendError
from storage.errors import NewerSchema, Unavailable
from storage.models import Office, Role
from storage.queries import offices

_EVERY_LINE = 1_000_000  # a terminal has no pages
WRONG_SETTING = {  # verdicts for which a setting is to blame, and nothing that passes by itself
    "command/database_bad",
    "command/database_newer_bad",
    "command/settings_bad",
    "command/token_bad",
    "command/templates_unreadable_bad",
    "command/whatsapp_account_bad",
    "command/whatsapp_bad",
    "command/whatsapp_id_bad",
    "command/whatsapp_rights_bad",
    "command/whatsapp_secret_bad",
}


class NoSuchSeat(Exception):
    """The office's regulation has no such seat; `seats` are those that it has, and our administrator."""

    def __init__(self, role: Role, seats: Sequence[str]) -> None:
        super().__init__(role.value)
        self.seats = seats


class CodeToHandOver(Struct, frozen=True):
    """A fresh code, the link on every channel that we have, and until when it is good in the office's zone.

    A link is None where the channel does not tell now what we are called there.
    """

    code: str
    links: Mapping[str, str | None]
    expires: datetime


async def open_office(settings: Settings, name: str, regulation: Regulation, timezone: str | None) -> Office:
    """Add an office; the zone is the one given, else the setting's, else the regulation's.

    Raises:
        WrongName: that is no name for an office.
        AlreadyExists: the name is taken.
    """
    async with opened(settings) as database, database.transaction() as session:
        return await add_office(session, name, regulation, timezone or settings.timezone, SystemClock().now())


async def invite_to(settings: Settings, unit: str, role: Role) -> CodeToHandOver:
    """A one-time code for a seat in this office.

    Raises:
        NotFound: no office has this name.
        NoSuchSeat: its regulation does not know this role.
    """
    async with opened(settings) as database, database.transaction() as session:
        office = await offices.find_office(session, unit)
        seats = (*seats_of(load_regulations()[office.regulation_id]), Role.ADMINISTRATOR.value)
        if role.value not in seats:
            raise NoSuchSeat(role, seats)
        invited = await create_invitation(session, office, role, 1, SystemClock().now())
        zone = ZoneInfo(office.timezone)
    return CodeToHandOver(invited.code, await _links(settings, invited.code), invited.expires_at.astimezone(zone))


async def _links(settings: Settings, code: str) -> Mapping[str, str | None]:
    """By every channel that we have; all are asked at once."""
    bot_name, number = await asyncio.gather(_bot_name(settings), _number(settings))
    return links_of(settings, code, bot_name, number)


async def _bot_name(settings: Settings) -> str | None:
    with suppress(SendError, WrongSetting):
        return (await identify(settings)).username
    return None


async def _number(settings: Settings) -> str | None:
    if settings.whatsapp is not None:
        with suppress(SendError):
            return digits(await number_of(settings.whatsapp))
    return None


async def deliveries_of(settings: Settings, unit: str | None, month: date | None) -> list[Mapping[str, Any]]:
    """What went out of this office (None: of every one) in a month (None: the present one), as "ledger/month" wants it.

    Raises:
        NotFound: no office has this name.
    """
    now = SystemClock().now()
    async with opened(settings) as database, database.transaction() as session:
        found = [await offices.find_office(session, unit)] if unit else await offices.all_offices(session)
        return [
            shown(await month_of(session, office, month or local(now, office).date(), now), office, 0, size=_EVERY_LINE)
            for office in found
        ]


async def check_installation(settings: Settings) -> list[Verdict]:
    """A plain verdict each for settings, content, database and token; keys that end in "_bad" are failures.

    Raises:
        WrongSetting: a setting cannot be used at all.
        InvalidRegulation: a pack is bad.
    """
    regulations = packaged_regulations(settings)
    content: Verdict = ("command/content_good", {"count": len(regulations)})
    telegram, whatsapp = await asyncio.gather(_telegram(settings), whatsapp_check.verdicts(settings))
    return [_settings(settings), content, await _database(settings), *telegram, *whatsapp]


def _settings(settings: Settings) -> Verdict:
    try:
        settings.check_channels()
    except WrongSetting as wrong:
        return "command/settings_bad", {"name": wrong.name, "key": wrong.key}
    return "command/settings_good", {}


async def _database(settings: Settings) -> Verdict:
    try:
        async with opened(settings):
            return "command/database_good", {}
    except Unavailable:
        return "command/database_bad", {}
    except NewerSchema:
        return "command/database_newer_bad", {}


async def _telegram(settings: Settings) -> list[Verdict]:
    if settings.telegram_token is None:
        return []
    try:
        identity = await identify(settings)
    except ChannelRefusesUs:
        return [("command/token_bad", {})]
    except SendError:
        return [("command/telegram_bad", {})]
    return [
        ("command/token_good", {"name": identity.username}),
        ("command/groups_readable", {"everything": identity.reads_everything}),
    ]
