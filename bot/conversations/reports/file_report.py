"""`/lapor`: what a member did for a behaviour, asked step by step or read from one line, read back, saved once."""

import re
from typing import Any

from msgspec.structs import replace

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations.evidence_intake import clean, take_links
from bot.conversations.form import full, new_key, open_draft
from bot.conversations.press_numbers import press_number
from bot.conversations.reports import saving as report_saving
from bot.conversations.reports.draft import LIMITS, Field, ReportDraft, draft_of
from bot.conversations.reports.line import ReportLine, find_value, read_report_line
from bot.conversations.reports.questions import FORM, ask
from bot.conversations.short_answers import says_done, says_nothing, says_save
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_argument, press_arguments
from content.courtesy import asks
from storage.queries import evidence, reports
from storage.queries.evidence import Subject

_DONE_BY_ME = re.compile(r"\W*(?:saya|aku|kami|sudah|telah|barusan|tadi|hari ini|kemarin)\b", re.IGNORECASE)


async def open_form(turn: Turn) -> Step:
    """`/lapor`, alone or with the whole report behind it; a form that is open already goes on with the same key."""
    draft = _open_draft(turn)
    line = read_report_line(turn.regulation, turn.inbound.text)
    if turn.inbound.text.strip():
        return await _read_line(turn, draft, line)
    draft = (draft or _new(turn)).with_attachment(turn)
    resumed = draft.value is not None
    return await ask(turn, draft, before=(Reply("report/resumed"),) if resumed else ())


async def _read_line(turn: Turn, before: ReportDraft | None, line: ReportLine) -> Step:
    draft = replace(
        _new(turn).with_attachment(turn).with_links(line.links),
        value=line.value.slug if line.value else None,
        text=line.text if 0 < len(line.text) <= LIMITS[Field.TEXT] else None,
        problem="",
        remedy="",
        evidence_asked=True,
    )
    if line.value and any(item.n == line.number for item in line.value.behaviours):
        draft = replace(draft, behaviour=line.number)
    again = before is not None and _says(before) == _says(draft)
    if before is not None and again:
        draft = replace(draft, key=before.key)  # the same message sent again is the same report
    lost = before is not None and before.text is not None and not again
    return await ask(turn, draft, before=(Reply("report/replaced"),) if lost else (), **_notes(draft, line))


def _is_report(turn: Turn) -> bool:
    """Whether the words tell what was done: all but a question, which an asking word within a report does not make."""
    text = turn.inbound.text
    if turn.member is None or text.rstrip().endswith("?"):
        return False
    if len(text.split()) == 1:  # the subject of a question, unless it is a value
        return find_value(turn.regulation, text) is not None
    return ":" in text or _DONE_BY_ME.match(text) is not None or not asks(text)


def _notes(draft: ReportDraft, line: ReportLine) -> dict[str, Any]:
    field = draft.next_field()
    if field is Field.VALUE:
        return {"unknown": line.typed}
    if field is Field.BEHAVIOUR:
        return {"unknown": line.number or 0}
    if field is Field.TEXT and len(line.text) > LIMITS[Field.TEXT]:
        return {"length": len(line.text)}
    return {}


def _says(draft: ReportDraft) -> tuple[object, ...]:
    return draft.value, draft.behaviour, draft.text, draft.report_id, draft.day


def _new(turn: Turn) -> ReportDraft:
    return ReportDraft(key=new_key(), day=turn.today)


def _open_draft(turn: Turn, key: str | None = None) -> ReportDraft | None:
    """The form that is open in this chat; with `key`, only if it is that one."""
    return open_draft(turn, FORM, ReportDraft, key)


async def _answered(turn: Turn) -> Step:
    """A text, photo or file while the form is open."""
    draft = _open_draft(turn)
    if draft is None or turn.member is None:
        return Step(replies=(Reply("help/not_member"),))
    if turn.inbound.attachment is not None:
        return await _handed_in(turn, draft)
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("help/not_understood"),), keep=True)
    return await _typed(turn, draft)


async def _handed_in(turn: Turn, draft: ReportDraft) -> Step:
    inbound = turn.inbound
    lost = await full(turn) if draft.has_no_room(turn) else None
    again, draft = draft.goes_on_with(inbound.album), draft.with_attachment(turn)
    if draft.next_field() is Field.TEXT and 0 < len(clean(inbound.text)) <= LIMITS[Field.TEXT]:
        return await ask(turn, draft.with_words(Field.TEXT, clean(inbound.text)), before=lost or ())
    if lost is not None:
        return Step(replies=lost, keep=True)
    early = draft.next_field() not in (Field.EVIDENCE, Field.REVIEW)
    return await ask(turn, draft, again=again, before=(Reply("report/evidence_kept"),) if early and not again else ())


