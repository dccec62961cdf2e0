"""The part of docs/channels.md that the stories write: what is told on every channel, and what differs and why.

`python -m tests.stories.differences` writes it anew.
"""

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

import bot.channels.whatsapp  # noqa: F401 (it declares what it can do)
from scheduler.abilities import abilities_of
from tests.stories.text import CHANNELS, RULES, SECOND, Scene, Story, on, stories

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
BEGIN, END = "<!-- written by the stories: begin -->\n", "<!-- written by the stories: end -->\n"

_LIMITS = {
    "buttons": "buttons under a message",
    "button_length": "characters of a button",
    "rows": "rows of a list",
    "row_length": "characters of a row",
    "description_length": "characters beneath a row",
    "text_length": "characters of a text",
    "body_length": "characters above buttons or a list",
    "caption_length": "characters under a picture or file",
}


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A difference: how it is on each channel, and why."""

    what: str
    telegram: str
    whatsapp: str
    console: str
    because: str


def differences() -> dict[str, Named]:
    """Every difference by its name."""
    text = resources.files("tests.stories").joinpath("differences.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, Named])


def seen(told: Mapping[str, Story]) -> Iterator[tuple[str, str]]:
    """Each difference that shows in a scene: its name and the story's, scene by scene."""
    for name, story in told.items():
        for scene in story.scenes:
            yield from ((difference, name) for difference in sorted(_in(scene)))


def _in(scene: Scene) -> set[str]:
    found = {difference.because for difference in scene.differs.values()}
    for channel in CHANNELS:
        played = scene
        for name, rule in RULES.get(SECOND[channel] if scene.second else channel, {}).items():
            changed = rule(played)
            found |= {name} if changed != played else set()
            played = changed
    return found


def messages(channel: str, story: Story) -> int:
    """How many messages the bot sends to people in the story."""
    played = [on(channel, scene) for scene in story.scenes]
    return sum(
        (scene.sees.count if scene.who else 0) + sum(sees.count for who, sees in scene.others.items() if who != "group")
        for scene in played
        if scene is not None
    )


def written() -> str:
    """The tables, as they stand in the page."""
    told = stories()
    return "\n".join([*_stories(told), "", *_differences(told), "", *_limits()]) + "\n"


def _stories(told: Mapping[str, Story]) -> Iterator[str]:
    yield "## What is told on every channel"
    yield ""
    yield "Messages are those to people, group posts left out: what the same talk takes, and on WhatsApp may cost."
    yield ""
    yield "| story | scenes | Telegram | WhatsApp | console |"
    yield "|---|---|---|---|---|"
    for name, story in told.items():
        counts = " | ".join(str(messages(channel, story)) for channel in CHANNELS)
        yield f"| [{story.title}](../tests/stories/texts/{name}.yaml) | {len(story.scenes)} | {counts} |"


def _differences(told: Mapping[str, Story]) -> Iterator[str]:
    yield "## What differs, and why"
    yield ""
    yield "| | Telegram | WhatsApp | console | why | shows in |"
    yield "|---|---|---|---|---|---|"
    shown = list(seen(told))
    for name, it in differences().items():
        count = sum(difference == name for difference, _ in shown)
        where = f"{count} scene{'s' if count > 1 else ''}"
        yield f"| {it.what} | {it.telegram} | {it.whatsapp} | {it.console} | {it.because} | {where} |"


def _limits() -> Iterator[str]:
    yield "## How much there is room for"
    yield ""
    yield "Characters are UTF-16 units, the strictest way to count. The console has no limits; it takes Telegram's."
    yield ""
    yield "| | Telegram | WhatsApp |"
    yield "|---|---|---|"
    for field, words in _LIMITS.items():
        cells = [getattr(abilities_of(channel), field) for channel in ("telegram", "whatsapp")]
        yield (
            f"| {words} | "
            + " | ".join("any" if cell is None else f"{cell:,}" if cell else "none" for cell in cells)
            + " |"
        )


if __name__ == "__main__":
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + written() + END + rest.partition(END)[2], "utf-8")
