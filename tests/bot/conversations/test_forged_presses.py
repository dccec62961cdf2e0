"""Whatever a button's data say, and whatever is open: no defect, no other office's rows, no lost dialogue."""

import pytest

from bot.channels.inbound import Kind
from bot.conversations.office_days import holidays
from bot.conversations.schedules import add as add_schedule
from bot.conversations.schedules import broadcast, broadcast_progress, leader_turns, meeting, trial_post
from bot.conversations.schedules import change as change_schedule
from bot.conversations.schedules import show as show_schedules
from storage.models import InboundUpdate, Role
from tests.bot.conversations.office_story import link, open_story, press
from tests.story import rows

DIALOGUES = [
    module.DIALOGUE
    for module in (
        add_schedule,
        broadcast,
        broadcast_progress,
        change_schedule,
        holidays,
        leader_turns,
        meeting,
        show_schedules,
        trial_post,
    )
]
VERBS = [press.verb for dialogue in DIALOGUES for press in dialogue.presses]
ARGUMENTS = [
    "",
    ":",
    ":0",
    ":x",
    ":1:2:3",
    ":-1",
    ":٣",
    ":" + "9" * 40,
    ":1:time",
    ":1:groups",
    ":1:state",
    ":k:all",
    ":1:0",
]
OPENINGS = [
    ["/siar Halo semua"],
    ["/siar"],
    ["/rapat besok 09.00 Evaluasi"],
    ["/rapat"],
    ["/libur"],
    ["/libur 24 Desember 2026 Libur"],
    ["/jadwal"],
]


@pytest.fixture
async def story(database):
    story = await open_story(database, DIALOGUES)
    await link(story)
    await link(story, "Grup UPTD", "-1002")
    return story


async def incidents(story):
    return [row.incident for row in await rows(story, InboundUpdate) if row.incident]


@pytest.mark.parametrize("verb", VERBS)
async def test_any_argument_is_answered_without_a_defect(story, verb):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    for argument in ARGUMENTS:
        await press(secretary, verb + argument)
    assert await incidents(story) == []


@pytest.mark.parametrize("opening", OPENINGS)
async def test_any_button_in_the_midst_of_any_dialogue(story, opening):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    for said in opening:
        await secretary.says(said)
    for verb in VERBS:
        await press(secretary, f"{verb}:x:1")
    assert await incidents(story) == []


@pytest.mark.parametrize("opening", OPENINGS)
async def test_any_text_in_the_midst_of_any_dialogue(story, opening):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    for text in ("😀" * 4000, "<b>", "besok", "9" * 500, "-", "/"):
        for said in opening:
            await secretary.says(said)
        await secretary.says(text)
        await secretary.shows()
        await secretary.sends(secretary.private, kind=Kind.OTHER, addressed=True)
    assert await incidents(story) == []
