"""Whatever differs between the channels has a reason, shows in a story, and stands in the documentation."""

from tests.stories.differences import BEGIN, END, PAGE, differences, seen, written
from tests.stories.text import CHANNELS, RULES, on, stories

STORIES = stories()


def test_every_difference_has_a_reason_and_shows_in_a_story():
    assert {name for name, _ in seen(STORIES)} == set(differences())


def test_every_rule_is_named_as_a_difference():
    assert {name for rules in RULES.values() for name in rules} <= set(differences())


def test_what_is_declared_is_otherwise_than_without():
    same = [
        (story.title, scene.title, channel)
        for story in STORIES.values()
        for scene in story.scenes
        for channel, difference in scene.differs.items()
        if difference.because not in TOLD_ONLY and on(channel, scene) == on(channel, _without(scene))
    ]
    assert same == []


TOLD_ONLY = {"links_in_words"}  # the driver does it; nothing that is seen is otherwise


def _without(scene):
    return type(scene)(**{f: getattr(scene, f) for f in scene.__struct_fields__ if f != "differs"})


def test_every_channel_is_told_every_story():
    assert {channel for story in STORIES.values() for scene in story.scenes for channel in scene.differs} <= set(
        CHANNELS
    )


def test_the_page_says_what_the_stories_show():
    """Where this fails the stories have changed: `python -m tests.stories.differences`, and read the page."""
    page = PAGE.read_text("utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == written()
