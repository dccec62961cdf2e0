"""What a channel tells later of a message: it left, it reached a device, it was read, or it did not arrive after all.

Such news comes late, twice and in any order, and may come before the answer to the request itself. A row only ever
moves forward by it; what a lost answer left uncertain is settled by it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from scheduler import notices, outcomes
from scheduler.errors import MessageRefused, SendError
from storage.models import Delivery, DeliveryState
from storage.queries import deliveries
from storage.transaction import Session

_UNSETTLED = (DeliveryState.SENDING, DeliveryState.UNCERTAIN, *deliveries.WAITING)


class Stage(StrEnum):
    """How far a message got."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class DeliveryStatus(Struct, frozen=True):
    """News of one message, by the number of its row where the channel gives that back, else by its reference.

    `at` is aware. `error`: what a failure means for the row and its chat. `charged_as`: the price category, if told.
    """

    channel: str
    stage: Stage
    at: datetime
    message_ref: str
    delivery: int | None = None
    error: SendError | None = None
    charged_as: str | None = None


async def record_status(session: Session, status: DeliveryStatus, now: datetime) -> bool:
    """Write the news into the row it is about; False where no row is known by it."""
    row = await _row(session, status)
    if row is None:
        return False
    if status.stage is Stage.FAILED:
        another = row.message_ref not in (None, status.message_ref)  # an earlier attempt of the same row
        if row.delivered_at is None and not another:  # else it reached one device and not another
            await outcomes.record_refused_later(session, row, status.error or MessageRefused("failed"), now)
        return True
    await _arrived(session, row, status, now)
    return True


async def _row(session: Session, status: DeliveryStatus) -> Delivery | None:
    row = await deliveries.find(session, status.delivery) if status.delivery is not None else None
    if row is None:
        row = await deliveries.of_reference(session, status.channel, status.message_ref)
    return row if row is not None and row.channel == status.channel else None


async def _arrived(session: Session, row: Delivery, status: DeliveryStatus, now: datetime) -> None:
    before = row.state
    to: dict[str, Any] = {}
    if status.stage is not Stage.SENT:
        to["delivered_at"] = row.delivered_at or status.at  # who read it has got it, told or not
    if status.stage is Stage.READ:
        to["read_at"] = row.read_at or status.at
    if status.charged_as is not None:
        to["charged_as"] = status.charged_as
    there = status.stage is not Stage.SENT and before is DeliveryState.FAILED  # by another device of the person
    if before in _UNSETTLED or there:
        to |= {"state": DeliveryState.SENT, "message_ref": status.message_ref, "reason": None}
        to["sent_at"] = row.sent_at or status.at
    if to and await deliveries.change(session, row.id, of=[before], to=to) and before is DeliveryState.UNCERTAIN:
        await notices.tell_settled(session, row, now)
