"""Counts of a quiz only grow, whatever order they come in, and are added up by days without any person."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    GroupState,
    HolidayRule,
    Occurrence,
    OccurrenceState,
    Office,
    Quiz,
    Schedule,
    ScheduleKind,
)
from storage.queries import quizzes
from storage.queries.quizzes import Participation

NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
DAY = date(2026, 12, 2)


class Asked:
    """An office's quizzes, each posted into groups."""

    def __init__(self, session):
        self.session = session

    async def add(self, row):
        self.session.add(row)
        await self.session.flush()
        return row

    async def office(self):
        self.of = await self.add(Office(name="Dinas", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW))
        values = {"title": "Kuis", "recurrence": {}, "at": time(10), "timezone": "Asia/Jakarta"}
        times = {"holiday_rule": HolidayRule.SKIP, "planned_until": NOW, "created_at": NOW}
        self.schedule = await self.add(Schedule(office_id=self.of.id, kind=ScheduleKind.QUIZ, **values, **times))

    async def occurrence(self, focus, day=DAY, state=OccurrenceState.POSTED):
        due = datetime.combine(day, time(3), UTC)
        times = {"due_at": due, "expires_at": due + timedelta(hours=3), "created_at": NOW}
        names = {"kind": ScheduleKind.QUIZ, "slot": day.isoformat(), "day": day, "state": state, "focus": focus}
        return await self.add(Occurrence(schedule_id=self.schedule.id, office_id=self.of.id, **names, **times))

    async def post(self, occurrence, chat, poll_ref):
        group = await self.add(
            GroupChat(
                office_id=self.of.id,
                channel="telegram",
                chat_id=chat,
                title="Grup",
                state=GroupState.ACTIVE,
                created_at=NOW,
            )
        )
        row = await self.add(
            Delivery(
                office_id=self.of.id,
                occurrence_id=occurrence.id,
                channel="telegram",
                chat_id=chat,
                group_id=group.id,
                message_key="quiz/post",
                parameters={"key": occurrence.focus, "right": 1},
                message={"text": "kuis"},
                state=DeliveryState.SENT,
                not_before=NOW,
                created_at=NOW,
            )
        )
        await quizzes.keep(self.session, row, poll_ref)
        return row

    async def counted(self, delivery):
        quiz = (await self.session.scalars(select(Quiz).execution_options(populate_existing=True))).one()
        assert quiz.delivery_id == delivery.id
        return quiz.voters, quiz.correct, quiz.told_at


@pytest.fixture
async def asked(database):
    async with database.transaction() as session:
        asked = Asked(session)
        await asked.office()
        yield asked


async def test_a_repeated_or_older_count_changes_nothing(asked):
    row = await asked.post(await asked.occurrence("akuntabel/1/a"), "-1", "p1")
    told = []
    for voters, correct, minute in ((3, 2, 1), (3, 2, 2), (2, 2, 3), (0, 0, 4), (5, 3, 5), (4, 3, 6)):
        told.append(await quizzes.count(asked.session, row.id, voters, correct, NOW + timedelta(minutes=minute)))
    assert told == [True, False, False, False, True, False]
    assert await asked.counted(row) == (5, 3, NOW + timedelta(minutes=5))


async def test_a_poll_is_found_on_its_own_channel_alone(asked):
    row = await asked.post(await asked.occurrence("akuntabel/1/a"), "-1", "p1")
    assert (await quizzes.delivery_of_poll(asked.session, "telegram", "p1")).id == row.id
    assert await quizzes.delivery_of_poll(asked.session, "telegram", "p2") is None
    assert await quizzes.delivery_of_poll(asked.session, "console", "p1") is None


async def test_kept_twice_it_is_one(asked):
    row = await asked.post(await asked.occurrence("akuntabel/1/a"), "-1", "p1")
    await quizzes.keep(asked.session, row, "p9")
    assert (await quizzes.delivery_of_poll(asked.session, "telegram", "p1")).id == row.id


async def test_participation_adds_up_groups_and_answers_of_the_days_asked_for(asked):
    before, occurrence = await asked.occurrence("a/1/a", DAY - timedelta(days=7)), await asked.occurrence("a/1/b")
    for place, (of, chat, voters, correct) in enumerate(
        ((before, "-1", 9, 9), (occurrence, "-2", 4, 3), (occurrence, "-3", 6, 1))
    ):
        row = await asked.post(of, chat, f"p{place}")
        await quizzes.count(asked.session, row.id, voters, correct, NOW)
    of_week = await quizzes.participation(asked.session, asked.of.id, DAY - timedelta(days=2), DAY + timedelta(days=4))
    assert of_week == Participation(groups=2, voters=10, correct=4)
    assert await quizzes.participation(asked.session, asked.of.id + 1, DAY, DAY) == Participation()


async def test_what_was_asked_is_told_in_order_of_time_without_what_was_called_off(asked):
    await asked.occurrence("a/1/later", DAY + timedelta(days=7), OccurrenceState.PLANNED)
    await asked.occurrence("a/1/off", DAY + timedelta(days=1), OccurrenceState.CANCELLED)
    await asked.occurrence("a/1/now")
    await asked.occurrence(None, DAY - timedelta(days=7))
    assert await quizzes.asked(asked.session, asked.of.id) == ["a/1/now", "a/1/later"]
