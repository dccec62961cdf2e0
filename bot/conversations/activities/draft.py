"""An activity while it is being entered, in the columns of the report form. Kept as JSON between messages."""

import re
from datetime import date
from enum import StrEnum

from bot.conversations.form import FormDraft
from storage.models import Activity
from storage.queries.evidence import Item

LONGEST = 1000


class Column(StrEnum):
    """What is asked, in this order; REVIEW reads everything back."""

    DAY = "day"
    WHAT = "what"
    MEANS = "means"
    PROBLEM = "problem"
    REMEDY = "remedy"
    EVIDENCE = "evidence"
    REVIEW = "review"


WORDED = (Column.WHAT, Column.MEANS, Column.PROBLEM, Column.REMEDY)
_LABELS = {
    "waktu": Column.DAY,
    "waktu pelaksanaan": Column.DAY,
    "tanggal": Column.DAY,
    "hari": Column.DAY,
    "hari/tanggal": Column.DAY,
    "kegiatan": Column.WHAT,
    "nama kegiatan": Column.WHAT,
    "bentuk": Column.MEANS,
    "media": Column.MEANS,
    "peralatan": Column.MEANS,
    "bentuk/media/peralatan": Column.MEANS,
    "bentuk/media": Column.MEANS,
    "masalah": Column.PROBLEM,
    "permasalahan": Column.PROBLEM,
    "permasalahan yang dihadapi": Column.PROBLEM,
    "kendala": Column.PROBLEM,
    "upaya": Column.REMEDY,
    "upaya pemecahan": Column.REMEDY,
    "upaya pemecahan masalah": Column.REMEDY,
    "upaya pemecahan permasalahan": Column.REMEDY,
    "solusi": Column.REMEDY,
    "bukti": Column.EVIDENCE,
    "data dukung": Column.EVIDENCE,
    "tautan": Column.EVIDENCE,
}
_LABELLED = re.compile(r"^\s*([A-Za-z][A-Za-z /]{2,30}?)\s*:\s*(.*)$")


class ActivityDraft(FormDraft, frozen=True, omit_defaults=True, kw_only=True):
    """`activity_id` is set when a saved activity is corrected; `asking` is the column chosen to be changed."""

    activity_id: int | None = None
    day: date | None = None
    what: str | None = None
    means: str | None = None
    asking: Column | None = None

    def next_column(self) -> Column:
        """What to ask now."""
        if self.asking is not None:
            return self.asking
        missing = {
            Column.DAY: self.day is None,
            Column.WHAT: not self.what,
            Column.MEANS: self.means is None,
            Column.PROBLEM: self.problem is None,
            Column.REMEDY: self.remedy is None,
            Column.EVIDENCE: not self.evidence_asked,
        }
        return next((column for column, absent in missing.items() if absent), Column.REVIEW)


def draft_of(activity: Activity, key: str, evidence: list[Item]) -> ActivityDraft:
    """A saved activity, opened to be corrected."""
    return ActivityDraft(
        key=key,
        activity_id=activity.id,
        day=activity.day,
        what=activity.what,
        means=activity.means,
        problem=activity.problem,
        remedy=activity.remedy,
        evidence=tuple(evidence),
        evidence_asked=True,
    )


def labelled_lines(text: str) -> dict[Column, str]:
    """A message with one column a line ("Kegiatan: ..."), by column; lines without a label belong to the one before.

    Empty where the text has no label at all.
    """
    found: dict[Column, str] = {}
    last: Column | None = None
    for line in text.splitlines():
        match = _LABELLED.match(line)
        column = _LABELS.get(" ".join(match[1].casefold().split())) if match else None
        if match and column:
            last = column
            found[column] = f"{found.get(column, '')}\n{match[2]}".strip()
        elif last is not None:
            found[last] = f"{found[last]}\n{line.strip()}".strip()
    return found
