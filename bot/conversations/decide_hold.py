"""What is held after a restore or a long outage: the buttons under its list send it or discard it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from bot.access import Permission
from bot.conversations.step import Dialogue, Handler, Press, Reply, Step, Turn, press_argument
from scheduler import hold
from scheduler.hold import Decided
from storage.transaction import Session

_Decision = Callable[[Session, int, int, datetime], Awaitable[Decided | None]]


def _deciding(decide: _Decision, key: str) -> Handler:
    """`hold.release:<number>`, `hold.discard:<number>`: only by the list that the office was told last."""

    async def pressed(turn: Turn) -> Step:
        office_id = turn.known_office.id
        if not await hold.is_latest(turn.session, office_id, press_argument(turn)):
            return Step(keep=True, toast="hold/toast_old")
        decided = await decide(turn.session, office_id, turn.known_member.id, turn.now)
        if decided is None:
            return Step(replies=(Reply("hold/settled", edits_pressed=True),), keep=True, toast="hold/toast_done")
        return Step(replies=(Reply(key, msgspec.to_builtins(decided), edits_pressed=True),), keep=True)

    return pressed


DIALOGUE = Dialogue(
    name="hold",
    presses=(
        Press("hold.release", _deciding(hold.release, "hold/released"), Permission.DECIDE_HOLD),
        Press("hold.discard", _deciding(hold.discard, "hold/discarded"), Permission.DECIDE_HOLD),
    ),
)
