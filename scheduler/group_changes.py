"""What becomes of an office's groups, and of the schedules that post into them, when a chat changes.

Both the events of a channel and the errors of a send come here: the effect is the same, and repeating it changes
nothing. A schedule is paused with its reason once no group is left that it can post into, and runs again by itself.
"""

from collections.abc import Collection
from datetime import datetime

from scheduler.errors import UnreachableReason
from scheduler.notices import tell_secretaries
from scheduler.office_defaults import NO_GROUP
from storage.models import GroupChat, GroupState, Schedule
from storage.queries import group_chats, group_moves, schedules
from storage.transaction import Session

OF_A_TOPIC = frozenset({UnreachableReason.TOPIC_CLOSED, UnreachableReason.TOPIC_GONE})
OF_THE_CHAT = frozenset(UnreachableReason) - OF_A_TOPIC


async def pause_chat(
    session: Session,
    channel: str,
    chat_id: str,
    reason: UnreachableReason,
    now: datetime,
    topic_id: str | None = None,
) -> None:
    """The chat cannot be written to any more: in one topic for a reason of that topic, else everywhere.

    Its groups and those schedules that have no other group are paused, and the office's secretaries are told once.
    """
    for group in await group_chats.in_chat(session, channel, chat_id):
        if reason not in OF_A_TOPIC or group.topic_id == (topic_id or ""):
            await _pause(session, group, reason, now)


async def _pause(session: Session, group: GroupChat, reason: UnreachableReason, now: datetime) -> None:
    if group.office_id is None:
        group.reason = reason.value
        return
    paused = await group_chats.change(
        session, group.id, of=GroupState.ACTIVE, to=GroupState.PAUSED, reason=reason.value
    )
    if not paused:
        return
    stopped = await schedules.pause_without_target(session, group.id, reason.value)
    parameters = {
        "group": group.title,
        "reason": reason.value,
        "schedules": [schedule.title for schedule in stopped],
    }
    await tell_secretaries(session, group.office_id, "notice/group_paused", parameters, now)


async def resume_chat(
    session: Session,
    channel: str,
    chat_id: str,
    reasons: Collection[UnreachableReason],
    now: datetime,
    topic_id: str | None = None,
) -> list[GroupChat]:
    """The chat, or one topic of it, can be written to again; returns the groups that were paused for `reasons`."""
    resumed = []
    for group in await group_chats.in_chat(session, channel, chat_id):
        if group.reason not in reasons or (topic_id is not None and group.topic_id != topic_id):
            continue
        if group.office_id is None:
            group.reason = None
        elif await group_chats.change(session, group.id, of=GroupState.PAUSED, to=GroupState.ACTIVE, reason=None):
            await resume_schedules(session, group, now)
            resumed.append(group)
    return resumed


async def resume_schedules(session: Session, group: GroupChat, now: datetime) -> list[Schedule]:
    """The group's schedules that waited for a group run again from `now` on; returns them.

    What fell due while they were paused is not made up for: a pause is a decision, not a delay.
    """
    resumed = await schedules.resume_with_target(session, group.id, [NO_GROUP, *UnreachableReason])
    for schedule in resumed:
        schedule.planned_until = max(schedule.planned_until, now)
    await session.flush()
    return list(resumed)


async def move_chat(session: Session, channel: str, old: str, new: str, now: datetime) -> None:
    """The group was upgraded from chat id `old` to `new`; where it was taken for lost it comes back."""
    await group_moves.move_chat(session, channel, old, new)
    lost = (UnreachableReason.REMOVED, UnreachableReason.NOT_FOUND)
    await resume_chat(session, channel, new, lost, now)
