"""A saved report as the parameters of a message: what its author said, and where it stands."""

from typing import Any

from bot.conversations.evidence_intake import shown
from content.regulation import Regulation
from storage.models import Report
from storage.queries.evidence import Item


def report_words(regulation: Regulation, report: Report, items: list[Item]) -> dict[str, Any]:
    """All of it; the value's slug stands for its name where the regulation no longer has it."""
    value = regulation.value(report.value_slug)
    behaviour = next((item for item in value.behaviours if item.n == report.behaviour_n), None) if value else None
    return short_words(regulation, report) | {
        "behaviour": behaviour.text if behaviour else "",
        "source": behaviour.source if behaviour else "",
        "problem": report.problem,
        "remedy": report.remedy,
        "evidence": shown(items),
        "remark": report.remark or "",
    }


def short_words(regulation: Regulation, report: Report) -> dict[str, Any]:
    """A line of a list."""
    value = regulation.value(report.value_slug)
    return {
        "id": report.id,
        "day": report.day,
        "value": value.name if value else report.value_slug,
        "n": report.behaviour_n,
        "text": report.text,
        "state": report.state.value,
    }
