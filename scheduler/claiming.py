"""From the ledger into the hand: which waiting rows are claimed next, so that no chat's queue hides another's.

Replies and notices are looked for at every step, by an index that leads with them. Pushes are looked for when some
were written, when the hand runs low, and every LOOK_AGAIN; of one chat only PER_CHAT are in hand, and its further rows
are looked for when those have left, or when the part that they follow may leave. So a step never reads its way through
rows of chats that are at their limit, and such rows take no room in the hand from those of other chats.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec

from content.message import Message
from scheduler.abilities import abilities_of
from scheduler.hand import Behind, Claim, Hand
from scheduler.retry_policy import NO_ROOM, NO_TEMPLATE, TEMPLATE_PAUSED, TO_BE_TEMPLATE, UNANSWERED, UNREACHED
from scheduler.sender import Destination
from storage.models import DeliveryState, Priority
from storage.queries import awaited, claims
from storage.queries.claims import Waiting
from storage.queries.deliveries import ENDED, ON_TAP
from storage.transaction import Session

log = logging.getLogger(__name__)

CLAIMED_FOR = timedelta(seconds=60)  # then a claim lapses, unless it was renewed
LOOK_AGAIN = timedelta(seconds=10)
HAND = 500  # rows looked for at once
PER_CHAT = 10
_MOST_IN_HAND = 2 * HAND
_CHATS_AT_ONCE = 20  # looked into in one step
_CHATS_NAMED = 10_000  # in one statement
_TAPPED = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.CANCELLED)  # a template there may be tapped
_NOT_YET = timedelta(seconds=1)  # until a row is looked at again whose predecessor waits elsewhere

_message = msgspec.json.Decoder(Message)


class Claiming:
    """The hand of one channel and what is remembered of the ledger to fill it. A restart remembers nothing."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.hand = Hand()
        self._unseen = True  # there may be pushes that were never looked at
        self._goes_on: datetime | None = None  # the last look ended amid pushes: there are more at once
        self._looked = datetime.min.replace(tzinfo=UTC)
        self._due: datetime | None = None
        self._back = False
        # nothing waits behind what may not be said first; nor, where the channel tells by itself what became of a
        # message, behind one whose answer was lost
        unanswered = UNANSWERED if abilities_of(channel).settles_within else ()
        self._overtaken = (NO_ROOM, NO_TEMPLATE, TEMPLATE_PAUSED, TO_BE_TEMPLATE, *unanswered)

    def look(self) -> None:
        """Pushes were written."""
        self._unseen = True

    def is_back(self) -> None:
        """The channel was down, and is not any more: what waits for that alone goes on at the next look."""
        self._back = True

    def forget(self, away: Iterable[str]) -> None:
        """Nothing is in hand any more; the chats `away` still have a row on its way."""
        self.hand = Hand()
        self.hand.away.update(away)
        self._unseen, self._goes_on, self._due = True, None, None

    async def fill(self, session: Session, now: datetime, holder: str) -> None:
        """Claim what may leave next, as far as the hand has room; cancel what no longer can."""
        if self._back:
            self.hand.go_on(await claims.wake(session, now, self.channel, UNREACHED), now)
            self._back = False
        found = {row.id: row for row in await self._find(session, now)}
        if found:
            await self._take(session, sorted(found.values(), key=_place), now, holder)

    def wakes(self) -> datetime | None:
        """The first instant at which something in hand, or known to wait, goes on."""
        hand = self.hand
        candidates = [hand.goes_on()]
        awake = hand.awake
        if awake < _MOST_IN_HAND:
            candidates.append(hand.looks())
        if awake <= HAND // 2:
            candidates += [self._due, self._goes_on]
        return min((instant for instant in candidates if instant), default=None)

    async def due(self, session: Session, now: datetime, holder: str) -> datetime | None:
        """The first instant at which more may be claimed."""
        self._due = await claims.next_due(session, now, self.channel)
        lapse = await claims.next_lapse(session, holder)
        return min((instant for instant in (self._due, lapse) if instant), default=None)

    async def _find(self, session: Session, now: datetime) -> list[Waiting]:
        hand, channel = self.hand, self.channel
        if hand.awake >= _MOST_IN_HAND:
            return []
        found = await self._sweep(session, now) if self._must_sweep(now) else []
        found += await claims.waiting(session, now, channel, up_to=Priority.NOTICE, without=(), most=HAND)
        if without := list(islice(hand.awaited(Priority.NOTICE), _CHATS_NAMED)):  # they may be all that was found
            found += await claims.waiting(session, now, channel, up_to=Priority.NOTICE, without=without, most=HAND)
        for chat in hand.to_look_for(now, _CHATS_AT_ONCE):
            rows = await claims.waiting_in(session, now, channel, chat, PER_CHAT + 1)
            hand.is_looked_into(chat, now, through=len(rows) <= PER_CHAT)
            found += rows
        return found

    def _must_sweep(self, now: datetime) -> bool:
        due = self._due is not None and self._due <= now
        return self.hand.awake <= HAND // 2 and (self._unseen or due or self._looked + LOOK_AGAIN <= now)

    async def _sweep(self, session: Session, now: datetime) -> list[Waiting]:
        for tried in await claims.put_back(session, now, self.channel, self._overtaken):
            self.hand.put_back(tried.chat_id, tried.until, tried.priority, now)
        parts = dict(islice(self.hand.awaited().items(), _CHATS_NAMED))
        still = await awaited.still_waiting(session, now, parts.values())
        self.hand.go_on([chat for chat, row in parts.items() if row not in still], now)
        without = list(self.hand.behind)[:_CHATS_NAMED]
        found = await claims.waiting(session, now, self.channel, up_to=Priority.BROADCAST, without=without, most=HAND)
        self._unseen = len(found) == HAND
        self._goes_on = now if self._unseen and found[-1].priority >= Priority.PUSH else None
        self._due = await claims.next_due(session, now, self.channel)
        self._looked = now
        return found

    async def _take(self, session: Session, rows: list[Waiting], now: datetime, holder: str) -> None:
        taken: list[int] = []
        cancelled: dict[int, str] = {}
        held_up: dict[str, Waiting] = {}
        for row in rows:
            if row.chat_id in held_up or self.hand.must_wait(row.chat_id, row.priority, now):
                continue
            if (reason := _in_vain(row, cancelled)) is not None:
                cancelled[row.id] = reason
            elif not self._may_leave(row, now):
                if row.edits_id is None:  # nothing overtakes a part; an edit may have to wait for long
                    held_up[row.chat_id] = row
            elif (claim := _claim(row)) is None:
                cancelled[row.id] = "defect"
            else:
                taken.append(row.id)
                if (outdated := self.hand.add(claim)) is not None:
                    cancelled[outdated.id] = "superseded"
        await claims.claim(session, taken, holder, now + CLAIMED_FOR)
        await claims.cancel(session, self.channel, cancelled)
        await self._put_off(session, held_up, now)

    def _may_leave(self, row: Waiting, now: datetime) -> bool:
        """Whether it is its turn in its chat; if not, the chat is looked into later."""
        hand, chat = self.hand, row.chat_id
        waits = row.before not in (None, DeliveryState.SENT) or row.original not in (None, DeliveryState.SENT)
        if row.priority < Priority.PUSH:
            return not waits  # replies and notices are looked at every time
        if not waits and hand.count(chat) < PER_CHAT:
            return True
        hand.behind[chat] = Behind(now if hand.busy(chat) else now + _NOT_YET)
        return False

    async def _put_off(self, session: Session, held_up: Mapping[str, Waiting], now: datetime) -> None:
        """Nothing of a chat leaves before the part that its first row follows: no sooner is it worth a look."""
        parts = {chat: row for chat, row in held_up.items() if row.priority >= Priority.NOTICE}
        idle = [chat for chat in parts if not self.hand.busy(chat)]
        for chat, at in (await awaited.next_in(session, now, self.channel, idle)).items():
            self.hand.behind[chat] = Behind(at, parts[chat].priority, parts[chat].follows_id)


