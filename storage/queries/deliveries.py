"""The ledger of what leaves: a row changes state only from the state it is in. In bulk: `storage.queries.claims`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, update
from sqlalchemy.orm import aliased

from storage.ended import note
from storage.insert_many import Columns, insert_many
from storage.insert_once import insert_once
from storage.models import Delivery, DeliveryState, PersonAddress, Priority
from storage.transaction import Session

ON_TAP = "on_tap"  # why a part does not leave by itself: a tap on the template of the part before it brings it
AGAIN = "/again"  # the end of the part of a copy that was sent by hand
UNANSWERED = ("OutcomeUnknown", "interrupted")  # why what may have been sent waits to go again
WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED)  # nothing has left
ENDED = (DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.UNCERTAIN, DeliveryState.CANCELLED)

# made once: an alias copies every column, which costs more than the query
_before, _other = aliased(Delivery), aliased(Delivery)


async def add(session: Session, values: dict[str, Any]) -> Delivery | None:
    """The new row, or None where its unique key already holds one."""
    return await insert_once(session, Delivery, values)


async def add_many(session: Session, rows: Sequence[Mapping[str, Any]], *, behind: str | None = None) -> None:
    """Rows of occurrences, all naming the same columns; those whose unique key holds one already are left out.

    `behind`: each follows the row of its own occurrence and chat that has this part.
    """
    if behind is None:
        await insert_many(session, Delivery, rows)
    else:
        await insert_many(session, Delivery, rows, lambda own: {"follows_id": _followed(own, behind)})
    note(session, [(row["channel"], row["state"], row["reason"]) for row in rows if row.get("state") in ENDED])


def _followed(own: Columns, part: str) -> ColumnElement[Any]:
    same = ("occurrence_id", "channel", "chat_id", "topic_id")
    found = select(_before.id).where(*(getattr(_before, name) == own[name] for name in same), _before.part == part)
    return found.scalar_subquery()


async def find(session: Session, delivery_id: int) -> Delivery | None:
    """The row as it stands now, or None."""
    return await session.get(Delivery, delivery_id, populate_existing=True)


async def find_by_message(session: Session, channel: str, chat_id: str, message_ref: str) -> int | None:
    """The id of the delivery that stands in the chat under this reference (never of an edit to it)."""
    query = (
        select(Delivery.id)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.message_ref == message_ref)
        .where(Delivery.edits_id.is_(None))
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def of_reference(session: Session, channel: str, message_ref: str) -> Delivery | None:
    """The row that the channel knows by this reference, which names no other message in any chat of it."""
    query = select(Delivery).where(Delivery.channel == channel, Delivery.message_ref == message_ref).limit(1)
    return (await session.scalars(query)).one_or_none()


async def offers(session: Session, channel: str, chat_id: str, *, among: int) -> list[tuple[Delivery, bool]]:
    """Messages with choices among the last so many that stand in this chat, or may; newest first.

    Each with whether nothing follows it.
    """
    query = (
        select(Delivery)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id)
        .where(Delivery.state.in_([DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN]))
        .order_by(Delivery.id.desc())
        .limit(among)
    )
    rows = (await session.scalars(query)).all()
    # a template has its button
    return [(row, row is rows[0]) for row in rows if row.message.get("choices") or row.template]


def unsettled() -> ColumnElement[bool]:
    """What the channel's word that it was accepted still makes sent: also what was given up, or planned again, since.

    Not what was planned again because it is known that it did not arrive.
    """
    # no IN: of many rows at once a driver takes no list
    in_the_dark = or_(Delivery.reason.is_(None), *(Delivery.reason == written(why) for why in UNANSWERED))
    waiting = and_(or_(*(Delivery.state == written(state) for state in WAITING)), in_the_dark)
    known = (DeliveryState.SENDING, DeliveryState.UNCERTAIN)
    return or_(*(Delivery.state == written(state) for state in known), waiting)


def written(code: str) -> ColumnElement[Any]:
    """A code of ours as part of the statement: what is the same for every row costs nothing for each of them."""
    return literal_column(f"'{code}'")


async def settle(session: Session, delivery_id: int, to: dict[str, Any]) -> bool:
    """Set `to` on the row if it is `unsettled`; whether it was."""
    return bool(await _change(session, [Delivery.id == delivery_id, unsettled()], list(DeliveryState), to))


async def change(session: Session, delivery_id: int, *, of: Sequence[DeliveryState], to: dict[str, Any]) -> bool:
    """Set `to` on the row if its state is one of `of`; whether it was."""
    return bool(await _change(session, [Delivery.id == delivery_id], of, to))


async def change_chat(
    session: Session,
    channel: str,
    chat_id: str,
    topic_id: str | None,
    *,
    of: Sequence[DeliveryState],
    to: dict[str, Any],
    after: Priority | None = None,
) -> Sequence[Delivery]:
    """Set `to` on every row of that chat in one of the states; `topic_id` None means every topic.

    `after`: of those only that leave after everything of this priority.
    """
    chosen = [Delivery.channel == channel, Delivery.chat_id == chat_id]
    if after is not None:
        chosen.append(Delivery.priority > after)
    if topic_id is not None:
        chosen.append(Delivery.topic_id == topic_id)
    return await _change(session, chosen, of, to)


def _unasked_in_vain() -> ColumnElement[bool]:
    """What is no answer, to somebody who wants answers only by now."""
    stopped = select(PersonAddress.id).where(
        PersonAddress.channel == Delivery.channel,
        PersonAddress.chat_id == Delivery.chat_id,
        PersonAddress.opted_out_at.is_not(None),
    )
    return and_(Delivery.priority > Priority.REPLY, stopped.exists())


async def cancel_unasked(session: Session, delivery_id: int, reason: str) -> bool:
    """A row that was under way and waits again does not leave where its reader stopped us meanwhile; whether so."""
    to = {"state": DeliveryState.CANCELLED, "reason": reason}
    return bool(await _change(session, [Delivery.id == delivery_id, _unasked_in_vain()], WAITING, to))


async def take_back(session: Session, channel: str, chat_id: str, inbound_id: int) -> None:
    """What answers that stored update in this chat does not leave, as far as nobody has tried to send it."""
    answers = [Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.inbound_id == inbound_id]
    to = {"state": DeliveryState.CANCELLED, "reason": "superseded"}
    await _change(session, [*answers, Delivery.attempt == 0], [DeliveryState.PLANNED], to)


async def failed_along(session: Session, row: Delivery, reason: str, now: datetime) -> Sequence[Delivery]:
    """What never left for the chat of this row, for the same reason, and would still be in time; in order.

    What is never too late counts if it was written no sooner than the row.
    """
    never_late = and_(Delivery.expires_at.is_(None), Delivery.created_at >= row.created_at)
    query = (
        select(Delivery)
        .where(Delivery.channel == row.channel, Delivery.chat_id == row.chat_id)
        .where(Delivery.state == DeliveryState.FAILED, Delivery.reason == reason, Delivery.sending_at.is_(None))
        .where(or_(Delivery.expires_at > now, never_late))
        .order_by(Delivery.id)
    )
    return (await session.scalars(query)).all()


async def next_expiry(session: Session) -> datetime | None:
    """The first instant at which a waiting row becomes too late."""
    of_each = [select(func.min(Delivery.expires_at)).where(Delivery.state == state) for state in WAITING]  # by an index
    found = [(await session.scalars(query)).one_or_none() for query in of_each]
    return min((instant for instant in found if instant), default=None)


async def oldest_sending(session: Session) -> datetime | None:
    """Since when the longest send in hand is in hand."""
    query = select(func.min(Delivery.sending_at)).where(Delivery.state == DeliveryState.SENDING)
    return (await session.scalars(query)).one_or_none()


async def expire(
    session: Session,
    now: datetime,
    reason: str,
    reason_if_held: str,
    limit: int | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Sequence[Delivery]:
    """Waiting rows whose window has closed become missed, at most `limit` of them, by office; returns them.

    `reasons`: instead of `reason`, by why they waited last.
    """
    closed = (
        select(_other.id)
        .where(_other.state.in_(WAITING), _other.expires_at <= now)
        .order_by(_other.office_id, _other.id)
        .limit(limit)
    )
    ids = (await session.scalars(closed)).all()  # mostly none, which the index tells at once
    if not ids:
        return []
    waited = [(Delivery.reason == last, why) for last, why in (reasons or {}).items()]
    why = case((Delivery.held.is_(True), reason_if_held), *waited, else_=reason)
    to = {"state": DeliveryState.MISSED, "reason": why}
    return await _change(session, [Delivery.id.in_(ids)], WAITING, to)


async def abandon(
    session: Session,
    reason: str,
    *,
    repeats: int,
    again_at: Mapping[str, datetime] | None = None,
    before: datetime | None = None,
    holder: str | None = None,
    besides: Collection[int] = (),
) -> Sequence[Delivery]:
    """Sends that nobody will record: uncertain, or planned again where harmless. Returns the uncertain ones.

    None is planned again that has been begun `repeats` times, or whose reader wants answers only by now.
    `again_at`: by channel, where not at once.
    Those begun at or before `before`, and those of anybody but `holder`; None: it does not matter. Not `besides`.
    """
    sending = [DeliveryState.SENDING]
    chosen: list[ColumnElement[bool]] = [Delivery.id.not_in(besides)]
    if before is not None:
        chosen.append(Delivery.sending_at <= before)
    if holder is not None:
        chosen.append(or_(Delivery.claimed_by.is_(None), Delivery.claimed_by != holder))
    again: dict[str, Any] = {"state": DeliveryState.PLANNED, "reason": reason}
    if again_at:
        of_channel = [(Delivery.channel == channel, at) for channel, at in again_at.items()]
        again["not_before"] = case(*of_channel, else_=Delivery.not_before)
    harmless = or_(Delivery.repeatable.is_(True), Delivery.edits_id.is_not(None), Delivery.template.is_not(None))
    await _change(session, [*chosen, harmless, ~_unasked_in_vain(), Delivery.attempt < repeats], sending, again)
    return await _change(session, chosen, sending, {"state": DeliveryState.UNCERTAIN, "reason": reason})


async def of_occurrence(session: Session, occurrence_id: int) -> Sequence[Delivery]:
    """Every row that this occurrence caused, in the order of writing."""
    query = select(Delivery).where(Delivery.occurrence_id == occurrence_id).order_by(Delivery.id)
    return (await session.scalars(query)).all()


async def cancel_waiting(session: Session, occurrence_id: int, reason: str) -> int:
    """What has not left of this occurrence will not; returns how many rows."""
    to = {"state": DeliveryState.CANCELLED, "reason": reason}
    return len(await _change(session, [Delivery.occurrence_id == occurrence_id], WAITING, to))


def counts_as_post() -> ColumnElement[bool]:
    """First parts; of a post that was sent again by hand the copy stands for it."""
    copy = aliased(Delivery)
    sent_again = (
        select(copy.id)
        .where(copy.occurrence_id == Delivery.occurrence_id, copy.part == AGAIN, copy.channel == Delivery.channel)
        .where(copy.chat_id == Delivery.chat_id, copy.topic_id == Delivery.topic_id)
        .exists()
    )
    return or_(Delivery.part == AGAIN, and_(Delivery.part == "", ~sent_again))


async def progress(session: Session, occurrence_id: int) -> dict[DeliveryState, int]:
    """How many posts of this occurrence stand in each state: that of the first part that did not go out, if any."""
    counted = select(Delivery.state, func.count()).where(Delivery.occurrence_id == occurrence_id)
    first = counted.where(counts_as_post()).group_by(Delivery.state)
    found: Counter[DeliveryState] = Counter()
    for state, number in (await session.execute(first)).all():
        found[state] = number
    later = counted.join(_before, _before.id == Delivery.follows_id).where(_stops_its_post()).group_by(Delivery.state)
    for state, number in (await session.execute(later)).all():
        moved = min(number, found[DeliveryState.SENT])
        found[state] += moved
        found[DeliveryState.SENT] -= moved
    return dict(+found)


def _stops_its_post() -> ColumnElement[bool]:
    """A later part that did not go out although the one before it, joined as `_before`, did; no tap brings it."""
    copy = aliased(Delivery)
    same = ("occurrence_id", "channel", "chat_id", "topic_id")
    sent_again = select(copy.id).where(*(getattr(copy, name) == getattr(Delivery, name) for name in same))
    return and_(
        Delivery.part.like("/%"),
        Delivery.state != DeliveryState.SENT,
        _before.state == DeliveryState.SENT,
        Delivery.reason.is_distinct_from(ON_TAP),
        ~sent_again.where(copy.part == Delivery.part + AGAIN).exists(),
    )


async def said_since(session: Session, channel: str, chat_id: str, key: str, since: datetime) -> bool:
    """Whether this message was written for this chat at or after the aware instant `since`."""
    said = select(Delivery.id).where(
        Delivery.channel == channel,
        Delivery.chat_id == chat_id,
        Delivery.message_key == key,
        Delivery.created_at >= since,
    )
    return (await session.execute(select(said.exists()))).scalar_one()


async def untried(
    session: Session, channel: str, chat_id: str, key: str, office_id: int, occurrence_id: int | None = None
) -> Delivery | None:
    """The newest row of one part that says this of the office, or its occurrence, to the chat, if still untouched."""
    query = (
        select(Delivery)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.state == DeliveryState.PLANNED)
        .where(Delivery.message_key == key, Delivery.office_id == office_id, Delivery.attempt == 0)
        .where(Delivery.occurrence_id.is_not_distinct_from(occurrence_id), Delivery.edits_id.is_(None))
        .where(Delivery.follows_id.is_(None), ~select(_other.id).where(_other.follows_id == Delivery.id).exists())
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def follower(session: Session, delivery_id: int) -> Delivery | None:
    """The part that comes after this one."""
    query = select(Delivery).where(Delivery.follows_id == delivery_id).order_by(Delivery.id).limit(1)
    return (await session.scalars(query)).one_or_none()


async def with_followers(session: Session, first: Delivery) -> list[Delivery]:
    """The row and all that comes after it, in order."""
    rows = [first]
    while (behind := await follower(session, rows[-1].id)) is not None:
        rows.append(behind)
    return rows


async def _change(
    session: Session, chosen: Sequence[ColumnElement[bool]], of: Sequence[DeliveryState], to: dict[str, Any]
) -> Sequence[Delivery]:
    statement = (
        update(Delivery)
        .where(*chosen, Delivery.state.in_(of))
        .values(**to)
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = (await session.scalars(statement)).all()
    if to.get("state") in ENDED:
        note(session, [(row.channel, row.state, row.reason) for row in rows])
    return rows
