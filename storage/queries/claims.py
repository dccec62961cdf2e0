"""Rows on their way out, in bulk: found, claimed, begun, recorded, given back.

Statements are made once and no row becomes an object of its own: this is what every message passes through.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Text, and_, bindparam, cast, func, null, or_, select, update
from sqlalchemy.orm import aliased

from storage.column_types import UtcDateTime
from storage.ended import note
from storage.models import Delivery, DeliveryState, Priority
from storage.queries.deliveries import ENDED, ON_TAP, unsettled, written
from storage.transaction import Session

_PLANNED, _CLAIMED, _SENDING = DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING
_before, _original = aliased(Delivery), aliased(Delivery)
_table: Any = Delivery.__table__


class Waiting(Struct, frozen=True):
    """A planned row that may leave as far as its own times say; `message` is JSON as the row holds it.

    `before` is the state of the part that it follows, `original` that of the message it edits; None: none.
    `on_tap`: that part left as a template, of which a tap brings everything, this part too.
    """

    id: int
    channel: str
    chat_id: str
    topic_id: str
    group_id: int | None
    priority: int
    occurrence_id: int | None
    message_key: str
    message: str
    follows_id: int | None
    before: DeliveryState | None
    on_tap: bool
    edits_id: int | None
    original: DeliveryState | None
    original_chat: str | None
    original_ref: str | None
    due_at: datetime | None  # of the push that it belongs to


class RecentSend(Struct, frozen=True):
    """A request that left not long ago."""

    chat_id: str
    group_id: int | None
    at: datetime


class PutBack(Struct, frozen=True):
    """A chat with rows that were tried and wait for another instant: the last one, and what leaves first of them."""

    chat_id: str
    until: datetime
    priority: int


def _instant(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())


_in_time = or_(Delivery.expires_at.is_(None), Delivery.expires_at > _instant("now"))
_waiting = (
    select(
        Delivery.id,
        Delivery.channel,
        Delivery.chat_id,
        Delivery.topic_id,
        Delivery.group_id,
        Delivery.priority,
        Delivery.occurrence_id,
        Delivery.message_key,
        cast(Delivery.message, Text),
        Delivery.follows_id,
        _before.state,
        and_(_before.id.is_not(None), or_(_before.template.is_not(None), _before.reason == ON_TAP)).is_(True),
        Delivery.edits_id,
        _original.state,
        _original.chat_id,
        _original.message_ref,
        Delivery.due_at,
    )
    .outerjoin(_before, _before.id == Delivery.follows_id)
    .outerjoin(_original, _original.id == Delivery.edits_id)
    .where(Delivery.state == _PLANNED, Delivery.channel == bindparam("of_channel"), Delivery.held.is_(False))
    # compared so that no index of `not_before` tempts a planner away from the order in which rows leave
    .where((Delivery.not_before <= _instant("now")).is_(True), _in_time)
    .order_by(Delivery.priority, Delivery.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Delivery)
)
_of_all = _waiting.where(Delivery.priority <= bindparam("up_to")).where(
    Delivery.chat_id.not_in(bindparam("without", expanding=True))
)
_of_chat = _waiting.where(Delivery.chat_id == bindparam("of_chat"))
_put_back = select(Delivery.chat_id, func.max(Delivery.not_before), func.min(Delivery.priority)).where(
    Delivery.state == _PLANNED,
    Delivery.channel == bindparam("of_channel"),
    Delivery.not_before > _instant("now"),
    Delivery.reason.is_not(None),
    Delivery.reason.not_in(bindparam("besides", expanding=True)),
    Delivery.held.is_(False),
)
_put_back = _put_back.group_by(Delivery.chat_id)
_told_to_wait = select(Delivery.chat_id, func.max(Delivery.not_before)).where(
    Delivery.state == _PLANNED,
    Delivery.channel == bindparam("of_channel"),
    Delivery.not_before > _instant("now"),
    Delivery.reason == bindparam("why"),
)
_told_to_wait = _told_to_wait.group_by(Delivery.chat_id)
_ended_waiting = select(Delivery.chat_id, func.max(Delivery.not_before)).where(
    Delivery.state.in_(ENDED),
    Delivery.channel == bindparam("of_channel"),
    Delivery.not_before > _instant("now"),
    Delivery.sending_at.is_not(None),
)
_ended_waiting = _ended_waiting.group_by(Delivery.chat_id)
_wake = (
    update(_table)
    .where(Delivery.state == _PLANNED, Delivery.channel == bindparam("of_channel"))
    .where(Delivery.not_before > _instant("now"), Delivery.reason == bindparam("why"))
    .values(not_before=_instant("now"))
    .returning(Delivery.chat_id)
)
_wake_chat = _wake.where(Delivery.chat_id == bindparam("of_chat"))
_explain = (
    update(_table)
    .where(Delivery.channel == bindparam("of_channel"), or_(Delivery.state == _PLANNED, Delivery.state == _CLAIMED))
    .where(Delivery.not_before <= _instant("now"), Delivery.reason.is_(None), Delivery.priority > bindparam("besides"))
    .values(reason=bindparam("why"))
)
_next_due = select(func.min(Delivery.not_before)).where(
    Delivery.state == _PLANNED,
    Delivery.channel == bindparam("of_channel"),
    Delivery.not_before > _instant("now"),
    Delivery.held.is_(False),
)

_row = Delivery.id == bindparam("row")
_claim = (
    update(_table)
    .where(Delivery.id.in_(bindparam("rows", expanding=True)), Delivery.state == _PLANNED)
    .values(state=_CLAIMED, claimed_by=bindparam("holder"), claimed_until=_instant("until"))
)
_mine = (Delivery.id.in_(bindparam("rows", expanding=True)), Delivery.claimed_by == bindparam("holder"))
_begin = (
    update(_table)
    .where(*_mine, Delivery.state == _CLAIMED, Delivery.held.is_(False), _in_time)
    .values(state=_SENDING, sending_at=_instant("now"), attempt=Delivery.attempt + 1, reason=None)
    .returning(Delivery.id)
)
_give_back = update(_table).where(*_mine, Delivery.state == _CLAIMED).values(state=_PLANNED)
_give_all_back = (
    update(_table).where(Delivery.state == _CLAIMED, Delivery.claimed_by == bindparam("holder")).values(state=_PLANNED)
)
_never_left = (
    update(_table).where(*_mine, Delivery.state == _SENDING).values(state=_PLANNED, attempt=Delivery.attempt - 1)
)
_taken_back = (
    update(_table)
    .where(Delivery.state == _CLAIMED, Delivery.claimed_by != bindparam("holder"))
    .values(state=_PLANNED)
    .returning(Delivery.id)
)
_keep = (
    update(_table)
    .where(Delivery.id.in_(bindparam("rows", expanding=True)), Delivery.state == _SENDING)
    .values(claimed_by=bindparam("holder"))
)
_lapse = (
    update(_table)
    .where(Delivery.state == _CLAIMED, Delivery.claimed_until <= _instant("now"))
    .values(state=_PLANNED)
    .returning(Delivery.id)
)
_renew = (
    update(_table)
    .where(Delivery.state == _CLAIMED, Delivery.claimed_by == bindparam("holder"))
    .values(claimed_until=_instant("until"))
)
_next_lapse = select(func.min(Delivery.claimed_until)).where(
    Delivery.state == _CLAIMED, Delivery.claimed_by != bindparam("holder")
)
_sent = (
    update(_table)
    .where(_row, unsettled())
    .values(state=written(DeliveryState.SENT), sent_at=_instant("at"), message_ref=bindparam("ref"), reason=null())
)
_to_come = select(Delivery.id, Delivery.not_before).where(
    Delivery.state.in_([_PLANNED, _CLAIMED, _SENDING, *ENDED]),
    Delivery.channel == bindparam("of_channel"),
    Delivery.not_before > _instant("since"),
    # a push that waits for no reason, and was never tried, waits for its hour: that is one of the clock
    or_(Delivery.reason.is_not(None), Delivery.sending_at.is_not(None), Delivery.priority <= Priority.NOTICE),
)
_move = update(_table).where(_row).values(not_before=_instant("at"))
_cancel = (
    update(_table)
    .where(_row, or_(Delivery.state == _PLANNED, Delivery.state == _CLAIMED))
    .values(state=DeliveryState.CANCELLED, reason=bindparam("why"))
)
_recent = select(Delivery.chat_id, Delivery.group_id, Delivery.sending_at).where(
    Delivery.channel == bindparam("of_channel"),
    Delivery.sending_at > _instant("since"),
    Delivery.sending_at <= _instant("now"),
)
_recent = _recent.order_by(Delivery.sending_at)


async def waiting(
    session: Session, now: datetime, channel: str, *, up_to: Priority, without: Collection[str], most: int
) -> list[Waiting]:
    """Rows of the channel that may leave at `now`: replies first, then in the order in which they were written.

    `without`: chats that are passed over. On PostgreSQL the rows are locked, and those that others lock are left out.
    """
    values = {"now": now, "of_channel": channel, "up_to": up_to, "without": list(without), "most": most}
    return await _found(session, _of_all, values)


async def waiting_in(session: Session, now: datetime, channel: str, chat_id: str, most: int) -> list[Waiting]:
    """As `waiting`, of one chat."""
    values = {"now": now, "of_channel": channel, "of_chat": chat_id, "most": most}
    return await _found(session, _of_chat, values)


async def put_back(session: Session, now: datetime, channel: str, besides: Collection[str] = ()) -> list[PutBack]:
    """The chats with a row that was tried and waits for another instant: nothing of its kind overtakes it.

    `besides`: the reasons for which one is overtaken.
    """
    values = {"now": now, "of_channel": channel, "besides": list(besides)}
    found: Sequence[Any] = (await session.execute(_put_back, values)).all()
    return [PutBack(*row) for row in found]


async def wake(session: Session, now: datetime, channel: str, reason: str) -> set[str]:
    """Rows of the channel that were put back for this reason may leave at once; returns their chats."""
    return set((await session.execute(_wake, {"now": now, "of_channel": channel, "why": reason})).scalars())


async def wake_chat(session: Session, now: datetime, channel: str, chat_id: str, reason: str) -> None:
    """As `wake`, of one chat."""
    await session.execute(_wake_chat, {"now": now, "of_channel": channel, "of_chat": chat_id, "why": reason})


async def explain(session: Session, now: datetime, channel: str, reason: str, *, besides: int = -1) -> None:
    """What could have left the channel by `now`, and was not tried, waits for this reason (a code).

    `besides`: not what has this priority, or leaves before it; by default there is no such.
    """
    await session.execute(_explain, {"now": now, "of_channel": channel, "why": reason, "besides": besides})


async def told_to_wait(session: Session, now: datetime, channel: str, why: str) -> list[tuple[str, datetime]]:
    """The chats with a row that waits for this reason (a code), and until when."""
    values = {"now": now, "of_channel": channel, "why": why}
    found: Sequence[Any] = (await session.execute(_told_to_wait, values)).all()
    return [(chat, until) for chat, until in found]


async def ended_waiting(session: Session, now: datetime, channel: str) -> list[tuple[str, datetime]]:
    """The chats with a row that was tried, was to wait, and ended meanwhile (too late, called off); until when it was.

    For what it was to wait is known no more: why it ended stands in the row.
    """
    found: Sequence[Any] = (await session.execute(_ended_waiting, {"now": now, "of_channel": channel})).all()
    return [(chat, until) for chat, until in found]


async def shift(session: Session, now: datetime, channel: str, by: timedelta) -> None:
    """The clock, which shows `now`, was set by so much: what waits in the channel waits as long as it was to.

    Not pushes that wait for their hour, which is one of the clock. What has ended may tell of a pause of its chat.
    """
    before = now - max(by, timedelta())  # on the clock as it was, if it was set forward
    found: Sequence[Any] = (await session.execute(_to_come, {"of_channel": channel, "since": before})).all()
    await _many(session, _move, [{"row": number, "at": at + by} for number, at in found])


async def next_due(session: Session, now: datetime, channel: str) -> datetime | None:
    """The first instant after `now` at which a planned row of the channel may leave."""
    return (await session.execute(_next_due, {"now": now, "of_channel": channel})).scalar_one()


async def next_lapse(session: Session, holder: str) -> datetime | None:
    """The first instant at which somebody else's claim lapses."""
    return (await session.execute(_next_lapse, {"holder": holder})).scalar_one()


