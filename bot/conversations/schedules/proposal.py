"""A schedule that somebody proposes: kept as JSON while its dialogue is open, shown in whole before it is saved."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace

from bot.conversations.press_numbers import number
from bot.conversations.schedules.forwarder import handed, kit_cost
from bot.conversations.schedules.one_by_one import persons_shown
from bot.conversations.schedules.plan import Plan, group_shown, shown
from bot.conversations.short_answers import says_save
from bot.conversations.step import State, Turn, press_argument
from scheduler import audience
from scheduler.date_phrases import When
from scheduler.office_calendar import office_calendar
from scheduler.recurrence import EveryWorkingDay, Once, Recurrence, Weekdays
from storage.models import GroupChat, GroupState, HolidayRule
from storage.queries import group_chats

LONGEST_TITLE = 120


class Proposal(Struct, frozen=True):
    """`key` ties buttons to this very proposal; `asking` is what is not read back yet; `at_once` leaves now."""

    key: str
    plan: Plan
    asking: str = ""
    at_once: bool = False
    said: str = ""  # what counts with the next answer only: a day without its time, other words for a broadcast
    album: str | None = None  # the last picture came with this one

    def state(self, dialogue: str) -> State:
        """The proposal as the state of its dialogue."""
        return State(dialogue, to_builtins(self))

    def choosing(self, groups: tuple[int, ...]) -> "Proposal":
        """The same into these groups."""
        return replace(self, plan=replace(self.plan, groups=groups))

    def turned(self) -> "Proposal":
        """The same to members one by one too, or no longer."""
        return replace(self, plan=replace(self.plan, to_persons=not self.plan.to_persons))

    def forwarded(self) -> "Proposal":
        """The same forwarded into WhatsApp groups by a person too, or no longer."""
        return replace(self, plan=replace(self.plan, by_forwarding=not self.plan.by_forwarding))

    def instead(self) -> "Proposal":
        """The same forwarded by a person instead of to members one by one, or the other way round."""
        plan = replace(self.plan, to_persons=not self.plan.to_persons, by_forwarding=self.plan.to_persons)
        return replace(self, plan=plan)

    def toggled(self, group_id: int) -> "Proposal":
        """The same with this group in or out."""
        groups = self.plan.groups
        without = tuple(kept for kept in groups if kept != group_id)
        return self.choosing(without if group_id in groups else (*groups, group_id))


def new_key() -> str:
    """A fresh key for the buttons of one proposal."""
    return secrets.token_urlsafe(6)


def open_proposal(turn: Turn, dialogue: str) -> Proposal | None:
    """The proposal that is open in this chat; for a press only if the button (its first argument) belongs to it."""
    if turn.state is None or turn.state.dialogue != dialogue or "plan" not in turn.state.data:
        return None
    proposal = convert(turn.state.data, Proposal)
    if turn.inbound.press_id and press_argument(turn) != proposal.key:
        return None
    return proposal


def is_agreed_to(turn: Turn, dialogue: str) -> bool:
    """Whether a text is the plain yes to the proposal that was read back last, or bids to save it."""
    proposal = open_proposal(turn, dialogue)
    return proposal is not None and not proposal.asking and says_save(turn.inbound.text)


def timing(when: When, now_local: datetime) -> tuple[Recurrence, time]:
    """Rule and local time of what was read; one day alone where it does not repeat."""
    if when.recurrence is not None and when.at is not None:
        return when.recurrence, when.at
    instant = when.instant or now_local
    return Once(instant.date()), instant.time()


def at_instant(instant: datetime, zone: str) -> tuple[Recurrence, time]:
    """Rule and local time of an instant, seconds kept and never earlier."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.microsecond:
        local = (instant + timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(microsecond=0)
    return Once(local.date()), local.time()


def holiday_rule_for(rule: Recurrence) -> HolidayRule:
    """What an office most likely wants on holidays: a weekly thing is left out, a date stays a date."""
    return HolidayRule.SKIP if isinstance(rule, Weekdays | EveryWorkingDay) else HolidayRule.IGNORE


def title_of(text: str) -> str:
    """A title from what was typed: one line, not too long."""
    return " ".join(text.split())[:LONGEST_TITLE]


async def own_groups(turn: Turn) -> list[GroupChat]:
    """The groups that the speaker's office has linked."""
    return await group_chats.of_office(turn.session, turn.known_office.id)


def open_groups(groups: Sequence[GroupChat]) -> tuple[int, ...]:
    """Those that can be written to now."""
    return tuple(group.id for group in groups if group.state is GroupState.ACTIVE)


async def proposal_shown(turn: Turn, proposal: Proposal) -> dict[str, Any]:
    """The parameters of a read-back; `persons` are the members whom it reaches one by one, or would."""
    groups = await own_groups(turn)
    calendar = await office_calendar(turn.session, turn.known_office)
    schedule = {"id": 0} | shown(proposal.plan, groups, turn.surroundings.groups_on, calendar, turn.now)
    people = await handed(turn, proposal.plan)
    schedule["in_your_stead"] = await in_your_stead(turn, proposal.plan)
    schedule["kit_cost"] = await kit_cost(turn, proposal.plan, people, at_once=proposal.at_once)
    return {
        "schedule": schedule,
        "key": proposal.key,
        "more_groups": len(groups) > 1,
        "persons": await proposed_persons(turn, proposal),
    }


async def proposed_persons(turn: Turn, proposal: Proposal) -> dict[str, Any] | None:
    """As `persons_shown`; whoever gets it to forward gets no copy."""
    besides = {one.member_id for one in await handed(turn, proposal.plan) if one.member_id is not None}
    return await persons_shown(turn, proposal.plan, at_once=proposal.at_once, besides=besides)


async def in_your_stead(turn: Turn, plan: Plan) -> list[str] | None:
    """Names of the secretaries who get what is to be forwarded while the speaker wants answers only, else None."""
    if not plan.by_forwarding or await audience.member(turn.session, turn.known_member) is not None:
        return None
    return [secretary.title for secretary in await audience.secretaries(turn.session, turn.known_office.id)]


def group_page(turn: Turn, groups: Sequence[GroupChat], chosen: tuple[int, ...] = (), *, beside: int) -> dict[str, Any]:
    """The groups with whether each is chosen, as many as a list of the channel holds beside so many other choices.

    Of several pages the one that was pressed ("p1" is the second), that of the group that was, else the first.
    """
    size = turn.abilities.room(len(groups), beside=beside)
    if size < len(groups):
        size = turn.abilities.room(size, beside=beside + 2)  # to the page before and the next one
    pages = max(1, -(-len(groups) // max(size, 1)))
    pressed = press_argument(turn, 1)
    places = [place for place, group in enumerate(groups) if str(group.id) == pressed]
    page = places[0] // size if places else number(pressed.removeprefix("p"))
    page = min(page, pages - 1) if places or pressed.startswith("p") else 0
    shown = groups[page * size : (page + 1) * size]
    listed = [group_shown(group) | {"chosen": group.id in chosen} for group in shown]
    return {"groups": listed, "page": page, "pages": pages}
