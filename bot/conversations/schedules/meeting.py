"""`/rapat`: open a meeting now, at a time, or every week, in the group where it is said or in one that is chosen.

Any member may open a meeting or announce one; a meeting that repeats is a schedule and asks for that right, and so does
bringing it to members one by one, which may cost money.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules import proposal as proposals
from bot.conversations.schedules.one_by_one import anybody
from bot.conversations.schedules.plan import Plan
from bot.conversations.schedules.proposal import Proposal, open_proposal
from bot.conversations.schedules.saving import end, own_schedule, save_new
from bot.conversations.schedules.time_asked import read_answer, to_keep
from bot.conversations.step import EXPIRED, Command, Dialogue, Place, Press, Reply, State, Step, Turn, press_argument
from content.courtesy import asks
from content.rendering import render
from scheduler.date_phrases import Reason, Unreadable, When
from scheduler.recurrence import Once, instant
from storage.models import GroupChat, GroupState, ScheduleKind
from storage.queries import group_chats, schedules

_NAME = "meeting"
_AT_ONCE = timedelta(seconds=30)  # "sekarang", or a time that is this near
_SAME = timedelta(minutes=2)  # who asks within this for the same opening in the same group asks for the same meeting


async def _command(turn: Turn) -> Step:
    if not turn.inbound.text.strip():
        return Step(replies=(Reply("meeting_plan/ask"),), state=State(_NAME))
    return await _said(turn)


def _names_a_time(turn: Turn) -> bool:
    text = turn.inbound.text
    known = turn.member is not None and not asks(text)
    return known and not isinstance(read_answer(text, "", turn.local_now), Unreadable)


async def _answered(turn: Turn) -> Step:
    if turn.member is None:
        return Step(replies=(Reply("help/not_member"),))
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("meeting_plan/ask"),), keep=True)
    if proposals.is_agreed_to(turn, _NAME) and may(turn.member.role, Permission.OPEN_MEETING):
        return await _save(turn)
    return await _said(turn)


async def _said(turn: Turn) -> Step:
    local, text = turn.local_now, turn.inbound.text
    said = turn.state.data.get("said", "") if turn.state is not None and turn.state.dialogue == _NAME else ""
    when = read_answer(text, said, local)
    if isinstance(when, Unreadable):
        return _unreadable(when, to_keep(text, said, when))
    return await _propose(turn, when, local)


def _unreadable(why: Unreadable, said: str = "") -> Step:
    parameters = {"reason": why.reason.value, "day": why.day, "wanted": "meeting"}
    return Step(replies=(Reply("schedule/unreadable", parameters),), state=State(_NAME, {"said": said}))


async def _now(turn: Turn) -> Step:
    local = turn.local_now
    return await _propose(turn, When("", instant=local), local)


async def _propose(turn: Turn, when: When, local: datetime) -> Step:
    if when.recurrence is not None and not may(turn.known_member.role, Permission.SCHEDULE):
        return Step(replies=(Reply("meeting_plan/not_recurring"),))
    groups, persons = await _groups(turn), await _may_reach_persons(turn)
    if not groups and not turn.inbound.chat.private:
        return Step(replies=(Reply("meeting_plan/not_linked"),))
    rule, at = proposals.timing(when, local)
    at_once = when.instant is not None and when.instant - local <= _AT_ONCE
    if at_once:
        rule, at = proposals.at_instant(turn.now, turn.zone.key)
    plan = Plan(
        kind=ScheduleKind.MEETING,
        title=proposals.title_of(when.rest) or render("meeting_plan/title").text,
        rule=rule,
        at=at,
        zone=turn.known_office.timezone,
        holiday_rule=proposals.holiday_rule_for(rule),
    )
    proposal = Proposal(proposals.new_key(), plan, at_once=at_once)
    if not groups:
        return await _in_group(turn, proposal.turned() if persons else proposal.forwarded())
    if len(groups) > 1:
        return _ask_group(turn, proposal, groups)
    return await _in_group(turn, proposal.choosing((groups[0].id,)))


async def _groups(turn: Turn) -> list[GroupChat]:
    """Where it may be opened: in the office's group where it was said; in private, any that can be written to."""
    office_id, chat = turn.known_office.id, turn.inbound.chat
    if chat.private:
        linked = await group_chats.of_office(turn.session, office_id)
        return [group for group in linked if group.state is GroupState.ACTIVE]
    here = [
        group
        for group in await group_chats.in_chat(turn.session, turn.inbound.channel, chat.chat_id)
        if group.office_id == office_id
    ]
    in_topic = [group for group in here if group.topic_id == (chat.topic_id or "")]
    return (in_topic or here)[:1]


async def _may_reach_persons(turn: Turn) -> bool:
    """Whether this speaker may let it go to members one by one here, and there are any."""
    allowed = turn.inbound.chat.private and may(turn.known_member.role, Permission.SCHEDULE)
    return allowed and await anybody(turn)


def _ask_group(turn: Turn, proposal: Proposal, groups: list[GroupChat]) -> Step:
    proposal = replace(proposal, asking="group")
    shown = proposals.group_page(turn, groups, beside=1)
    parameters = {"title": proposal.plan.title, "key": proposal.key} | shown
    reply = Reply("meeting_plan/ask_group", parameters, edits_pressed=True)
    return Step(replies=(reply,), state=proposal.state(_NAME))


