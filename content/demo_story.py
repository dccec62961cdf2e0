"""The demo's office and its scenes, as data."""

from datetime import datetime
from importlib import resources

import msgspec
from msgspec import Struct

from content.yaml_text import plain_data


class DemoPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who can be played: the key to type, the name, the seat."""

    key: str
    name: str
    role: str


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """One step: either the clock moves, or `who` says, presses or shows something, in private or in the group."""

    title: str
    clock: str | None = None
    who: str | None = None
    where: str = "private"  # or "group"
    says: str | None = None
    presses: str | None = None
    shows: str | None = None  # a photo's name; in the group it answers the last post
    expects: tuple[str, ...] = ()


class DemoStory(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole demo."""

    office: str
    regulation: str
    start: datetime
    group: str
    people: tuple[DemoPerson, ...]
    roster: tuple[str, ...]
    scenes: tuple[Scene, ...]


def load_demo_story() -> DemoStory:
    """Read the packaged story."""
    text = resources.files("content").joinpath("demo/story.yaml").read_text("utf-8")
    return msgspec.convert(plain_data(text), DemoStory)
