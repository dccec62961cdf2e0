"""What did not reach a person at one address goes to another one of theirs, once."""

from datetime import datetime

from content.errors import WrongParameters
from content.rendering import restored
from scheduler import forwarding, turns
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE, enqueue, message_of
from scheduler.sender import Destination
from storage.models import Delivery, PersonAddress, Priority
from storage.queries import addresses, deliveries, ledger
from storage.transaction import Session

_ELSEWHERE = "elsewhere"  # the part of a post's row for which one in another chat stands: it is no post any more


async def send_there(session: Session, row: Delivery, now: datetime) -> bool:
    """Write a row that failed for the next private chat of its reader; whether it was.

    It says the same, in as many parts as the other channel needs, while its time lasts; in the log it stands for the
    first one. Not an answer, nor what goes to somebody else by rules of its own: the text of a leader, and a kit.
    """
    if not _is_for_its_reader(row) or (row.expires_at is not None and row.expires_at <= now):
        return False
    address = await addresses.another_of(session, row.channel, row.chat_id)
    copy = await _copy(session, row, address, now) if address is not None else None
    if copy is None:
        return False
    if row.occurrence_id is not None and not row.part:
        left, written = [await deliveries.with_followers(session, first) for first in (row, copy)]
        for one in left:
            one.part = f"{_ELSEWHERE}{one.part}"
        await ledger.count_more(session, row.occurrence_id, len(written) - len(left))
    return True


def is_elsewhere(row: Delivery) -> bool:
    """Whether a row in another chat stands for it."""
    return row.part.startswith(_ELSEWHERE)


def _is_for_its_reader(row: Delivery) -> bool:
    alone = row.group_id is None and row.edits_id is None and row.follows_id is None and row.inbound_id is None
    unasked = row.priority > Priority.REPLY and row.message_key not in FORGOTTEN_ONCE_DONE
    return alone and unasked and turns.told_by(row) is None and not forwarding.is_kit(row)


async def _copy(session: Session, row: Delivery, to: PersonAddress, now: datetime) -> Delivery | None:
    """The first part; None where it stands there already, or what it said was forgotten."""
    message = message_of(row)
    try:
        return await enqueue(
            session,
            destination=Destination(to.channel, to.chat_id or ""),  # an open address has one
            key=row.message_key,
            parameters=restored(row.message_key, row.parameters),
            now=now,
            priority=Priority(row.priority),
            part=row.part,
            office_id=row.office_id,
            occurrence_id=row.occurrence_id,
            expires_at=row.expires_at,
            picture=message.picture,
            document=message.document,
        )
    except WrongParameters:
        return None
