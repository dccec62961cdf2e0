"""A quiz is planned, posted and recorded like any other push; only the channel decides in which form it goes out."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from content.quiz import situations_of
from content.regulation_loader import load_regulations
from scheduler.errors import OutcomeUnknown
from scheduler.recurrence import Weekdays
from storage.models import Delivery, DeliveryState, Occurrence, OccurrenceState, Quiz, Schedule, ScheduleKind
from storage.queries import quizzes

REGULATION = load_regulations()["karanganyar-44-2023"]
WEDNESDAY = datetime(2026, 12, 2, 3, tzinfo=UTC)  # 10.00 WIB


async def add_quiz(machine, *chats):
    groups = tuple([await machine.add_group(chat) for chat in chats])
    return await machine.add_schedule(ScheduleKind.QUIZ, Weekdays((2,)), time(10), groups, title="Kuis")


async def on_wednesday(machine):
    await machine.worker.prepare(machine.clock.now())
    await machine.at(WEDNESDAY)


async def test_on_its_day_each_group_gets_the_same_situation_as_a_poll(machine):
    await add_quiz(machine, "-1", "-2")
    await on_wednesday(machine)
    polls = [(item.chat_id, item.message.quiz) for item in machine.sender.accepted]
    assert [chat for chat, _ in polls] == ["-1", "-2"]
    [occurrence] = await machine.due_occurrences()
    assert situations_of(REGULATION)[occurrence.focus].text in polls[0][1].question
    assert polls[0][1] == polls[1][1]
    kept = await machine.all(Quiz)
    assert [(row.situation, row.occurrence_id, row.office_id) for row in kept] == [
        (occurrence.focus, occurrence.id, machine.office_id)
    ] * 2


async def test_a_channel_without_polls_is_given_the_text_and_still_counts_as_a_group_that_had_it(machine):
    machine.sender.polls = False
    await add_quiz(machine, "-1")
    await on_wednesday(machine)
    [sent] = machine.sender.accepted
    assert sent.message.quiz is None
    assert [choice.label for row in sent.message.choices for choice in row] == ["Lihat jawaban"]
    async with machine.database.transaction() as session:
        part = await quizzes.participation(session, machine.office_id, WEDNESDAY.date(), WEDNESDAY.date())
    assert (part.groups, part.voters) == (1, 0)


async def test_week_after_week_and_in_both_quizzes_of_an_office_nothing_is_asked_twice(machine):
    await add_quiz(machine, "-1")
    await add_quiz(machine, "-2")
    for week in range(4):
        await machine.at(WEDNESDAY + timedelta(weeks=week))
    asked = [row.focus for row in await machine.all(Occurrence)]
    assert len(asked) >= 10
    assert len(set(asked)) == len(asked)


async def test_a_quiz_whose_answer_was_lost_is_uncertain_and_never_repeated(machine):
    await add_quiz(machine, "-1")
    machine.sender.lose_answer("-1", OutcomeUnknown())
    await on_wednesday(machine)
    await machine.at(WEDNESDAY + timedelta(hours=1))
    assert len([item for item in machine.sender.accepted if item.message.quiz]) == 1
    assert [row.state for row in await machine.posts()] == [DeliveryState.UNCERTAIN]
    assert await machine.count(Quiz) == 0


async def test_a_situation_that_the_bank_has_no_more_gives_way_to_another(machine):
    await add_quiz(machine, "-1")
    await machine.worker.prepare(machine.clock.now())
    async with machine.database.transaction() as session:
        for row in await session.scalars(select(Occurrence)):
            row.focus = "akuntabel/9/0000000000"
    await on_wednesday(machine)
    [sent] = machine.sender.accepted
    [occurrence] = await machine.due_occurrences()
    assert situations_of(REGULATION)[occurrence.focus].text in sent.message.quiz.question


async def test_it_is_missed_when_its_window_has_passed(machine):
    schedule_id = await add_quiz(machine, "-1")
    await machine.worker.prepare(machine.clock.now())
    await machine.at(WEDNESDAY + timedelta(hours=3, minutes=1))
    assert machine.sender.accepted == []
    [occurrence] = await machine.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "late")
    assert (await machine.all(Schedule, Schedule.id == schedule_id))[0].kind is ScheduleKind.QUIZ
    assert await machine.count(Delivery, Delivery.group_id.is_not(None)) == 0
