"""The one text of the stories, as data, and what of it differs on a channel.

What a scene expects is what a channel that can do everything shows. What a channel cannot do follows from rules
that hold in every scene (RULES); all else that differs is declared at the scene, with the name of its reason.
"""

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from content.yaml_text import plain_data

CHANNELS = ("telegram", "whatsapp", "console")
SECOND = {"telegram": "whatsapp", "whatsapp": "telegram", "console": "telegram"}  # where a story is told on two


class Sees(Struct, frozen=True, forbid_unknown_fields=True):
    """What one person has on the screen after an act. `messages` that are not told are one, unless something else is.

    `reads` and `lacks`: words in what came, what was changed and what was shown over the chat. `offers`: all that can
    be chosen under the newest of it. `file`: its name; `holds`: words in it.
    """

    reads: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    messages: int | None = None
    edits: int = 0
    toast: str | None = None
    offers: tuple[str, ...] | None = None
    form: str = "buttons"  # in which they are offered; else "rows" of a list, or "written" out to be answered in words
    file: str | None = None
    holds: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many messages come."""
        return self.messages if self.messages is not None else int(not self.edits and self.toast is None)


class Difference(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is otherwise on one channel, and why; what is not told is as in the scene."""

    because: str
    left_out: bool = False
    where: str | None = None
    says: str | None = None
    presses: str | None = None
    sees: dict[str, Any] = {}
    others: dict[str, Sees] | None = None


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """One act of `who` (says, presses, shows a photo, follows the link that somebody read), or the clock moves.

    `second`: on the person's other channel. `others`: who else sees something, "group" among them; whoever is not named
    sees nothing.
    """

    title: str
    who: str = ""
    where: str = "private"  # or "group"
    says: str | None = None
    presses: str | None = None
    shows: str | None = None  # a photo with this caption
    replying: bool = False  # to the bot's last message there
    follows: str | None = None  # whose link
    clock: str | None = None
    second: bool = False
    sees: Sees = Sees()
    others: dict[str, Sees] = {}
    differs: dict[str, Difference] = {}


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """A story. `people`: name -> seat of who has joined before; "" of who is unknown yet. `holds`: the tables' end.

    `group`: the office has one, on the channel itself or, where that has none, on the second.
    """

    title: str
    people: dict[str, str]
    scenes: tuple[Scene, ...]
    holds: dict[str, list[dict[str, Any]]] = {}
    beside: bool = False  # there is a second channel
    group: bool = False
    roster: tuple[str, ...] = ()  # names only
    start: str = "2026-11-16T14:00+07:00"
    regulation: str = "karanganyar-44-2023"


@cache
def stories() -> dict[str, Story]:
    """Every story by the name of its file."""
    texts = sorted(resources.files("tests.stories").joinpath("texts").iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): msgspec.convert(plain_data(file.read_text("utf-8")), Story) for file in texts
    }


def on(channel: str, scene: Scene) -> Scene | None:
    """The scene as it is on this channel; None where it is left out. `second`: on the other channel's rules."""
    difference = scene.differs.get(channel)
    if difference is not None and difference.left_out:
        return None
    ruled = _by_rule(SECOND[channel] if scene.second else channel, scene)
    if difference is None:
        return ruled
    return replace(
        ruled,
        where=difference.where or ruled.where,
        says=difference.says or ruled.says,
        presses=difference.presses or ruled.presses,
        sees=msgspec.convert(asdict(ruled.sees) | difference.sees, Sees),
        others=ruled.others if difference.others is None else difference.others,
    )


def _by_rule(channel: str, scene: Scene) -> Scene:
    for rule in RULES.get(channel, {}).values():
        scene = rule(scene)
    return scene


def _everywhere(change: Callable[[Sees], Sees]) -> Callable[[Scene], Scene]:
    """The change in what anybody sees."""

    def rule(scene: Scene) -> Scene:
        others = {who: change(sees) for who, sees in scene.others.items() if who != "group"}
        return replace(scene, sees=change(scene.sees), others=scene.others | others)

    return rule


def _toast_said(sees: Sees) -> Sees:
    """Above what comes or is changed anyway, or else alone."""
    if sees.toast is None:
        return sees
    alone = not sees.count and not sees.edits
    return replace(sees, toast=None, reads=(*sees.reads, sees.toast), messages=1 if alone else sees.count)


def _sent_anew(sees: Sees) -> Sees:
    return replace(sees, messages=sees.count + sees.edits, edits=0) if sees.edits else sees


def _few_buttons(sees: Sees) -> Sees:
    if not sees.offers or (len(sees.offers) <= 3 and all(len(label) <= 20 for label in sees.offers)):
        return sees
    return replace(sees, form="rows" if len(sees.offers) <= 10 else "written")


def _as_a_word(scene: Scene) -> Scene:
    says = scene.says or ""
    word, _, rest = says.removeprefix("/").partition(" ")
    plain = says.startswith("/") and (not rest or word in _WITH_WORDS)
    return replace(scene, says=says.removeprefix("/")) if plain else scene


_WITH_WORDS = {"lapor", "log", "rapat", "siar", "tanya"}  # what may stand behind these is plainly for them

# What follows from what a channel can do, in every scene; named as in differences.yaml, in the order of applying.
RULES: dict[str, dict[str, Callable[[Scene], Scene]]] = {
    "whatsapp": {
        "no_toasts": _everywhere(_toast_said),
        "no_edits": _everywhere(_sent_anew),
        "few_buttons": _everywhere(_few_buttons),
        "commands_as_words": _as_a_word,
    }
}
