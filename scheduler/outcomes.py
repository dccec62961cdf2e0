"""What a send came to, written into the ledger with all that follows from it, in one transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from content.templates import template_of
from scheduler import (
    channel_trouble,
    delivery_queue,
    forwarding,
    group_changes,
    notices,
    other_address,
    template_states,
    turns,
    uncertain_rows,
)
from scheduler.abilities import abilities_of, settling
from scheduler.backoff import LONGEST
from scheduler.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelRefusesUs,
    MessageRefused,
    OutcomeUnknown,
    RecipientBusy,
    SendError,
    TemplateRefused,
    TemplateTrouble,
    UnreachableReason,
    WindowClosed,
)
from scheduler.lane import ASK_AGAIN_AFTER
from scheduler.notices import Missed
from scheduler.retry_policy import (
    NO_ROOM,
    NO_TEMPLATE,
    REPEATS,
    TEMPLATE_PAUSED,
    UNANSWERED,
    Again,
    AsTemplate,
    Decision,
    GiveUp,
    PauseChat,
    Readdress,
    StopAll,
    Uncertain,
    WithoutMedia,
    decide,
)
from scheduler.sender import SendReceipt
from storage.models import Delivery, DeliveryState, Priority
from storage.queries import addresses, deliveries, leases, quizzes
from storage.transaction import Session

log = logging.getLogger(__name__)

_MOST_LATE_REFUSALS = 4  # attempts of one row that the channel accepts first and refuses later
_WAITS_FOR_TEMPLATE = timedelta(days=7)  # a notice: until its reader writes, or its template is approved
_ASK_TEMPLATE_AGAIN = timedelta(minutes=15)
_QUIET = timedelta(seconds=30)  # a channel that is busy and tells it only later; twice as long after each such word
_DOUBLINGS = 10


class Recorded(Struct, frozen=True):
    """What the row is now, why (a code), and from which aware instant on its chat goes on."""

    state: DeliveryState
    reason: str | None
    goes_on: datetime


async def record(session: Session, row: Delivery, outcome: SendReceipt | SendError, now: datetime) -> Recorded:
    """Record the outcome of a row that was being sent, at the aware instant `now`."""
    if isinstance(outcome, SendReceipt):
        return await _accepted(session, row, outcome, now)
    reason, goes_on = type(outcome).__name__, now
    harmless = row.repeatable or row.edits_id is not None or row.template is not None
    settles_within = abilities_of(row.channel).settles_within
    match _decided(row, outcome, now, repeatable=harmless, settles_within=settles_within):
        case Again(instant) if isinstance(outcome, TemplateRefused):
            await _await_template(session, row, outcome, instant, now)
        case Again(instant, counts=counts):
            await delivery_queue.put_back(session, row, instant, reason, counts=counts)
            overtaken = reason == NO_ROOM or (reason in UNANSWERED and settles_within)
            goes_on = now if overtaken else instant
        case WithoutMedia() | AsTemplate() as otherwise:
            less = delivery_queue.without_media(row) if isinstance(otherwise, WithoutMedia) else {}
            leaves_at = _as_template_at(row, now) if isinstance(otherwise, AsTemplate) else now
            await delivery_queue.put_back(session, row, leaves_at, reason, **less)
            await _heed_closed(session, row, outcome, now)
        case StopAll(cause, pushes_only=pushes_only) as stop:
            goes_on = now + stop.wait
            await delivery_queue.put_back(session, row, goes_on, reason, counts=False)
            await channel_trouble.tell_stopped(session, row.channel, cause, now, pushes_only=pushes_only)
        case Readdress(chat_id, goes_on):
            await delivery_queue.put_back(session, row, goes_on, reason)
            await group_changes.move_chat(session, row.channel, row.chat_id, chat_id, now)
        case PauseChat(why):
            await _unreachable(session, row, why, now)
        case GiveUp(reason) as given_up:
            await _end(session, row, DeliveryState.FAILED, reason, now)
            await _heed_refusal(session, row, given_up, outcome, now)
        case Uncertain():
            await _end(session, row, DeliveryState.UNCERTAIN, reason, now)
    await _heed_stop(session, row, now)
    return Recorded(row.state, row.reason, goes_on)  # as it stands: another process may have settled it meanwhile


async def _accepted(session: Session, row: Delivery, receipt: SendReceipt, now: datetime) -> Recorded:
    await delivery_queue.mark_sent(session, row, receipt, now)
    if delivery_queue.message_of(row).quiz is not None:
        await quizzes.keep(session, row, receipt.poll_ref)
    return Recorded(DeliveryState.SENT, None, now)


async def _await_template(
    session: Session, row: Delivery, error: TemplateRefused, again: datetime, now: datetime
) -> None:
    """A notice that its template may not bring: to another address of its reader, else it waits, and is overtaken.

    The text of a leader does not wait behind it: that is told anew, alone. A push only waits, until its window closes.
    """
    await template_states.heed(session, row, error, now)
    behind = (await deliveries.with_followers(session, row))[1:]
    if not _may_wait(row):
        await _wait_whole(session, row, behind, again, TEMPLATE_PAUSED)
        return
    leads = [one for one in behind if turns.told_by(one) is not None]
    if await other_address.send_there(session, row, now):
        await delivery_queue.finish(session, row, DeliveryState.FAILED, error.trouble.value)
        for text in leads:
            await turns.untell(session, text)
    elif leads:
        await _end(session, row, DeliveryState.FAILED, error.trouble.value, now)
    else:
        until = row.expires_at or now + _WAITS_FOR_TEMPLATE
        await _wait_whole(session, row, behind, again, NO_TEMPLATE, expires_at=until)
        if row.state is DeliveryState.PLANNED:  # else its reader stopped us meanwhile
            await channel_trouble.tell_waiting(session, row.channel, error.trouble, now)


async def _wait_whole(
    session: Session, row: Delivery, behind: Sequence[Delivery], again: datetime, reason: str, **changed: Any
) -> None:
    await delivery_queue.put_back(session, row, again, reason, counts=False, **changed)
    for part in behind:  # so that they hold nothing else up, and go on with it
        await deliveries.change(session, part.id, of=deliveries.WAITING, to={"not_before": again, "reason": reason})


def _decided(
    row: Delivery, error: SendError, now: datetime, *, repeatable: bool, settles_within: timedelta = timedelta(0)
) -> Decision:
    ends = row.expires_at is not None and not forwarding.is_kit(row)  # a kit goes to somebody else in time instead
    decision = decide(error, row.attempt, now, repeatable=repeatable, settles_within=settles_within, ends=ends)
    if isinstance(decision, WithoutMedia) and not delivery_queue.message_of(row).text:
        return GiveUp("refused", defect=True)
    waits = _may_wait(row) or _may_resume(row, error)
    if isinstance(error, TemplateRefused) and waits and not (isinstance(decision, GiveUp) and decision.defect):
        return Again(now + _ASK_TEMPLATE_AGAIN, counts=False)
    if isinstance(decision, AsTemplate) and (row.template is not None or template_of(row.message_key) is None):
        return GiveUp("window_closed")
    return decision


def _may_wait(row: Delivery) -> bool:
    """Whether it is a notice: nobody else is told of what it tells, as of a post, or given it, as a leader's text."""
    tells = row.priority == Priority.NOTICE or row.message_key == turns.UNREACHABLE
    return tells and row.edits_id is None and turns.told_by(row) is None


