"""What an error of Meta's means for a send, by its code alone, as leaves of `scheduler.errors`.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes: titles and HTTP statuses
change, codes do not. The same table serves answers and the statuses that come later.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler.errors import (
    ChannelBusy,
    ChannelRefusesUs,
    Malformed,
    MediaRefused,
    MessageRefused,
    OutcomeUnknown,
    PushesRefused,
    RecipientBusy,
    RecipientUnreachable,
    Refusal,
    SendError,
    TemplateRefused,
    TemplateTrouble,
    Throttled,
    UnreachableReason,
    WindowClosed,
    Withheld,
)

_UPGRADE = timedelta(minutes=1)  # a number takes nothing for so long at most
_NO_SUCH_NUMBER = (100, 33)  # code and subcode, https://developers.facebook.com/docs/graph-api/guides/error-handling

Meaning = Callable[[str, datetime], SendError]  # the code for the log, the aware present instant


def _refuses(why: Refusal) -> Meaning:
    return lambda code, _: ChannelRefusesUs(code, why=why)


def _template(trouble: TemplateTrouble) -> Meaning:
    return lambda *_: TemplateRefused(trouble)


# code -> what it means; whatever stands in none of these rows is a message that is never accepted
TABLE: tuple[tuple[tuple[int, ...], Meaning], ...] = (
    ((1, 2, 131000, 131016), lambda code, _: OutcomeUnknown(code, told_failed=True)),  # may have been sent
    ((4, 80007, 130429), lambda code, _: ChannelBusy(code)),  # of the app, the account, the number
    ((131057,), lambda _, now: Throttled(now + _UPGRADE, everywhere=True)),
    ((131056,), lambda code, _: RecipientBusy(code)),
    ((131047,), lambda code, _: WindowClosed(code)),
    ((131026,), lambda *_: RecipientUnreachable(UnreachableReason.NOT_ON_CHANNEL)),
    ((131049,), lambda code, _: Withheld(code)),
    ((131050,), lambda *_: RecipientUnreachable(UnreachableReason.OPTED_OUT)),
    ((190, 0, 3, 10, *range(200, 300)), _refuses(Refusal.CREDENTIALS)),
    ((33,), _refuses(Refusal.NUMBER)),  # it was deleted
    ((131045, 133010), _refuses(Refusal.UNREGISTERED)),
    ((131037,), _refuses(Refusal.NAME)),
    ((131031,), _refuses(Refusal.LOCKED)),
    ((368,), _refuses(Refusal.POLICY)),
    ((130497,), _refuses(Refusal.COUNTRY)),
    ((131042,), _refuses(Refusal.PAYMENT)),
    ((131048,), lambda code, _: PushesRefused(code, why=Refusal.QUALITY)),  # stop all pushes; answers may go
    ((131052, 131053), lambda code, _: MediaRefused(code)),
    ((132001,), _template(TemplateTrouble.MISSING)),  # or not approved, in this language
    ((132007,), _template(TemplateTrouble.REJECTED)),  # against a policy
    ((132015,), _template(TemplateTrouble.PAUSED)),
    ((132016,), _template(TemplateTrouble.DISABLED)),
    ((131064,), _template(TemplateTrouble.CATEGORY)),
    # of what fills it: how many, too long, of a wrong kind, with a newline
    ((132000, 132005, 132012, 132018), _template(TemplateTrouble.PARAMETERS)),
    ((132068, 132069), lambda code, _: MessageRefused(code)),  # a flow; we send none, questions are asked one by one
    # our payload; 131062: an account without its number, to which only that kind of template may not go
    ((100, 131008, 131009, 131021, 131051, 131062), lambda code, _: Malformed(code)),
)
_BY_CODE = {code: means for codes, means in TABLE for code in codes}


def meaning(code: int, now: datetime, subcode: int | None = None) -> SendError:
    """What became of a message of which Meta told this code at the aware instant `now`."""
    if (code, subcode) == _NO_SUCH_NUMBER:
        return ChannelRefusesUs(f"code {code}/{subcode}", why=Refusal.NUMBER)
    means = _BY_CODE.get(code)
    return MessageRefused(f"code {code}") if means is None else means(f"code {code}", now)


def answered(status: int, code: int | None, now: datetime, subcode: int | None = None) -> SendError:
    """As `meaning`, of an answer to a request.

    Without a code, as from a proxy in between, its HTTP status tells only what surely went no further.
    """
    if code is not None:
        return meaning(code, now, subcode)
    told = f"status {status}"
    if status == 429:
        return ChannelBusy(told)
    if status in (401, 403):
        return ChannelRefusesUs(told)
    return OutcomeUnknown(told, told_failed=status >= 500)
