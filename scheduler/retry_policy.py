"""What to do when a send was not confirmed: a pure function from the error to a decision that is data."""

from datetime import datetime, timedelta

from msgspec import Struct

from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    MessageRefused,
    OutcomeUnknown,
    RecipientMoved,
    RecipientUnreachable,
    SendError,
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


class Again(Struct, frozen=True):
    """Surely not sent, or harmless if sent twice: again at `instant`. Its lateness window is what ends this.

    `counts`: it was an attempt of ours that failed, after which we wait longer; being told to wait is none.
    """

    instant: datetime
    counts: bool = True


class GiveUp(Struct, frozen=True):
    """It will never be accepted; `reason` is a code that the ledger keeps."""

    reason: str


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
    """The channel does not know us: every row stays planned until a person acts."""


Decision = Again | GiveUp | PauseChat | Uncertain | Readdress | StopAll


def decide(error: SendError, attempt: int, now: datetime, *, repeatable: bool) -> Decision:
    """What follows from `error` on the attempt with this number (from 1) at the aware instant `now`.

    `repeatable`: the message may reach its reader twice (a reply, a reminder, an edit); a group's post may not.
    """
    match error:
        case Throttled():
            return Again(max(error.retry_at, now), counts=False)
        case ChannelDown():
            return Again(now + min(LONGEST_WHILE_DOWN, _wait(attempt)))
        case ChannelRefusesUs():
            return StopAll()
        case RecipientUnreachable():
            return PauseChat(error.reason)
        case RecipientMoved():
            return Readdress(error.chat_id, now if attempt <= MOST_MOVES else now + _wait(attempt))
        case MessageRefused():
            return GiveUp("refused")
        case WindowClosed():
            return GiveUp("window_closed")
        case Withheld():
            return GiveUp("withheld")
        case OutcomeUnknown() if repeatable and attempt < REPEATS:
            return Again(now + _wait(attempt))
        case _:
            return Uncertain()


def _wait(attempt: int) -> timedelta:
    """5 s, 10 s, 20 s ... at most 5 minutes; one sender per chat, so no jitter is needed."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempt - 1, 10)))
