"""`/siar`: a secretary's own words, read back with every chat and the hour, and sent only after `Kirim`.

One message leaves in UNDO_WITHIN at the earliest, so that it can be called back. Each broadcast is a schedule of its
own; what becomes of it is shown by `broadcast_progress`.
"""

import re
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.evidence_intake import clean
from bot.conversations.evidence_keeping import want_file
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules import proposal as proposals
from bot.conversations.schedules.broadcast_progress import history
from bot.conversations.schedules.one_by_one import anybody
from bot.conversations.schedules.plan import Plan
from bot.conversations.schedules.proposal import Proposal, open_proposal
from bot.conversations.schedules.saving import save_new
from bot.conversations.schedules.time_asked import read_answer, to_keep
from bot.conversations.short_answers import agrees, refuses, says_done, says_send
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, State, Step, Turn, press_argument
from bot.conversations.wishes import calls_back
from content.courtesy import asks
from scheduler.date_phrases import Reason, Unreadable, speaks_of_time
from scheduler.recurrence import Once, instant
from storage.models import HolidayRule, ScheduleKind
from storage.queries import group_chats

UNDO_WITHIN = timedelta(seconds=60)
LONGEST = 3000  # characters; with the office's name one message of a messenger
LONGEST_CAPTION = 900
_TITLE = 60
_NAME = "broadcast"
_BY_NAME = re.compile(r"\A\s*siar\b[\s:]+(?=\S)", re.IGNORECASE)


async def _command(turn: Turn) -> Step:
    if clean(turn.inbound.text) or turn.inbound.attachment is not None:
        return await _take(turn, None)
    return Step(replies=(Reply("siar/ask", {"broadcasts": await history(turn)}),), state=State(_NAME))


async def _answered(turn: Turn) -> Step:
    if turn.member is None:
        return Step(replies=(Reply("help/not_member"),))
    if not may(turn.member.role, Permission.BROADCAST):
        return Step(replies=(Reply("help/not_allowed", {"command": "siar"}),))
    proposal = open_proposal(turn, _NAME)
    if proposal is not None and proposal.plan.body and turn.inbound.kind is Kind.TEXT:
        match proposal.asking:
            case "when":
                return await _timed(turn, proposal)
            case "groups":
                return await _where_in_words(turn, proposal)
            case "other":
                return await _other_in_words(turn, proposal)
            case "":
                return await _review_in_words(turn, proposal)
    return await _take_answer(turn, proposal)


async def _review_in_words(turn: Turn, proposal: Proposal) -> Step:
    said = turn.inbound.text
    if agrees(said) or says_send(said):
        return await _send(turn)
    return await (_drop(turn) if refuses(said) or calls_back(said) else _take_answer(turn, proposal))


async def _other_in_words(turn: Turn, proposal: Proposal) -> Step:
    said = turn.inbound.text
    if agrees(said):
        return await _read_back(turn, await _with(turn, proposal, proposal.said, proposal.plan.picture))
    if refuses(said):
        return await _read_back(turn, proposal)
    return _ask_other(proposal, proposal.said) if says_send(said) else await _take_answer(turn, proposal)


async def _where_in_words(turn: Turn, proposal: Proposal) -> Step:
    said = turn.inbound.text
    done = agrees(said) or says_done(said)
    if refuses(said) or (done and proposal.plan.has_target):
        return await _read_back(turn, proposal)
    return await _show_groups(turn, proposal, before=(Reply("schedule/toast_no_group" if done else "siar/choose_one"),))


async def _take_answer(turn: Turn, proposal: Proposal | None) -> Step:
    """As `_take`; where the command's name is a plain word, it does not belong to the text behind it."""
    said = turn.inbound
    text = said.text if turn.abilities.commands else _BY_NAME.sub("", said.text, count=1)
    return await _take(replace(turn, inbound=replace(said, text=text)), proposal)


async def _take(turn: Turn, proposal: Proposal | None) -> Step:
    """A text, a picture, or both: what came before of the other kind stays.

    Words that were not asked for replace none before the secretary says so.
    """
    message = turn.inbound
    if proposal is not None and message.album is not None and message.album == proposal.album:
        return Step(keep=True)  # a broadcast has one picture: the first of an album
    text, picture = clean(message.text), proposal.plan.picture if proposal else None
    if message.attachment is not None:
        if message.kind is Kind.FILE:
            return _not_usable(proposal)
        picture = {"channel": message.channel, "file_ref": message.attachment.file_ref}
    elif not text:
        return _not_usable(proposal)
    text = text or (proposal.plan.body if proposal else None) or ""
    limit = LONGEST_CAPTION if picture else LONGEST
    if not text or len(text) > limit:
        kept = await _with(turn, proposal, "", picture) if picture and not text else proposal
        back = proposal.key if proposal and proposal.plan.body else None
        parameters = {"length": len(text), "limit": limit, "picture": picture is not None, "back": back}
        state = replace(kept, asking="text").state(_NAME) if kept else State(_NAME)
        return Step(replies=(Reply("siar/ask_text", parameters),), state=state)
    standing = proposal.plan.body if proposal and proposal.asking != "text" else None
    if proposal is not None and standing and text != standing:
        return _ask_other(await _with(turn, proposal, standing, picture), text)
    return await _read_back(turn, await _with(turn, proposal, text, picture))