def _may_resume(row: Delivery, error: SendError) -> bool:
    """Whether it is a push with a window, of a template that goes on by itself; a kit goes to somebody else instead."""
    paused = isinstance(error, TemplateRefused) and error.trouble is TemplateTrouble.PAUSED
    push = row.priority >= Priority.PUSH and row.edits_id is None and row.expires_at is not None
    return paused and push and not forwarding.is_kit(row) and turns.told_by(row) is None


async def _end(session: Session, row: Delivery, state: DeliveryState, reason: str, now: datetime) -> None:
    """Failed or uncertain, and told; no second time where only the answer to the commit was lost."""
    if not await delivery_queue.finish(session, row, state, reason):
        return
    if state is DeliveryState.UNCERTAIN:
        await _tell_uncertain(session, [row], now)
    else:
        await _tell_failed(session, row, reason, now)


async def _tell_failed(session: Session, row: Delivery, reason: str, now: datetime) -> None:
    missed = await _missed(session, row, reason, now)
    await notices.tell_missed(session, [missed] if missed else [], now)
    await turns.hand_over(session, row, now)


async def _tell_uncertain(session: Session, rows: Sequence[Delivery], now: datetime) -> None:
    """Of a group's post the secretaries are asked to look. Without a kit nobody forwards: others are given it, too."""
    await notices.tell_uncertain(session, rows, now)
    await uncertain_rows.heed(session, rows, now)
    kits = [await _missed(session, row, "uncertain", now) for row in rows if forwarding.is_kit(row)]
    await notices.tell_missed(session, [one for one in kits if one], now)


