"""What a channel tells later of a message: it left, it reached a device, it was read, or it did not arrive after all.

Such news comes late, twice and in any order, and may come before the answer to the request itself. A row only ever
moves forward by it; what a lost answer left uncertain is settled by it. That the channel sent a message means nothing
any more once the ledger knows that it did not arrive; that it reached a device does, whatever was heard before.

A person may have several devices, of which Meta tells one by one: that a message failed after it was delivered takes
nothing back. The row stays delivered and keeps the failure as its reason, and it is logged.
"""

import logging
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from scheduler import delivery_queue, forwarding, notices, other_address, outcomes, turns, uncertain_rows
from scheduler.errors import MessageRefused, SendError, UnreachableReason
from storage.models import Delivery, DeliveryState
from storage.queries import addresses, deliveries
from storage.transaction import Session

log = logging.getLogger(__name__)

_LOST = frozenset(UnreachableReason) - {UnreachableReason.OPTED_OUT}  # what arrives nevertheless disproves it


class Stage(StrEnum):
    """How far a message got."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class DeliveryStatus(Struct, frozen=True):
    """News of one message, by the number of its row where the channel gives that back, else by its reference.

    `at` is aware, and so is `began`, which tells the row's attempts apart (`scheduler.sender.LedgerEntry`).
    `error`: what a failure means for the row and its chat. `charged_as`: the price category, if told.
    """

    channel: str
    stage: Stage
    at: datetime
    message_ref: str
    delivery: int | None = None
    error: SendError | None = None
    charged_as: str | None = None
    began: datetime | None = None


async def record_status(session: Session, status: DeliveryStatus, now: datetime) -> bool:
    """Write the news into the row it is about; False where no row is known by it."""
    row = await _row(session, status)
    if row is None:
        return False
    last = _is_last(row, status)
    if status.stage is Stage.FAILED:
        error = status.error or MessageRefused("failed")
        if last and row.delivered_at is None:
            await outcomes.record_refused_later(session, row, error, now)
        elif last:
            await _failed_elsewhere(session, row, error)
    elif last or status.stage is not Stage.SENT:
        await _arrived(session, row, status, now)
    return True


async def _row(session: Session, status: DeliveryStatus) -> Delivery | None:
    row = await deliveries.find(session, status.delivery) if status.delivery is not None else None
    if row is None or row.channel != status.channel or not _may_be_of(row, status.began):
        return await deliveries.of_reference(session, status.channel, status.message_ref)
    return row


def _may_be_of(row: Delivery, began: datetime | None) -> bool:
    """Whether an attempt that began then can be one of this row: another had its number before a restore."""
    return row.sending_at is not None if began is None else row.created_at <= began


def _is_last(row: Delivery, status: DeliveryStatus) -> bool:
    """Whether it is news of the row's last attempt: what became of those before was heard, or waited for, already."""
    if row.message_ref is not None:
        return row.message_ref == status.message_ref
    return status.began in (None, row.sending_at)


async def _failed_elsewhere(session: Session, row: Delivery, error: SendError) -> None:
    log.warning("failed after it was delivered, which holds: %s", error, extra={"delivery": row.id})
    await deliveries.change(session, row.id, of=[DeliveryState.SENT], to={"reason": type(error).__name__})


async def _arrived(session: Session, row: Delivery, status: DeliveryStatus, now: datetime) -> None:
    before, reason, to = row.state, row.reason, _told(row, status)
    if before is DeliveryState.SENT:
        if to:
            await deliveries.change(session, row.id, of=[before], to=to)
        return
    to |= {"state": DeliveryState.SENT, "message_ref": status.message_ref, "reason": None}
    to["sent_at"] = row.sent_at or status.at
    if status.stage is Stage.SENT:
        settled = await deliveries.settle(session, row.id, to)
    else:  # whatever was thought of it: it is there
        settled = await deliveries.change(session, row.id, of=[before], to=to)
    if settled and before is DeliveryState.UNCERTAIN:
        await notices.tell_settled(session, row, now)
        await uncertain_rows.settle(session, row, now)
    if settled and before is DeliveryState.FAILED and reason in _LOST:
        await _is_reached(session, row, reason, now)


def _told(row: Delivery, status: DeliveryStatus) -> dict[str, Any]:
    """What it tells of the message itself; the first time that each stage is told of counts."""
    to: dict[str, Any] = {}
    if status.stage is Stage.SENT:
        to["left_at"] = row.left_at or status.at
    else:
        to["delivered_at"] = row.delivered_at or status.at  # who read it has got it, told or not
    if status.stage is Stage.READ:
        to["read_at"] = row.read_at or status.at
    if status.charged_as is not None:
        to["charged_as"] = status.charged_as
    return to


async def _is_reached(session: Session, row: Delivery, reason: str, now: datetime) -> None:
    """The chat was taken for lost, by one device of the person: what failed with the row and is in time leaves.

    Not what somebody else was given in its place: the text of a leader, the kit of whoever forwards.
    """
    if not await addresses.mark_reachable(session, row.channel, row.chat_id, reason):
        return
    to = {"reason": None, "not_before": now}
    for one in await deliveries.failed_along(session, row, reason, now):
        if turns.told_by(one) is None and not forwarding.is_kit(one) and not other_address.is_elsewhere(one):
            await delivery_queue.wait_again(session, one, of=[DeliveryState.FAILED], to=to)
