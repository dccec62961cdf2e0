"""What an activity's form asks next, as a Reply."""

from typing import Any

from bot.conversations.activities.draft import LONGEST, WORDED, ActivityDraft, Column
from bot.conversations.evidence_intake import MOST_ITEMS, shown
from bot.conversations.form import put
from bot.conversations.step import Reply, Step, Turn

FORM = "activities"


async def ask(
    turn: Turn, draft: ActivityDraft, *, again: bool = False, before: tuple[Reply, ...] = (), **notes: Any
) -> Step:
    """Ask for what is missing, or read everything back; `again` and `before` as `put` has them.

    `notes` go to the message, where something was not understood.
    """
    column = draft.next_column()
    question = Reply(_key(column), _parameters(draft, column, notes))
    return await put(turn, FORM, draft, question, again=again, before=before)


def _key(column: Column) -> str:
    if column in WORDED:
        return "activity/ask_words"
    return "activity/read_back" if column is Column.REVIEW else f"activity/ask_{column.value}"


def _parameters(draft: ActivityDraft, column: Column, notes: dict[str, Any]) -> dict[str, Any]:
    common = {"key": draft.key, "changing": draft.asking is not None}
    if column is Column.DAY:
        return common | {"unreadable": notes.get("unreadable", "")}
    if column in WORDED:
        return common | {"column": column.value, "limit": LONGEST, "length": notes.get("length", 0)}
    if column is Column.EVIDENCE:
        unusable = notes.get("unusable", False)
        return common | {"evidence": shown(draft.evidence), "most": MOST_ITEMS, "unusable": unusable}
    return read_back(draft) | {"waiting": notes.get("waiting", False)}


def read_back(draft: ActivityDraft) -> dict[str, Any]:
    """All that a complete draft says, as parameters."""
    return {
        "key": draft.key,
        "day": draft.day,
        "what": draft.what or "",
        "means": draft.means or "",
        "problem": draft.problem or "",
        "remedy": draft.remedy or "",
        "evidence": shown(draft.evidence),
        "correcting": draft.activity_id is not None,
    }
