"""Group chats: met, found again by chat and topic, linked to an office and to the schedules that post there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from storage.models import GroupChat, GroupState, Office, Schedule, ScheduleKind, ScheduleState, ScheduleTarget
from storage.transaction import Session


async def find(session: Session, group_id: int) -> GroupChat | None:
    """The group as it stands now, or None."""
    return await session.get(GroupChat, group_id, populate_existing=True)


async def in_topic(session: Session, channel: str, chat_id: str, topic_id: str | None) -> GroupChat | None:
    """The group chat row of this chat and topic."""
    query = select(GroupChat).where(
        GroupChat.channel == channel, GroupChat.chat_id == chat_id, GroupChat.topic_id == (topic_id or "")
    )
    return (await session.execute(query)).scalar_one_or_none()


async def in_chat(session: Session, channel: str, chat_id: str) -> Sequence[GroupChat]:
    """The group's rows, one for each of its topics that we know."""
    query = select(GroupChat).where(GroupChat.channel == channel, GroupChat.chat_id == chat_id)
    return (await session.scalars(query.order_by(GroupChat.id))).all()


async def of_office(session: Session, office_id: int) -> list[GroupChat]:
    """The groups that the office has linked, whatever their state."""
    query = select(GroupChat).where(GroupChat.office_id == office_id).order_by(GroupChat.id)
    return list(await session.scalars(query))


async def host_office(session: Session, channel: str, chat_id: str, topic_id: str | None) -> Office | None:
    """The office that this chat is linked to; in a forum shared by several, the one that has this topic."""
    query = select(GroupChat).where(
        GroupChat.channel == channel, GroupChat.chat_id == chat_id, GroupChat.office_id.is_not(None)
    )
    rows = list(await session.scalars(query))
    own = [row for row in rows if row.topic_id == (topic_id or "")]
    offices = {row.office_id for row in own or rows}
    return await session.get(Office, offices.pop()) if len(offices) == 1 else None


async def meet(
    session: Session, channel: str, chat_id: str, topic_id: str | None, title: str, now: datetime
) -> GroupChat:
    """The row of this chat and topic, made without an office where there is none; refreshes the title."""
    group = await in_topic(session, channel, chat_id, topic_id)
    if group is None:
        group = GroupChat(
            channel=channel,
            chat_id=chat_id,
            topic_id=topic_id or "",
            state=GroupState.UNLINKED,
            title=title,
            created_at=now,
        )
        session.add(group)
    group.title = title or group.title
    await session.flush()
    return group


async def change(session: Session, group_id: int, *, of: GroupState, to: GroupState, reason: str | None) -> bool:
    """Move the group from state `of` to `to`; whether it was in `of`."""
    statement = (
        update(GroupChat)
        .where(GroupChat.id == group_id, GroupChat.state == of)
        .values(state=to, reason=reason)
        .returning(GroupChat)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def link(session: Session, group: GroupChat, office_id: int) -> None:
    """Give the group to the office: readings, twibbons, quizzes post there too, and meetings that had no group."""
    group.office_id, group.state, group.reason = office_id, GroupState.ACTIVE, None
    await session.flush()
    targeted = select(ScheduleTarget.schedule_id).where(ScheduleTarget.group_id == group.id)
    query = select(Schedule.id).where(
        Schedule.office_id == office_id,
        or_(
            Schedule.kind.in_([ScheduleKind.READING, ScheduleKind.TWIBBON, ScheduleKind.QUIZ]),
            and_(Schedule.kind == ScheduleKind.MEETING, Schedule.id.not_in(select(ScheduleTarget.schedule_id))),
        ),
        Schedule.state != ScheduleState.ENDED,
        Schedule.id.not_in(targeted),
    )
    for schedule_id in await session.scalars(query):
        session.add(ScheduleTarget(schedule_id=schedule_id, group_id=group.id))
    await session.flush()


async def unlink(session: Session, group: GroupChat) -> None:
    """Take the group from its office, and from every schedule that posted there."""
    await session.execute(delete(ScheduleTarget).where(ScheduleTarget.group_id == group.id))
    group.office_id, group.state, group.reason = None, GroupState.UNLINKED, None
    await session.flush()


async def hand_over_targets(session: Session, group: GroupChat, heir: GroupChat) -> None:
    """What posted into `group` posts into `heir` instead, once each."""
    held = select(ScheduleTarget.schedule_id).where(ScheduleTarget.group_id == heir.id)
    await session.execute(
        update(ScheduleTarget)
        .where(ScheduleTarget.group_id == group.id, ScheduleTarget.schedule_id.not_in(held))
        .values(group_id=heir.id)
        .execution_options(synchronize_session=False)
    )
    await session.execute(delete(ScheduleTarget).where(ScheduleTarget.group_id == group.id))
