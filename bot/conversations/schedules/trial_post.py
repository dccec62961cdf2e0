"""`Uji kirim`: the next post of a schedule, shown to oneself alone; nothing is logged, no button logs anything."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.access import Permission
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules.plan import changed, next_dues, plan_of
from bot.conversations.schedules.show import touchable, triable
from bot.conversations.step import Dialogue, Press, Reply, Step, Turn
from content.focus import next_focus
from content.rendering import render
from scheduler.message_parameters import Posting
from scheduler.office_calendar import office_calendar
from scheduler.sources import SOURCES
from storage.models import Occurrence, OccurrenceState, Schedule, ScheduleKind, ScheduleState
from storage.queries import occurrences, turns


async def _try(turn: Turn) -> Step:
    schedule = await touchable(turn, press_number(turn))
    source = SOURCES.get(schedule.kind) if schedule else None
    if schedule is None or source is None or not triable(turn, schedule) or not turn.inbound.chat.private:
        return Step(keep=True, toast="schedule/toast_gone")
    occurrence = await _next_occurrence(turn, schedule)
    leaders = await turns.leader_names(turn.session, [occurrence.id])
    wording = await source(
        Posting(
            session=turn.session,
            schedule=schedule,
            occurrence=occurrence,
            office=turn.known_office,
            regulation=turn.regulation,
            leader=leaders.get(occurrence.id),
        )
    )
    picture = wording.picture if wording.picture and wording.picture.channel == turn.inbound.channel else None
    text = render(wording.key, wording.parameters).text
    return Step(replies=(Reply("schedule/trial", {"title": schedule.title, "text": text}, picture=picture),), keep=True)


async def _next_occurrence(turn: Turn, schedule: Schedule) -> Occurrence:
    """The next one that is planned; where none is, one made up for the next day that it would fall on, never stored.

    Of a summary it is one made up for now: the next one may be of a week that has not begun.
    """
    if schedule.kind is ScheduleKind.SUMMARY:
        return _made_up(schedule, turn.now)
    for row in await occurrences.to_come(turn.session, schedule.id, turn.now):
        if row.state is OccurrenceState.PLANNED:
            return row
    occurrence = _made_up(schedule, await _would_be_due(turn, schedule))
    occurrence.focus = next_focus(turn.regulation, await occurrences.focuses(turn.session, schedule.id))
    return occurrence


def _made_up(schedule: Schedule, due_at: datetime) -> Occurrence:
    day = due_at.astimezone(ZoneInfo(schedule.timezone)).date()
    return Occurrence(
        id=0,
        schedule_id=schedule.id,
        office_id=schedule.office_id,
        kind=schedule.kind,
        slot=day.isoformat(),
        day=day,
        due_at=due_at,
    )


async def _would_be_due(turn: Turn, schedule: Schedule) -> datetime:
    running = changed(await plan_of(turn.session, schedule), {"state": ScheduleState.ACTIVE.value})
    calendar = await office_calendar(turn.session, turn.known_office)
    return next(iter(next_dues(running, calendar, turn.now, 1)), turn.now)


DIALOGUE = Dialogue(name="trial_post", presses=(Press("sched.try", _try, Permission.SCHEDULE),))
