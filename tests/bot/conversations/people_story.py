"""The dialogues about people and groups on one story, for the tests beside this file."""

from bot.conversations.members import registration
from bot.invitations import create_invitation
from storage.models import Role
from storage.queries import offices, people
from tests.story import Story


def people_story(database, *dialogues):
    """A story with registration and these dialogues."""
    return Story(database, [registration.DIALOGUE, *dialogues])


async def invitation_code(story, role=Role.ANGGOTA, uses=None, office_id=None):
    """A fresh code into the story's office."""
    async with story.database.transaction() as session:
        office = await offices.get_office(session, office_id or story.office_id)
        return (await create_invitation(session, office, role, uses, story.clock.now())).code


async def add_names(story, *names, role=Role.ANGGOTA):
    """Roster lines that nobody has joined as."""
    async with story.database.transaction() as session:
        return [(await people.add_member(session, story.office_id, name, story.clock.now(), role)).id for name in names]


async def roster(story, office_id=None):
    """The active roster as (name, role, joined)."""
    async with story.database.transaction() as session:
        lines = await people.roster(session, office_id or story.office_id)
        return [(line.name, line.role.value, line.person_id is not None) for line in lines]
