"""The one way out: every message is worded and stored as a row before anything is sent.

A row goes planned -> claimed -> sending -> sent, failed, missed, uncertain or cancelled. A claim lapses back to
planned; `sending` is committed before the request leaves, so a row found there without anybody sending it is a message
whose fate nobody knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from content.message import Document, Message, Picture
from content.message_catalog import IfUnanswered, catalog
from content.rendering import render, storable
from scheduler.abilities import abilities_of
from scheduler.audience import Recipient
from scheduler.bundling import bundled
from scheduler.errors import UnreachableReason
from scheduler.fitting import fitted
from scheduler.sender import Destination, SendReceipt
from storage.models import Delivery, DeliveryState, Occurrence, Priority
from storage.queries import deliveries, ledger
from storage.transaction import Session

AGAIN_WITHIN = timedelta(hours=1)  # a message sent again by hand leaves in this time or not at all

# A code to join is kept as a hash and nowhere else; a file of somebody's data would be a second copy of them.
FORGOTTEN_ONCE_DONE = frozenset({"registration/invitation", "registration/link_code", "privacy/data"})


class About(TypedDict, total=False):
    """What a row says of itself beside its message; all instants are aware."""

    priority: Priority  # a reply, unless told otherwise
    office_id: int | None
    occurrence_id: int | None
    inbound_id: int | None  # the stored update that it answers
    group_id: int | None
    not_before: datetime | None  # None: at once
    expires_at: datetime | None
    follows_id: int | None  # follows that delivery as its next part would; what a tap brings of that, it brings too


async def enqueue(
    session: Session,
    *,
    destination: Destination,
    key: str,
    parameters: Mapping[str, Any],
    now: datetime,
    part: str = "",
    edits_id: int | None = None,
    picture: Picture | None = None,
    document: Document | None = None,
    above: Sequence[tuple[str, Mapping[str, Any]]] = (),
    **about: Unpack[About],
) -> Delivery | None:
    """Word the message `key` and store it for `destination`; it leaves with the caller's commit, not before.

    `edits_id` is the delivery whose message is replaced, or followed by a new one where the channel cannot edit.
    `part` tells several messages of one cause apart. A message that is too long becomes several rows (`part`,
    `part/2` ...), each leaving only after the one before it was sent. `above`: messages with their parameters that are
    said in it, before its own words.

    Returns the (first) row, or None where the unique key (occurrence and chat, or inbound update) already holds it.

    Raises:
        UnknownMessage, WrongParameters: as `content.rendering.render`.
    """
    message = render(key, parameters, picture=picture, document=document)
    message = bundled([*(render(*other) for other in above), message])
    values = {
        "channel": destination.channel,
        "chat_id": destination.chat_id,
        "topic_id": destination.topic_id or "",
        "message_key": key,
        "parameters": storable(parameters),
        "repeatable": _may_go_again(key),
        "created_at": now,
        "priority": Priority.REPLY,
        **about,
        "not_before": about.get("not_before") or now,
    }
    can_edit = abilities_of(destination.channel).edits
    original = await _first_of(session, edits_id if can_edit else None)
    return await _store(session, values, message, part, original)


async def reword(session: Session, row: Delivery, key: str, parameters: Mapping[str, Any]) -> bool:
    """Let a row that nobody has tried to send yet say this; False where it is under way, or would be too long."""
    pieces = fitted(render(key, parameters), abilities_of(row.channel))
    if len(pieces) > 1:
        return False
    to = {"parameters": storable(parameters), "message": msgspec.to_builtins(pieces[0])}
    return await deliveries.change(session, row.id, of=[DeliveryState.PLANNED], to=to)


class Post(Struct, frozen=True):
    """What one occurrence says to its chats; `due_at` and `expires_at` are aware instants."""

    occurrence_id: int
    office_id: int
    recipients: Sequence[Recipient]  # a paused one gets a failed row with the reason
    key: str
    parameters: Mapping[str, Any]
    picture: Picture | None
    due_at: datetime
    expires_at: datetime
    part: str = ""  # what its rows are called, where the same chats may get another post of the occurrence
    then: tuple[str, Mapping[str, Any]] | None = None  # key and parameters of what follows it as its last part
    priority: Priority = Priority.PUSH


async def enqueue_posts(session: Session, posts: Sequence[Post], now: datetime) -> None:
    """As `enqueue`, for many chats: a post is worded once, and one statement stores the rows of all.

    A chat that has its row already, from before a crash, gets no second one.

    Raises:
        UnknownMessage, WrongParameters: as `content.rendering.render`.
    """
    by_part: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for post in posts:
        for number, row in _post_rows(post, now):
            by_part.setdefault((post.part, number), []).append(row)
    for (part, number), rows in sorted(by_part.items()):
        await deliveries.add_many(session, rows, behind=_part(part, number - 1) if number > 1 else None)


async def enqueue_missed(
    session: Session, occurrence: Occurrence, key: str, recipients: Sequence[Recipient], reason: str, now: datetime
) -> None:
    """Rows, without words, of chats that a half-written post does not reach any more: missed, `reason` is a code.

    A paused one is failed, as in `enqueue_posts`. `key`: what the post's other rows say.
    """
    same = {
        "office_id": occurrence.office_id,
        "occurrence_id": occurrence.id,
        "message_key": key,
        "parameters": {},
        "message": {"text": ""},
        "due_at": occurrence.due_at,
        "not_before": now,
        "created_at": now,
    }
    missed = {"state": DeliveryState.MISSED, "reason": reason}
    rows = [
        same | {"channel": one.destination.channel} | _of_recipient(one) | ({} if one.paused else missed)
        for one in recipients
    ]
    await deliveries.add_many(session, rows)


def _post_rows(post: Post, now: datetime) -> Iterator[tuple[int, dict[str, Any]]]:
    same = {
        "office_id": post.office_id,
        "occurrence_id": post.occurrence_id,
        "priority": post.priority,
        "due_at": post.due_at,
        "not_before": now,
        "expires_at": post.expires_at,
        "created_at": now,
    }
    for channel in sorted({recipient.destination.channel for recipient in post.recipients}):
        for number, (said, piece) in enumerate(_pieces(post, channel), start=1):
            part = _part(post.part, number)
            of_part = same | said | {"channel": channel, "part": part, "message": msgspec.to_builtins(piece)}
            for recipient in post.recipients:
                if recipient.destination.channel == channel:
                    yield number, of_part | _of_recipient(recipient)


def _pieces(post: Post, channel: str) -> Iterator[tuple[dict[str, Any], Message]]:
    """What the post says on this channel, in order, each with the columns of what it says."""
    messages = [(post.key, post.parameters, post.picture)]
    if post.then is not None:
        messages.append((*post.then, None))
    for key, parameters, picture in messages:
        said = {"message_key": key, "parameters": storable(parameters), "repeatable": _may_go_again(key)}
        for piece in fitted(render(key, parameters, picture=picture), abilities_of(channel)):
            yield said, piece


def _of_recipient(recipient: Recipient) -> dict[str, Any]:
    return {
        "chat_id": recipient.destination.chat_id,
        "topic_id": recipient.destination.topic_id or "",
        "group_id": recipient.group_id,
        "state": DeliveryState.FAILED if recipient.paused else DeliveryState.PLANNED,
        "reason": recipient.paused,
    }


def _may_go_again(key: str) -> bool:
    return catalog()[key].if_unanswered is IfUnanswered.AGAIN


def _part(part: str, number: int) -> str:
    """What the n-th piece of a message is called."""
    return part if number == 1 else f"{part}/{number}"


async def _store(
    session: Session, values: dict[str, Any], message: Message, part: str, edits_id: int | None
) -> Delivery | None:
    first = before = None
    for number, piece in enumerate(fitted(message, abilities_of(values["channel"])), start=1):
        own: dict[str, Any] = {
            "part": _part(part, number),
            "message": msgspec.to_builtins(piece),
            "edits_id": edits_id if number == 1 else None,
        }
        own |= {"follows_id": before.id} if before else {}
        before = await deliveries.add(session, values | own)
        if before is None:
            return None
        first = first or before
    return first


async def _first_of(session: Session, edits_id: int | None) -> int | None:
    """The message that stands in the chat: an edit of an edit is one of the original."""
    if edits_id is None:
        return None
    original = await deliveries.find(session, edits_id)
    return original.edits_id or original.id if original else None


def message_of(delivery: Delivery) -> Message:
    """The final wording that the row holds."""
    return msgspec.convert(delivery.message, Message)


def destination_of(delivery: Delivery) -> Destination:
    """Where the row goes."""
    return Destination(delivery.channel, delivery.chat_id, delivery.topic_id or None)


async def mark_sent(session: Session, delivery: Delivery, receipt: SendReceipt, now: datetime) -> None:
    """The channel accepted it. Its word counts also for a row that was given up as uncertain in the meantime."""
    reference = None if delivery.edits_id else receipt.message_ref  # the original row keeps the reference
    to: dict[str, Any] = {"state": DeliveryState.SENT, "sent_at": now, "message_ref": reference, "reason": None}
    to |= _forgotten(delivery)
    await deliveries.settle(session, delivery.id, to)


async def put_back(
    session: Session, delivery: Delivery, not_before: datetime, reason: str, *, counts: bool = True, **changed: Any
) -> None:
    """Surely not sent, or harmless if sent twice: it leaves again from `not_before` on.

    `counts`: the attempt is counted as one that failed. `changed`: what else is different then.
    """
    to: dict[str, Any] = {"not_before": not_before, "reason": reason} | changed
    if not counts:
        to["attempt"] = Delivery.attempt - 1
    await wait_again(session, delivery, of=[DeliveryState.SENDING], to=to)


async def wait_again(session: Session, delivery: Delivery, of: Sequence[DeliveryState], to: Mapping[str, Any]) -> None:
    """From one of these states it is planned once more, as `to` says; not where its reader stopped us meanwhile."""
    if await deliveries.change(session, delivery.id, of=of, to={"left_at": None, **to, "state": DeliveryState.PLANNED}):
        await deliveries.cancel_unasked(session, delivery.id, UnreachableReason.OPTED_OUT.value)


def without_media(delivery: Delivery) -> dict[str, Any]:
    """What is different of a row that goes without its picture or document: its words say that something is missing."""
    message = replace(message_of(delivery), picture=None, document=None)
    told = replace(message, text=f"{message.text}\n\n{render('channel/without_media').text}")
    (fits, *more) = fitted(told, abilities_of(delivery.channel))
    return {"message": msgspec.to_builtins(message if more else fits)}


async def finish(session: Session, delivery: Delivery, state: DeliveryState, reason: str) -> bool:
    """It will not leave (failed, cancelled), or nobody knows (uncertain); `reason` is a code.

    Returns whether that is new: it was still being sent.
    """
    to = {"state": state, "reason": reason} | _forgotten(delivery)
    return await deliveries.change(session, delivery.id, of=[DeliveryState.SENDING], to=to)


async def forget_unasked(session: Session, channel: str, chat_id: str) -> Sequence[Delivery]:
    """The person of this chat wants answers only: whatever else waits for it does not leave. Returns those rows."""
    to = {"state": DeliveryState.CANCELLED, "reason": UnreachableReason.OPTED_OUT.value}
    waiting, later = deliveries.WAITING, Priority.REPLY
    rows = await deliveries.change_chat(session, channel, chat_id, None, of=waiting, to=to, after=later)
    return sorted(rows, key=lambda row: row.id)


def _forgotten(delivery: Delivery) -> dict[str, Any]:
    return {"parameters": {}, "message": {"text": ""}} if delivery.message_key in FORGOTTEN_ONCE_DONE else {}


async def say_elsewhere(
    session: Session, row: Delivery, to: Destination, now: datetime, *, behind: int | None
) -> Delivery | None:
    """What this row says, word for word, to another chat; `behind`: the delivery that it follows there.

    Returns the (first) row, or None where it stands there already.
    """
    same = ("office_id", "occurrence_id", "message_key", "parameters", "priority", "repeatable", "expires_at")
    values = {name: getattr(row, name) for name in same} | {"follows_id": behind, "not_before": now, "created_at": now}
    there = {"channel": to.channel, "chat_id": to.chat_id, "topic_id": to.topic_id or ""}
    return await _store(session, values | there, message_of(row), row.part, None)


async def send_again(session: Session, delivery_id: int, now: datetime) -> Delivery | None:
    """Send a post once more whose answer was lost: a new row with the same words, and the parts behind it.

    Returns the new row; None where it was sent again before, or is not uncertain (any more).
    """
    row = await deliveries.find(session, delivery_id)
    if row is None or row.occurrence_id is None or row.state is not DeliveryState.UNCERTAIN:
        return None
    first = before = await _copy(session, row, f"{row.part}{deliveries.AGAIN}", None, now)
    follower = await deliveries.follower(session, row.id)
    while before is not None and follower is not None:
        to = {"state": DeliveryState.CANCELLED, "reason": "stopped"}
        await deliveries.change(session, follower.id, of=deliveries.WAITING, to=to)
        before = await _copy(session, follower, f"{follower.part}{deliveries.AGAIN}", before.id, now)
        follower = await deliveries.follower(session, follower.id)
    return first


async def _copy(session: Session, row: Delivery, part: str, follows_id: int | None, now: datetime) -> Delivery | None:
    same = ("office_id", "occurrence_id", "channel", "chat_id", "topic_id", "group_id", "message_key", "parameters")
    values = {name: getattr(row, name) for name in (*same, "message", "repeatable")}
    own = {"part": part, "follows_id": follows_id, "priority": Priority.NOTICE}
    times = {"not_before": now, "expires_at": now + AGAIN_WITHIN, "created_at": now}
    copy = await deliveries.add(session, values | own | times)
    if copy is not None and row.occurrence_id is not None:
        await deliveries.cancel_unasked(session, copy.id, UnreachableReason.OPTED_OUT.value)
        await ledger.count_more(session, row.occurrence_id)
    return copy
