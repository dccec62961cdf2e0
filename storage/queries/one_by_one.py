"""Members who get a push one by one, in private: on a channel without groups. The caller says which channels those are.

One of them is an active member of the schedule's office whose address there can be written to and who did not ask for
answers only; of several such addresses it is the first. Who is also on the channel of a group into which the schedule
posts is left out: the push stands in that group already, and a second copy would only cost. Who can no longer be
reached on that other channel is not left out. Who can no longer be reached on such a channel gets it at another address
of theirs. Nor does anybody get a copy of what they were given to forward.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    GroupState,
    Member,
    Occurrence,
    PersonAddress,
    Schedule,
    ScheduleTarget,
)
from storage.queries.deliveries import AGAIN
from storage.queries.ledger import FORWARD, rows_of_post
from storage.transaction import Session

_one, _other = aliased(PersonAddress), aliased(PersonAddress)


class TargetPerson(NamedTuple):
    """A member to whom a schedule goes in private: the id and name of the roster line, and the chat."""

    id: int
    name: str
    channel: str
    chat_id: str


class Heard(NamedTuple):
    """How many members there are on a channel, and how many of them wrote lately."""

    persons: int
    lately: int


async def without_row(
    session: Session, occurrence_ids: Collection[int], channels: Collection[str], limit: int | None
) -> Sequence[tuple[int, TargetPerson]]:
    """The members whom these occurrences still go to; by occurrence, then as they stand on the roster.

    Only those of schedules that go to persons. A row is looked for under the unique key, where the person's chat is.
    """
    row = (
        select(Delivery.id)
        .where(Delivery.occurrence_id == Occurrence.id, Delivery.channel == PersonAddress.channel)
        .where(Delivery.chat_id == PersonAddress.chat_id, Delivery.topic_id == "", Delivery.part.in_(("", FORWARD)))
        .exists()
    )
    query = (
        select(Occurrence.id, Member.id, Member.name, PersonAddress.channel, PersonAddress.chat_id)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .join(Member, Member.office_id == Schedule.office_id)
        .join(PersonAddress, PersonAddress.id == func.coalesce(_address(channels), _instead(channels)))
        .where(Occurrence.id.in_(occurrence_ids), Schedule.to_persons)
        .where(_wants_it(channels, _channels_of_schedule()), ~row)
        .order_by(Occurrence.id, Member.id)
        .limit(limit)
    )
    return [
        (occurrence_id, TargetPerson(member_id, name, channel, chat_id or ""))  # an open address has one
        for occurrence_id, member_id, name, channel, chat_id in (await session.execute(query)).all()
    ]


async def with_anybody(session: Session, schedule_ids: Collection[int], channels: Collection[str]) -> set[int]:
    """Those of these schedules that go to persons and have one to go to."""
    anybody = (
        select(Member.id)
        .join(PersonAddress, PersonAddress.id == func.coalesce(_address(channels), _instead(channels)))
        .where(Member.office_id == Schedule.office_id, _wants_it(channels, _channels_of_schedule()))
        .exists()
    )
    query = select(Schedule.id).where(Schedule.id.in_(schedule_ids), Schedule.to_persons, anybody)
    return set((await session.scalars(query)).all())


async def counted(
    session: Session,
    office_id: int,
    channels: Collection[str],
    group_ids: Collection[int],
    since: datetime,
    besides: Collection[int] = (),
) -> Mapping[str, Heard]:
    """By channel, how many members a schedule of the office would go to that posts into these groups.

    `since`: an aware instant; who wrote after it wrote lately. `besides`: members who get it otherwise. A channel with
    nobody is left out.
    """
    in_groups = select(GroupChat.channel).where(GroupChat.id.in_(group_ids), GroupChat.state == GroupState.ACTIVE)
    lately = func.sum(case((PersonAddress.last_inbound_at > since, 1), else_=0))
    query = (
        select(PersonAddress.channel, func.count(), lately)
        .select_from(Member)
        .join(PersonAddress, PersonAddress.id == _address(channels))
        .where(Member.office_id == office_id, Member.id.not_in(besides), _wants_it(channels, in_groups))
        .group_by(PersonAddress.channel)
        .order_by(PersonAddress.channel)
    )
    return {channel: Heard(persons, int(lately)) for channel, persons, lately in (await session.execute(query)).all()}


async def uncertain(session: Session, occurrence_id: int) -> Sequence[Delivery]:
    """What the push says to persons of which nobody knows whether it arrived, and that was not sent again; in order.

    Not what it says to whoever asked for answers only, or left the office, since.
    """
    copy = aliased(Delivery)
    wanted = (
        select(_one.id)
        .join(Member, Member.person_id == _one.person_id)
        .where(_one.channel == Delivery.channel, _one.chat_id == Delivery.chat_id, _one.opted_out_at.is_(None))
        .where(Member.office_id == Delivery.office_id, Member.left_at.is_(None))
    )
    same = ("occurrence_id", "channel", "chat_id")
    sent_again = select(copy.id).where(*(getattr(copy, name) == getattr(Delivery, name) for name in same))
    query = (
        select(Delivery)
        .where(Delivery.occurrence_id == occurrence_id, Delivery.group_id.is_(None), rows_of_post())
        .where(Delivery.state == DeliveryState.UNCERTAIN, Delivery.part.not_like(f"{FORWARD}%"))
        .where(~sent_again.where(copy.part == Delivery.part + AGAIN).exists(), wanted.exists())
        .order_by(Delivery.id)
    )
    return (await session.scalars(query)).all()


async def uncertain_at(session: Session, channel: str, chat_id: str) -> Sequence[int]:
    """The occurrences of whose posts to this person nobody knows whether they arrived."""
    query = (
        select(Delivery.occurrence_id)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.state == DeliveryState.UNCERTAIN)
        .where(Delivery.group_id.is_(None), rows_of_post())
        .distinct()
        .order_by(Delivery.occurrence_id)
    )
    return [number for number in await session.scalars(query) if number is not None]


def _channels_of_schedule() -> Select[Any]:
    return (
        select(GroupChat.channel)
        .join(ScheduleTarget, ScheduleTarget.group_id == GroupChat.id)
        .where(ScheduleTarget.schedule_id == Schedule.id, GroupChat.state == GroupState.ACTIVE)
        .correlate(Schedule)
    )


def _address(channels: Collection[str]) -> ScalarSelect[int]:
    """Where the member can be written to: asked of each member's few addresses, not of all that a channel has."""
    open_ = and_(
        _one.channel.in_(channels),
        _one.chat_id.is_not(None),
        _one.unreachable.is_(None),
        _one.opted_out_at.is_(None),
    )
    first = select(func.min(_one.id).filter(open_)).where(_one.person_id == Member.person_id)
    return first.correlate(Member).scalar_subquery()


def _instead(channels: Collection[str]) -> ScalarSelect[int]:
    """Where else the member can be written to, who is out of reach there, and stopped us on no account there."""
    there = select(_other.id).where(_other.person_id == _one.person_id, _other.channel.in_(channels))
    lost, stopped = there.where(_other.unreachable.is_not(None)), there.where(_other.opted_out_at.is_not(None))
    first = select(func.min(_one.id)).where(_one.person_id == Member.person_id, _one.channel.not_in(channels))
    first = first.where(_one.chat_id.is_not(None), _one.unreachable.is_(None), _one.opted_out_at.is_(None))
    return first.where(lost.exists(), ~stopped.exists()).correlate(Member).scalar_subquery()


def _wants_it(channels: Collection[str], in_groups: Select[Any]) -> ColumnElement[bool]:
    """Whether it is an active member who does not have the push in a group already."""
    in_a_group = select(_other.id).where(
        _other.person_id == Member.person_id,
        _other.channel.not_in(channels),
        _other.unreachable.is_(None),
        _other.channel.in_(in_groups),
    )
    return and_(Member.left_at.is_(None), ~in_a_group.exists())