def _ask_other(proposal: Proposal, text: str) -> Step:
    """Whether this is to be sent instead of what was read back."""
    parameters = {"text": text, "key": proposal.key}
    state = replace(proposal, asking="other", said=text).state(_NAME)
    return Step(replies=(Reply("siar/ask_other", parameters),), state=state)


def _not_usable(proposal: Proposal | None) -> Step:
    state = proposal.state(_NAME) if proposal else State(_NAME)
    return Step(replies=(Reply("siar/not_usable"),), state=state)


async def _with(turn: Turn, proposal: Proposal | None, text: str, picture: dict[str, str] | None) -> Proposal:
    title = text if len(text) <= _TITLE else text[: _TITLE - 1].rstrip() + "…"
    title = " ".join(title.split())
    if proposal is not None:
        plan = replace(proposal.plan, title=title, body=text, picture=picture)
        return replace(proposal, plan=plan, album=turn.inbound.album)
    local = turn.local_now
    groups = proposals.open_groups(await proposals.own_groups(turn))
    to_persons = not groups and await anybody(turn)
    plan = Plan(
        kind=ScheduleKind.BROADCAST,
        title=title,
        rule=Once(local.date()),
        at=local.time(),
        zone=turn.known_office.timezone,
        holiday_rule=HolidayRule.IGNORE,
        groups=groups,
        to_persons=to_persons,
        by_forwarding=not groups and not to_persons,
        body=text,
        picture=picture,
    )
    return Proposal(proposals.new_key(), plan, at_once=True, album=turn.inbound.album)


async def _read_back(turn: Turn, proposal: Proposal) -> Step:
    proposal = replace(proposal, asking="", said="")
    reply = Reply(
        "siar/read_back",
        await _parameters(turn, proposal),
        edits_pressed=True,
    )
    return Step(replies=(reply,), state=proposal.state(_NAME))


async def _parameters(turn: Turn, proposal: Proposal) -> dict[str, Any]:
    return await proposals.proposal_shown(turn, proposal) | {
        "text": proposal.plan.body,
        "picture": proposal.plan.picture is not None,
        "at_once": proposal.at_once,
        "office": turn.known_office.name,
    }


async def _ask(turn: Turn) -> Step:
    """`siar.ask:<key>:when` asks for the hour, `:text` for other words, `:now` is at once, `:review` goes back.

    `:other` takes the words that were typed unasked.
    """
    proposal = open_proposal(turn, _NAME)
    what = press_argument(turn, 1)
    if proposal is None or not proposal.plan.body:
        return EXPIRED
    match what:
        case "when":
            reply = Reply("siar/ask_when", {"key": proposal.key}, edits_pressed=True)
            return Step(replies=(reply,), state=replace(proposal, asking="when", said="").state(_NAME))
        case "text":
            pictured = proposal.plan.picture is not None
            parameters = {"length": 0, "limit": LONGEST, "picture": pictured, "back": proposal.key}
            reply = Reply("siar/ask_text", parameters, edits_pressed=True)
            return Step(replies=(reply,), state=replace(proposal, asking="text").state(_NAME))
        case "other" if proposal.asking == "other":
            return await _read_back(turn, await _with(turn, proposal, proposal.said, proposal.plan.picture))
        case "now":
            return await _read_back(turn, replace(proposal, at_once=True))
        case "plain":
            return await _read_back(turn, replace(proposal, plan=replace(proposal.plan, picture=None)))
    return await _read_back(turn, proposal)


async def _timed(turn: Turn, proposal: Proposal) -> Step:
    local = turn.local_now
    text = turn.inbound.text
    when = read_answer(text, proposal.said, local)
    if not isinstance(when, Unreadable) and speaks_of_time(when.rest):
        when = Unreadable(Reason.NOTHING_READ)
    if isinstance(when, Unreadable):
        return _unreadable(replace(proposal, said=to_keep(text, proposal.said, when)), when)
    proposal = replace(proposal, said="")
    if when.instant is not None and when.instant - local < UNDO_WITHIN:
        return await _read_back(turn, replace(proposal, at_once=True))
    rule, at = proposals.timing(when, local)
    plan = replace(proposal.plan, rule=rule, at=at, holiday_rule=proposals.holiday_rule_for(rule))
    return await _read_back(turn, replace(proposal, plan=plan, at_once=False))


