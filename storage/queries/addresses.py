"""Where people can be written to in private, and that they cannot."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, true, update
from sqlalchemy.orm import aliased

from storage.models import Delivery, DeliveryState, InboundUpdate, Member, PersonAddress, Role
from storage.queries import moved_chats
from storage.transaction import Session

_BY_NUMBER = "number:"  # begins the name of an account of which only the number is known


class OutOfReach(NamedTuple):
    """A person whom nothing reaches on this channel: why (a code), and since when as far as it is still known."""

    person_id: int
    channel: str
    reason: str
    since: datetime | None


async def of_person(session: Session, person_id: int) -> PersonAddress | None:
    """The first private chat of this person that can be written to unasked."""
    return (await of_persons(session, [person_id])).get(person_id)


async def of_persons(session: Session, person_ids: Collection[int]) -> dict[int, PersonAddress]:
    """The first private chat of each of these people that can be written to unasked; who has none is left out."""
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id.in_(person_ids), PersonAddress.opted_out_at.is_(None))
        .where(PersonAddress.chat_id.is_not(None), PersonAddress.unreachable.is_(None))
        .order_by(PersonAddress.id.desc())
    )
    return {address.person_id: address for address in await session.scalars(query)}  # the first one wins


async def another_of(session: Session, channel: str, chat_id: str) -> PersonAddress | None:
    """The first other private chat of this one's person that can be written to unasked.

    On another channel only where they have not asked for answers only on any account of theirs on this one: who stopped
    us on one of two wants it no more there, and did not ask for it elsewhere.
    """
    person = select(PersonAddress.person_id).where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
    own = aliased(PersonAddress)
    stopped = select(own.id).where(own.person_id.in_(person), own.channel == channel, own.opted_out_at.is_not(None))
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id.in_(person), PersonAddress.opted_out_at.is_(None))
        .where(PersonAddress.chat_id.is_not(None), PersonAddress.unreachable.is_(None))
        .where(or_(PersonAddress.channel != channel, PersonAddress.chat_id != chat_id))
        .where(or_(PersonAddress.channel == channel, ~stopped.exists()))
        .order_by(PersonAddress.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def seated(session: Session, office_id: int, roles: Collection[Role]) -> Sequence[Member]:
    """The office's active members in one of these roles who have joined, in the order of the roster."""
    query = (
        select(Member)
        .where(Member.office_id == office_id, Member.left_at.is_(None), Member.person_id.is_not(None))
        .where(Member.role.in_(roles))
        .order_by(Member.id)
    )
    return (await session.scalars(query)).all()


async def of_administrators(session: Session) -> Sequence[PersonAddress]:
    """Where those who run the installation can be written to unasked, on every channel."""
    seats = select(Member.person_id).where(Member.role == Role.ADMINISTRATOR, Member.left_at.is_(None))
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id.in_(seats), PersonAddress.opted_out_at.is_(None))
        .where(PersonAddress.chat_id.is_not(None), PersonAddress.unreachable.is_(None))
        .order_by(PersonAddress.id)
    )
    return (await session.scalars(query)).all()


