"""`/kiriman`: what went out in a month, late or not at all, from the same rows that drive sending."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.access import Permission
from bot.conversations.press_numbers import number
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_arguments
from content.rendering import render
from scheduler.abilities import abilities_of
from scheduler.date_phrases import read_span
from scheduler.delivery_record import Charged, Fate, Line, Proved, Record, local, month_of
from storage.models import Office

PAGE = 10
_THIS_MONTH = "bulan ini"


async def show(turn: Turn) -> Step:
    """`/kiriman`, alone for this month, or with one."""
    typed = turn.inbound.text.strip() or _THIS_MONTH
    span = read_span(typed, turn.today, looking_back=True)
    if span is None or span[0].replace(day=1) != span[1].replace(day=1):
        return Step((Reply("ledger/unreadable", {"typed": typed[:50]}),), keep=True)
    return Step((await _page(turn, span[0], 0),), keep=True)


async def _page(turn: Turn, day: date, page: int) -> Reply:
    record = await month_of(turn.session, turn.known_office, day, turn.answered_at)
    return Reply("ledger/month", shown(record, turn.known_office, page), edits_pressed=True)


def shown(record: Record, office: Office, page: int, size: int = PAGE) -> Mapping[str, Any]:
    """The parameters of "ledger/month": counts by kind, and one page of what did not go out on time."""
    lines = record.remarkable()
    return {
        "office": office.name,
        "month": record.first,
        "kinds": [_counted(kind.value, fates, record.proved(kind)) for kind, fates in record.counts().items()],
        "charged": [_charged(charged) for charged in record.charged],
        "no_template": record.no_template,
        "lines": [_line(line, office) for line in lines[page * size : (page + 1) * size]],
        "page": page,
        "pages": -(-len(lines) // size),
    }


def _counted(kind: str, fates: Counter[Fate], proved: Sequence[Proved]) -> dict[str, Any]:
    accepted = fates[Fate.ON_TIME] + fates[Fate.LATE]
    told = [
        {"channel": _name(of.channel)} | {name: getattr(of, name) for name in ("accepted", "left", "delivered", "read")}
        for of in proved
    ]
    return {"kind": kind, "accepted": accepted, "told": told, **{fate.value: fates[fate] for fate in Fate}}


def _charged(charged: Charged) -> dict[str, Any]:
    return {"channel": _name(charged.channel), "category": charged.category, "number": charged.number}


def _name(channel: str) -> str:
    return abilities_of(channel).name or channel


def _line(line: Line, office: Office) -> dict[str, Any]:
    return {
        "title": line.title,
        "group": line.group,
        "persons": line.persons,
        "due_at": local(line.due_at, office),
        "fate": line.fate.value,
        "sent_at": local(line.sent_at, office) if line.sent_at else None,
        "minutes": round(line.late.total_seconds() / 60),
        "why": render("notice/reason", {"reason": line.reason}).text,
    }


async def _pressed_page(turn: Turn) -> Step:
    """`kiriman.page:<first day of the month>:<page>`."""
    day, page = (*press_arguments(turn), "", "")[:2]
    try:
        return Step((await _page(turn, date.fromisoformat(day), number(page)),), keep=True)
    except ValueError:
        return EXPIRED


DIALOGUE = Dialogue(
    name="show_deliveries",
    commands=(Command("kiriman", show, Permission.SCHEDULE),),
    presses=(Press("kiriman.page", _pressed_page, Permission.SCHEDULE),),
)
