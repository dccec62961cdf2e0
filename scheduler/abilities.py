"""What a channel can show and do. Conversations degrade by these, never by a channel's name.

Each channel declares its own when it is imported; one that declares nothing can do everything, as Telegram does.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from msgspec import Struct

from content import markup
from content.splitting import CAPTION_LIMIT, TEXT_LIMIT


class Abilities(Struct, frozen=True):
    """What is offered and how much of it. `length` counts a neutral text as the channel does once it is written there.

    Labels are counted in UTF-16 units. None: as much as there is.
    """

    name: str = ""  # as people call the channel
    edits: bool = True  # a message can be replaced
    toasts: bool = True  # a press can be answered with words over the chat
    commands: bool = True  # the app offers commands behind a slash; else they are known as plain words too
    groups: bool = True
    files_last: bool = True  # what people send stays with the channel; else for some days, and its bytes are kept here
    pushes_any_time: bool = True  # else freely only for a while after the person wrote
    free_for: timedelta = timedelta(0)  # how long after that
    # What people say comes in the order in which they said it; else it comes in any, to the second at best.
    in_order: bool = True
    opt_in: bool = False  # people must have agreed to be written to there, and are told so where they join
    charges: bool = False  # what is sent there costs money
    # It tells by itself, mostly within this time, what became of a message; zero: only in answer to the request.
    settles_within: timedelta = timedelta(0)
    links: bool = True  # a choice may open an address; else the address is written out
    buttons: int | None = None  # choices shown as buttons under one message
    button_length: int = 64
    rows: int = 0  # choices shown as rows of a list that opens, where they are too many or too long for buttons
    row_length: int = 0
    description_length: int = 0  # of the line under a row, where what the row has no room for stands
    text_length: int = TEXT_LIMIT
    body_length: int = TEXT_LIMIT  # of a text with choices under it
    caption_length: int = CAPTION_LIMIT
    length: Callable[[str], int] = markup.length

    @property
    def roomy(self) -> bool:
        """Whether any number of choices finds room under a message."""
        return self.buttons is None

    def room(self, most: int, *, beside: int) -> int:
        """How many choices, `most` at most, are offered at once where so many others stand beside them."""
        return most if self.roomy else max(1, min(most, self.rows - beside))


_EVERYTHING = Abilities()
_declared: dict[str, Abilities] = {}


def declare(channel: str, abilities: Abilities) -> Abilities:
    """This channel can do so much and no more, as the channel itself says once. Returns what was declared."""
    if _declared.setdefault(channel, abilities) != abilities:
        raise ValueError(f"{channel} has declared other abilities before")
    return abilities


def abilities_of(channel: str) -> Abilities:
    """What this channel can do."""
    return _declared.get(channel, _EVERYTHING)


def settling() -> Mapping[str, timedelta]:
    """The channels that tell by themselves what became of a message, with the time in which they mostly do."""
    return {channel: able.settles_within for channel, able in _declared.items() if able.settles_within}


def without_groups() -> Collection[str]:
    """The channels on which members can be written to one by one alone, in order."""
    return sorted(channel for channel, abilities in _declared.items() if not abilities.groups)
