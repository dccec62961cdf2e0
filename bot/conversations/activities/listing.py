"""The activities entered so far: `/kegiatan`, then "Daftar"; each can be corrected or withdrawn by the secretary."""

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.evidence_intake import shown
from bot.conversations.press_numbers import press_number
from bot.conversations.step import Dialogue, Press, Reply, Step, Turn
from storage.models import Activity
from storage.queries import activities, evidence
from storage.queries.evidence import Subject

PAGE = 5


async def _page(turn: Turn, number: int) -> Reply:
    rows, total = await activities.page(turn.session, turn.known_office.id, number * PAGE, PAGE)
    parameters = {
        "entries": [{"id": row.id, "day": row.day, "what": row.what} for row in rows],
        "first": number * PAGE,
        "page": number,
        "pages": -(-total // PAGE),
        "total": total,
    }
    return Reply("activity/list", parameters, edits_pressed=True)


async def _pressed_page(turn: Turn) -> Step:
    return Step((await _page(turn, press_number(turn)),), keep=True)


async def _found(turn: Turn) -> Activity | None:
    return await activities.find(turn.session, turn.known_office.id, press_number(turn))


async def _pressed_open(turn: Turn) -> Step:
    activity = await _found(turn)
    if activity is None:
        return Step(keep=True, toast="activity/toast_gone")
    items = await evidence.of(turn.session, Subject(activity_id=activity.id))
    parameters = {
        "id": activity.id,
        "day": activity.day,
        "what": activity.what,
        "means": activity.means,
        "problem": activity.problem,
        "remedy": activity.remedy,
        "evidence": shown(items),
    }
    return Step((Reply("activity/one", parameters, edits_pressed=True),), keep=True)


async def _pressed_withdraw(turn: Turn) -> Step:
    activity = await _found(turn)
    if activity is None:
        return Step(keep=True, toast="activity/toast_gone")
    parameters = {"id": activity.id, "day": activity.day, "what": activity.what}
    return Step((Reply("activity/withdraw", parameters, edits_pressed=True),), keep=True)


async def _pressed_withdrawn(turn: Turn) -> Step:
    activity = await _found(turn)
    if activity is None:
        return Step(keep=True, toast="activity/toast_gone")
    await activities.withdraw(turn.session, activity, turn.now)
    await record_act(turn, "activity.withdrawn", {"activity": activity.id})
    return Step((await _page(turn, 0),), keep=True, toast="activity/toast_withdrawn")


DIALOGUE = Dialogue(
    name="activity_list",
    presses=(
        Press("activity.list", _pressed_page, Permission.ENTER_ACTIVITY),
        Press("activity.open", _pressed_open, Permission.ENTER_ACTIVITY),
        Press("activity.withdraw", _pressed_withdraw, Permission.ENTER_ACTIVITY),
        Press("activity.withdrawn", _pressed_withdrawn, Permission.ENTER_ACTIVITY),
    ),
)
