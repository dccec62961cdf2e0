"""The week of an office in figures: for `/ringkasan` and for what the leads get every Friday.

It counts persons and never names them, and ranks nobody. Only leads get it, and they see names in the log anyway, so
that a week with one report is told like any other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from content.regulation import Regulation
from scheduler.message_parameters import Posting, Wording
from scheduler.office_calendar import office_calendar
from scheduler.working_calendar import WorkingCalendar
from storage.models import Occurrence, OccurrenceState, Office, ScheduleKind
from storage.queries import log, quizzes
from storage.queries.log import LogKind, LogRow
from storage.queries.quizzes import Participation
from storage.transaction import Session

MOST_PROBLEMS = 8
_WEEK = timedelta(days=7)


class Held(Struct, frozen=True):
    """Readings or meetings: `planned` = `done` + `missed` + `to_come`. `afterwards` of the done were entered later.

    One that was forwarded is done, and counted as such by name: that it was read aloud nobody can know.
    """

    planned: int = 0
    done: int = 0
    missed: int = 0  # not sent, or sent and confirmed by nobody
    to_come: int = 0
    afterwards: int = 0
    forwarded: int = 0  # of the done: forwarded into a WhatsApp group, and nobody said that it was read aloud


class Share(Struct, frozen=True):
    """How many of the roster put the twibbon up, on the date of the week that most did."""

    count: int
    roster: int

    @property
    def percent(self) -> int:
        """Rounded down, so that only all are 100."""
        return min(100 * self.count // self.roster, 100) if self.roster else 0


class Problem(Struct, frozen=True):
    """A problem and a remedy as noted in a report or activity; of the two one may be empty."""

    problem: str
    remedy: str


class WeekFigures(Struct, frozen=True):
    """One week, Monday to Sunday. `by_value` holds every value of the regulation, in its order."""

    week: date
    workdays: int
    readings: Held
    meetings: Held
    twibbon: Share | None  # None where no twibbon fell in the week
    reports: int
    reporters: int
    by_value: tuple[tuple[str, int], ...]
    activities: int
    problems: tuple[Problem, ...]
    quizzes: Participation = Participation()


def monday_of(day: date) -> date:
    """The Monday of this day's week."""
    return day - timedelta(days=day.weekday())


async def figures(
    session: Session, office: Office, regulation: Regulation, week: date, calendar: WorkingCalendar
) -> WeekFigures:
    """The figures of the week that begins on Monday `week`, from the rows as they stand now."""
    last = week + _WEEK - timedelta(days=1)
    rows = await log.entries(session, office.id, week, last)
    planned = await log.planned(session, office.id, week, last)
    counted = count(rows, planned, await _roster(session, office, planned), regulation, week, calendar)
    return replace(counted, quizzes=await quizzes.participation(session, office.id, week, last))


async def _roster(session: Session, office: Office, planned: Sequence[Occurrence]) -> int:
    """How many were of the office when the week's twibbon fell due: who joined or left since changes no share."""
    days = [item.day for item in planned if item.kind is ScheduleKind.TWIBBON]
    if not days:
        return 0
    zone = ZoneInfo(office.timezone)
    since = datetime.combine(min(days), time(), zone)
    until = datetime.combine(max(days) + timedelta(days=1), time(), zone)
    return await log.roster_size(session, office.id, since, until)


def count(
    rows: Sequence[LogRow],
    planned: Sequence[Occurrence],
    roster: int,
    regulation: Regulation,
    week: date,
    calendar: WorkingCalendar,
) -> WeekFigures:
    """The figures from the entries of the log and the occurrences of the week. Pure."""
    reports = [row for row in rows if row.kind is LogKind.REPORT]
    values = Counter(row.value_slug for row in reports)
    return WeekFigures(
        week=week,
        workdays=sum(calendar.is_working_day(week + timedelta(days=offset)) for offset in range(7)),
        readings=_held(rows, planned, LogKind.READING, ScheduleKind.READING),
        meetings=_held(rows, planned, LogKind.MEETING, ScheduleKind.MEETING),
        twibbon=_share(rows, planned, roster),
        reports=len(reports),
        reporters=len({row.author for row in reports}),
        by_value=tuple((value.name, values[value.slug]) for value in regulation.values),
        activities=sum(row.kind is LogKind.ACTIVITY for row in rows),
        # the same words of several people once, in the order of the log
        problems=tuple(dict.fromkeys(Problem(row.problem, row.remedy) for row in rows if row.problem or row.remedy)),
    )