async def _missed(session: Session, row: Delivery, reason: str, now: datetime) -> Missed | None:
    """Nobody got it, for the notice; None also where the secretaries are given it to forward instead."""
    if await forwarding.hand_on(session, row, now):
        return None
    return await notices.missed_delivery(session, row, reason)


async def _heed_refusal(session: Session, row: Delivery, decision: Decision, error: SendError, now: datetime) -> None:
    """What a message that is never accepted tells of its template, or of us."""
    if isinstance(error, TemplateRefused):
        await template_states.heed(session, row, error, now)
    if isinstance(decision, GiveUp) and decision.defect:
        await channel_trouble.tell_defect(session, row, error, now)
    elif isinstance(error, MessageRefused):
        log.warning("refused: %s", error, extra={"push": row.occurrence_id, "delivery": row.id})


async def record_refused_later(session: Session, row: Delivery, error: SendError, now: datetime) -> None:
    """The channel accepted the row, or its answer was lost, and now it tells that the message did not arrive.

    What may be tried again is planned again, a few times; the rest is failed, with all that follows from it.
    """
    if isinstance(error, OutcomeUnknown):  # of an answer it leaves open what became of it; here it is told
        error = ChannelDown(str(error))
    known = [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNCERTAIN]
    if row.reason in UNANSWERED:  # it was to go once more, for want of this news
        known += deliveries.WAITING
    was_uncertain = row.state is DeliveryState.UNCERTAIN
    decision = _decided(row, error, now, repeatable=True)
    if isinstance(decision, PauseChat):
        await _unreachable(session, row, decision.reason, now, of=known)
    elif (to := _again(row, decision, error, now)) is not None:
        to["not_before"] = max(to["not_before"], now + _quiet(row, error))
        again = {"reason": type(error).__name__, "message_ref": None} | to
        await delivery_queue.wait_again(session, row, of=known, to=again)
        await _heed_stop(session, row, now)
        await _heed_later(session, row, error, to["not_before"], now)
    else:
        await _fail_later(session, row, decision, error, now, of=known)
    if was_uncertain:
        await uncertain_rows.settle(session, row, now)


def _again(row: Delivery, decision: Decision, error: SendError, now: datetime) -> dict[str, Any] | None:
    """How a row that did not arrive is planned again; None where it is not."""
    if isinstance(decision, StopAll):
        return {"not_before": now, "attempt": Delivery.attempt - 1}
    if row.attempt >= _MOST_LATE_REFUSALS and not isinstance(error, ChannelBusy | RecipientBusy):
        return None  # what was too much just now is kept as long as if that had been told at once
    if isinstance(decision, WithoutMedia):
        return {"not_before": now, **delivery_queue.without_media(row)}
    if isinstance(decision, AsTemplate):
        return {"not_before": _as_template_at(row, now)}
    return {"not_before": decision.instant} if isinstance(decision, Again) else None


def _as_template_at(row: Delivery, now: datetime) -> datetime:
    """A later part waits whether the first one comes back for the same reason: one template stands for both."""
    return now if row.follows_id is None else now + abilities_of(row.channel).settles_within


def _quiet(row: Delivery, error: SendError) -> timedelta:
    """For how long a channel is left alone that tells this only later; by chance up to half as long again."""
    if isinstance(error, ChannelRefusesUs):
        return ASK_AGAIN_AFTER
    if not isinstance(error, ChannelBusy):
        return timedelta(0)
    by_chance = Random(f"{row.id}/{row.attempt}").random()  # noqa: S311 - no secret hangs on it
    return min(LONGEST, _QUIET * (1 << min(row.attempt - 1, _DOUBLINGS))) * (1 + by_chance / 2)


async def _heed_later(session: Session, row: Delivery, error: SendError, again: datetime, now: datetime) -> None:
    """What a late refusal tells of the whole channel, or of the chat; whoever sends looks for it.

    Of a recipient who has had enough the row itself tells, which waits for that.
    """
    if isinstance(error, ChannelBusy) or (isinstance(error, ChannelRefusesUs) and not error.pushes_only):
        await leases.pause(session, row.channel, again)
    if isinstance(error, ChannelRefusesUs):
        await channel_trouble.tell_stopped(session, row.channel, error.why, now, pushes_only=error.pushes_only)
    await _heed_closed(session, row, error, now)


