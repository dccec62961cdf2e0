"""`/kegiatan`: the secretary enters an activity in the form's columns, step by step or in labelled lines."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations.activities import saving as activity_saving
from bot.conversations.activities.draft import (
    LONGEST,
    WORDED,
    ActivityDraft,
    Column,
    draft_of,
    labelled_lines,
)
from bot.conversations.activities.questions import FORM, ask
from bot.conversations.evidence_intake import clean, take_links
from bot.conversations.form import full, new_key, open_draft
from bot.conversations.press_numbers import press_number
from bot.conversations.short_answers import says_done, says_nothing, says_save
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_argument, press_arguments
from scheduler.date_phrases import read_span
from storage.queries import activities, evidence
from storage.queries.evidence import Subject


async def open_form(turn: Turn) -> Step:
    """`/kegiatan`, alone, with the activity behind it, or with labelled lines; an open form goes on."""
    draft, text = _open_draft(turn), turn.inbound.text.strip()
    if not text:
        resumed = draft is not None and draft.day is not None
        draft = (draft or ActivityDraft(key=new_key())).with_attachment(turn)
        return await ask(turn, draft, before=(Reply("activity/resumed"),) if resumed else ())
    lines = labelled_lines(text)
    draft = ActivityDraft(key=new_key()).with_attachment(turn)
    if not lines:
        words, links = take_links(text)
        return await _worded(turn, draft.with_links(links), Column.WHAT, words)
    return await _labelled(turn, draft, lines)


async def _labelled(turn: Turn, draft: ActivityDraft, lines: dict[Column, str]) -> Step:
    """All columns at once: what is not said is left out, only the activity itself is asked for."""
    notes: dict[str, Any] = {}
    today = turn.today
    day = _day(lines[Column.DAY], today) if Column.DAY in lines else today
    values: dict[str, Any] = {}
    for column in WORDED:
        words, links = take_links(lines.get(column, ""))
        draft = draft.with_links(links)
        if len(words) > LONGEST:
            notes |= {"length": len(words)}
        values[column.value] = None if len(words) > LONGEST else _or_nothing(words)
    draft = draft.with_links(take_links(lines.get(Column.EVIDENCE, ""))[1])
    if day is None:
        notes |= {"unreadable": lines[Column.DAY][:50]}
    draft = replace(draft, day=day, evidence_asked=True, **values)
    return await ask(turn, draft, **notes)


def _or_nothing(words: str) -> str:
    return "" if says_nothing(words) else words


def _day(typed: str, today: date) -> date | None:
    """One day, today or before; None for anything else."""
    span = read_span(typed, today, looking_back=True)
    return span[0] if span and span[0] == span[1] <= today else None


def _open_draft(turn: Turn, key: str | None = None) -> ActivityDraft | None:
    return open_draft(turn, FORM, ActivityDraft, key)


async def _answered(turn: Turn) -> Step:
    """A text, photo or file while the form is open."""
    draft, inbound = _open_draft(turn), turn.inbound
    if draft is None or turn.member is None:
        return Step((Reply("help/not_member"),))
    if draft.has_no_room(turn):
        return Step(replies=await full(turn), keep=True)
    if inbound.attachment is not None:
        return await ask(turn, draft.with_attachment(turn), again=draft.goes_on_with(inbound.album))
    if inbound.kind is not Kind.TEXT:
        return Step((Reply("help/not_understood"),), keep=True)
    return await _typed(turn, draft)


async def _typed(turn: Turn, draft: ActivityDraft) -> Step:
    column = draft.next_column()
    if column is Column.DAY:
        day = _day(turn.inbound.text, turn.today)
        if day is None:
            return await ask(turn, draft, unreadable=turn.inbound.text.strip()[:50])
        return await ask(turn, replace(draft, day=day, asking=None))
    if column is Column.REVIEW and says_save(turn.inbound.text):
        return await activity_saving.save(turn, replace(draft, asking=None))
    words, links = take_links(turn.inbound.text)
    lost = await full(turn) if draft.has_no_room(turn, links) else ()
    draft = draft.with_links(links)
    if column in WORDED:
        return await _worded(turn, draft, column, words)
    if column is Column.EVIDENCE and not links and says_done(words):
        return await ask(turn, replace(draft, evidence_asked=True, asking=None))
    return await (ask(turn, draft, before=lost) if links else ask(turn, draft, unusable=True, waiting=True))


async def _worded(turn: Turn, draft: ActivityDraft, column: Column, words: str) -> Step:
    words = clean(words)
    if column is not Column.WHAT:
        words = _or_nothing(words)
    if len(words) > LONGEST or (column is Column.WHAT and not words):
        return await ask(turn, draft, length=len(words))
    return await ask(turn, draft.with_words(column, words))


async def _pressed_set(turn: Turn) -> Step:
    """`activity.set:<key>:<column>:<choice>`: today or yesterday, nothing to say, evidence complete or dropped."""
    key, name, choice = (*press_arguments(turn), "", "", "")[:3]
    draft = _open_draft(turn, key)
    if draft is None:
        return Step(keep=True, toast="activity/toast_closed")
    if name == Column.DAY:
        back = timedelta(days=1 if choice == "yesterday" else 0)
        return await ask(turn, replace(draft, day=turn.today - back, asking=None))
    if name in (Column.MEANS, Column.PROBLEM, Column.REMEDY):
        return await ask(turn, draft.with_words(Column(name), ""))
    if name == Column.EVIDENCE:
        kept = () if choice == "drop" else draft.evidence
        return await ask(turn, replace(draft, evidence=kept, evidence_asked=True, asking=None))
    return EXPIRED


async def _pressed_change(turn: Turn) -> Step:
    """`activity.change:<key>` shows what can be changed, with `:<column>` it is asked for, `:review` goes back."""
    key, name = (*press_arguments(turn), "", "")[:2]
    draft = _open_draft(turn, key)
    if draft is None:
        return Step(keep=True, toast="activity/toast_closed")
    if not name:
        return Step((Reply("activity/change", {"key": key}, edits_pressed=True),), keep=True)
    column = Column(name) if name in list(Column) and name != Column.REVIEW else None
    return await ask(turn, replace(draft, asking=column))


async def _pressed_save(turn: Turn) -> Step:
    key = press_argument(turn)
    draft = _open_draft(turn, key)
    if draft is None:
        return Step(keep=True, toast="activity/toast_closed")
    draft = replace(draft, asking=None)
    if draft.next_column() is not Column.REVIEW:
        return await ask(turn, draft)
    return await activity_saving.save(turn, draft)


async def _pressed_cancel(turn: Turn) -> Step:
    key = press_argument(turn)
    if _open_draft(turn, key) is None:
        return Step(keep=True, toast="activity/toast_closed")
    return Step((Reply("activity/cancelled", edits_pressed=True),))


async def _pressed_correct(turn: Turn) -> Step:
    """`activity.correct:<id>`: open a saved activity again, unless another form with words in it is open."""
    found = await activities.find(turn.session, turn.known_office.id, press_number(turn))
    if found is None:
        return Step(keep=True, toast="activity/toast_gone")
    open_draft = _open_draft(turn)
    if open_draft is not None and open_draft.what and open_draft.activity_id != found.id:
        return Step(keep=True, toast="report/toast_open")
    items = await evidence.of(turn.session, Subject(activity_id=found.id))
    return await ask(turn, draft_of(found, new_key(), items))


async def _pressed_new(turn: Turn) -> Step:
    return await ask(turn, ActivityDraft(key=new_key()))


def _takes_no_word(turn: Turn) -> bool:
    draft = _open_draft(turn)
    return draft is None or draft.next_column() not in WORDED


def _chooses(turn: Turn) -> bool:
    draft = _open_draft(turn)
    return draft is not None and draft.next_column() in (Column.EVIDENCE, Column.REVIEW)


DIALOGUE = Dialogue(
    name=FORM,
    commands=(Command("kegiatan", open_form, Permission.ENTER_ACTIVITY, spoken=lambda _turn: False),),
    presses=(
        Press("activity.new", _pressed_new, Permission.ENTER_ACTIVITY),
        Press("activity.set", _pressed_set, Permission.ENTER_ACTIVITY),
        Press("activity.change", _pressed_change, Permission.ENTER_ACTIVITY),
        Press("activity.save", _pressed_save, Permission.ENTER_ACTIVITY),
        Press("activity.cancel", _pressed_cancel, Permission.ENTER_ACTIVITY),
        Press("activity.correct", _pressed_correct, Permission.ENTER_ACTIVITY),
    ),
    goes_on=_answered,
    takes_no_word=_takes_no_word,
    chooses=_chooses,
)
