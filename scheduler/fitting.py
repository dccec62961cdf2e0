"""A message as a channel can show it: choices as buttons, rows of a list or lines to answer, a text within its limits.

Everything is decided here, before the row is written: a retry sends the same words, and what a person types is held
against what they were shown.
"""

import html
from collections.abc import Sequence

from msgspec.structs import replace

from content.message import Choice, Message
from content.rendering import render
from content.shortening import told_apart, width
from content.splitting import split_message
from scheduler.abilities import Abilities


def fitted(message: Message, abilities: Abilities) -> tuple[Message, ...]:
    """The message in as few parts as the channel allows, in their order; the choices stand under the last.

    Labels that are too long for a button become rows, with what they have no room for in the line beneath; where there
    are too many, or the text is too long to have any under it, they are written out to be answered in words.
    """
    if abilities.roomy:
        return split_message(message)
    if not abilities.links:
        message = _with_addresses(message)
    choices = tuple({choice.action: choice for line in message.choices for choice in line}.values())
    shown = _shown(choices, abilities)
    captioned = message.picture is not None or message.document is not None
    whole = abilities.caption_length if captioned else abilities.text_length
    if not choices or (shown is not None and not (captioned and is_list(shown, abilities))):
        room = min(whole, abilities.body_length) if choices else whole
        if abilities.length(message.text) <= room:
            return (replace(message, choices=(shown,) if shown else ()),)
    if not choices:
        return _split(message, abilities, abilities.text_length)
    listed = _listed(choices)
    written = replace(message, text=f"{message.text}\n\n{listed}", choices=(choices,), numbered=True)
    if abilities.length(written.text) <= whole:
        return (written,)
    if captioned and abilities.length(message.text) <= whole:
        below = Message(render("choice/below").text, choices=(choices,))
        return (replace(message, choices=()), *fitted(below, abilities))
    room = abilities.text_length - abilities.length(listed) - len("\n\n")
    *before, last = _split(replace(message, choices=()), abilities, room)
    return (*before, *fitted(replace(last, choices=(choices,)), abilities))


def is_list(choices: Sequence[Choice], abilities: Abilities) -> bool:
    """Whether choices that were fitted are rows of a list rather than buttons."""
    many = abilities.buttons is not None and len(choices) > abilities.buttons
    alike = len({choice.label for choice in choices}) < len(choices)
    long = any(choice.description is not None or width(choice.label) > abilities.button_length for choice in choices)
    return many or alike or long


def _shown(choices: Sequence[Choice], abilities: Abilities) -> tuple[Choice, ...] | None:
    """The choices as buttons, else as rows; None where they are too many."""
    buttons = [_within(choice, abilities.button_length) for choice in choices]
    names = {button.label for button in buttons if button is not None}
    if len(choices) <= (abilities.buttons or 0) and len(names) == len(choices):
        return tuple(replace(button, description=None) for button in buttons if button is not None)
    if len(choices) > abilities.rows:
        return None
    return _rows(choices, abilities)


def _within(choice: Choice, room: int) -> Choice | None:
    """The choice under the longer of its labels that has room; None where neither has."""
    label = next((words for words in (choice.label, choice.short) if words and width(words) <= room), None)
    return None if label is None else replace(choice, label=label, short=None)


def _rows(choices: Sequence[Choice], abilities: Abilities) -> tuple[Choice, ...]:
    """Each with its label, cut where it must be, and beneath what that leaves out; names that begin alike differ."""
    wholes = [_within(choice, abilities.row_length) for choice in choices]
    names = [
        whole.label if whole else choice.short or choice.label for choice, whole in zip(choices, wholes, strict=True)
    ]
    labels = told_apart(names, abilities.row_length)
    beneath = [
        (choice.label if label != choice.label else choice.description) or ""
        for choice, label in zip(choices, labels, strict=True)
    ]
    descriptions = told_apart(beneath, abilities.description_length)
    return tuple(
        replace(choice, label=label, short=None, description=description or None)
        for choice, label, description in zip(choices, labels, descriptions, strict=True)
    )


def _with_addresses(message: Message) -> Message:
    links = [choice for line in message.choices for choice in line if choice.url is not None]
    if not links:
        return message
    addresses = "\n".join(html.escape(f"{link.label}: {link.url}", quote=False) for link in links)
    choices = tuple(tuple(choice for choice in line if choice.url is None) for line in message.choices)
    return replace(message, text=f"{message.text}\n\n{addresses}", choices=tuple(line for line in choices if line))


def _listed(choices: Sequence[Choice]) -> str:
    """The choices as lines; where some are numbers already, as in a list that the text holds, words answer the rest."""
    labels = [choice.label for choice in choices]
    if any(label.isdecimal() for label in labels):
        return render("choice/words", {"labels": [label for label in labels if not label.isdecimal()]}).text
    return render("choice/numbered", {"labels": labels}).text


def _split(message: Message, abilities: Abilities, limit: int) -> tuple[Message, ...]:
    """In parts of which none is longer once it is written on the channel, marks of its formatting included."""
    room = limit
    while True:
        parts = split_message(message, room, min(room, abilities.caption_length))
        over = max(abilities.length(part.text) for part in parts) - limit
        if over <= 0 or room <= limit // 4:
            return parts
        room -= over
