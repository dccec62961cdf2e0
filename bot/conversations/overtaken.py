"""What was said before the last thing that the open form took in, where words come in any order.

Such a message is not for the form: it is answered as if none were open, and the form stays as it is. Compared are the
times that the channel tells, never our own clock; in the same second what came first was said first.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from bot.channels.inbound import InboundMessage, Kind
from bot.conversations.step import Reply, State, Step, Turn
from content.courtesy import asks
from content.shortening import shortened
from scheduler.abilities import abilities_of
from storage.column_types import JsonObject

_HEARD = "heard"  # in what is stored of a form: the times of the first and of the newest message that it took in
_WORDS = (Kind.TEXT, Kind.COMMAND, Kind.PHOTO, Kind.FILE, Kind.OTHER)  # a press names the form that it is for
_SHOWN = 50  # characters of what was said
_OF_NO_USE = {"help/nothing_to_cancel", "help/unasked_photo", "help/unknown_command"}


def is_overtaken(message: InboundMessage, form: State | None) -> bool:
    """Whether it was said before the last thing that the form took in.

    A photo or file without words is evidence in any order: of it only whether it was sent before the form was opened.
    """
    heard = form.data.get(_HEARD) if form is not None else None
    if heard is None or message.kind not in _WORDS or abilities_of(message.channel).in_order:
        return False
    opened, newest = heard
    wordless = message.attachment is not None and not message.text
    return message.at < datetime.fromtimestamp(opened if wordless else newest, UTC)


def data_to_keep(turn: Turn, form: State) -> JsonObject:
    """What is stored of the form that took this message in, with the times where they are needed."""
    if turn.abilities.in_order:
        return form.data
    at = turn.inbound.at.timestamp()
    opened, newest = (turn.state.data.get(_HEARD) if turn.state is not None else None) or (at, at)
    goes_on = turn.state is not None and _name(turn.state) == _name(form)
    return {**form.data, _HEARD: [opened if goes_on else at, max(newest, at)]}


def beside_form(turn: Turn, step: Step) -> Step:
    """The step; that of what was overtaken leaves the form as it is, with a sentence that says so where need be.

    The sentence is all where a form would be opened or ended, or the answer is of no use. It stands above the answer to
    what asks nothing in so many words: that may have been said for the form.
    """
    if not turn.overtaken:
        return step
    keys, text = {reply.key for reply in step.replies}, turn.inbound.text
    told = Reply("help/overtaken", {"said": shortened(" ".join((text or turn.inbound.command or "").split()), _SHOWN)})
    if step.state is not None or step.in_doubt or keys & _OF_NO_USE:
        return Step((told,), keep=True)
    guessed = not asks(text) and any(key.startswith("answer/") for key in keys - {"answer/courtesy"})
    return replace(step, replies=(told, *step.replies) if guessed else step.replies, keep=True)


def _name(form: State) -> tuple[str, object]:
    return form.dialogue, form.data.get("key")
