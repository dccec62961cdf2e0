"""`/log`: the office's log for a week, a month or any span, on screen and as a CSV file."""

import re
from datetime import date, timedelta

from msgspec import Struct

from bot.access import Permission, may
from bot.conversations.press_numbers import number
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_arguments
from content.date_words import time_words, zone_words
from content.log_table import LogLine, Proof, log_csv, what_words
from content.message import Document
from scheduler.date_phrases import read_span
from storage.models import EvidenceKind
from storage.queries import log
from storage.queries.log import LogKind, LogRow

PAGE = 10
LONGEST = timedelta(days=366)
_THIS_WEEK = "minggu ini"


class Period(Struct, frozen=True):
    """From `first` to `last`, both included."""

    first: date
    last: date


def names_a_period(turn: Turn) -> bool:
    """Whether the words are a period and nothing else."""
    return turn.member is not None and read_span(turn.inbound.text, turn.today, looking_back=True) is not None


async def show(turn: Turn) -> Step:
    """`/log`, alone for this week, or with a period."""
    typed = turn.inbound.text.strip() or _THIS_WEEK
    span = read_span(typed, turn.today, looking_back=True)
    if span is None or span[1] - span[0] > LONGEST:
        return Step((Reply("log/unreadable", {"typed": typed[:50], "too_long": span is not None}),), keep=True)
    return Step((await _page(turn, Period(*span), 0),), keep=True)


async def _page(turn: Turn, period: Period, page: int) -> Reply:
    rows = await log.entries(turn.session, turn.known_office.id, period.first, period.last)
    lines = [line_of(turn, row, names=may(turn.known_member.role, Permission.SEE_NAMES)) for row in rows]
    shown = lines[page * PAGE : (page + 1) * PAGE]
    parameters = {
        "office": turn.known_office.name,
        "first": period.first,
        "last": period.last,
        "entries": [_shown(line) for line in shown],
        "before": page * PAGE,
        "page": page,
        "pages": -(-len(lines) // PAGE),
        "total": len(lines),
    }
    return Reply("log/page", parameters, edits_pressed=True)


def _shown(line: LogLine) -> dict[str, object]:
    return {
        "day": line.day,
        "time": line.time,
        "what": what_words(line),
        "name": line.name,
        "proofs": len(line.evidence),
        "means": " ".join(line.means.split()),
        "problem": " ".join(line.problem.split()),
        "remedy": " ".join(line.remedy.split()),
    }


def line_of(turn: Turn, row: LogRow, *, names: bool) -> LogLine:
    """A stored entry in the office's own time and its regulation's words."""
    value = turn.regulation.value(row.value_slug)
    return LogLine(
        kind=row.kind.value,
        day=row.day,
        title=row.title,
        time=_time(turn, row),
        name=row.name or "" if names else "",
        value=value.name if value else row.value_slug,
        n=row.behaviour_n,
        means=row.means,
        ways=tuple(way.value for way in row.ways),
        problem=row.problem,
        remedy=row.remedy,
        count=row.count,
        afterwards=row.afterwards,
        evidence=tuple(
            Proof(item.kind.value, item.reference if item.kind is EvidenceKind.LINK else item.name or "")
            for item in row.evidence
        ),
    )


def _time(turn: Turn, row: LogRow) -> str:
    """When a post was tapped; a report or a late entry tells its day only."""
    if row.at is None or row.afterwards or row.kind is LogKind.REPORT:
        return ""
    local = row.at.astimezone(turn.zone)
    return f"{time_words(local)} {zone_words(local)}" if local.date() == row.day else ""


def _pressed_period(turn: Turn) -> tuple[Period, int] | None:
    """`<first>:<last>[:<page>]`, or None for what is none."""
    first, last, page = (*press_arguments(turn), "", "", "")[:3]
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    sensible = timedelta(0) <= period.last - period.first <= LONGEST
    return (period, number(page)) if sensible else None


async def _pressed_page(turn: Turn) -> Step:
    pressed = _pressed_period(turn)
    if pressed is None:
        return EXPIRED
    return Step((await _page(turn, *pressed),), keep=True)


async def _pressed_csv(turn: Turn) -> Step:
    pressed = _pressed_period(turn)
    if pressed is None:
        return EXPIRED
    period, _ = pressed
    rows = await log.entries(turn.session, turn.known_office.id, period.first, period.last)
    data = log_csv([line_of(turn, row, names=False) for row in rows])
    office = re.sub(r"[^a-z0-9]+", "-", turn.known_office.name.lower()).strip("-")[:40]
    document = Document(f"log-{office or 'kantor'}-{period.first}-{period.last}.csv", data)
    parameters = {"first": period.first, "last": period.last, "total": len(rows)}
    return Step((Reply("log/file", parameters, document=document),), keep=True)


DIALOGUE = Dialogue(
    name="show_log",
    commands=(Command("log", show, Permission.SEE_LOG, spoken=names_a_period),),
    presses=(
        Press("log.page", _pressed_page, Permission.SEE_LOG),
        Press("log.csv", _pressed_csv, Permission.SEE_LOG),
    ),
)