async def _heed_closed(session: Session, row: Delivery, error: SendError, now: datetime) -> None:
    if isinstance(error, WindowClosed):
        await addresses.close_window(session, row.channel, row.chat_id, row.sending_at or now)


async def _fail_later(
    session: Session,
    row: Delivery,
    decision: Decision,
    error: SendError,
    now: datetime,
    of: Sequence[DeliveryState],
) -> None:
    reason = decision.reason if isinstance(decision, GiveUp) else "refused"
    if not await deliveries.change(session, row.id, of=of, to={"state": DeliveryState.FAILED, "reason": reason}):
        return
    await _tell_failed(session, row, reason, now)
    await _heed_refusal(session, row, decision, error, now)


async def record_abandoned(session: Session, before: datetime, now: datetime, besides: frozenset[int]) -> int:
    """Sends begun at or before `before` that nobody will record any more: uncertain, and told; returns how many.

    What may go twice is planned again, for when the channel has had its time to tell what became of it.
    `besides`: what is still being sent, or waits to be recorded.
    """
    again = {channel: now + span for channel, span in settling().items()}
    rows = await deliveries.abandon(
        session, "interrupted", again_at=again, repeats=REPEATS, before=before, besides=besides
    )
    await _tell_uncertain(session, rows, now)
    return len(rows)


async def record_orphans(session: Session, holder: str, now: datetime) -> int:
    """As `record_abandoned`, of everything that any process but `holder` was sending: they are gone."""
    again = {channel: now + span for channel, span in settling().items()}
    rows = await deliveries.abandon(session, "interrupted", again_at=again, repeats=REPEATS, holder=holder)
    await _tell_uncertain(session, rows, now)
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
    waiting: Sequence[Delivery] = ()
    if await _is_so_still(session, row, reason, row.sending_at or now, now):
        waiting = await deliveries.change_chat(session, row.channel, row.chat_id, topic, of=deliveries.WAITING, to=to)
    await group_changes.pause_chat(session, row.channel, row.chat_id, reason, now, row.topic_id)
    await _bring_otherwise(session, [*failed, *waiting], reason, now)


async def _is_so_still(
    session: Session, row: Delivery, reason: UnreachableReason, left_at: datetime, now: datetime
) -> bool:
    """Note what a refusal tells of the person, as it was when the row left; False where they wrote or agreed since."""
    if reason is UnreachableReason.OPTED_OUT:
        return await _opt_out(session, row.channel, row.chat_id, left_at, now)
    return await addresses.mark_unreachable(session, row.channel, row.chat_id, reason.value, left_at)


async def record_stop(session: Session, channel: str, chat_id: str, said_at: datetime, now: datetime) -> bool:
    """The person of this chat said at the aware instant `said_at` that they want answers only.

    What else waits does not leave. False where they have agreed to more since, and nothing is done.
    """
    if not await _opt_out(session, channel, chat_id, said_at, now):
        return False
    waiting = await delivery_queue.forget_unasked(session, channel, chat_id)
    await _bring_otherwise(session, waiting, UnreachableReason.OPTED_OUT, now)
    return True


async def _opt_out(session: Session, channel: str, chat_id: str, said_at: datetime, now: datetime) -> bool:
    in_order = abilities_of(channel).in_order
    holds = await addresses.opt_out(session, channel, chat_id, said_at, in_order=in_order)
    if holds:
        await uncertain_rows.heed_stop(session, channel, chat_id, now)
    return holds


async def _heed_stop(session: Session, row: Delivery, now: datetime) -> None:
    """The row was to go again, and did not: its reader stopped us while it was on its way."""
    if row.state is DeliveryState.CANCELLED and row.reason == UnreachableReason.OPTED_OUT.value:
        await _bring_otherwise(session, [row], UnreachableReason.OPTED_OUT, now)


async def _bring_otherwise(
    session: Session, rows: Sequence[Delivery], reason: UnreachableReason, now: datetime
) -> None:
    """What will not leave for its chat goes to another one of its reader, or to somebody else; or it is told."""
    missed: list[Missed | None] = []
    elsewhere: set[int] = set()
    for unsent in rows:
        await turns.untell(session, unsent)
        if unsent.id not in elsewhere:
            elsewhere |= set(await other_address.send_there(session, unsent, now))
        if unsent.group_id is None and unsent.id not in elsewhere:  # of a group it is told that it is paused
            missed.append(await _missed(session, unsent, reason.value, now))
    await notices.tell_missed(session, [one for one in missed if one], now)
