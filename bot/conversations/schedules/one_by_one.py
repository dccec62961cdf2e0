"""The members who get a push one by one: to how many it goes, on which channels, and the most that it may cost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.conversations.schedules.plan import Plan, channel_names, next_dues
from bot.conversations.step import Turn
from content.focus import next_focus
from content.money_words import money_words
from content.rendering import render
from content.templates import LANGUAGE, template_of
from scheduler.abilities import abilities_of, without_groups
from scheduler.charges import SLACK, Load, at_most
from scheduler.fitting import fitted
from scheduler.message_parameters import Posting, Wording
from scheduler.office_calendar import office_calendar
from scheduler.sources import SOURCES
from storage.models import Occurrence, Schedule
from storage.queries import one_by_one, templates
from storage.queries.one_by_one import Heard


async def anybody(turn: Turn) -> bool:
    """Whether the office has a member who can be written to one by one."""
    office, channels = turn.known_office.id, without_groups()
    return bool(await one_by_one.counted(turn.session, office, channels, (), turn.answered_at))


async def persons_shown(turn: Turn, plan: Plan, *, at_once: bool = False) -> dict[str, Any] | None:
    """The members whom this plan reaches one by one, or would, as the parameter `persons` of messages.

    None where there are none and it does not go to them. `cost` is None where nothing is charged; its `amount` is None
    where the prices are not known.
    """
    if not plan.into_groups:
        return None
    found = await _heard(turn, plan, await _free_since(turn, plan, at_once=at_once))
    if not found and not plan.to_persons:
        return None
    return {
        "chosen": plan.to_persons,
        "channels": channel_names(found or without_groups()),
        "count": sum(heard.persons for heard in found.values()),
        "cost": await _cost(turn, plan, found),
    }


async def _heard(turn: Turn, plan: Plan, free_since: datetime | None) -> Mapping[str, Heard]:
    """By channel; of what repeats (`free_since` None) everybody is counted as somebody who did not write lately."""
    since = free_since or turn.answered_at + timedelta(days=1)
    return await one_by_one.counted(turn.session, turn.known_office.id, without_groups(), plan.groups, since)


async def _free_since(turn: Turn, plan: Plan, *, at_once: bool) -> datetime | None:
    """Who wrote after this instant can still be written to freely when the push leaves; None: nobody knows."""
    if not plan.once:
        return None
    dues = [] if at_once else next_dues(plan, await office_calendar(turn.session, turn.known_office), turn.now, 1)
    leaves_at = dues[0] if dues else turn.answered_at
    return leaves_at + SLACK - min((abilities_of(channel).free_for for channel in without_groups()), default=SLACK)


async def _cost(turn: Turn, plan: Plan, found: Mapping[str, Heard]) -> dict[str, Any] | None:
    charging = {channel: heard for channel, heard in found.items() if abilities_of(channel).charges}
    if not charging:
        return None
    wording = await _wording(turn, plan)
    sums = {}
    for channel, heard in charging.items():
        load = Load(
            persons=heard.persons,
            outside=heard.persons - heard.lately,
            messages=_messages(wording, channel),
            category=await _category(turn, wording.key, channel),
        )
        prices = turn.surroundings.prices.get(channel)
        most = at_most(load, prices)
        sums[channel] = money_words(most, prices.currency) if prices and most is not None else None
    known = all(words is not None for words in sums.values())
    return {"amount": " + ".join(filter(None, sums.values())) if known else None, "each_time": not plan.once} | _beyond(
        turn, charging
    )


def _beyond(turn: Turn, found: Mapping[str, Heard]) -> dict[str, Any]:
    """Where more people did not write lately than the channel lets begin with in a day: both numbers, else None."""
    for channel, heard in found.items():
        limit, outside = turn.surroundings.new_chats_a_day(channel), heard.persons - heard.lately
        if limit is not None and outside > limit:
            return {"outside": outside, "limit": limit}
    return {"outside": None, "limit": None}


async def _wording(turn: Turn, plan: Plan) -> Wording:
    """What the push would say today, for its length and its template; nothing of it is stored."""
    schedule = Schedule(kind=plan.kind, title=plan.title, body=plan.body, picture=plan.picture, timezone=plan.zone)
    occurrence = Occurrence(
        id=1,  # any: a post has its button
        kind=plan.kind,
        slot=turn.today.isoformat(),
        day=turn.today,
        due_at=turn.now,
        focus=next_focus(turn.regulation, ()),
    )
    return await SOURCES[plan.kind](Posting(turn.session, schedule, occurrence, turn.known_office, turn.regulation))


def _messages(wording: Wording, channel: str) -> int:
    message = render(wording.key, wording.parameters, picture=wording.picture)
    return len(fitted(message, abilities_of(channel)))


async def _category(turn: Turn, key: str, channel: str) -> str | None:
    """As the channel itself counts the template, where it has told, else as we asked for it."""
    template = template_of(key)
    if template is None:
        return None
    told = await templates.find(turn.session, channel, template.name, LANGUAGE)
    return told.category.lower() if told is not None and told.category else template.category.value
