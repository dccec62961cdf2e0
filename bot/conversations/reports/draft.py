"""A report while it is being filled in: what is known, and what to ask next. Pure; kept as JSON between messages."""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

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


class ReportDraft(Struct, frozen=True, omit_defaults=True):
    """`key` is minted when the form opens; `report_id` is set when a saved report is corrected.

    None means not asked yet, "" left out on purpose. `asking` is the field that the person chose to change.
    `album` is the last album of which an item came in; `shown_by` the stored update that was answered by reading back.
    """

    key: str
    day: date
    report_id: int | None = None
    value: str | None = None
    behaviour: int | None = None
    text: str | None = None
    problem: str | None = None
    remedy: str | None = None
    evidence: tuple[Item, ...] = ()
    evidence_asked: bool = False
    asking: Field | None = None
    album: str | None = None
    shown_by: int | None = None

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
        return msgspec.structs.replace(self, value=slug, behaviour=behaviour, asking=None)

    def with_words(self, field: Field, words: str) -> "ReportDraft":
        """The words for text, problem or remedy; no problem leaves no remedy to ask for."""
        changes: dict[str, Any] = {field.value: words, "asking": None}
        if field is Field.PROBLEM and not words:
            changes["remedy"] = ""
        if field is Field.PROBLEM and words and not self.remedy:
            changes["remedy"] = None
        return msgspec.structs.replace(self, **changes)

    def chosen(self, regulation: Regulation) -> tuple[Value, Behaviour]:
        """The value and behaviour of a complete draft; LookupError where the regulation no longer has them."""
        value = regulation.value(self.value or "")
        behaviour = next((item for item in value.behaviours if item.n == self.behaviour), None) if value else None
        if value is None or behaviour is None:
            raise LookupError(f"{regulation.id} has no {self.value}/{self.behaviour}")
        return value, behaviour

    def data(self) -> dict[str, Any]:
        """As JSON values, for the stored conversation."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def read_draft(data: dict[str, Any]) -> ReportDraft:
    """The draft that was stored."""
    return msgspec.convert(data, ReportDraft)


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
