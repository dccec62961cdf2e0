"""`/libur`: the office's working calendar, read and decided by its secretary."""

from datetime import date, timedelta

from msgspec import Struct, convert, to_builtins

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.evidence_intake import clean
from bot.conversations.office_days import changes as calendar_changes
from bot.conversations.office_days.view import AHEAD, calendar_reply, own_days
from bot.conversations.open_dialogues import elsewhere
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules.proposal import new_key
from bot.conversations.short_answers import says_save
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, State, Step, Turn, press_argument
from content.rendering import render
from scheduler.date_phrases import Reason, Unreadable, split_span
from scheduler.office_calendar import office_calendar
from scheduler.working_calendar import UnconfirmedDay, each_day
from storage.models import DayKind

LONGEST_SPAN = 62  # days in one entry; more is a slip of the finger
_LONGEST_NAME = 80
_OWN_AT_ONCE = 20  # the next ones; who forgets one sees more
_LINES = 20
_NAME = "holidays"
_WORK_WORDS = ("hari kerja", "kerja", "masuk")
_JOINT_LEAVE = "cuti bersama"


class _Entry(Struct, frozen=True):
    """Dates of one kind under one name, both ends included."""

    first: date
    last: date
    kind: DayKind
    name: str

    def days(self) -> list[tuple[date, DayKind, str]]:
        return [(day, self.kind, self.name) for day in each_day(self.first, self.last)]


class _Draft(Struct, frozen=True):
    """What is being entered: `asking` is "holiday", "work", "joint_leave" or "move"; then the entries read back."""

    asking: str
    key: str = ""
    entries: tuple[_Entry, ...] = ()
    instead_of: date | None = None  # "move": the estimated date that is a workday then

    def state(self) -> State:
        return State(_NAME, to_builtins(self))


async def _command(turn: Turn) -> Step:
    if not turn.inbound.text.strip():
        return await _calendar(turn)
    return await _read(turn, _Draft("holiday"))


async def _calendar(turn: Turn, done: str = "") -> Step:
    return Step(replies=(await calendar_reply(turn, done),), keep=elsewhere(turn, _NAME))


async def _answered(turn: Turn) -> Step:
    if turn.member is None or turn.state is None:
        return Step(replies=(Reply("help/not_member"),))
    draft = convert(turn.state.data, _Draft)
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("calendar/ask", {"asking": draft.asking, "year": None}),), keep=True)
    may_decide = may(turn.member.role, Permission.MANAGE_CALENDAR)
    if draft.entries and says_save(turn.inbound.text) and may_decide:
        return await _write(turn, draft)
    return await _read(turn, draft)


async def _read(turn: Turn, draft: _Draft) -> Step:
    """The entries of a text, one a line, read back before anything is kept."""
    today = turn.today
    lines = [line for line in clean(turn.inbound.text).split("\n") if line][:_LINES]
    read = [_entry(line, draft.asking, today) for line in lines]
    refused = next((item for item in read if isinstance(item, Unreadable)), None)
    entries = tuple(item for item in read if isinstance(item, _Entry))
    if refused is not None or not entries:
        why = refused or Unreadable(Reason.NOTHING_READ)
        wanted = "joint_leave" if draft.asking in {"joint_leave", "move"} else "holiday"
        parameters = {"reason": why.reason.value, "day": why.day, "wanted": wanted}
        return Step(replies=(Reply("schedule/unreadable", parameters),), state=draft.state())
    if draft.instead_of is not None:
        calendar = await office_calendar(turn.session, turn.known_office)
        name = (calendar.holiday_name(draft.instead_of) or entries[0].name).removesuffix(" (perkiraan)")
        moved = _Entry(entries[0].first, entries[0].last, DayKind.HOLIDAY, name)
        entries = (_Entry(draft.instead_of, draft.instead_of, DayKind.WORKDAY, _default("work")), moved)
    draft = _Draft(draft.asking, new_key(), entries, draft.instead_of)
    read_back = {"entries": [_shown(entry) for entry in entries], "key": draft.key}
    return Step(replies=(Reply("calendar/read_back", read_back),), state=draft.state())


def _entry(line: str, asking: str, today: date) -> _Entry | Unreadable:
    kind = DayKind.WORKDAY if asking == "work" else DayKind.HOLIDAY
    word = next((word for word in _WORK_WORDS if line.casefold().startswith(word + " ")), None)
    if word is not None and asking in {"holiday", "work"}:
        kind, line = DayKind.WORKDAY, line[len(word) :].strip()
    found = split_span(line, today)
    if isinstance(found, Unreadable):
        return found
    (first, last), rest = found
    if first < today:
        return Unreadable(Reason.IN_THE_PAST, first)
    if (last - first).days >= LONGEST_SPAN:
        return Unreadable(Reason.TOO_FAR, last)
    name = " ".join(rest.split())[:_LONGEST_NAME]
    if asking == "joint_leave" and not name.casefold().startswith(_JOINT_LEAVE):
        name = f"{_default(asking)} {name}".strip()
    return _Entry(first, last, kind, name or _default("work" if kind is DayKind.WORKDAY else "holiday"))


def _default(asking: str) -> str:
    return render("calendar/name", {"asking": asking}).text


