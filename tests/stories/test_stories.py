"""The same stories on every channel, from one text."""

import logging

import pytest

from tests.stories.telling import SECOND_PHONE, Telling
from tests.stories.text import CHANNELS, stories

STORIES = stories()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", STORIES)
async def test_the_story_goes_as_it_is_written(name, channel, database, caplog):
    async with Telling(STORIES[name], channel, database) as telling:
        await telling.tell()
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", STORIES)
def test_whoever_is_named_is_among_the_people(name):
    story = STORIES[name]
    known = {"", "group", *story.people, *(who + SECOND_PHONE for who in story.people)}
    told = [others for scene in story.scenes for others in (scene, *scene.differs.values())]
    named = {who for one in told for who in one.others or ()} | {scene.who for scene in story.scenes}
    assert named <= known
