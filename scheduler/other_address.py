"""What did not reach a person at one address goes to another one of theirs, once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from content.errors import WrongParameters
from content.rendering import restored
from scheduler import forwarding, turns
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE, enqueue, message_of, say_elsewhere
from scheduler.sender import Destination
from storage.models import Delivery, Priority
from storage.queries import addresses, deliveries, ledger
from storage.queries.moved_chats import ELSEWHERE, MAY_ARRIVE
from storage.transaction import Session


async def send_there(session: Session, row: Delivery, now: datetime) -> Collection[int]:
    """Write a row that failed, and what will not leave behind it, for the next private chat of its reader.

    Returns the rows for which others stand now; none where it cannot be. A message of which nothing arrived is said
    anew, in as many parts as the other channel needs; of one that arrived in part the rest goes as it stands. All while
    its time lasts; in the log it stands for the first one. Not an answer, nor what goes to somebody else by rules of
    its own: the text of a leader, and a kit. Nor anything to somebody who wants answers only where it was sent: they
    want it nowhere else.
    """
    if not _is_for_its_reader(row) or (row.expires_at is not None and row.expires_at <= now):
        return frozenset()
    if await addresses.has_opted_out(session, row.channel, row.chat_id):
        return frozenset()
    address = await addresses.another_of(session, row.channel, row.chat_id)
    if address is None:
        return frozenset()
    whole = await deliveries.with_followers(session, row)
    lost = [one for one in whole if one.id == row.id or _will_not_leave(one)]
    alone = row.follows_id is None and lost == whole and len({one.message_key for one in lost}) == 1
    to = Destination(address.channel, address.chat_id or "")  # an open address has one
    written = await (_anew(session, row, to, now) if alone else _as_it_stands(session, lost, to, now))
    if not written:
        return frozenset()
    if row.occurrence_id is not None:
        await ledger.count_more(session, row.occurrence_id, _posts(written) - _posts(lost))
    for one in lost:
        one.part = f"{ELSEWHERE}{one.part}"
    return frozenset(one.id for one in lost)


def is_elsewhere(row: Delivery) -> bool:
    """Whether a row in another chat stands for it."""
    return row.part.startswith(ELSEWHERE)


def _is_for_its_reader(row: Delivery) -> bool:
    alone = row.group_id is None and row.edits_id is None and row.inbound_id is None and not is_elsewhere(row)
    unasked = row.priority > Priority.REPLY and row.message_key not in FORGOTTEN_ONCE_DONE
    return alone and unasked and turns.told_by(row) is None and not forwarding.is_kit(row)


def _will_not_leave(row: Delivery) -> bool:
    return row.state not in MAY_ARRIVE and _is_for_its_reader(row)


def _posts(rows: Sequence[Delivery]) -> int:
    return sum(ledger.is_of_post(row) for row in rows)


async def _anew(session: Session, row: Delivery, to: Destination, now: datetime) -> Sequence[Delivery]:
    """None where it stands there already, or what it said was forgotten."""
    message = message_of(row)
    try:
        first = await enqueue(
            session,
            destination=to,
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
        return ()
    return await deliveries.with_followers(session, first) if first is not None else ()


async def _as_it_stands(
    session: Session, lost: Sequence[Delivery], to: Destination, now: datetime
) -> Sequence[Delivery]:
    written: list[Delivery] = []
    for row in lost:
        behind = written[-1].id if written else None
        if (first := await say_elsewhere(session, row, to, now, behind=behind)) is not None:
            written += await deliveries.with_followers(session, first)
    return written