async def _group_chosen(turn: Turn) -> Step:
    """`meet.group:<key>:<group>`; `:p<page>` shows others."""
    proposal = open_proposal(turn, _NAME)
    wanted, groups = press_number(turn, 1), await _groups(turn)
    if proposal is not None and press_argument(turn, 1).startswith("p"):
        return _ask_group(turn, proposal, groups)
    if proposal is None or all(group.id != wanted for group in groups):
        return EXPIRED
    return await _in_group(turn, proposal.choosing((wanted,)))


async def _in_group(turn: Turn, proposal: Proposal) -> Step:
    """Opened at once, or read back; where it may go to members one by one it is read back in any case."""
    parameters = await proposals.proposal_shown(turn, proposal) | {"at_once": proposal.at_once}
    if not await _may_reach_persons(turn):
        parameters["persons"] = None
    if proposal.at_once and parameters["persons"] is None:
        return await _open_now(turn, proposal)
    reply = Reply("meeting_plan/read_back", parameters, edits_pressed=True)
    return Step(replies=(reply,), state=replace(proposal, asking="").state(_NAME))


async def _persons(turn: Turn) -> Step:
    """`meet.persons:<key>`: also to members one by one, or no longer; without a group that or forwarded by a person."""
    proposal = open_proposal(turn, _NAME)
    if proposal is None or not await _may_reach_persons(turn):
        return EXPIRED
    return await _in_group(turn, proposal.turned() if proposal.plan.groups else proposal.instead())


async def _open_now(turn: Turn, proposal: Proposal) -> Step:
    if await _is_open_already(turn, proposal.plan):
        return Step(replies=(Reply("meeting_plan/open_already", edits_pressed=True),))
    rule, at = proposals.at_instant(turn.now, turn.zone.key)
    await save_new(turn, replace(proposal.plan, rule=rule, at=at))
    if not turn.inbound.chat.private:
        return Step()  # the post itself is the answer
    parameters = await proposals.proposal_shown(turn, proposal)
    return Step(replies=(Reply("meeting_plan/opened", parameters, edits_pressed=True),))


async def _is_open_already(turn: Turn, plan: Plan) -> bool:
    """Whether somebody, or the same person, has just opened it: a second post would count as a meeting missed."""
    now = turn.now
    for meeting in await schedules.meetings_due(turn.session, turn.known_office.id, now - _SAME, now + _AT_ONCE):
        groups = {group.id for group in await schedules.targets(turn.session, meeting.id)}
        if meeting.title == plan.title and groups.issuperset(plan.groups) and meeting.to_persons >= plan.to_persons:
            return True
    return False


async def _save(turn: Turn) -> Step:
    """`meet.save:<key>`: a second press finds the proposal closed."""
    proposal = open_proposal(turn, _NAME)
    if proposal is None or not (proposal.plan.groups or proposal.plan.to_persons or proposal.plan.by_forwarding):
        return EXPIRED
    if proposal.plan.to_persons and not await _may_reach_persons(turn):
        return EXPIRED
    if proposal.at_once:
        return await _open_now(turn, proposal)
    plan = proposal.plan
    if isinstance(plan.rule, Once) and instant(plan.rule.day, plan.at, plan.zone) < turn.now:
        return _unreadable(Unreadable(Reason.IN_THE_PAST, plan.rule.day))
    if not isinstance(plan.rule, Once) and not may(turn.known_member.role, Permission.SCHEDULE):
        return EXPIRED
    parameters = await proposals.proposal_shown(turn, proposal)
    schedule = await save_new(turn, plan)
    saved = parameters | {"id": schedule.id}
    return Step(replies=(Reply("meeting_plan/saved", saved, edits_pressed=True),))


async def _call_off(turn: Turn) -> Step:
    """`meet.end:<schedule>`: who announced a meeting may call it off, and so may who keeps the schedule."""
    schedule = await own_schedule(turn, press_number(turn))
    if schedule is None or schedule.kind is not ScheduleKind.MEETING:
        return Step(keep=True, toast="schedule/toast_gone")
    own = schedule.created_by == turn.known_member.id
    if not own and not may(turn.known_member.role, Permission.SCHEDULE):
        return Step(keep=True, toast="toast/not_allowed")
    await end(turn, schedule)
    return Step(replies=(Reply("meeting_plan/called_off", {"title": schedule.title}, edits_pressed=True),), keep=True)


async def _cancel(turn: Turn) -> Step:
    if open_proposal(turn, _NAME) is None:
        return EXPIRED
    return Step(replies=(Reply("meeting_plan/cancelled", edits_pressed=True),))


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(Command("rapat", _command, Permission.OPEN_MEETING, Place.ANYWHERE, spoken=_names_a_time),),
    presses=(
        Press("meet.now", _now, Permission.OPEN_MEETING),
        Press("meet.group", _group_chosen, Permission.OPEN_MEETING),
        Press("meet.persons", _persons, Permission.OPEN_MEETING),
        Press("meet.save", _save, Permission.OPEN_MEETING),
        Press("meet.end", _call_off, Permission.OPEN_MEETING),
        Press("meet.cancel", _cancel, Permission.OPEN_MEETING),
    ),
    goes_on=_answered,
    takes_no_word=lambda _turn: True,  # what is typed there names a time
    chooses=lambda turn: open_proposal(turn, _NAME) is not None,  # it has one
)
