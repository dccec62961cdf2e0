"""Choices that are answered in words: on channels without room for buttons, and for people who would rather type."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import msgspec
from msgspec.structs import replace

from bot.channels.inbound import Kind
from bot.conversations.step import Turn
from content.message import Choice, Message
from content.message_catalog import catalog
from content.rendering import render
from content.templates import BUTTON, READ
from storage.models import Delivery
from storage.queries import deliveries

_GOOD_FOR = timedelta(hours=24)  # then an open dialogue is forgotten, and nobody means the question before it
_NUMBERED_LINE = re.compile(r"^\W*\d+[.)]", re.MULTILINE)
_QUOTED = re.compile(r"<blockquote[^>]*>.*?(?:</blockquote>|\Z)", re.DOTALL)  # somebody's own words, read back
_AMONG = 20  # messages in the chat that are looked through
NO_LONGER = "expired:"  # sent by no button: it is answered as one whose time has passed
NOTHING_WAITS = "push.nothing"  # the button of a push, typed while none of them waits
_PUSHES = ("reading/post", "meeting/post", "twibbon/day", "forward/done")  # with something to press


async def pressed_by_words(turn: Turn, *, by_place: bool) -> Turn | None:
    """The turn as a press, where a private text names one of the choices that were offered last; else None.

    By its label, or by its number where the choices were written out with numbers; `by_place`: also by its place among
    buttons or rows, where nothing else in the message has a number. They must still stand to be answered: said last or
    within an open dialogue, and not long ago. Else words are words, and a number presses nothing that exists, which is
    answered so. A push waits to be answered all the day, by its label also behind other offers; where none waits its
    label is told so.
    """
    message = turn.inbound
    if message.kind is not Kind.TEXT or not message.chat.private or turn.abilities.roomy:
        return None
    typed = _plain(message.text)
    if not typed:
        return None
    offers = await deliveries.offers(turn.session, message.channel, message.chat.chat_id, among=_AMONG)
    for place, (row, is_last) in enumerate(offers):
        waits = row.occurrence_id is not None and turn.state is None
        if place and (not waits or typed.isdecimal()):
            continue
        shown = _shown(row)
        stands = (is_last or waits or turn.state is not None) and turn.answered_at - row.created_at <= _GOOD_FOR
        countable = stands and by_place and not (row.occurrence_id is not None and turn.state is not None)
        numbered = shown.numbered or (countable and not _NUMBERED_LINE.search(_QUOTED.sub("", shown.text)))
        choice = _chosen(typed, [choice for line in shown.choices for choice in line], numbered=numbered)
        if choice is None or choice.action is None:
            continue
        if stands or typed.isdecimal():
            action = choice.action if stands else NO_LONGER
            return _pressed(turn, action, row.message_ref)
    return _pressed(turn, NOTHING_WAITS) if turn.state is None and typed in _labels_of_pushes() else None


def _pressed(turn: Turn, action: str, message_ref: str | None = None) -> Turn:
    said = turn.inbound
    return replace(turn, inbound=replace(said, kind=Kind.PRESS, text=action, message_ref=message_ref, press_id=None))


@cache
def _labels_of_pushes() -> frozenset[str]:
    samples = [render(key, catalog()[key].parameters) for key in _PUSHES]
    labels = [choice.label for shown in samples for line in shown.choices for choice in line]
    return frozenset(_plain(label) for label in (BUTTON, *labels))


def _shown(row: Delivery) -> Message:
    """What stands in the chat of it: of a template its button alone."""
    if row.template is None:
        return msgspec.convert(row.message, Message)
    return Message("", ((Choice(BUTTON, f"{READ}:{row.id}"),),))


def _chosen(typed: str, choices: Sequence[Choice], *, numbered: bool) -> Choice | None:
    for choice in choices:
        if typed in {_plain(words) for words in (choice.label, choice.short, choice.description) if words}:
            return choice
    own_numbers = any(choice.label.isdecimal() for choice in choices)
    if not numbered or own_numbers or not (typed.isascii() and typed.isdecimal()):
        return None
    place = int(typed[:4])
    return choices[place - 1] if 0 < place <= len(choices) else None


def _plain(words: str) -> str:
    """Letters and figures alone, so that arrows, ticks and full stops need not be typed."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in words.casefold()).split())
