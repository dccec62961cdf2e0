"""What a push that is proposed may cost at most: what it would say today, by which template, and who wrote lately."""

from collections.abc import Mapping
from datetime import datetime

from bot.conversations.schedules.plan import Plan, next_dues
from bot.conversations.step import Turn
from content.focus import next_focus
from content.money_words import money_words
from content.templates import LANGUAGE, template_of
from scheduler.abilities import abilities_of, without_groups
from scheduler.charges import SLACK, Load, at_most
from scheduler.errors import TemplateTrouble
from scheduler.message_parameters import Posting, Wording
from scheduler.office_calendar import office_calendar
from scheduler.sources import SOURCES
from scheduler.template_states import trouble_with
from storage.models import Occurrence, Schedule
from storage.queries import templates


async def wording_of(turn: Turn, plan: Plan) -> Wording:
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


async def free_since(turn: Turn, plan: Plan, *, at_once: bool) -> datetime | None:
    """Who wrote after this instant can still be written to freely when the push leaves; None: nobody knows."""
    if not plan.once:
        return None
    dues = [] if at_once else next_dues(plan, await office_calendar(turn.session, turn.known_office), turn.now, 1)
    leaves_at = dues[0] if dues else turn.answered_at
    return leaves_at + SLACK - min((abilities_of(channel).free_for for channel in without_groups()), default=SLACK)


async def category_of(turn: Turn, key: str, channel: str) -> str | None:
    """As the channel itself counts the template, where it has told, else as we ask for it; None where there is none.

    Also of one that may not be used yet: it may be by the time at which the push leaves.
    """
    template = template_of(key)
    if template is None:
        return None
    told = await templates.find(turn.session, channel, template.name, LANGUAGE)
    return told.category.lower() if told is not None and told.category else template.category.value


async def trouble_of(turn: Turn, key: str, channel: str) -> TemplateTrouble | None:
    """Why the template of this message is already known not to be usable on the channel."""
    template, means = template_of(key), turn.surroundings.template_trouble.get(channel)
    if template is None or means is None:
        return None
    return await trouble_with(turn.session, channel, template, means, turn.answered_at)


def most_words(turn: Turn, loads: Mapping[str, Load]) -> str | None:
    """The most that these loads may come to, by channel; None where a price is not known."""
    sums = []
    for channel, load in loads.items():
        prices = turn.surroundings.prices.get(channel)
        most = at_most(load, prices)
        if prices is None or most is None:
            return None
        sums.append(money_words(most, prices.currency))
    return " + ".join(sums)
