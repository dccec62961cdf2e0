"""What a Step says, as it leaves: on channels where each message costs, what is said here at once is one message."""

from collections.abc import Sequence

from bot.conversations.step import Reply, Step, Turn
from content.rendering import render
from scheduler.bundling import go_together
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE


def in_words(turn: Turn, step: Step) -> tuple[Reply, ...]:
    """The replies, with the toast among them where the channel shows none over the chat.

    It stands above what is said here; where that cannot carry it, the press is answered well enough without.
    """
    if step.toast is None or turn.abilities.toasts:
        return step.replies
    aside = Reply(step.toast, step.toast_parameters)
    here = next((place for place, reply in enumerate(step.replies) if reply.to is None), None)
    if here is None:
        return (*step.replies, aside)
    carried = _go_together(turn, (aside, step.replies[here]))
    return (*step.replies[:here], *((aside,) if carried else ()), *step.replies[here:])


def bundles(turn: Turn, replies: Sequence[Reply]) -> list[tuple[Reply, ...]]:
    """The replies in their order, those together that are one message."""
    found: list[tuple[Reply, ...]] = []
    for reply in reversed(replies):
        if found and _go_together(turn, (reply, *found[0])):
            found[0] = (reply, *found[0])
        else:
            found.insert(0, (reply,))
    return found


def _go_together(turn: Turn, replies: Sequence[Reply]) -> bool:
    if not turn.abilities.charges or any(reply.to is not None for reply in replies):
        return False
    if any(reply.key in FORGOTTEN_ONCE_DONE for reply in replies[:-1]):  # a row is forgotten by the key of its last
        return False
    said = [render(reply.key, reply.parameters, picture=reply.picture, document=reply.document) for reply in replies]
    return go_together(said, turn.abilities)