def _unreadable(proposal: Proposal, why: Unreadable) -> Step:
    parameters = {"reason": why.reason.value, "day": why.day, "wanted": "siar"}
    state = replace(proposal, asking="when").state(_NAME)
    return Step(replies=(Reply("schedule/unreadable", parameters),), state=state)


async def _groups(turn: Turn) -> Step:
    """`siar.group:<key>` shows them, `:<group>` turns one, `:all` takes all that can be written to, `:0` goes back.

    `:p<page>` shows others, `:persons` turns whether it goes to members one by one, `:forward` whether the secretary
    forwards it.
    """
    proposal = open_proposal(turn, _NAME)
    if proposal is None or not proposal.plan.body:
        return EXPIRED
    groups, choice = await proposals.own_groups(turn), press_argument(turn, 1)
    turned = press_number(turn, 1)
    if choice == "0":
        if not proposal.plan.has_target:
            return Step(keep=True, toast="schedule/toast_no_group")
        return await _read_back(turn, proposal)
    if choice == "persons":
        proposal = proposal.turned()
    elif choice == "forward":
        proposal = proposal.forwarded()
    elif choice == "all":
        proposal = proposal.choosing(proposals.open_groups(groups))
    elif any(group.id == turned for group in groups):
        proposal = proposal.toggled(turned)
    return await _show_groups(turn, proposal)


async def _show_groups(turn: Turn, proposal: Proposal, before: tuple[Reply, ...] = ()) -> Step:
    groups = await proposals.own_groups(turn)
    parameters = proposals.group_page(turn, groups, proposal.plan.groups, beside=4) | {
        "persons": await proposals.proposed_persons(turn, proposal),
        "by_forwarding": proposal.plan.by_forwarding,
        "key": proposal.key,
    }
    reply = Reply("siar/ask_groups", parameters, edits_pressed=True)
    return Step(replies=(*before, reply), state=replace(proposal, asking="groups", said="").state(_NAME))


async def _send(turn: Turn) -> Step:
    """`siar.send:<key>`: a second press finds the proposal closed."""
    proposal = open_proposal(turn, _NAME)
    if proposal is None or not proposal.plan.body:
        return EXPIRED
    linked = {group.id for group in await group_chats.of_office(turn.session, turn.known_office.id)}
    proposal = proposal.choosing(tuple(group for group in proposal.plan.groups if group in linked))
    to_persons = proposal.plan.to_persons and await anybody(turn)
    if not (proposal.plan.groups or to_persons or proposal.plan.by_forwarding):
        return Step(keep=True, toast="schedule/toast_no_group")
    plan = proposal.plan
    if proposal.at_once:
        rule, at = proposals.at_instant(turn.now + UNDO_WITHIN, plan.zone)
        plan = replace(plan, rule=rule, at=at, holiday_rule=HolidayRule.IGNORE)
    elif isinstance(plan.rule, Once) and instant(plan.rule.day, plan.at, plan.zone) < turn.now:
        return _unreadable(proposal, Unreadable(Reason.IN_THE_PAST, plan.rule.day))
    proposal = replace(proposal, plan=plan)
    parameters = await _parameters(turn, proposal)
    schedule = await save_new(turn, plan)
    if plan.picture is not None:
        await want_file(turn, plan.picture["channel"], plan.picture["file_ref"])
    reply = Reply("siar/accepted", parameters | {"id": schedule.id}, edits_pressed=True)
    return Step(replies=(reply,))


async def _drop(turn: Turn) -> Step:
    if open_proposal(turn, _NAME) is None:
        return EXPIRED
    return Step(replies=(Reply("siar/dropped", edits_pressed=True),))


def _takes_no_word(turn: Turn) -> bool:
    """While something is to be chosen a command's name is none of the words to be sent; more than that may be."""
    return (_chooses(turn) or _asking(turn) == "when") and len(turn.inbound.text.split()) == 1


def _chooses(turn: Turn) -> bool:
    return _asking(turn) in {"", "groups", "other"}


def _asking(turn: Turn) -> str:
    """What the open broadcast asks for now; its text where it has none."""
    proposal = open_proposal(turn, _NAME)
    return proposal.asking if proposal is not None and proposal.plan.body else "text"


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(Command("siar", _command, Permission.BROADCAST, spoken=lambda turn: not asks(turn.inbound.text)),),
    presses=(
        Press("siar.ask", _ask, Permission.BROADCAST),
        Press("siar.group", _groups, Permission.BROADCAST),
        Press("siar.send", _send, Permission.BROADCAST),
        Press("siar.drop", _drop, Permission.BROADCAST),
    ),
    goes_on=_answered,
    takes_no_word=_takes_no_word,
    chooses=_chooses,
)
