"""An office with its first schedules, its group, and a worker's tick without sending: what the schedule tests share."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.channels.inbound import Kind
from scheduler import posting
from scheduler.office_defaults import create_defaults
from scheduler.sources import SOURCES
from storage.models import Occurrence, Schedule
from storage.queries import group_chats, occurrences, offices
from storage.transaction import Database
from tests.story import REGULATIONS, Story, rows


async def open_story(database: Database, dialogues, regulation_id="karanganyar-44-2023", **details) -> Story:
    """A story whose office has the schedules that every office begins with, still without a group."""
    story = Story(database, dialogues, **details)
    await story.open_office(regulation_id=regulation_id, timezone=REGULATIONS[regulation_id].timezone)
    async with database.transaction() as session:
        office = await offices.get_office(session, story.office_id)
        await create_defaults(session, office, REGULATIONS[regulation_id], story.clock.now())
    return story


async def link(story: Story, title="Grup Dinas", chat_id="-1001"):
    """A group of the office, into which its schedules post from now on."""
    chat = await story.group(title, chat_id)
    async with story.database.transaction() as session:
        group = await group_chats.in_topic(session, "telegram", chat_id, None)
        await group_chats.link(session, group, story.office_id)
        for schedule in await session.scalars(select(Schedule).where(Schedule.office_id == story.office_id)):
            schedule.state, schedule.reason = "active", None
    return chat


async def second_office(story: Story) -> int:
    """Another office with its own schedules; the story goes on with the first."""
    first = story.office_id
    second = await story.open_office("Dinas Lain")
    async with story.database.transaction() as session:
        office = await offices.get_office(session, second)
        await create_defaults(session, office, REGULATIONS[office.regulation_id], story.clock.now())
    story.office_id = first
    return second


async def schedule_of(story: Story, kind) -> Schedule:
    """The office's newest schedule of this kind."""
    return (await rows(story, Schedule, Schedule.kind == kind, Schedule.office_id == story.office_id))[-1]


async def planned(story: Story, schedule) -> list[str]:
    """The instants, in the schedule's own zone, at which it is planned to fall due."""
    found = await rows(story, Occurrence, Occurrence.schedule_id == schedule.id, Occurrence.state == "planned")
    zone = ZoneInfo(schedule.timezone)
    return [f"{row.due_at.astimezone(zone):%d.%m. %H.%M}" for row in sorted(found, key=lambda row: row.due_at)]


async def post_due(story: Story) -> None:
    """Write the rows of what is due now, as the worker does; nothing is sent."""
    async with story.database.transaction() as session:
        due = [number for number, _ in await occurrences.due(session, story.clock.now())]
        await posting.post(session, due, story.clock.now(), regulations=REGULATIONS, sources=SOURCES)


def labels(message) -> list[str]:
    """The buttons of a message."""
    return [choice.label for row in message.choices for choice in row]


async def press(actor, action, chat=None):
    """Press a button with this data, forged or old."""
    return await actor.sends(chat or actor.private, kind=Kind.PRESS, text=action, message_ref="m0", press_id="p")
