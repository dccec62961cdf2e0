"""The office's open questions in groups, and the group that a button means."""

from collections.abc import Sequence

from msgspec import Struct

from bot.conversations.press_numbers import press_number
from bot.conversations.step import Turn
from content.likeness import groups_of
from storage.models import Question
from storage.queries import questions


class Group(Struct, frozen=True):
    """Questions that are alike, oldest first; known by its first one.

    Buttons name the last question that was shown, too: one that comes later is never decided on unseen.
    """

    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """The first and the last question's number, for a button's data."""
        return f"{self.questions[0].id}:{self.questions[-1].id}"

    @property
    def texts(self) -> list[str]:
        """Its phrasings, each once."""
        return list(dict.fromkeys(question.text for question in self.questions))


async def open_groups(turn: Turn) -> list[Group]:
    """The groups of the office's open questions, the biggest first."""
    return _grouped(await questions.waiting(turn.session, turn.known_office.id))


async def pressed_group(turn: Turn) -> Group | None:
    """The group that the first two numbers of the button name, as it was shown; None where it is open no longer."""
    first, last = press_number(turn), press_number(turn, 1)
    found = next((group for group in await open_groups(turn) if group.questions[0].id == first), None)
    if found is None:
        return None
    shown = tuple(question for question in found.questions if question.id <= last)
    return Group(shown) if shown else None


def _grouped(rows: Sequence[Question]) -> list[Group]:
    by_id = {row.id: row for row in rows}
    numbers = groups_of({row.id: row.text for row in rows})
    return [Group(tuple(by_id[number] for number in group)) for group in numbers]
