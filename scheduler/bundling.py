"""What is said in one breath, as one message: where each costs, and each is a bubble of its own."""

from collections.abc import Sequence

from msgspec.structs import replace

from content.message import Message
from scheduler.abilities import Abilities
from scheduler.fitting import fitted, is_list


def bundled(messages: Sequence[Message]) -> Message:
    """Messages, in their order, as the last of them; choices of those above stand behind its own."""
    *above, last = messages
    text = "\n\n".join(message.text for message in messages)
    choices = [line for message in (last, *reversed(above)) for line in message.choices]
    return replace(last, text=text, choices=tuple(choices))


def go_together(messages: Sequence[Message], abilities: Abilities) -> bool:
    """Whether the channel shows them as one message, and offers the choices of the last in no worse a form."""
    *above, last = messages
    if not abilities.charges or any(message.picture or message.document or message.quiz for message in above):
        return False
    alone, together = fitted(last, abilities), fitted(bundled(messages), abilities)
    return len(together) == 1 == len(alone) and _form(together[0], abilities) == _form(alone[0], abilities)


def _form(message: Message, abilities: Abilities) -> tuple[bool, bool]:
    choices = [choice for line in message.choices for choice in line]
    return message.numbered, is_list(choices, abilities)