async def recent_sends(session: Session, channel: str, since: datetime, now: datetime) -> list[RecentSend]:
    """The requests that left after `since`, in order; none that the clock, since corrected, says to leave later."""
    found: Sequence[Any] = (await session.execute(_recent, {"of_channel": channel, "since": since, "now": now})).all()
    return [RecentSend(*row) for row in found]


async def claim(session: Session, ids: Sequence[int], holder: str, until: datetime) -> None:
    """Rows that this transaction just found waiting are in the holder's hand until then."""
    if ids:
        await session.execute(_claim, {"rows": list(ids), "holder": holder, "until": until})


async def begin(session: Session, ids: Sequence[int], holder: str, now: datetime) -> set[int]:
    """Claimed rows are `sending` from the commit on; which of them: not what was cancelled, taken away or too late."""
    if not ids:
        return set()
    return set((await session.execute(_begin, {"rows": list(ids), "holder": holder, "now": now})).scalars())


async def record_sent(session: Session, accepted: Iterable[tuple[int, str | None, datetime]]) -> None:
    """The channel accepted these rows, each under its reference (an edit has none of its own) and at its instant."""
    await _many(session, _sent, [{"row": number, "ref": reference, "at": at} for number, reference, at in accepted])


async def cancel(session: Session, channel: str, reasons: Mapping[int, str]) -> None:
    """These rows of the channel will not leave, each for a code."""
    note(session, [(channel, DeliveryState.CANCELLED, reason) for reason in reasons.values()])
    await _many(session, _cancel, [{"row": number, "why": reason} for number, reason in reasons.items()])