def _shown(entry: _Entry) -> dict[str, object]:
    return {"first": entry.first, "last": entry.last, "name": entry.name, "work": entry.kind is DayKind.WORKDAY}


async def _ask(turn: Turn) -> Step:
    """`libur.add:holiday`, `libur.add:work`, `libur.add:joint_leave:2027`: ask for dates."""
    asking = press_argument(turn)
    if asking not in {"holiday", "work", "joint_leave"}:
        return EXPIRED
    parameters = {"asking": asking, "year": press_number(turn, 1) or None}
    return Step(replies=(Reply("calendar/ask", parameters, edits_pressed=True),), state=_Draft(asking).state())


async def _save(turn: Turn) -> Step:
    """`libur.save:<key>`: a second press finds the draft closed."""
    if turn.state is None or turn.state.dialogue != _NAME:
        return EXPIRED
    draft = convert(turn.state.data, _Draft)
    if not draft.entries or press_argument(turn) != draft.key:
        return EXPIRED
    return await _write(turn, draft)


async def _write(turn: Turn, draft: _Draft) -> Step:
    await calendar_changes.decide(turn, [day for entry in draft.entries for day in entry.days()])
    return await _calendar(turn, "saved")


async def _back(turn: Turn) -> Step:
    return await _calendar(turn)


async def _confirm(turn: Turn) -> Step:
    """`libur.ask:<date>`: is it a holiday, is it not, is it another day."""
    found = await _unconfirmed(turn)
    if found is None:
        return EXPIRED
    parameters = {"day": found.day, "name": found.name}
    return Step(replies=(Reply("calendar/confirm", parameters, edits_pressed=True),))


async def _yes(turn: Turn) -> Step:
    found = await _unconfirmed(turn)
    if found is None:
        return EXPIRED
    await calendar_changes.decide(turn, [(found.day, DayKind.HOLIDAY, found.name)])
    return await _calendar(turn, "confirmed")


async def _no(turn: Turn) -> Step:
    found = await _unconfirmed(turn)
    if found is None:
        return EXPIRED
    await calendar_changes.decide(turn, [(found.day, DayKind.WORKDAY, _default("work"))])
    return await _calendar(turn, "refused")


async def _move(turn: Turn) -> Step:
    """`libur.move:<date>`: ask for the right date."""
    found = await _unconfirmed(turn)
    if found is None:
        return EXPIRED
    parameters = {"day": found.day, "name": found.name}
    draft = _Draft("move", instead_of=found.day)
    return Step(replies=(Reply("calendar/ask_move", parameters, edits_pressed=True),), state=draft.state())


async def _unconfirmed(turn: Turn) -> UnconfirmedDay | None:
    """The estimated holiday of the pressed button, unless the office has decided of it meanwhile."""
    day = _pressed_day(turn)
    if day is None or not timedelta(0) <= day - turn.today <= 4 * AHEAD:
        return None
    calendar = await office_calendar(turn.session, turn.known_office)
    return next(iter(calendar.to_confirm(day, day)), None)


def _pressed_day(turn: Turn) -> date | None:
    try:
        return date.fromisoformat(press_argument(turn))
    except ValueError:  # forged
        return None


async def _own_days(turn: Turn) -> Step:
    calendar = await office_calendar(turn.session, turn.known_office)
    parameters = {"days": own_days(calendar, turn.today)[: turn.abilities.room(_OWN_AT_ONCE, beside=1)]}
    return Step(replies=(Reply("calendar/own_days", parameters, edits_pressed=True),))


async def _drop(turn: Turn) -> Step:
    """`libur.drop:<date>`: the nation's calendar holds again."""
    day = _pressed_day(turn)
    if day is None or not await calendar_changes.forget(turn, day):
        return EXPIRED
    return await _calendar(turn, "dropped")


async def _week(turn: Turn) -> Step:
    """`libur.week:5` or `libur.week:6`."""
    workdays = press_number(turn)
    if workdays not in {5, 6}:
        return EXPIRED
    if workdays != turn.known_office.workdays:
        await calendar_changes.set_week(turn, workdays)
    return await _calendar(turn, "week")


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(Command("libur", _command, Permission.MANAGE_CALENDAR, spoken=lambda _turn: False),),
    presses=(
        Press("libur.add", _ask, Permission.MANAGE_CALENDAR),
        Press("libur.save", _save, Permission.MANAGE_CALENDAR),
        Press("libur.back", _back, Permission.MANAGE_CALENDAR),
        Press("libur.ask", _confirm, Permission.MANAGE_CALENDAR),
        Press("libur.yes", _yes, Permission.MANAGE_CALENDAR),
        Press("libur.no", _no, Permission.MANAGE_CALENDAR),
        Press("libur.move", _move, Permission.MANAGE_CALENDAR),
        Press("libur.own", _own_days, Permission.MANAGE_CALENDAR),
        Press("libur.drop", _drop, Permission.MANAGE_CALENDAR),
        Press("libur.week", _week, Permission.MANAGE_CALENDAR),
    ),
    goes_on=_answered,
    takes_no_word=lambda _turn: True,  # what is typed there names days
    chooses=lambda turn: turn.state is not None and bool(turn.state.data.get("entries")),  # read back
)
