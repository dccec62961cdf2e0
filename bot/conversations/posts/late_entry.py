"""`/susulan`: the secretary enters what was held, or forwarded, but that nobody tapped."""

from datetime import timedelta

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.press_numbers import press_number
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn
from storage.queries import confirmations
from storage.queries.confirmations import Confirmable

LOOKS_BACK = timedelta(days=14)
MOST_SHOWN = 20


async def show(turn: Turn) -> Step:
    """What nobody confirmed, with a button each."""
    return Step((await _list(turn, None),))


async def _list(turn: Turn, entered: Confirmable | None) -> Reply:
    since = turn.today - LOOKS_BACK
    found = await confirmations.unconfirmed(turn.session, turn.known_office.id, since, turn.now)
    shown = found[: turn.abilities.room(MOST_SHOWN, beside=1)]
    parameters = {
        "days": LOOKS_BACK.days,
        "more": len(found) - len(shown),
        "entries": [_shown(item) for item in shown],
        "entered": _shown(entered) if entered else None,
    }
    return Reply("confirmation/late", parameters, edits_pressed=True)


def _shown(item: Confirmable) -> dict[str, object]:
    return {"id": item.occurrence.id, "kind": item.kind.value, "title": item.title, "day": item.occurrence.day}


async def _pressed(turn: Turn) -> Confirmable | None:
    found = await confirmations.find_unconfirmed(turn.session, press_number(turn))
    own = found is not None and found.occurrence.office_id == turn.known_office.id
    return found if own else None


async def _enter(turn: Turn) -> Step:
    found = await _pressed(turn)
    since = turn.today - LOOKS_BACK
    if found is None or found.occurrence.due_at > turn.now or found.occurrence.day < since:
        return EXPIRED
    member = turn.known_member
    new = await confirmations.record(turn.session, found, member.id, turn.now, afterwards=True)
    if new:
        await record_act(turn, "confirmation.entered_afterwards", {"subject": found.subject})
    return Step((await _list(turn, found if new else None),), keep=True, toast="confirmation/toast_late")


async def _take_back(turn: Turn) -> Step:
    found = await _pressed(turn)
    tap = await confirmations.find(turn.session, found, turn.known_member.id) if found else None
    if found is None or tap is None or not tap.row.afterwards:
        return EXPIRED
    await confirmations.remove(turn.session, tap.row.id)
    await record_act(turn, "confirmation.removed", {"subject": found.subject})
    return Step((await _list(turn, None),), keep=True, toast="confirmation/toast_undone")


DIALOGUE = Dialogue(
    name="late_entry",
    commands=(Command("susulan", show, Permission.ENTER_ACTIVITY),),
    presses=(
        Press("late.enter", _enter, Permission.ENTER_ACTIVITY),
        Press("late.undo", _take_back, Permission.ENTER_ACTIVITY),
    ),
)
