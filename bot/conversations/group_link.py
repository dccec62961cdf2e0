"""/tautkan and /lepaskan in a group, and what a channel tells of groups: joined, muted, left, moved, topic closed."""

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations.acts import record_act
from bot.conversations.step import Command, Dialogue, Event, Place, Reply, Step, Turn
from content.date_words import zone_words
from scheduler import group_changes, group_links
from scheduler.errors import UnreachableReason
from storage.models import ScheduleKind, ScheduleState
from storage.queries import group_chats, schedules


async def _link(turn: Turn) -> Step:
    message, office, session = turn.inbound, turn.known_office, turn.session
    chat = message.chat
    group = await group_chats.meet(session, message.channel, chat.chat_id, chat.topic_id, chat.title, turn.now)
    if group.office_id not in {None, office.id}:
        return Step(replies=(Reply("group/taken"),), keep=True)
    new = await group_links.link(session, group, office.id, turn.now)
    if new:
        await record_act(turn, "group.linked", {"group": group.id})
    active = [
        {"title": schedule.title, "at": schedule.at}
        for schedule in await schedules.of_office(session, office.id)
        if schedule.state is ScheduleState.ACTIVE and schedule.kind is not ScheduleKind.SUMMARY
    ]
    zone = zone_words(turn.local_now)
    parameters = {"office": office.name, "new": new, "schedules": active, "zone": zone}
    return Step(replies=(Reply("group/linked", parameters),), keep=True)


async def _unlink(turn: Turn) -> Step:
    message, office, session = turn.inbound, turn.known_office, turn.session
    group = await group_chats.in_topic(session, message.channel, message.chat.chat_id, message.chat.topic_id)
    if group is None or group.office_id != office.id:
        return Step(replies=(Reply("group/not_linked", {"office": office.name}),), keep=True)
    waiting = await group_links.unlink(session, group)
    await record_act(turn, "group.unlinked", {"group": group.id})
    return Step(replies=(Reply("group/unlinked", {"office": office.name, "schedules": waiting}),), keep=True)


async def _joined(turn: Turn) -> Step:
    """Met for the first time or once more: says how to link; may write again: goes on where it was paused."""
    message, session, now = turn.inbound, turn.session, turn.now
    chat = message.chat
    known = await group_chats.in_chat(session, message.channel, chat.chat_id)
    # A promotion is told like a new membership, and a group that awaits its link has been greeted.
    greets = not known or (any(group.reason for group in known) and all(group.office_id is None for group in known))
    resumed = await group_changes.resume_chat(session, message.channel, chat.chat_id, group_changes.OF_THE_CHAT, now)
    if greets:
        await group_chats.meet(session, message.channel, chat.chat_id, chat.topic_id, chat.title, now)
        return Step(replies=(Reply("group/welcome"),), keep=True)
    return Step(replies=(Reply("group/resumed"),) if resumed else (), keep=True)


async def _muted(turn: Turn) -> Step:
    return await _paused(turn, UnreachableReason.MUTED)


async def _left(turn: Turn) -> Step:
    return await _paused(turn, UnreachableReason.REMOVED)


async def _topic_closed(turn: Turn) -> Step:
    return await _paused(turn, UnreachableReason.TOPIC_CLOSED)


async def _paused(turn: Turn, reason: UnreachableReason) -> Step:
    message, chat = turn.inbound, turn.inbound.chat
    await group_changes.pause_chat(turn.session, message.channel, chat.chat_id, reason, turn.now, chat.topic_id)
    return Step(keep=True)


async def _topic_reopened(turn: Turn) -> Step:
    message, chat, reasons = turn.inbound, turn.inbound.chat, [UnreachableReason.TOPIC_CLOSED]
    await group_changes.resume_chat(turn.session, message.channel, chat.chat_id, reasons, turn.now, chat.topic_id or "")
    return Step(keep=True)


async def _moved(turn: Turn) -> Step:
    message = turn.inbound
    if message.moved_to is not None:
        await group_changes.move_chat(turn.session, message.channel, message.chat.chat_id, message.moved_to, turn.now)
    return Step(keep=True)


DIALOGUE = Dialogue(
    name="group_link",
    commands=(
        Command("tautkan", _link, Permission.LINK_GROUP, Place.GROUP),
        Command("lepaskan", _unlink, Permission.LINK_GROUP, Place.GROUP),
    ),
    events=(
        Event(Kind.GROUP_JOINED, _joined),
        Event(Kind.GROUP_MUTED, _muted),
        Event(Kind.GROUP_LEFT, _left),
        Event(Kind.GROUP_MOVED, _moved),
        Event(Kind.TOPIC_CLOSED, _topic_closed),
        Event(Kind.TOPIC_REOPENED, _topic_reopened),
    ),
)
