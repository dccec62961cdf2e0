"""What a send came to, written into the ledger with all that follows from it, in one transaction."""

from datetime import datetime
from enum import Enum

from scheduler import delivery_queue, group_changes, notices, turns
from scheduler.errors import SendError, UnreachableReason
from scheduler.retry_policy import GiveUp, PauseChat, Readdress, RetryAt, StopAll, Uncertain, decide
from scheduler.sender import SendReceipt
from storage.models import Delivery, DeliveryState
from storage.queries import addresses, deliveries
from storage.transaction import Session


class Then(Enum):
    """How it goes on in that chat."""

    NEXT = "next"  # the next row
    WAIT = "wait"  # nothing more for now
    RESEND = "resend"  # this row at once, to the group's new id
    REFUSED = "refused"  # nothing on this channel until a person acts


async def record(session: Session, row: Delivery, outcome: SendReceipt | SendError, now: datetime) -> Then:
    """Record the outcome of a row in hand at the aware instant `now`."""
    if isinstance(outcome, SendReceipt):
        await delivery_queue.mark_sent(session, row, outcome, now)
        return Then.NEXT
    harmless = row.repeatable or row.edits_id is not None
    match decide(outcome, row.attempt, now, repeatable=harmless):
        case RetryAt(instant):
            await delivery_queue.put_back(session, row, instant, type(outcome).__name__)
            return Then.WAIT
        case StopAll():
            await delivery_queue.put_back(session, row, now, type(outcome).__name__)
            return Then.REFUSED
        case Readdress(chat_id):
            await delivery_queue.put_back(session, row, now, type(outcome).__name__)
            await group_changes.move_chat(session, row.channel, row.chat_id, chat_id, now)
            return Then.RESEND
        case PauseChat(reason):
            await _unreachable(session, row, reason, now)
            return Then.WAIT
        case GiveUp(reason):
            await delivery_queue.finish(session, row, DeliveryState.FAILED, reason)
            missed = await notices.missed_delivery(session, row, reason)
            await notices.tell_missed(session, [missed] if missed else [], now)
            return Then.NEXT
        case Uncertain():
            await delivery_queue.finish(session, row, DeliveryState.UNCERTAIN, type(outcome).__name__)
            await notices.tell_uncertain(session, [row], now)
            return Then.NEXT


async def record_abandoned(session: Session, before: datetime, now: datetime) -> int:
    """Sends begun at or before `before` that nobody will record any more: uncertain, and told; returns how many.

    What may go twice is planned again.
    """
    rows = await deliveries.abandon(session, before, "interrupted")
    await notices.tell_uncertain(session, rows, now)
    return len(rows)


async def _unreachable(session: Session, row: Delivery, reason: UnreachableReason, now: datetime) -> None:
    """Nothing reaches this chat: the row and all that waits for the chat failed, the group or person is marked."""
    topic = row.topic_id if reason in group_changes.OF_A_TOPIC else None
    to = {"state": DeliveryState.FAILED, "reason": reason.value}
    await deliveries.change(session, row.id, of=[DeliveryState.SENDING], to=to)
    waiting = await deliveries.change_chat(session, row.channel, row.chat_id, topic, of=[DeliveryState.PLANNED], to=to)
    await addresses.mark_unreachable(session, row.channel, row.chat_id, reason.value)
    await group_changes.pause_chat(session, row.channel, row.chat_id, reason, now, row.topic_id)
    for failed in [row, *waiting]:
        await turns.untell(session, failed)