async def _typed(turn: Turn, draft: ReportDraft) -> Step:
    field, words = draft.next_field(), turn.inbound.text.strip()
    if field is Field.VALUE:
        value = find_value(turn.regulation, words)
        return await (ask(turn, draft.with_value(value.slug)) if value else ask(turn, draft, unknown=words[:50]))
    if field is Field.BEHAVIOUR:
        return await _numbered(turn, draft, words)
    if field is Field.REVIEW and says_save(words):
        return await report_saving.save(turn, replace(draft, asking=None))
    text, links = take_links(words)
    if field in LIMITS:
        return await _worded(turn, draft, field, text, links)
    if field is Field.EVIDENCE and not links and says_done(text):
        return await ask(turn, replace(draft, evidence_asked=True, asking=None))
    if not links:
        return await ask(turn, draft, unusable=True, waiting=True)
    lost = await full(turn) if draft.has_no_room(turn, links) else ()
    return await ask(turn, draft.with_links(links), before=lost)


async def _numbered(turn: Turn, draft: ReportDraft, words: str) -> Step:
    number = int(words) if words.isdecimal() and len(words) <= 3 else 0
    value = turn.regulation.value(draft.value or "")
    if value is not None and any(item.n == number for item in value.behaviours):
        return await ask(turn, replace(draft, behaviour=number, asking=None))
    return await ask(turn, draft, unknown=number or -1)


async def _worded(turn: Turn, draft: ReportDraft, field: Field, text: str, links: tuple[str, ...]) -> Step:
    draft = draft.with_links(links)
    if field is not Field.TEXT and text and says_nothing(text):
        text = ""
    elif not text or len(text) > LIMITS[field]:
        return await ask(turn, draft, length=len(text))
    return await ask(turn, draft.with_words(field, text))


async def _pressed_new(turn: Turn) -> Step:
    return await ask(turn, _new(turn))


async def _pressed_field(turn: Turn) -> Step:
    """`report.set:<key>:<field>:<choice>`: a value, a behaviour, nothing to say, evidence complete or dropped."""
    key, name, choice = (*press_arguments(turn), "", "", "")[:3]
    draft = _open_draft(turn, key)
    if draft is None:
        return await report_saving.closed(turn, key)
    if name == Field.VALUE and turn.regulation.value(choice):
        return await ask(turn, draft.with_value(choice))
    if name == Field.BEHAVIOUR:
        return await _numbered(turn, draft, choice)
    if name in (Field.PROBLEM, Field.REMEDY):
        return await ask(turn, draft.with_words(Field(name), ""))
    if name == Field.EVIDENCE:
        kept = () if choice == "drop" else draft.evidence
        return await ask(turn, replace(draft, evidence=kept, evidence_asked=True, asking=None))
    return EXPIRED


async def _pressed_change(turn: Turn) -> Step:
    """`report.change:<key>` shows what can be changed, with `:<field>` it is asked for, `:review` goes back."""
    key, name = (*press_arguments(turn), "", "")[:2]
    draft = _open_draft(turn, key)
    if draft is None:
        return await report_saving.closed(turn, key)
    if not name:
        return Step(replies=(Reply("report/change", {"key": key}, edits_pressed=True),), keep=True)
    if name == Field.REVIEW or name not in list(Field):
        return await ask(turn, replace(draft, asking=None))
    return await ask(turn, replace(draft, asking=Field(name)))


async def _pressed_save(turn: Turn) -> Step:
    key = press_argument(turn)
    draft = _open_draft(turn, key)
    if draft is None:
        return await report_saving.closed(turn, key)
    draft = replace(draft, asking=None)
    return await report_saving.save(turn, draft)


async def _pressed_cancel(turn: Turn) -> Step:
    key = press_argument(turn)
    draft = _open_draft(turn, key)
    if draft is None:
        return await report_saving.closed(turn, key)
    correcting = {"correcting": draft.report_id is not None}
    return Step(replies=(Reply("report/cancelled", correcting, edits_pressed=True),))


async def _pressed_correct(turn: Turn) -> Step:
    """`report.correct:<report id>`: open the own report again, unless another form with words in it is open."""
    report = await reports.find_own(turn.session, turn.known_member.id, press_number(turn))
    if report is None:
        return Step(keep=True, toast="report/toast_gone")
    open_draft = _open_draft(turn)
    if open_draft is not None and open_draft.text and open_draft.key != report.key:
        return Step(keep=True, toast="report/toast_open")
    return await ask(turn, draft_of(report, await evidence.of(turn.session, Subject(report_id=report.id))))


def _takes_no_word(turn: Turn) -> bool:
    draft, said = _open_draft(turn), turn.inbound.text
    return draft is None or not (draft.next_field() in LIMITS or find_value(turn.regulation, said))


def _chooses(turn: Turn) -> bool:
    draft = _open_draft(turn)
    return draft is not None and draft.next_field() in (Field.VALUE, Field.EVIDENCE, Field.REVIEW)


DIALOGUE = Dialogue(
    name=FORM,
    commands=(Command("lapor", open_form, Permission.REPORT, spoken=_is_report),),
    presses=(
        Press("report.new", _pressed_new, Permission.REPORT),
        Press("report.set", _pressed_field, Permission.REPORT),
        Press("report.change", _pressed_change, Permission.REPORT),
        Press("report.save", _pressed_save, Permission.REPORT),
        Press("report.cancel", _pressed_cancel, Permission.REPORT),
        Press("report.correct", _pressed_correct, Permission.REPORT),
    ),
    goes_on=_answered,
    takes_no_word=_takes_no_word,
    chooses=_chooses,
)
