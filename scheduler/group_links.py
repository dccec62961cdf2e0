"""A group given to an office, and taken from it, with the schedules that post there."""

from datetime import datetime

from scheduler.group_changes import resume_schedules
from scheduler.office_defaults import NO_GROUP
from storage.models import DeliveryState, GroupChat, GroupState
from storage.queries import deliveries, group_chats, schedules
from storage.transaction import Session


async def link(session: Session, group: GroupChat, office_id: int, now: datetime) -> bool:
    """The office's schedules post into `group` from now on, those that waited for one run; False if it was so before.

    A chat holds one link of an office: linked in another topic before, the posts move to this one.
    """
    if (group.office_id, group.state) == (office_id, GroupState.ACTIVE):
        return False
    for other in await group_chats.in_chat(session, group.channel, group.chat_id):
        if other.office_id == office_id and other.id != group.id:
            await group_chats.hand_over_targets(session, other, group)
            await group_chats.unlink(session, other)
    await group_chats.link(session, group, office_id)
    await resume_schedules(session, group, now)
    return True


async def unlink(session: Session, group: GroupChat) -> list[str]:
    """Nothing of the office is posted into `group` any more; titles of the schedules that wait for a group now."""
    group.state = GroupState.UNLINKED
    await session.flush()
    waiting = await schedules.pause_without_target(session, group.id, NO_GROUP)
    await group_chats.unlink(session, group)
    await deliveries.change_chat(
        session,
        group.channel,
        group.chat_id,
        group.topic_id,
        of=deliveries.WAITING,
        to={"state": DeliveryState.CANCELLED, "reason": "unlinked"},
    )
    return [schedule.title for schedule in waiting]