async def mark_unreachable(
    session: Session, channel: str, chat_id: str, reason: str, left_at: datetime | None = None
) -> bool:
    """A private chat cannot be written to, for `reason`, until the person comes back.

    `left_at`: the aware instant at which the message left that tells so; False where they wrote since, and nothing is
    done. When they wrote is known to the second.
    """
    here = (PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
    if left_at is not None:
        back = select(PersonAddress.id).where(*here, PersonAddress.last_inbound_at >= left_at.replace(microsecond=0))
        if (await session.scalars(back.limit(1))).one_or_none() is not None:
            return False
    await session.execute(
        update(PersonAddress).where(*here).values(unreachable=reason).execution_options(synchronize_session=False)
    )
    return True


async def mark_reachable(session: Session, channel: str, chat_id: str, reason: str) -> bool:
    """A private chat can be written to after all; whether it was thought that it cannot be, for this reason."""
    reached = (
        update(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
        .where(PersonAddress.unreachable == reason)
        .values(unreachable=None)
        .returning(PersonAddress.id)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.scalars(reached)).all())


async def out_of_reach(session: Session, person_ids: Collection[int]) -> Sequence[OutOfReach]:
    """Where these people cannot be written to, of the channels on which they have no account that can be."""
    other = aliased(PersonAddress)
    reached = select(other.id).where(
        other.person_id == PersonAddress.person_id,
        other.channel == PersonAddress.channel,
        other.chat_id.is_not(None),
        other.unreachable.is_(None),
    )
    refused_at = (
        select(func.max(Delivery.sending_at))
        .where(Delivery.channel == PersonAddress.channel, Delivery.chat_id == PersonAddress.chat_id)
        .where(Delivery.state == DeliveryState.FAILED, Delivery.reason == PersonAddress.unreachable)
        .scalar_subquery()
    )
    query = (
        select(PersonAddress.person_id, PersonAddress.channel, PersonAddress.unreachable, refused_at)
        .where(PersonAddress.person_id.in_(person_ids), PersonAddress.unreachable.is_not(None), ~reached.exists())
        .order_by(PersonAddress.id)
    )
    lost = {
        (person_id, channel): OutOfReach(person_id, channel, reason, since)  # the latest account of several
        for person_id, channel, reason, since in (await session.execute(query)).all()
        if reason is not None
    }
    return tuple(lost.values())


async def member_at(session: Session, office_id: int, channel: str, chat_id: str) -> str | None:
    """The name on this office's roster of whom this private chat is with; None where nobody's there is."""
    query = (
        select(Member.name)
        .join(PersonAddress, PersonAddress.person_id == Member.person_id)
        .where(Member.office_id == office_id, Member.left_at.is_(None))
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
    )
    return (await session.scalars(query.limit(1))).one_or_none()


async def heard_at(session: Session, channel: str, chat_id: str, answer: int | None = None) -> datetime | None:
    """When the person of this private chat last wrote; None where it is not kept, or nobody ever did.

    `answer`: a delivery to this chat. Where the account is not known (any more), it was heard when that came in which
    this delivery answers: who had their data erased is told so.
    """
    query = select(PersonAddress.last_inbound_at).where(
        PersonAddress.channel == channel, PersonAddress.chat_id == chat_id
    )
    known = (await session.scalars(query.limit(1))).all()
    if known or answer is None:
        return known[0] if known else None
    came = select(InboundUpdate.received_at).join(Delivery, Delivery.inbound_id == InboundUpdate.id)
    return (await session.scalars(came.where(Delivery.id == answer))).one_or_none()


async def close_window(session: Session, channel: str, chat_id: str, left_at: datetime) -> None:
    """What left at the aware instant `left_at` was refused: the person had not written lately, whatever we think.

    What they wrote after that counts.
    """
    await session.execute(
        update(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
        .where(PersonAddress.last_inbound_at <= left_at)
        .values(last_inbound_at=None)
        .execution_options(synchronize_session=False)
    )


async def has_stopped(session: Session, member_id: int | None) -> bool:
    """Whether this member could be written to, had they not asked for answers only."""
    query = (
        select(PersonAddress.id)
        .join(Member, Member.person_id == PersonAddress.person_id)
        .where(Member.id == member_id, Member.left_at.is_(None), PersonAddress.opted_out_at.is_not(None))
        .where(PersonAddress.chat_id.is_not(None), PersonAddress.unreachable.is_(None))
    )
    return (await session.scalars(query.limit(1))).one_or_none() is not None


async def opt_out(session: Session, channel: str, chat_id: str, said_at: datetime, *, in_order: bool) -> bool:
    """The person of this private chat said at the aware instant `said_at` that they want answers only.

    The last such word is kept, as what was agreed to between two of them may be heard last. `in_order`: nothing that
    was heard before was said later. Else False where they have agreed to more since; of what was agreed to in the same
    second nobody knows whether it came first, and who may have stopped us is left alone.
    """
    here = (PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
    agreed_since = select(PersonAddress.id).where(*here, PersonAddress.opted_in_at > said_at).limit(1)
    if not in_order and (await session.scalars(agreed_since)).one_or_none() is not None:
        return False
    stopped_before = or_(PersonAddress.opted_out_at.is_(None), PersonAddress.opted_out_at < said_at)
    await session.execute(
        update(PersonAddress)
        .where(*here, true() if in_order else stopped_before)
        .values(opted_out_at=said_at)
        .execution_options(synchronize_session=False)
    )
    return True


async def channels_of(session: Session, person_id: int) -> Sequence[str]:
    """The channels on which this person has an account."""
    query = select(PersonAddress.channel).where(PersonAddress.person_id == person_id).distinct()
    return (await session.scalars(query.order_by(PersonAddress.channel))).all()


async def opted_out(session: Session, person_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Which of these people want answers only, each with the channel on which they said so."""
    query = (
        select(PersonAddress.person_id, PersonAddress.channel)
        .where(PersonAddress.person_id.in_(person_ids), PersonAddress.opted_out_at.is_not(None))
        .order_by(PersonAddress.id)
    )
    return [(person, channel) for person, channel in await session.execute(query)]


async def has_opted_out(session: Session, channel: str, chat_id: str) -> bool:
    """Whether the person of this private chat wants answers only."""
    query = select(PersonAddress.id).where(
        PersonAddress.channel == channel, PersonAddress.chat_id == chat_id, PersonAddress.opted_out_at.is_not(None)
    )
    return (await session.scalars(query.limit(1))).one_or_none() is not None


async def forget_opt_out(session: Session, channel: str, chat_id: str, said_at: datetime, *, in_order: bool) -> None:
    """The person of this private chat said that they no longer want answers only, but agrees to nothing by that.

    `said_at`, `in_order`: as of `opt_out`.
    """
    await session.execute(
        update(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
        .where(true() if in_order else PersonAddress.opted_out_at < said_at)
        .values(opted_out_at=None)
        .execution_options(synchronize_session=False)
    )


async def opt_in(session: Session, channel: str, chat_id: str, said_at: datetime, *, in_order: bool) -> None:
    """The person of this private chat said that they agree to be written to unasked.

    `said_at`, `in_order`: as of `opt_out`.
    """
    agreed_before = or_(PersonAddress.opted_in_at.is_(None), PersonAddress.opted_in_at < said_at)
    await session.execute(
        update(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
        .where(true() if in_order else agreed_before)
        .values(opted_in_at=said_at)
        .execution_options(synchronize_session=False)
    )
    await forget_opt_out(session, channel, chat_id, said_at, in_order=in_order)


async def sole_with(session: Session, channel: str, phone: str, since: datetime) -> PersonAddress | None:
    """The account with this number that wrote at `since` or later; None where none did, or several."""
    query = (
        select(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.phone == phone)
        .where(PersonAddress.last_inbound_at >= since)
        .limit(2)
    )
    found = (await session.scalars(query)).all()
    return found[0] if len(found) == 1 else None


async def known_by_number(session: Session, channel: str, phone: str) -> PersonAddress | None:
    """The account of which only this number is known."""
    query = select(PersonAddress).where(
        PersonAddress.channel == channel,
        PersonAddress.phone == phone,
        PersonAddress.user_id.startswith(_BY_NUMBER, autoescape=True),
    )
    return (await session.scalars(query.limit(1))).one_or_none()


def new_name() -> str:
    """What an account is called from now on of which only the number is known; it tells nothing of that number."""
    return f"{_BY_NUMBER}{secrets.token_hex(8)}"


def is_by_number(name: str) -> bool:
    """Whether the account of this name, or the private chat with it, is reached by its number alone."""
    return name.startswith(_BY_NUMBER)


async def number_of(session: Session, channel: str, name: str) -> str | None:
    """The number of the account that is known as `name`; None where it has none, any more or at all."""
    query = select(PersonAddress.phone).where(PersonAddress.channel == channel, PersonAddress.user_id == name)
    return (await session.scalars(query)).one_or_none()


async def called(session: Session, channel: str, user_id: str) -> PersonAddress | None:
    """The account that is known as `user_id`."""
    query = select(PersonAddress).where(PersonAddress.channel == channel, PersonAddress.user_id == user_id)
    return (await session.scalars(query)).one_or_none()


async def become(session: Session, account: PersonAddress, user_id: str, phone: str | None) -> None:
    """The account is `user_id` from now on, with this number; its chat and its open dialogue go with it."""
    old_id = account.user_id
    account.user_id = account.chat_id = user_id
    account.phone = phone
    await session.flush()
    await moved_chats.move(session, account.channel, old_id, user_id)
