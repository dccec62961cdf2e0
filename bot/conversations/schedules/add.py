"""`Tambah`: another reading, a twibbon reminder where the regulation knows no date for one, or a weekly quiz."""

from datetime import time

from msgspec.structs import replace

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules import proposal as proposals
from bot.conversations.schedules.one_by_one import anybody
from bot.conversations.schedules.plan import Plan
from bot.conversations.schedules.proposal import Proposal, open_proposal
from bot.conversations.schedules.saving import save_new
from bot.conversations.schedules.show import detail
from bot.conversations.schedules.time_asked import read_answer, to_keep
from bot.conversations.step import EXPIRED, Dialogue, Press, Reply, State, Step, Turn, press_argument, press_arguments
from content.regulation import Regulation
from content.rendering import render
from scheduler.date_phrases import Reason, Unreadable, When
from scheduler.forwarding import FORWARDABLE
from scheduler.recurrence import Once, Weekdays
from storage.models import HolidayRule, ScheduleKind

_NAME = "add_schedule"
_TITLES = {
    ScheduleKind.READING: "office/title_reading",
    ScheduleKind.TWIBBON: "office/title_twibbon",
    ScheduleKind.QUIZ: "office/title_quiz",
}
_USUAL = When(rest="", recurrence=Weekdays((2,)), at=time(10))  # Wednesdays, when a week's assemblies are well begun
_NO_TITLE = frozenset({"kuis", "kuis mingguan"})  # what it is, not how it is called


async def _choose(turn: Turn) -> Step:
    parameters = {"twibbon_decreed": _decreed(turn.regulation)}
    return Step(replies=(Reply("schedule/add", parameters, edits_pressed=True),))


def _decreed(regulation: Regulation) -> bool:
    twibbon = regulation.activation("twibbon")
    return twibbon is not None and twibbon.rule is not None


async def _kind(turn: Turn) -> Step:
    """`sched.new:<kind>`: ask when."""
    name = press_argument(turn)
    if name not in list(_TITLES):
        return EXPIRED
    parameters = {"kind": name, "decreed": _decreed(turn.regulation)}
    return Step(
        replies=(Reply("schedule/ask_new", parameters, edits_pressed=True),), state=State(_NAME, {"kind": name})
    )


async def _answered(turn: Turn) -> Step:
    proposal = open_proposal(turn, _NAME)
    kind = proposal.plan.kind if proposal else turn.state.data.get("kind") if turn.state else None
    if turn.member is None or kind is None:
        return Step(replies=(Reply("help/not_member"),))
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("help/not_understood"),), keep=True)
    if proposals.is_agreed_to(turn, _NAME) and may(turn.member.role, Permission.SCHEDULE):
        return await _save(turn)
    return await _timed(turn, ScheduleKind(kind))


async def _timed(turn: Turn, kind: ScheduleKind) -> Step:
    local = turn.local_now
    text, said = turn.inbound.text, turn.state.data.get("said", "") if turn.state else ""
    when = read_answer(text, said, local)
    if not isinstance(when, Unreadable) and when.recurrence is None and kind is ScheduleKind.READING:
        when = Unreadable(Reason.NOT_REPEATED)  # a reading on one day only is what /rapat is for
    if isinstance(when, Unreadable):
        parameters = {"reason": when.reason.value, "day": when.day, "wanted": "new"}
        state = State(_NAME, {"kind": kind.value, "said": to_keep(text, said, when)})
        return Step(replies=(Reply("schedule/unreadable", parameters),), state=state)
    return await _proposed(turn, kind, when)


async def _usual(turn: Turn) -> Step:
    """`sched.usual:quiz`: at the hour that is proposed."""
    if press_argument(turn) != ScheduleKind.QUIZ:
        return EXPIRED
    return await _proposed(turn, ScheduleKind.QUIZ, _USUAL)