async def give_back(session: Session, ids: Sequence[int], holder: str) -> None:
    """The holder lets go of these rows."""
    if ids:
        await session.execute(_give_back, {"rows": list(ids), "holder": holder})


async def give_all_back(session: Session, holder: str, surely: Collection[int]) -> None:
    """The holder lets go of all it claimed, and of those that it was about to send and that surely did not leave."""
    await session.execute(_give_all_back, {"holder": holder})
    await never_left(session, surely, holder)


async def never_left(session: Session, ids: Collection[int], holder: str) -> None:
    """These rows wait again: their request surely did not leave. Not what is another's, or settled, by now."""
    if ids:
        await session.execute(_never_left, {"rows": list(ids), "holder": holder})


async def take_from_others(session: Session, holder: str) -> int:
    """What others have claimed waits again: they are gone. Returns how many rows."""
    return len((await session.execute(_taken_back, {"holder": holder})).all())


async def keep(session: Session, ids: Collection[int], holder: str) -> None:
    """These rows, as far as they are still being sent, are the holder's: it was told what became of them."""
    if ids:
        await session.execute(_keep, {"rows": list(ids), "holder": holder})


async def renew(session: Session, holder: str, until: datetime) -> None:
    """The holder is alive: its claims last until then."""
    await session.execute(_renew, {"holder": holder, "until": until})


async def lapse(session: Session, now: datetime) -> int:
    """Claims that nobody renewed wait again; returns how many."""
    return len((await session.execute(_lapse, {"now": now})).all())


async def _found(session: Session, query: Any, values: dict[str, Any]) -> list[Waiting]:
    rows: Sequence[Any] = (await session.execute(query, values)).all()
    return [Waiting(*row) for row in rows]


async def _many(session: Session, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await (await session.connection()).execute(statement, rows)