def _place(row: Waiting) -> tuple[int, int]:
    return (row.priority, row.id)


def _in_vain(row: Waiting, cancelled: dict[int, str]) -> str | None:
    """Why it can never leave: what it follows or edits did not get through, or stayed behind in another chat."""
    if row.follows_id is not None and row.on_tap and row.before in _TAPPED:
        return ON_TAP
    if row.follows_id is not None and (row.before in ENDED or row.follows_id in cancelled):
        return cancelled.get(row.follows_id, "stopped")
    if row.edits_id is None:
        return None
    unknown = row.original_ref is None or row.original_chat != row.chat_id
    if row.original in ENDED or (row.original is DeliveryState.SENT and unknown):
        return "nothing_to_edit"
    return None


def _claim(row: Waiting) -> Claim | None:
    try:
        message = _message.decode(row.message)
    except msgspec.MsgspecError:  # one row that cannot be read stops no other
        log.exception("a message cannot be read", extra={"push": row.occurrence_id, "delivery": row.id})
        return None
    return Claim(
        row.id,
        row.priority,
        Destination(row.channel, row.chat_id, row.topic_id or None),
        row.group_id is not None,
        row.message_key,
        message,
        push=row.occurrence_id,
        due_at=row.due_at,
        edits_id=row.edits_id,
        replaces=row.original_ref if row.edits_id is not None else None,
    )
