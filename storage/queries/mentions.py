"""Where the ledger of messages speaks of a person in chats that are not theirs: by name, or quoting their reports."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from storage.models import Delivery, Report

NOT_WORDS = frozenset({"action", "url", "data", "file_ref"})  # of a message: what nobody reads
_LETTER = r"[^\W\d_]"
_SHORTEST = 3  # a shorter name is found in too many other words
_QUOTES_REPORTS = ("log/file", "log/page", "report/evidence_file", "review/page", "review/report", "summary/week")


def said_in(office_ids: Iterable[int]) -> Select[Any]:
    """The messages in which these offices may have been told of somebody, oldest first."""
    there = Delivery.office_id.in_(office_ids)
    return select(Delivery).where(or_(there, Delivery.office_id.is_(None))).order_by(Delivery.id)  # None: on joining


def may_quote_reports_of(member_ids: Sequence[int]) -> ColumnElement[bool]:
    """Of a delivery: of the kinds that quote reports to secretaries and leads, in an office where these reported."""
    offices = select(Report.office_id).where(Report.member_id.in_(member_ids))
    return and_(Delivery.office_id.in_(offices), Delivery.message_key.in_(_QUOTES_REPORTS))


def pattern_of(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these phrases in neutral text, escaped or not, also beside digits and "_".

    None where all are too short to be told from words.
    """
    spellings = {spelt for phrase in phrases if len(phrase.strip()) >= _SHORTEST for spelt in _spellings(phrase)}
    if not spellings:
        return None
    longest_first = sorted(spellings, key=len, reverse=True)
    # neither within a word nor a tag: somebody may be called "code"
    return re.compile(rf"(?<!{_LETTER})(?<!<)(?<!</)(?:{'|'.join(map(_spaced, longest_first))})(?!{_LETTER})")


def _spaced(spelling: str) -> str:
    """A pattern for this spelling, its words apart or joined ("SitiRahma", "siti_rahma"); a number stays whole."""
    before, behind = (r"(?<!\d)" if spelling[0].isdigit() else "", r"(?!\d)" if spelling[-1].isdigit() else "")
    return before + r"[\s_.-]*".join(map(re.escape, spelling.split())) + behind


def _spellings(phrase: str) -> tuple[str, ...]:
    escaped = html.escape(phrase)
    # templates write quotation marks by their decimal number: Ma'ruf is Ma&#39;ruf
    return phrase, escaped, escaped.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def lines_of(value: Any) -> Iterator[str]:
    """Every line that somebody reads in a stored message, markup as it stands."""
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in NOT_WORDS:
                yield from lines_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from lines_of(item)
