"""`/ringkasan`: the office's week in figures, for those who may see it; the same message that goes out on Fridays."""

from datetime import date

from bot.access import Permission
from bot.conversations.show_log import names_a_period
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, Step, Turn, press_argument
from scheduler.date_phrases import read_span
from scheduler.office_calendar import office_calendar
from scheduler.weekly_summary import monday_of, summary_parameters


async def show(turn: Turn) -> Step:
    """`/ringkasan`, alone for this week, or with "minggu lalu" or a date."""
    typed, today = turn.inbound.text.strip(), turn.today
    span = read_span(typed, today, looking_back=True) if typed else (today, today)
    if span is None or monday_of(span[0]) != monday_of(span[1]) or span[0] > today:
        return Step((Reply("summary/unreadable", {"typed": typed[:50]}),), keep=True)
    return Step((await _week(turn, span[0]),), keep=True)


async def _week(turn: Turn, day: date) -> Reply:
    calendar = await office_calendar(turn.session, turn.known_office)
    latest = monday_of(turn.today)
    parameters = await summary_parameters(
        turn.session, turn.known_office, turn.regulation, day, calendar, latest=latest
    )
    return Reply("summary/week", parameters, edits_pressed=True)


async def _pressed_week(turn: Turn) -> Step:
    typed = press_argument(turn)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return EXPIRED
    today = turn.today
    if not date(today.year - 20, 1, 1) <= day <= today:
        return EXPIRED
    return Step((await _week(turn, day),), keep=True)


DIALOGUE = Dialogue(
    name="show_summary",
    commands=(Command("ringkasan", show, Permission.SEE_SUMMARY, spoken=names_a_period),),
    presses=(Press("summary.week", _pressed_week, Permission.SEE_SUMMARY),),
)
