"""What an error of Meta's means for a send, by its code alone, as leaves of `scheduler.errors`.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes: titles and HTTP statuses
change, codes do not. The same table serves answers and the statuses that come later.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler.errors import (
    ChannelRefusesUs,
    MessageRefused,
    OutcomeUnknown,
    RecipientUnreachable,
    SendError,
    Throttled,
    UnreachableReason,
    WindowClosed,
    Withheld,
)

_A_WHILE = timedelta(seconds=60)
_TO_ONE = timedelta(seconds=16)  # 4^X seconds are asked for, and bursts are borrowed from the time after: X = 2

Meaning = Callable[[str, datetime], SendError]  # the code for the log, the aware present instant

# code -> what it means; whatever stands in none of these rows is a message that is never accepted
TABLE: tuple[tuple[tuple[int, ...], Meaning], ...] = (
    ((1, 2, 131000, 131016), lambda code, _: OutcomeUnknown(code)),  # may have been sent
    ((4, 80007, 130429), lambda _, now: Throttled(now + _A_WHILE)),  # of the app, the account, the number
    ((131057,), lambda _, now: Throttled(now + _A_WHILE)),  # the number is being upgraded
    ((131056,), lambda _, now: Throttled(now + _TO_ONE)),  # to the same person
    ((131047,), lambda code, _: WindowClosed(code)),
    ((131026,), lambda *_: RecipientUnreachable(UnreachableReason.NOT_ON_CHANNEL)),
    ((131049,), lambda code, _: Withheld(code)),
    ((131050,), lambda *_: RecipientUnreachable(UnreachableReason.OPTED_OUT)),
    ((190, 0, 3, 10, *range(200, 300)), lambda code, _: ChannelRefusesUs(code)),  # token or permission
    # locked, blocked for a policy, a country or a payment, too much spam: a person must act
    ((131031, 368, 130497, 131042, 131048), lambda code, _: ChannelRefusesUs(code)),
)
_BY_CODE = {code: means for codes, means in TABLE for code in codes}


def meaning(code: int, now: datetime) -> SendError:
    """What became of a message of which Meta told this code at the aware instant `now`."""
    means = _BY_CODE.get(code)
    return MessageRefused(f"code {code}") if means is None else means(f"code {code}", now)


def answered(status: int, code: int | None, now: datetime) -> SendError:
    """As `meaning`, of an answer to a request; without a code, as from a proxy in between, by its HTTP status."""
    if code is not None:
        return meaning(code, now)
    told = f"status {status}"
    if status == 429:
        return Throttled(now + _A_WHILE)
    if status in (401, 403):
        return ChannelRefusesUs(told)
    return MessageRefused(told) if 400 <= status < 500 else OutcomeUnknown(told)
