"""The schedules that an office begins with: data, and one function that stores them."""

from datetime import datetime, time

from msgspec import Struct

from content.regulation import Regulation
from content.rendering import render
from scheduler.recurrence import EveryWorkingDay, MonthlyDay, Recurrence, Weekdays, YearlyDay, to_json
from storage.models import HolidayRule, Office, Schedule, ScheduleKind, ScheduleState
from storage.transaction import Session

NO_GROUP = "no_group"  # why a schedule that posts into groups is paused while the office has linked none

_FRIDAY = 4


class DefaultSchedule(Struct, frozen=True):
    """One schedule as an office begins with it; `at` is local, `title` a key of the catalogue."""

    kind: ScheduleKind
    title: str
    rule: Recurrence
    at: time
    holiday_rule: HolidayRule
    into_groups: bool = True
    late_minutes: int | None = None
    late_until: time | None = None


_READING = DefaultSchedule(
    ScheduleKind.READING, "office/title_reading", EveryWorkingDay(), time(7, 30), HolidayRule.SKIP, late_minutes=60
)
_SUMMARY = DefaultSchedule(
    ScheduleKind.SUMMARY,
    "office/title_summary",
    Weekdays((_FRIDAY,)),
    time(15, 30),
    HolidayRule.BEFORE,  # a Friday off must not cost the week its summary
    into_groups=False,
    late_minutes=180,
)


def default_schedules(regulation: Regulation) -> tuple[DefaultSchedule, ...]:
    """What an office under this regulation begins with; a twibbon only where the regulation gives it a date."""
    twibbon = regulation.activation("twibbon")
    if twibbon is None or twibbon.rule is None:
        return (_READING, _SUMMARY)
    day, month = twibbon.rule.day, twibbon.rule.month
    dated = DefaultSchedule(
        ScheduleKind.TWIBBON,
        "office/title_twibbon",
        MonthlyDay(day) if month is None else YearlyDay(month, day),
        time(7, 0),
        HolidayRule.IGNORE,  # the 17th is the 17th, and 17 August is a holiday
        late_until=time(20, 0),
    )
    return (_READING, dated, _SUMMARY)


async def create_defaults(session: Session, office: Office, regulation: Regulation, now: datetime) -> None:
    """Store them. Those that post into groups wait, paused, until a group is linked."""
    for default in default_schedules(regulation):
        session.add(
            Schedule(
                office_id=office.id,
                kind=default.kind,
                title=render(default.title).text,
                recurrence=to_json(default.rule),
                at=default.at,
                timezone=office.timezone,
                holiday_rule=default.holiday_rule,
                late_minutes=default.late_minutes,
                late_until=default.late_until,
                state=ScheduleState.PAUSED if default.into_groups else ScheduleState.ACTIVE,
                reason=NO_GROUP if default.into_groups else None,
                planned_until=now,
                created_at=now,
            )
        )
    await session.flush()
