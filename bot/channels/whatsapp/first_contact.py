"""Writing first to somebody: only to so many persons in 24 hours, which Meta tells in tiers."""

import re
from datetime import datetime

from bot.channels.whatsapp import CHANNEL
from scheduler.errors import PersonsLimitReached
from scheduler.persons_limit import DAY, PersonsLimit
from storage.queries import templates
from storage.transaction import Session

_TIER = re.compile(r"(\d+)([KM]?)", re.IGNORECASE)
_TIMES = {"": 1, "K": 1_000, "M": 1_000_000}


def heed_tier(persons: PersonsLimit, told: str) -> None:
    """Go by what Meta tells ("TIER_2K", "TIER_UNLIMITED"); what says nothing ("TIER_NOT_SET") changes nothing.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
    """
    if (number := _TIER.search(told)) is not None:
        persons.limit = int(number[1]) * _TIMES[number[2].upper()]
    elif "UNLIMITED" in told.upper():
        persons.limit = None
    persons.told = True  # whatever it is, asking again soon tells no more


async def admit(session: Session, persons: PersonsLimit, chat_id: str, now: datetime) -> None:
    """This person is written to first at the aware instant `now`, and counts.

    Raises:
        PersonsLimitReached: there is no room for them yet.
    """
    if persons.is_stale(now):
        persons.load(await templates.written_first(session, CHANNEL, now - DAY), now)
    if (opens := persons.opens(chat_id, now)) > now:
        raise PersonsLimitReached(opens)
    persons.take(chat_id, now)
