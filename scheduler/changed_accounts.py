"""What channels tell of accounts by themselves: somebody has another number now, and another id with it.

The channel alone knows that both are the same person's, and signs what it says; nobody proves it by having a number. An
id is never given to anybody else. A number is: what is known by it alone moves only if it was heard within the time in
which numbers do not change hands, and not again after the change, when it may be a stranger's already.
"""

import logging
from datetime import datetime, timedelta

from msgspec import Struct

from scheduler.errors import UnreachableReason
from scheduler.outcomes import record_stop
from storage.models import DeliveryState, PersonAddress
from storage.queries import addresses, deliveries, people
from storage.transaction import Session

log = logging.getLogger(__name__)

# Meta goes on telling a number for so long after the last contact; numbers change hands, but not within that
# https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
SAME_PERSON_FOR = timedelta(days=30)


class AccountChange(Struct, frozen=True):
    """An account has another id or number since the aware instant `at`. Old ones are None where they are not told.

    `phone`: the old number; `called`: the new id, None where the new number `new_phone` alone is told.
    """

    channel: str
    at: datetime
    user_id: str | None
    phone: str | None
    called: str | None
    new_phone: str | None


async def record_change(session: Session, change: AccountChange, now: datetime) -> None:
    """The account keeps its person under its new name, with its chat, its dialogue and what it agreed to.

    What made its old name unreachable says nothing of the new one. Whoever stopped under the new name already gets
    nothing that waits for the old one at the aware instant `now`.
    """
    account = await _before(session, change)
    taken = await _called_so(session, change)
    if account is None or account is taken:
        return
    if taken is not None and not await _make_room(session, account, taken, change):
        log.warning("an account of %s has a new id that is a member's already; nothing is moved", change.channel)
        return
    unnamed = account.user_id if addresses.is_by_number(account.user_id) else addresses.new_name()
    await _go_on_as(session, account, change.called or unnamed, change.new_phone, now)
    log.info("an account of %s has a new id", change.channel)


async def record_told_together(session: Session, channel: str, phone: str, user_id: str, now: datetime) -> None:
    """An id was told along with its number: the account known by this number alone is that with this id.

    If it wrote lately; else it may have been a stranger's, and nothing more is sent to it. Nor is there where both hold
    a seat: then a person decides, and a stop holds under the id as well, unless more was agreed to since.
    """
    account = await addresses.known_by_number(session, channel, phone)
    if account is None:
        return
    lately = account.last_inbound_at is not None and account.last_inbound_at >= now - SAME_PERSON_FOR
    taken = await addresses.called(session, channel, user_id)
    if lately and (taken is None or await _take_in(session, account, taken)):
        await _go_on_as(session, account, user_id, account.phone, now)
        return
    await addresses.mark_unreachable(session, channel, account.user_id, UnreachableReason.NOT_ON_CHANNEL.value)
    if lately and taken is not None and account.opted_out_at is not None:
        await record_stop(session, channel, user_id, account.opted_out_at, now)


async def _go_on_as(session: Session, account: PersonAddress, called: str, phone: str | None, now: datetime) -> None:
    await addresses.become(session, account, called, phone)
    account.unreachable = None
    await session.flush()
    if account.opted_out_at is not None:
        await record_stop(session, account.channel, called, account.opted_out_at, now)


async def _before(session: Session, change: AccountChange) -> PersonAddress | None:
    """The account as we knew it."""
    if change.user_id is not None:
        account = await addresses.called(session, change.channel, change.user_id)
        if account is not None:
            return account
    if change.phone is None:
        return None
    account = await addresses.sole_with(session, change.channel, change.phone, change.at - SAME_PERSON_FOR)
    if account is None or account.last_inbound_at is None or account.last_inbound_at > change.at:
        return None
    return account if change.user_id is None or addresses.is_by_number(account.user_id) else None


async def _called_so(session: Session, change: AccountChange) -> PersonAddress | None:
    """Who has the new name already."""
    if change.called is not None:
        return await addresses.called(session, change.channel, change.called)
    return await addresses.known_by_number(session, change.channel, change.new_phone) if change.new_phone else None


async def _make_room(session: Session, account: PersonAddress, taken: PersonAddress, change: AccountChange) -> bool:
    """Somebody is called so already; whether the name is free now."""
    if change.called is None:  # whoever had that number before has it no more
        _keep_wishes(account, taken, change.at)
        to = {"state": DeliveryState.FAILED, "reason": UnreachableReason.NOT_ON_CHANNEL.value}
        await deliveries.change_chat(session, change.channel, taken.user_id, None, of=deliveries.WAITING, to=to)
        await addresses.become(session, taken, taken.user_id, None)
        await addresses.mark_unreachable(session, change.channel, taken.user_id, to["reason"])
        return True
    return await _take_in(session, account, taken)  # wrote under the new id before the channel told of it


async def _take_in(session: Session, account: PersonAddress, taken: PersonAddress) -> bool:
    """Both are one person's: `taken` is no account of its own any more. False where each holds a seat."""
    one, other = account.person_id, taken.person_id
    if one != other:
        seated = await people.active_member(session, other) is not None
        if seated and await people.active_member(session, one) is not None:
            return False
        await people.move_accounts(session, *((one, other) if seated else (other, one)))
        await session.refresh(account)
    _keep_wishes(account, taken)
    account.last_inbound_at = _later(account.last_inbound_at, taken.last_inbound_at)
    await session.delete(taken)
    await session.flush()
    return True


def _keep_wishes(account: PersonAddress, taken: PersonAddress, since: datetime | None = None) -> None:
    """Of what was asked for under either name the last holds on, of the same second the stop.

    `since`: what was asked for under the other name before was somebody else's wish; None: all of it is the person's.
    """
    stopped_at, agreed_at = taken.opted_out_at, taken.opted_in_at
    if since is not None:
        stopped_at = stopped_at if stopped_at is not None and stopped_at >= since else None
        agreed_at = agreed_at if agreed_at is not None and agreed_at > since else None
    stopped_at = _later(account.opted_out_at, stopped_at)
    account.opted_in_at = agreed_at = _later(account.opted_in_at, agreed_at)
    holds = stopped_at is not None and (agreed_at is None or agreed_at <= stopped_at)
    account.opted_out_at = stopped_at if holds else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)
