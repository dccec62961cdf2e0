"""Saving a report once, however often it is sent: by the key of its form, then by its words."""

from typing import Any

from bot.conversations import evidence_keeping
from bot.conversations.evidence_intake import joined
from bot.conversations.reports.draft import Field, ReportDraft
from bot.conversations.reports.questions import ask
from bot.conversations.step import Reply, Step, Turn
from storage.models import Report
from storage.queries import evidence, reports
from storage.queries.evidence import Subject


async def save(turn: Turn, draft: ReportDraft) -> Step:
    """Keep a complete draft; an incomplete one is asked on."""
    step = await ask(turn, draft)
    if step.replies[-1].key != "report/read_back":
        return step
    return await (_correct(turn, draft) if draft.report_id is not None else _save_new(turn, draft))


async def closed(turn: Turn, key: str) -> Step:
    """A button of a form that is no longer open: saved already, or gone."""
    report = await reports.find_by_key(turn.session, key)
    saved = report is not None and report.member_id == turn.known_member.id
    return Step(keep=True, toast="report/toast_saved" if saved else "report/toast_closed")


async def _save_new(turn: Turn, draft: ReportDraft) -> Step:
    session, member = turn.session, turn.known_member
    words = _words(draft)
    same = await reports.find_same(
        session, member.id, draft.day, words["value_slug"], words["behaviour_n"], words["text"]
    )
    if same is not None:
        return await _already(turn, same, draft)
    values = words | {
        "office_id": turn.known_office.id,
        "member_id": member.id,
        "key": draft.key,
        "day": draft.day,
        "created_at": turn.now,
        "changed_at": turn.now,
    }
    new = await reports.save_once(session, values)
    report = await reports.find_by_key(session, draft.key)
    if report is None:
        raise LookupError(f"report {draft.key} was neither saved nor found")
    if not new:
        return await _already(turn, report, draft)
    await evidence_keeping.keep(turn, Subject(report_id=report.id), draft.evidence)
    return _saved(turn, report, len(draft.evidence), "new")


async def _already(turn: Turn, report: Report, draft: ReportDraft) -> Step:
    """The same report came twice: nothing new but the evidence that the first one lacked."""
    subject = Subject(report_id=report.id)
    kept = await evidence.of(turn.session, subject)
    items = joined(kept, draft.evidence)
    await evidence_keeping.keep(turn, subject, items[len(kept) :])
    return _saved(turn, report, len(items), "same")


async def _correct(turn: Turn, draft: ReportDraft) -> Step:
    session, member = turn.session, turn.known_member
    report = await reports.find_own(session, member.id, draft.report_id or 0)
    if report is None:
        return Step(replies=(Reply("report/gone", edits_pressed=True),))
    await reports.correct(session, report, _words(draft), turn.now)
    await evidence_keeping.keep_only(turn, Subject(report_id=report.id), draft.evidence)
    return _saved(turn, report, len(draft.evidence), "corrected")


def _words(draft: ReportDraft) -> dict[str, Any]:
    return {
        "value_slug": draft.value,
        "behaviour_n": draft.behaviour,
        Field.TEXT.value: draft.text,
        Field.PROBLEM.value: draft.problem or "",
        Field.REMEDY.value: draft.remedy or "",
    }


def _saved(turn: Turn, report: Report, items: int, how: str) -> Step:
    value = turn.regulation.value(report.value_slug)
    parameters = {
        "id": report.id,
        "how": how,
        "value": value.name if value else report.value_slug,
        "n": report.behaviour_n,
        "day": report.day,
        "items": items,
    }
    return Step(replies=(Reply("report/saved", parameters, edits_pressed=True),))
