"""The same stories on every channel, from one text."""

import shutil

import pytest

from tests.stories.telling import Telling
from tests.stories.text import CHANNELS, stories

STORIES = stories()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", STORIES)
async def test_the_story_goes_as_it_is_written(name, channel, tmp_path, empty_tables):
    file = tmp_path / "apel.sqlite"
    shutil.copyfile(empty_tables, file)
    async with Telling(STORIES[name], channel, file) as telling:
        await telling.tell()