async def _proposed(turn: Turn, kind: ScheduleKind, when: When) -> Step:
    groups = proposals.open_groups(await proposals.own_groups(turn))
    to_persons = not groups and await anybody(turn)
    by_forwarding = not groups and not to_persons and kind in FORWARDABLE
    if not (groups or to_persons or by_forwarding):
        return Step(replies=(Reply("schedule/no_group", {"groups_on": ", ".join(turn.surroundings.groups_on)}),))
    rule, at = proposals.timing(when, turn.local_now)
    title = proposals.title_of(when.rest)
    if not title or (kind is ScheduleKind.QUIZ and title.casefold() in _NO_TITLE):
        title = render(_TITLES[kind]).text
    twibbon = kind is ScheduleKind.TWIBBON
    plan = Plan(
        kind=kind,
        title=title,
        rule=rule,
        at=at,
        zone=turn.known_office.timezone,
        holiday_rule=HolidayRule.IGNORE if twibbon or isinstance(rule, Once) else HolidayRule.SKIP,
        groups=groups,
        to_persons=to_persons,
        by_forwarding=by_forwarding,
    )
    return await _read_back(turn, Proposal(proposals.new_key(), plan))


async def _read_back(turn: Turn, proposal: Proposal) -> Step:
    parameters = await proposals.proposal_shown(turn, proposal)
    proposal = replace(proposal, asking="")
    own = proposal.plan.kind is ScheduleKind.TWIBBON and not _decreed(turn.regulation)
    reply = Reply("schedule/read_back_new", parameters | {"own": own}, edits_pressed=True)
    return Step(replies=(reply,), state=proposal.state(_NAME))


async def _instead(turn: Turn) -> Step:
    """`new.instead:<key>`: without a group, to members one by one or forwarded by a person."""
    proposal = open_proposal(turn, _NAME)
    if proposal is None or proposal.plan.groups or not proposal.plan.forwardable or not await anybody(turn):
        return EXPIRED
    return await _read_back(turn, proposal.instead())


async def _groups(turn: Turn) -> Step:
    """`new.groups:<key>` shows them, `:<group>` turns one, `:p<page>` shows others, `:0` goes back to the read-back."""
    proposal = open_proposal(turn, _NAME)
    if proposal is None:
        return EXPIRED
    groups = await proposals.own_groups(turn)
    turned, finished = press_number(turn, 1), press_arguments(turn)[1:] == ["0"]
    plan = proposal.plan
    if finished and not (plan.groups or plan.to_persons or plan.by_forwarding):
        return Step(keep=True, toast="schedule/toast_no_group")
    if finished:
        return await _read_back(turn, proposal)
    if any(group.id == turned for group in groups):
        proposal = proposal.toggled(turned)
    proposal = replace(proposal, asking="groups")
    shown = proposals.group_page(turn, groups, proposal.plan.groups, beside=1)
    parameters = {"title": proposal.plan.title, "key": proposal.key} | shown
    return Step(replies=(Reply("schedule/new_groups", parameters, edits_pressed=True),), state=proposal.state(_NAME))


async def _save(turn: Turn) -> Step:
    proposal = open_proposal(turn, _NAME)
    if proposal is None:
        return EXPIRED
    groups = proposals.open_groups(await proposals.own_groups(turn))
    chosen = tuple(group for group in proposal.plan.groups if group in groups)
    if not (chosen or proposal.plan.to_persons or proposal.plan.by_forwarding):
        return Step(keep=True, toast="schedule/toast_no_group")
    schedule = await save_new(turn, replace(proposal.plan, groups=chosen))
    return await detail(turn, schedule, saved=True)


DIALOGUE = Dialogue(
    name=_NAME,
    presses=(
        Press("sched.add", _choose, Permission.SCHEDULE),
        Press("sched.new", _kind, Permission.SCHEDULE),
        Press("sched.usual", _usual, Permission.SCHEDULE),
        Press("new.groups", _groups, Permission.SCHEDULE),
        Press("new.instead", _instead, Permission.SCHEDULE),
        Press("new.save", _save, Permission.SCHEDULE),
    ),
    goes_on=_answered,
    takes_no_word=lambda _turn: True,  # what is typed there names a time
    chooses=lambda turn: open_proposal(turn, _NAME) is not None,  # it has one
)
