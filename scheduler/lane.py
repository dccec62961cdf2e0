"""One channel's way out: what leaves next by its limits, the request, and what its answer tells of the channel."""

import logging
from datetime import UTC, datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from content.message import Message
from scheduler.abilities import abilities_of
from scheduler.backoff import Backoff
from scheduler.claiming import Claiming
from scheduler.deadlines import Deadlines
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE
from scheduler.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelRefusesUs,
    OutcomeUnknown,
    PushesRefused,
    SendError,
    Throttled,
)
from scheduler.hand import Claim, Hand
from scheduler.push_pause import PushPause
from scheduler.rate_limit import Permit, RateLimit
from scheduler.sender import Sender, SendReceipt
from storage.models import Priority
from storage.transaction import Session

log = logging.getLogger(__name__)

LONGEST_SEND = timedelta(seconds=60)  # a send that takes longer counts as unanswered
ASK_AGAIN_AFTER = timedelta(minutes=5)  # a channel that refused our credentials
_ASKED = "the channel asks us to wait until %s"
_DOWN = 3  # sends in a row that did not reach the channel: one alone may have a reason of its own
_DOWN_FOR = timedelta(seconds=5)  # for which none did


class Lane:
    """A channel with its hand and its limits."""

    def __init__(self, channel: str, sender: Sender, limit: RateLimit, random: Random, at_once: int) -> None:
        """At most `at_once` requests in flight: a channel that does not answer takes no place from another."""
        self.channel, self.limit, self.claiming, self.at_once = channel, limit, Claiming(channel), at_once
        self._sender, self._backoff, self._deadlines = sender, Backoff(random), Deadlines()
        self.pushes = PushPause(abilities_of(channel).settles_within)
        self._refuses_us = False
        self._refuses_later: datetime | None = None  # since when we know that what it accepts, it refuses later
        self._unreached = 0  # sends since the last one that reached the channel
        self._reached: datetime | None = None  # when that was answered
        self._full = False  # it waits for answers, not for an instant
        self._opens: datetime | None = None  # when the channel as a whole lets the next one leave

    @property
    def hand(self) -> Hand:
        """What is claimed of this channel."""
        return self.claiming.hand

    @property
    def reached_at(self) -> datetime:
        """When it last accepted something of this process."""
        return self._reached or datetime.min.replace(tzinfo=UTC)

    def shift(self, by: timedelta) -> None:
        """The clock was set by so much: whatever is remembered is as long ago, or to come, as it was before."""
        self.limit.shift(by)
        self._backoff.shift(by)
        self.pushes.shift(by)
        self._reached, late = self._reached and self._reached + by, self._refuses_later
        self._refuses_later = late and late + by

    def refuses_later(self, now: datetime, until: datetime) -> None:
        """It was told only after it had accepted messages that the channel takes nothing from us `until` then."""
        self.limit.pause(until)
        if not self._refuses_us:
            self._refuses_us, self._refuses_later = True, now

    def is_paused(self, now: datetime) -> bool:
        """Whether the channel asked to wait: nothing is claimed for it then."""
        self._opens, self._full = self.limit.paused(now), False
        return self._opens > now

    def choose(self, now: datetime, free: int) -> list[tuple[Claim, Permit]]:
        """What may leave at `now` by the limits, at most `free` rows; the last tenth of all places is for replies."""
        chosen: list[tuple[Claim, Permit]] = []
        hand, limit, reserved = self.hand, self.limit, self.at_once // 10
        if self._refuses_us or self._backoff.on_trial:  # one finds out for all whether anything is taken again
            free, reserved = min(free, 1 - len(hand.away)), 0
        self._opens = None
        while len(chosen) < free and (claim := hand.first(now)) is not None:
            is_push = claim.priority >= Priority.PUSH
            if is_push and len(chosen) >= free - reserved:
                break
            opens = limit.earliest(claim.chat, now, group=claim.group, evenly=is_push)
            if opens <= now:
                if self.pushes.opens and claim.priority > Priority.REPLY and not self.pushes.lets(now):
                    self._opens = self.pushes.opens
                    break
                hand.leave(claim)
                chosen.append((claim, limit.take(claim.chat, now, group=claim.group)))
            elif (whole := limit.whole(now, evenly=is_push)) > now:
                self._opens = whole
                break
            else:
                hand.rest(claim.chat, opens)
        self._full = len(chosen) >= free
        return chosen

    async def next_wake(self, session: Session, now: datetime, holder: str) -> datetime | None:
        """As `wakes`, with what the ledger tells."""
        instants = [at for at in (self.wakes(now), await self.claiming.due(session, now, holder)) if at]
        return max(min(instants), self.limit.whole(now)) if instants else None

    def wakes(self, now: datetime) -> datetime | None:
        """The first instant from which something in hand, or known to wait, may leave."""
        instants = [at for at in (self._opens, self.claiming.wakes()) if at and not self._full]
        return max(min(instants), self.limit.paused(now)) if instants else None

    async def send(self, claim: Claim, began: datetime) -> SendReceipt | SendError:
        """The request of a row that is being sent since then; whatever becomes of it is an answer."""
        entry = replace(claim.entry, began=began)
        try:
            with self._deadlines.within(LONGEST_SEND.total_seconds()):
                if claim.replaces is None:
                    return await self._sender.send(claim.destination, self._sendable(claim.message), entry)
                return await self._sender.edit(claim.destination, claim.replaces, claim.message)
        except SendError as error:
            return error
        except TimeoutError:
            return OutcomeUnknown()
        except Exception:  # a defect of a channel says nothing about what its server did
            log.exception("sender failed", extra=claim.about)
            return OutcomeUnknown()

    def _sendable(self, message: Message) -> Message:
        return message if message.quiz is None or self._sender.polls else replace(message, quiz=None)

    def heed(self, claim: Claim, outcome: SendReceipt | SendError, left: datetime, now: datetime) -> datetime | None:
        """What the answer to a request that left then tells of the channel counts at once; until when it pauses all."""
        match outcome:
            case SendReceipt():
                self._accepted(claim, left, now)
            case PushesRefused():
                self.pushes.refused(now, now + ASK_AGAIN_AFTER)
            case ChannelRefusesUs():
                self._refuses_us = True
                self.limit.pause(now + ASK_AGAIN_AFTER)
            case ChannelDown():
                self._unreached += 1
            case ChannelBusy():
                return self._pause(self._backoff.refused(left, now), now)
            case Throttled() if outcome.everywhere:
                return self._pause(outcome.retry_at, now)
            case Throttled() if self.limit.throttled(claim.chat, outcome.retry_at, left=left, now=now):
                log.warning(_ASKED, outcome.retry_at.isoformat())
                return outcome.retry_at
        return None

    def _accepted(self, claim: Claim, left: datetime, now: datetime) -> None:
        self.limit.accepted()
        self._backoff.accepted(left)
        self._trust(left, now)
        if claim.priority > Priority.REPLY:
            self.pushes.accepted(left, now)
        if self._unreached >= _DOWN and (self._reached is None or self._reached + _DOWN_FOR <= now):
            self.claiming.is_back()
        self._unreached, self._reached = 0, now

    def _trust(self, left: datetime, now: datetime) -> None:
        """Where refusals come later, what was accepted proves something only if none has come in its time."""
        if self._refuses_later is None or self._refuses_later <= left:
            if self._refuses_later is not None:
                self.limit.pause(now + abilities_of(self.channel).settles_within)
            self._refuses_us, self._refuses_later = False, None

    def _pause(self, until: datetime, now: datetime) -> datetime:
        if until > self.limit.paused(now):
            log.warning(_ASKED, until.isoformat())
        self.limit.pause(until)
        return until


class Answer(Struct, frozen=True):
    """What became of a request at an aware instant, not recorded yet."""

    lane: Lane
    claim: Claim
    outcome: SendReceipt | SendError
    at: datetime
    pauses_all: datetime | None = None  # a 429 that concerns the whole channel: until when

    @property
    def in_bulk(self) -> bool:
        """A plain success, of which nothing follows."""
        follows = self.claim.message_key in FORGOTTEN_ONCE_DONE or self.claim.message.quiz is not None
        return isinstance(self.outcome, SendReceipt) and not follows

    @property
    def name(self) -> str:
        """What became of it: "sent", or the error's name."""
        return "sent" if isinstance(self.outcome, SendReceipt) else type(self.outcome).__name__

    @property
    def reference(self) -> str | None:
        """The channel's reference of the message; of an edit the original row keeps it."""
        accepted = isinstance(self.outcome, SendReceipt) and self.claim.edits_id is None
        return getattr(self.outcome, "message_ref", None) if accepted else None
