"""Whether an answer given in the midst of another dialogue must leave that one open."""

from bot.conversations.step import Turn


def elsewhere(turn: Turn, *own: str) -> bool:
    """Whether a dialogue other than these is open in this chat: a form half filled in is not to be lost by a look."""
    return turn.state is not None and turn.state.dialogue not in own
