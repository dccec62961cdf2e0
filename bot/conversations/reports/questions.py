"""What a report's form asks next, as a Reply. Shared by filling in, correcting and saving."""

from typing import Any

from msgspec.structs import replace

from bot.conversations.evidence_intake import MOST_ITEMS, shown
from bot.conversations.form import put
from bot.conversations.reports.draft import LIMITS, Field, ReportDraft
from bot.conversations.step import Reply, Step, Turn
from content.regulation import Regulation

FORM = "file_report"


async def ask(
    turn: Turn, draft: ReportDraft, *, again: bool = False, before: tuple[Reply, ...] = (), **notes: Any
) -> Step:
    """Ask for what is missing, or read everything back; `again` and `before` as `put` has them.

    `notes` go to the message, where something was not understood.
    """
    draft = _known(turn.regulation, draft)
    field = draft.next_field()
    key = f"report/ask_{field.value}" if field is not Field.REVIEW else "report/read_back"
    question = Reply(key, _parameters(turn.regulation, draft, field, notes))
    return await put(turn, FORM, draft, question, again=again, before=before)


def _known(regulation: Regulation, draft: ReportDraft) -> ReportDraft:
    """What the office's regulation does not have (it was changed meanwhile) is asked anew."""
    value = regulation.value(draft.value or "")
    if value is None:
        return replace(draft, value=None, behaviour=None)
    if all(item.n != draft.behaviour for item in value.behaviours):
        return replace(draft, behaviour=None)
    return draft


def _parameters(regulation: Regulation, draft: ReportDraft, field: Field, notes: dict[str, Any]) -> dict[str, Any]:
    common = {"key": draft.key, "changing": draft.asking is not None}
    if field is Field.VALUE:
        return common | value_list(regulation) | {"unknown": notes.get("unknown", "")}
    value = regulation.value(draft.value or "")
    if value is None:
        raise LookupError("a value is asked first")
    if field is Field.BEHAVIOUR:
        behaviours = [{"n": item.n, "text": item.text} for item in value.behaviours]
        return common | {
            "value": value.name,
            "term": regulation.terms.behaviours,
            "behaviours": behaviours,
            "unknown": notes.get("unknown", 0),
        }
    if field in LIMITS:
        return common | {"limit": LIMITS[field], "length": notes.get("length", 0)}
    if field is Field.EVIDENCE:
        return common | {
            "evidence": shown(draft.evidence),
            "most": MOST_ITEMS,
            "unusable": notes.get("unusable", False),
        }
    return read_back(regulation, draft) | {"waiting": notes.get("waiting", False)}


def value_list(regulation: Regulation) -> dict[str, Any]:
    """The values with the number of their behaviours, and the regulation's title, as parameters."""
    values = [{"slug": item.slug, "name": item.name, "count": len(item.behaviours)} for item in regulation.values]
    return {"values": values, "title": regulation.title}


def read_back(regulation: Regulation, draft: ReportDraft) -> dict[str, Any]:
    """All that a complete draft says, as parameters."""
    value, behaviour = draft.chosen(regulation)
    return {
        "key": draft.key,
        "day": draft.day,
        "value": value.name,
        "n": behaviour.n,
        "behaviour": behaviour.text,
        "source": behaviour.source,
        "text": draft.text or "",
        "problem": draft.problem or "",
        "remedy": draft.remedy or "",
        "evidence": shown(draft.evidence),
        "correcting": draft.report_id is not None,
    }
