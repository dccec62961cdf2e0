"""What a send came to, written into the ledger with all that follows from it, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from scheduler import delivery_queue, group_changes, notices, turns
from scheduler.errors import SendError, UnreachableReason
from scheduler.retry_policy import REPEATS, Again, GiveUp, PauseChat, Readdress, StopAll, Uncertain, decide
from scheduler.sender import SendReceipt
from storage.models import Delivery, DeliveryState
from storage.queries import addresses, deliveries, quizzes
from storage.transaction import Session

_MOST_LATE_REFUSALS = 4  # attempts of one row that the channel accepts first and refuses later


class Recorded(Struct, frozen=True):
    """What the row is now, why (a code), and from which aware instant on its chat goes on."""

    state: DeliveryState
    reason: str | None
    goes_on: datetime


async def record(session: Session, row: Delivery, outcome: SendReceipt | SendError, now: datetime) -> Recorded:
    """Record the outcome of a row that was being sent, at the aware instant `now`."""
    if isinstance(outcome, SendReceipt):
        await delivery_queue.mark_sent(session, row, outcome, now)
        if delivery_queue.message_of(row).quiz is not None:
            await quizzes.keep(session, row, outcome.poll_ref)
        return Recorded(DeliveryState.SENT, None, now)
    reason, state, goes_on = type(outcome).__name__, DeliveryState.PLANNED, now
    harmless = row.repeatable or row.edits_id is not None
    match decide(outcome, row.attempt, now, repeatable=harmless):
        case Again(goes_on, counts=counts):
            await delivery_queue.put_back(session, row, goes_on, reason, counts=counts)
        case StopAll():
            await delivery_queue.put_back(session, row, now, reason, counts=False)
        case Readdress(chat_id, goes_on):
            await delivery_queue.put_back(session, row, goes_on, reason)
            await group_changes.move_chat(session, row.channel, row.chat_id, chat_id, now)
        case PauseChat(why):
            state, reason = DeliveryState.FAILED, why.value
            await _unreachable(session, row, why, now)
        case GiveUp(reason):
            state = DeliveryState.FAILED
            await _end(session, row, state, reason, now)
        case Uncertain():
            state = DeliveryState.UNCERTAIN
            await _end(session, row, state, reason, now)
    return Recorded(state, reason, goes_on)


async def _end(session: Session, row: Delivery, state: DeliveryState, reason: str, now: datetime) -> None:
    """Failed or uncertain, and told; no second time where only the answer to the commit was lost."""
    if not await delivery_queue.finish(session, row, state, reason):
        return
    if state is DeliveryState.UNCERTAIN:
        await notices.tell_uncertain(session, [row], now)
    elif (missed := await notices.missed_delivery(session, row, reason)) is not None:
        await notices.tell_missed(session, [missed], now)


async def record_refused_later(session: Session, row: Delivery, error: SendError, now: datetime) -> None:
    """The channel accepted the row, or its answer was lost, and now it tells that the message did not arrive.

    What may be tried again is planned again, a few times; the rest is failed, with all that follows from it.
    """
    known = [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNCERTAIN]
    decision = decide(error, row.attempt, now, repeatable=True)
    if isinstance(decision, Again) and row.state is not DeliveryState.SENDING and row.attempt < _MOST_LATE_REFUSALS:
        to = {"state": DeliveryState.PLANNED, "not_before": decision.instant, "reason": type(error).__name__}
        await deliveries.change(session, row.id, of=known, to=to | {"message_ref": None})
        return
    if isinstance(decision, PauseChat):
        await _unreachable(session, row, decision.reason, now, of=known)
        return
    reason = decision.reason if isinstance(decision, GiveUp) else "refused"
    if await deliveries.change(session, row.id, of=known, to={"state": DeliveryState.FAILED, "reason": reason}):
        missed = await notices.missed_delivery(session, row, reason)
        await notices.tell_missed(session, [missed] if missed else [], now)


async def record_abandoned(session: Session, before: datetime, now: datetime, besides: frozenset[int]) -> int:
    """Sends begun at or before `before` that nobody will record any more: uncertain, and told; returns how many.

    What may go twice is planned again. `besides`: what is still being sent, or waits to be recorded.
    """
    rows = await deliveries.abandon(session, "interrupted", repeats=REPEATS, before=before, besides=besides)
    await notices.tell_uncertain(session, rows, now)
    return len(rows)


async def record_orphans(session: Session, holder: str, now: datetime) -> int:
    """As `record_abandoned`, of everything that any process but `holder` was sending: they are gone."""
    rows = await deliveries.abandon(session, "interrupted", repeats=REPEATS, holder=holder)
    await notices.tell_uncertain(session, rows, now)
    return len(rows)


async def _unreachable(
    session: Session,
    row: Delivery,
    reason: UnreachableReason,
    now: datetime,
    of: Sequence[DeliveryState] = (DeliveryState.SENDING,),
) -> None:
    """Nothing reaches this chat: the row and all that waits for the chat failed, the group or person is marked."""
    topic = row.topic_id if reason in group_changes.OF_A_TOPIC else None
    to = {"state": DeliveryState.FAILED, "reason": reason.value}
    failed = [row] if await deliveries.change(session, row.id, of=of, to=to) else []
    waiting = await deliveries.change_chat(session, row.channel, row.chat_id, topic, of=deliveries.WAITING, to=to)
    if reason is UnreachableReason.OPTED_OUT:
        await addresses.opt_out(session, row.channel, row.chat_id, now)
    else:
        await addresses.mark_unreachable(session, row.channel, row.chat_id, reason.value)
    await group_changes.pause_chat(session, row.channel, row.chat_id, reason, now, row.topic_id)
    missed = []
    for unsent in [*failed, *waiting]:
        await turns.untell(session, unsent)
        if unsent.group_id is None:  # of a group it is told that it is paused
            missed.append(await notices.missed_delivery(session, unsent, reason.value))
    await notices.tell_missed(session, [one for one in missed if one], now)
