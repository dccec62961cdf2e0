"""Writes what an office decides of its calendar, and brings its schedules in line with it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.conversations.acts import record_act
from bot.conversations.schedules.saving import replan_office
from bot.conversations.step import Turn
from storage.models import DayKind
from storage.queries import calendar_days


async def decide(turn: Turn, days: Sequence[tuple[date, DayKind, str]]) -> None:
    """The office says of these dates that they are holidays or workdays, each under a name."""
    office, member = turn.known_office, turn.known_member
    for day, kind, name in days:
        await calendar_days.decide(turn.session, office.id, day, kind, name, member.id, turn.now)
    detail = {"days": [{"day": day.isoformat(), "kind": kind.value} for day, kind, _ in days]}
    await _changed(turn, "calendar.decided", detail)


async def forget(turn: Turn, day: date) -> bool:
    """The nation's calendar holds again for this date; False where the office had decided nothing."""
    if not await calendar_days.forget(turn.session, turn.known_office.id, day):
        return False
    await _changed(turn, "calendar.forgotten", {"day": day.isoformat()})
    return True


async def set_week(turn: Turn, workdays: int) -> None:
    """The office works 5 or 6 days a week."""
    turn.known_office.workdays = workdays
    await _changed(turn, "calendar.week", {"workdays": workdays})


async def _changed(turn: Turn, act: str, detail: dict[str, Any]) -> None:
    await turn.session.flush()
    await replan_office(turn)
    await record_act(turn, act, detail)
