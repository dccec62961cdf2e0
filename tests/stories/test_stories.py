"""The same stories on every channel, from one text."""

import pytest

from tests.stories.telling import Telling
from tests.stories.text import CHANNELS, stories

STORIES = stories()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", STORIES)
async def test_the_story_goes_as_it_is_written(name, channel, database):
    async with Telling(STORIES[name], channel, database) as telling:
        await telling.tell()
