"""/bantuan: what this person may do here. /batal: the open dialogue is closed."""

from collections.abc import Iterable

from bot.access import may
from bot.conversations.step import Command, Dialogue, Place, Reply, Step, Turn
from content.markup import plain_text
from content.message_catalog import catalog
from content.rendering import render
from content.seat_words import seat_words


def summary_of(command: str) -> str:
    """One line on what the command is for, as plain text; "" where the catalogue has none."""
    key = f"summary/{command}"
    return plain_text(render(key).text) if key in catalog() else ""


async def _help(turn: Turn) -> Step:
    if not turn.inbound.chat.private:
        here = _lines(command for command in _allowed(turn) if command.place is not Place.PRIVATE)
        return Step(replies=(Reply("help/in_group", {"commands": here}),), keep=True)
    if turn.member is None:
        everybody = _lines(command for command in _allowed(turn) if command.place is not Place.GROUP)
        return Step(
            replies=(Reply("help/for_guests", {"commands": everybody, "slash": turn.abilities.commands}),), keep=True
        )
    parameters = {
        "office": turn.known_office.name,
        "role": seat_words(turn.regulation, turn.member.role.value),
        "commands": _lines(c for c in _allowed(turn) if c.place is not Place.GROUP and c.name != "start"),
        "slash": turn.abilities.commands,
        "group_commands": _lines(c for c in _allowed(turn) if c.place is Place.GROUP and turn.abilities.groups),
    }
    return Step(replies=(Reply("help/for_members", parameters),), keep=True)


def _allowed(turn: Turn) -> list[Command]:
    role = turn.member.role if turn.member else None
    return [c for c in turn.commands if c.permission is None or may(role, c.permission)]


def _lines(commands: Iterable[Command]) -> list[dict[str, str]]:
    return [{"name": command.name, "summary": summary_of(command.name)} for command in commands]


async def _cancel(turn: Turn) -> Step:
    return Step(replies=(Reply("help/cancelled" if turn.state else "help/nothing_to_cancel"),))


DIALOGUE = Dialogue(
    name="help",
    commands=(
        Command("bantuan", _help, None, Place.ANYWHERE),
        Command("batal", _cancel, None, Place.ANYWHERE),
    ),
)
