"""Occurrences with their posts, as the worker leaves them: for tests of what happens under a post."""

from datetime import date, datetime, time, timedelta

from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import (
    Delivery,
    DeliveryState,
    HolidayRule,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleKind,
)

LABELS = {
    ScheduleKind.READING: "Sudah dibacakan",
    ScheduleKind.MEETING: "Rapat dibuka",
    ScheduleKind.TWIBBON: "Sudah pasang",
}


async def make_schedule(story, kind=ScheduleKind.READING, title="Apel pagi", **columns):
    """A schedule of the story's office; its id."""
    async with story.database.transaction() as session:
        schedule = Schedule(
            office_id=story.office_id,
            kind=kind,
            title=title,
            recurrence=columns.pop("recurrence", {}),
            at=time(7, 30),
            timezone="Asia/Jakarta",
            holiday_rule=HolidayRule.SKIP,
            planned_until=story.clock.now(),
            created_at=story.clock.now(),
            **columns,
        )
        session.add(schedule)
        await session.flush()
        return schedule.id


async def make_occurrence(
    story,
    schedule_id,
    kind=ScheduleKind.READING,
    *,
    day=date(2026, 11, 30),
    due_at: datetime | None = None,
    state=OccurrenceState.POSTED,
    slot=None,
):
    """An occurrence of the schedule; its id."""
    due_at = due_at or story.clock.now()
    async with story.database.transaction() as session:
        occurrence = Occurrence(
            schedule_id=schedule_id,
            office_id=story.office_id,
            kind=kind,
            slot=slot or day.isoformat(),
            day=day,
            due_at=due_at,
            expires_at=due_at + timedelta(hours=1),
            state=state,
            created_at=due_at,
        )
        session.add(occurrence)
        await session.flush()
        return occurrence.id


async def post(story, occurrence_id, chat, kind=ScheduleKind.READING, state=DeliveryState.SENT, part=""):
    """The post of the occurrence in this chat, sent (or uncertain); its delivery id."""
    choices = [[{"label": LABELS[kind], "action": f"done.{kind.value}:{occurrence_id}", "url": None}]]
    async with story.database.transaction() as session:
        row = await enqueue(
            session,
            destination=Destination("telegram", chat.chat_id),
            key="confirmation/open",
            parameters={"post": "<b>Apel pagi</b>\nSIAP &amp; tertib", "choices": choices},
            now=story.clock.now(),
            part=part,
            office_id=story.office_id,
            occurrence_id=occurrence_id,
        )
        row = await session.get_one(Delivery, row.id)
        row.state = state
        row.message_ref = f"m{row.id}" if state is DeliveryState.SENT else None
        return row.id