def _held(rows: Sequence[LogRow], planned: Sequence[Occurrence], kind: LogKind, schedule: ScheduleKind) -> Held:
    confirmed = {row.occurrence_id: row for row in rows if row.kind is kind}
    own = {item.id for item in planned if item.kind is schedule} - set(confirmed)
    forwarded = [row for row in rows if row.kind is LogKind.FORWARDED and row.occurrence_id in own]
    confirmed |= {row.occurrence_id: row for row in forwarded}
    open_ones = [item for item in planned if item.kind is schedule and item.id not in confirmed]
    to_come = sum(item.state is OccurrenceState.PLANNED for item in open_ones)
    return Held(
        planned=len(confirmed) + len(open_ones),
        done=len(confirmed),
        missed=len(open_ones) - to_come,
        to_come=to_come,
        afterwards=sum(row.afterwards for row in confirmed.values()),
        forwarded=len(forwarded),
    )


def _share(rows: Sequence[LogRow], planned: Sequence[Occurrence], roster: int) -> Share | None:
    if not any(item.kind is ScheduleKind.TWIBBON for item in planned):
        return None
    most = max((row.count for row in rows if row.kind is LogKind.TWIBBON), default=0)
    return Share(most, max(roster, most))  # whoever runs the installation may put it up, too


async def summary_parameters(
    session: Session,
    office: Office,
    regulation: Regulation,
    day: date,
    calendar: WorkingCalendar,
    *,
    latest: date | None = None,
) -> Mapping[str, Any]:
    """What the message "summary/week" declares, for the week of `day` beside the week before.

    `latest` is the Monday up to which the reader may go on; the week itself where nothing is said.
    """
    week = monday_of(day)
    now = await figures(session, office, regulation, week, calendar)
    before = await figures(session, office, regulation, week - _WEEK, calendar)
    return parameters(office.name, now, before) | {
        "earlier": week - _WEEK,
        "later": week + _WEEK if latest is not None and week < latest else None,
    }


async def summary(posting: Posting) -> Wording:
    """What the schedule "weekly summary" says to each lead: the week of its day."""
    calendar = await office_calendar(posting.session, posting.office)
    return Wording(
        "summary/week",
        await summary_parameters(posting.session, posting.office, posting.regulation, posting.occurrence.day, calendar),
    )


def parameters(office: str, now: WeekFigures, before: WeekFigures) -> dict[str, Any]:
    """The figures as plain values. With no report at all, every value was silent."""
    return {
        "office": office,
        "first": now.week,
        "last": now.week + _WEEK - timedelta(days=1),
        "workdays": now.workdays,
        "readings": _plain(now.readings, before.readings),
        "meetings": _plain(now.meetings, before.meetings),
        "twibbon": _twibbon(now.twibbon),
        "quizzes": _quizzes(now.quizzes),
        "reports": {"count": now.reports, "before": before.reports},
        "reporters": {"count": now.reporters, "before": before.reporters},
        "by_value": [{"name": name, "count": number} for name, number in now.by_value if number],
        "silent": [name for name, number in now.by_value if not number],
        "activities": {"count": now.activities, "before": before.activities},
        "problems": [{"problem": item.problem, "remedy": item.remedy} for item in now.problems[:MOST_PROBLEMS]],
        "more_problems": max(len(now.problems) - MOST_PROBLEMS, 0),
    }


def _plain(now: Held, before: Held) -> dict[str, int]:
    return {
        "planned": now.planned,
        "done": now.done,
        "missed": now.missed,
        "to_come": now.to_come,
        "afterwards": now.afterwards,
        "forwarded": now.forwarded,
        "before": before.done,
    }


def _quizzes(part: Participation) -> dict[str, int] | None:
    """None where no group had a quiz; the share of right answers rounded down, so that only all are 100."""
    if not part.groups:
        return None
    percent = 100 * part.correct // part.voters if part.voters else 0
    return {"groups": part.groups, "answers": part.voters, "percent": percent}


def _twibbon(share: Share | None) -> dict[str, int] | None:
    return {"count": share.count, "roster": share.roster, "percent": share.percent} if share else None
