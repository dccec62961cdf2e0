"""What the coming weeks of an office's calendar look like, as parameters of `/libur`."""

from datetime import date, timedelta
from typing import Any

from bot.conversations.step import Reply, Turn
from scheduler.office_calendar import office_calendar
from scheduler.working_calendar import DayKind, WorkingCalendar, each_day

AHEAD = timedelta(days=92)
_CONFIRM_AT_ONCE = 6  # buttons for dates to be confirmed


async def calendar_reply(turn: Turn, done: str = "") -> Reply:
    """The calendar from today on; `done` is a word for what has just been changed (a key of the template), or ""."""
    calendar, today = await office_calendar(turn.session, turn.known_office), turn.today
    years = calendar.years_without_joint_leave(today, today + AHEAD)
    at_once = turn.abilities.room(_CONFIRM_AT_ONCE, beside=4 + len(years))
    parameters = {
        "office": turn.known_office.name,
        "workdays": calendar.workdays,
        "days": days_shown(calendar, today, today + AHEAD),
        "until": today + AHEAD,
        "to_confirm": [
            {"day": item.day, "name": item.name} for item in calendar.to_confirm(today, today + AHEAD)[:at_once]
        ],
        "years": years,
        "has_own": any(day >= today for day in calendar.own_days),
        "done": done,
    }
    return Reply("calendar/list", parameters, edits_pressed=True)


def days_shown(calendar: WorkingCalendar, first: date, last: date) -> list[dict[str, Any]]:
    """Every holiday of the span and every workday that the office made one, with where it comes from."""
    unconfirmed = {item.day: item.name for item in calendar.to_confirm(first, last)}
    shown = []
    for day in each_day(first, last):
        own, name = calendar.own_days.get(day), calendar.holiday_name(day)
        if own is not None:
            shown.append({"day": day, "name": own.name, "source": f"own_{own.kind.value}"})
        elif day in unconfirmed:
            shown.append({"day": day, "name": unconfirmed[day], "source": "estimated"})
        elif name is not None:
            shown.append({"day": day, "name": name, "source": "national"})
    return shown


def own_days(calendar: WorkingCalendar, first: date) -> list[dict[str, Any]]:
    """What the office decided from this date on."""
    return [
        {"day": day, "name": own.name, "work": own.kind is DayKind.WORKDAY}
        for day, own in sorted(calendar.own_days.items())
        if day >= first
    ]
