"""What to do when a send was not confirmed: a pure function from the error to a decision that is data."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from scheduler.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelRefusesUs,
    Malformed,
    MediaRefused,
    MessageRefused,
    OutcomeUnknown,
    PersonsLimitReached,
    PushesRefused,
    RecipientBusy,
    RecipientMoved,
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

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_WHILE_DOWN = timedelta(seconds=20)  # a post is not to miss its window though the network came back in it
MOST_MOVES = 3  # of one message from chat id to chat id, one right after the other
REPEATS = 2  # attempts of a repeatable message whose answer keeps getting lost
TOLD_FAILED = 4  # attempts of what is never too late, and of which the channel answers that it failed
TOLD_FAILED_IN_WINDOW = 6  # and of what has a window; waits double, so that they are half an hour: each may be a copy
UNREACHED = ChannelDown.__name__  # the ledger's reason of what waits for the channel to be there again
UNANSWERED = (OutcomeUnknown.__name__, "interrupted")  # and of what may have been sent before it goes again
HAD_ENOUGH = RecipientBusy.__name__  # and of what waits with all else that is for its recipient
NO_ROOM = PersonsLimitReached.__name__  # and of what waits until another person may be written to first
REFUSED = ChannelRefusesUs.__name__  # and of what waits until the channel takes anything from us
PUSHES_REFUSED = PushesRefused.__name__  # and of what waits until it takes from us what nobody asked for
NO_TEMPLATE = TemplateRefused.__name__  # and of what waits until its template may be used, or its reader writes
TEMPLATE_PAUSED = TemplateTrouble.PAUSED.value  # and of a push whose template is paused: until it may be used again
TO_BE_TEMPLATE = WindowClosed.__name__  # and of a later part that waits whether a template of the first brings it, too
MOST_UPLOADS = 2  # of a picture or document, before the words go without it


class Again(Struct, frozen=True):
    """Surely not sent, or harmless if sent twice: again at `instant`. Its lateness window is what ends this.

    `counts`: it was an attempt of ours that failed, after which we wait longer; being told to wait is none.
    """

    instant: datetime
    counts: bool = True


class GiveUp(Struct, frozen=True):
    """It will never be accepted; `reason` is a code that the ledger keeps. `defect`: of ours, which is told."""

    reason: str
    defect: bool = False


class WithoutMedia(Struct, frozen=True):
    """Its words go at once, without the picture or document; where there are no words it is given up."""


class AsTemplate(Struct, frozen=True):
    """The person cannot be written to freely after all: at once as a template; without one it is given up."""


class PauseChat(Struct, frozen=True):
    """Nothing reaches this chat until something changes there."""

    reason: UnreachableReason


class Uncertain(Struct, frozen=True):
    """Neither sent nor failed; not again by itself."""


class Readdress(Struct, frozen=True):
    """The group lives under another id: move everything there and send at `instant`, the present one at first."""

    chat_id: str
    instant: datetime


class StopAll(Struct, frozen=True):
    """The channel takes nothing from us: every row stays planned until a person acts; `pushes_only`: but for replies.

    `wait`: after which the row may go again, where the channel as a whole does not pause for it.
    """

    why: Refusal
    pushes_only: bool = False

    @property
    def wait(self) -> timedelta:
        return LONGEST_WAIT if self.pushes_only else timedelta(0)


Decision = Again | WithoutMedia | AsTemplate | GiveUp | PauseChat | Uncertain | Readdress | StopAll


_AT_ONCE: Mapping[type[SendError], Decision] = {  # whichever attempt it was
    MessageRefused: GiveUp("refused"),
    Malformed: GiveUp("refused", defect=True),
    WindowClosed: AsTemplate(),
    Withheld: GiveUp("withheld"),
}


def decide(
    error: SendError,
    attempt: int,
    now: datetime,
    *,
    repeatable: bool,
    settles_within: timedelta = timedelta(0),
    ends: bool = False,
) -> Decision:
    """What follows from `error` on the attempt with this number (from 1) at the aware instant `now`.

    `repeatable`: the message may reach its reader twice (a reply, a reminder, an edit); a group's post may not.
    `settles_within`: so long the channel may take to tell by itself what became of a message whose answer was lost.
    Where it answered that the message failed, and tells nothing else in that time, that is believed, of any message.
    `ends`: the message has a lateness window, within which it is tried a few times more.
    """
    if (plain := _AT_ONCE.get(type(error)) or _surely_again(error, attempt, now)) is not None:
        return plain
    match error:
        case TemplateRefused():
            return GiveUp(error.trouble.value, defect=error.trouble is TemplateTrouble.PARAMETERS)
        case ChannelRefusesUs():
            return StopAll(error.why, pushes_only=error.pushes_only)
        case RecipientUnreachable():
            return PauseChat(error.reason)
        case RecipientMoved():
            return Readdress(error.chat_id, now if attempt <= MOST_MOVES else now + _wait(attempt))
        case MediaRefused():
            return Again(now) if attempt < MOST_UPLOADS else WithoutMedia()
        case OutcomeUnknown() if error.told_failed and settles_within and attempt < _most_told_failed(ends):
            return Again(now + settles_within * (1 << (attempt - 1)))
        case OutcomeUnknown() if repeatable and attempt < REPEATS:
            return Again(now + max(_wait(attempt), settles_within))
        case _:
            return Uncertain()


def _surely_again(error: SendError, attempt: int, now: datetime) -> Again | None:
    match error:
        case Throttled():
            return Again(max(error.retry_at, now), counts=False)
        case ChannelBusy():  # the whole channel is paused meanwhile
            return Again(now, counts=False)
        case RecipientBusy():
            return Again(now + _wait_of_recipient(attempt))
        case PersonsLimitReached():
            return Again(max(error.opens_at, now), counts=False)
        case ChannelDown():
            return Again(now + min(LONGEST_WHILE_DOWN, _wait(attempt)))
    return None


def _most_told_failed(ends: bool) -> int:
    return TOLD_FAILED_IN_WINDOW if ends else TOLD_FAILED


def _wait(attempt: int) -> timedelta:
    """5 s, 10 s, 20 s ... at most 5 minutes; one sender per chat, so no jitter is needed."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempt - 1, 10)))


def _wait_of_recipient(attempt: int) -> timedelta:
    """1 s, 4 s, 16 s, 64 s ... at most 5 minutes.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput asks for 4^X seconds.
    """
    return min(LONGEST_WAIT, timedelta(seconds=4 ** min(attempt - 1, 10)))
