"""Numbers in a button's data, which anybody can forge."""

from bot.conversations.step import Turn, press_argument

_LONGEST = 9  # digits: fits every integer column


def press_number(turn: Turn, place: int = 0) -> int:
    """The argument at this place as a number; 0, which no row has, for anything else."""
    return number(press_argument(turn, place))


def number(text: str) -> int:
    """A row's number as typed or pressed; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else 0
