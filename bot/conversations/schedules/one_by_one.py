"""The members who get a push one by one: to how many it goes, on which channels, and the most that it may cost."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.conversations.schedules.plan import Plan, channel_names
from bot.conversations.schedules.push_cost import category_of, free_since, most_words, trouble_of, wording_of
from bot.conversations.step import Turn
from content.rendering import render
from scheduler.abilities import abilities_of, without_groups
from scheduler.charges import Load
from scheduler.fitting import fitted
from scheduler.message_parameters import Wording
from storage.queries import one_by_one
from storage.queries.one_by_one import Heard


async def anybody(turn: Turn) -> bool:
    """Whether the office has a member who can be written to one by one."""
    office, channels = turn.known_office.id, without_groups()
    return bool(await one_by_one.counted(turn.session, office, channels, (), turn.answered_at))


async def persons_shown(
    turn: Turn, plan: Plan, *, at_once: bool = False, besides: Collection[int] = ()
) -> dict[str, Any] | None:
    """The members whom this plan reaches one by one, or would, as the parameter `persons` of messages.

    None where there are none and it does not go to them. `besides`: members who get it to forward it. `cost` is None
    where nothing is charged; its `amount` is None where the prices are not known. `unreached`: how many it will not
    reach, as is known already, and why.
    """
    if not plan.into_groups:
        return None
    found = await _heard(turn, plan, await free_since(turn, plan, at_once=at_once), besides)
    if not found and not plan.to_persons:
        return None
    wording = await wording_of(turn, plan) if found else None
    return {
        "chosen": plan.to_persons,
        "channels": channel_names(found or without_groups()),
        "count": sum(heard.persons for heard in found.values()),
        "cost": await _cost(turn, plan, wording, found) if wording else None,
        "unreached": await _unreached(turn, wording.key, found) if wording else None,
    }


async def _heard(turn: Turn, plan: Plan, free_since: datetime | None, besides: Collection[int]) -> Mapping[str, Heard]:
    """By channel; of what repeats (`free_since` None) everybody is counted as somebody who did not write lately."""
    since = free_since or turn.answered_at + timedelta(days=1)
    office, channels = turn.known_office.id, without_groups()
    return await one_by_one.counted(turn.session, office, channels, plan.groups, since, besides)


async def _cost(turn: Turn, plan: Plan, wording: Wording, found: Mapping[str, Heard]) -> dict[str, Any] | None:
    charging = {channel: heard for channel, heard in found.items() if abilities_of(channel).charges}
    if not charging:
        return None
    loads = {
        channel: Load(
            persons=heard.persons,
            outside=heard.persons - heard.lately,
            messages=_messages(wording, channel),
            category=await category_of(turn, wording.key, channel),
        )
        for channel, heard in charging.items()
    }
    return {"amount": most_words(turn, loads), "each_time": not plan.once} | _beyond(turn, charging)


def _beyond(turn: Turn, found: Mapping[str, Heard]) -> dict[str, Any]:
    """Where more people did not write lately than the channel lets begin with in a day: both numbers, else None."""
    for channel, heard in found.items():
        limit, outside = turn.surroundings.new_chats_a_day(channel), heard.persons - heard.lately
        if limit is not None and outside > limit:
            return {"outside": outside, "limit": limit}
    return {"outside": None, "limit": None}


async def _unreached(turn: Turn, key: str, found: Mapping[str, Heard]) -> dict[str, Any] | None:
    for channel, heard in found.items():
        outside, trouble = heard.persons - heard.lately, await trouble_of(turn, key, channel)
        if outside and trouble is not None:
            return {"count": outside, "reason": trouble.value}
    return None


def _messages(wording: Wording, channel: str) -> int:
    message = render(wording.key, wording.parameters, picture=wording.picture)
    return len(fitted(message, abilities_of(channel)))
