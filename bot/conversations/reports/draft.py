"""A report while it is being filled in: what is known, and what to ask next. Kept as JSON between messages."""

from datetime import date
from enum import StrEnum

from msgspec.structs import replace

from bot.conversations.form import FormDraft
from content.regulation import Behaviour, Regulation, Value
from storage.models import Report
from storage.queries.evidence import Item

LONGEST_TEXT = 1000
LONGEST_NOTE = 500


class Field(StrEnum):
    """What is asked, in this order; REVIEW reads everything back."""

    VALUE = "value"
    BEHAVIOUR = "behaviour"
    TEXT = "text"
    PROBLEM = "problem"
    REMEDY = "remedy"
    EVIDENCE = "evidence"
    REVIEW = "review"


LIMITS = {Field.TEXT: LONGEST_TEXT, Field.PROBLEM: LONGEST_NOTE, Field.REMEDY: LONGEST_NOTE}


class ReportDraft(FormDraft, frozen=True, omit_defaults=True, kw_only=True):
    """`report_id` is set when a saved report is corrected; `asking` is the field chosen to be changed."""

    day: date
    report_id: int | None = None
    value: str | None = None
    behaviour: int | None = None
    text: str | None = None
    asking: Field | None = None

    def next_field(self) -> Field:
        """What to ask now."""
        missing = {
            Field.VALUE: self.value is None,
            Field.BEHAVIOUR: self.behaviour is None,
            Field.TEXT: not self.text,
            Field.PROBLEM: self.problem is None,
            Field.REMEDY: self.remedy is None,
            Field.EVIDENCE: not self.evidence_asked,
        }
        if self.asking is Field.VALUE or (self.asking is not None and not missing[Field.BEHAVIOUR]):
            return self.asking
        return next((field for field, absent in missing.items() if absent), Field.REVIEW)

    def with_value(self, slug: str) -> "ReportDraft":
        """Another value asks for its behaviour anew; the same one changes nothing."""
        behaviour = self.behaviour if slug == self.value else None
        return replace(self, value=slug, behaviour=behaviour, asking=None)

    def chosen(self, regulation: Regulation) -> tuple[Value, Behaviour]:
        """The value and behaviour of a complete draft; LookupError where the regulation no longer has them."""
        value = regulation.value(self.value or "")
        behaviour = next((item for item in value.behaviours if item.n == self.behaviour), None) if value else None
        if value is None or behaviour is None:
            raise LookupError(f"{regulation.id} has no {self.value}/{self.behaviour}")
        return value, behaviour


def draft_of(report: Report, evidence: list[Item]) -> ReportDraft:
    """A saved report, opened to be corrected."""
    return ReportDraft(
        key=report.key,
        day=report.day,
        report_id=report.id,
        value=report.value_slug,
        behaviour=report.behaviour_n,
        text=report.text,
        problem=report.problem,
        remedy=report.remedy,
        evidence=tuple(evidence),
        evidence_asked=True,
    )
