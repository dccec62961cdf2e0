"""What a push to persons costs, told before anything is sent: the most that it may come to, never a promise. Pure.

A channel that charges does so by the message. Who wrote lately gets the message itself, as "service"; everybody else a
template by its own category, whose button may bring the message after it, as "service" again. Messages to people who
wrote lately are said to cost since 2026-10-01; that some of a month's are free is told second-hand, and not counted on.
https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from msgspec import Struct

SERVICE = "service"
CATEGORIES = ("utility", "marketing", SERVICE)
# A push takes a while to leave, and a message may be refused near the end: whose time ends so soon is counted as over.
SLACK = timedelta(minutes=30)


class Prices(Struct, frozen=True):
    """Of one message, by category, in `currency` (ISO 4217)."""

    currency: str
    of: Mapping[str, Decimal]


class Load(Struct, frozen=True):
    """A push to persons: to how many, how many of them did not write lately, in how many messages each gets it.

    `category`: of the template for those who did not write lately; None: it has none, and leaves only to who did. As
    anybody may write in between, all are counted then.
    """

    persons: int
    outside: int
    messages: int
    category: str | None


def at_most(load: Load, prices: Prices | None) -> Decimal | None:
    """What the push may come to; None where a price that it takes is not known."""
    needed = {SERVICE} | ({load.category} if load.category is not None and load.outside else set())
    if prices is None or not needed <= prices.of.keys():
        return None
    messages = load.persons * load.messages * prices.of[SERVICE]
    if load.category is None or not load.outside:
        return messages
    return messages + load.outside * prices.of[load.category]
