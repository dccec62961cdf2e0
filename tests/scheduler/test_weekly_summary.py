"""The week in figures: persons are counted, never named, never ranked."""

from datetime import date, timedelta

import pytest

from content.message_catalog import catalog
from content.regulation_loader import load_regulations
from content.rendering import render
from scheduler.delivery_queue import enqueue
from scheduler.message_parameters import Posting
from scheduler.sender import Destination
from scheduler.weekly_summary import (
    Held,
    Problem,
    Share,
    figures,
    monday_of,
    summary,
    summary_parameters,
)
from scheduler.working_calendar import DayKind, OwnDay, WorkingCalendar
from storage.models import (
    GroupChat,
    GroupState,
    Member,
    Occurrence,
    OccurrenceState,
    Office,
    ReportState,
    Role,
    Schedule,
    ScheduleKind,
)
from storage.queries import quizzes
from tests.logged import make_activity, make_confirmed, make_forwarded, make_member, make_report
from tests.posted import make_occurrence, make_schedule
from tests.story import Story

MONDAY = date(2026, 11, 30)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=number) for number in range(1, 5))
REGULATION = load_regulations()["karanganyar-44-2023"]


@pytest.fixture
async def story(database):
    story = Story(database, [])
    await story.open_office()
    return story


@pytest.fixture
async def members(story):
    return [await make_member(story, f"Anggota {number}") for number in range(1, 5)]


async def week_of(story, week=MONDAY, calendar=WorkingCalendar()):  # noqa: B008  frozen
    async with story.database.transaction() as session:
        office = await session.get_one(Office, story.office_id)
        return await figures(session, office, REGULATION, week, calendar)


async def shown(story, day=FRIDAY):
    async with story.database.transaction() as session:
        office = await session.get_one(Office, story.office_id)
        parameters = await summary_parameters(session, office, REGULATION, day, WorkingCalendar())
    return render("summary/week", parameters).text


async def test_readings_are_planned_done_missed_or_to_come(story, members):
    schedule_id = await make_schedule(story)
    await make_confirmed(story, schedule_id, members[:1], day=MONDAY)
    await make_confirmed(story, schedule_id, members[:1], day=TUESDAY, afterwards=True)
    for day, state in (
        (WEDNESDAY, OccurrenceState.POSTED),
        (THURSDAY, OccurrenceState.MISSED),
        (FRIDAY, OccurrenceState.PLANNED),
        (FRIDAY + timedelta(days=1), OccurrenceState.CANCELLED),
        (FRIDAY + timedelta(days=3), OccurrenceState.PLANNED),
    ):
        await make_occurrence(story, schedule_id, day=day, state=state)
    week = await week_of(story)
    assert week.readings == Held(planned=5, done=2, missed=2, to_come=1, afterwards=1)


async def test_a_reading_that_was_forwarded_is_done_and_named_as_forwarded(story, members):
    schedule_id = await make_schedule(story, by_forwarding=True)
    for day, afterwards in ((MONDAY, False), (TUESDAY, True)):
        forwarded = await make_occurrence(story, schedule_id, day=day)
        await make_forwarded(story, forwarded, members[0], day, afterwards=afterwards)
    read_too = await make_confirmed(story, schedule_id, members[:1], day=WEDNESDAY)
    await make_forwarded(story, read_too, members[0], WEDNESDAY)
    await make_occurrence(story, schedule_id, day=THURSDAY)
    meeting = await make_occurrence(story, await make_schedule(story, ScheduleKind.MEETING), ScheduleKind.MEETING)
    await make_forwarded(story, meeting)
    week = await week_of(story)
    assert week.readings == Held(planned=4, done=3, missed=1, afterwards=1, forwarded=2)
    assert week.meetings == Held(planned=1, done=1, forwarded=1)
    text = await shown(story)
    assert "direncanakan 4, terlaksana 3 (2 diteruskan ke grup WhatsApp; 1 dicatat susulan), terlewat 1" in text


async def test_a_forwarded_twibbon_or_broadcast_is_no_reading(story, members):
    for kind in (ScheduleKind.TWIBBON, ScheduleKind.BROADCAST):
        forwarded = await make_occurrence(story, await make_schedule(story, kind, by_forwarding=True), kind)
        await make_forwarded(story, forwarded)
    week = await week_of(story)
    assert (week.readings, week.meetings) == (Held(), Held())
    assert week.meetings == Held()


async def test_meetings_are_counted_on_their_own(story, members):
    schedule_id = await make_schedule(story, ScheduleKind.MEETING, "Evaluasi")
    await make_confirmed(story, schedule_id, members[:1], ScheduleKind.MEETING)
    assert (await week_of(story)).meetings == Held(planned=1, done=1)


async def test_reports_per_value_and_how_many_people(story, members):
    for member in members[:3]:
        await make_report(story, member)
    await make_report(story, members[0], value_slug="loyal", behaviour_n=3)
    await make_report(story, members[3], state=ReportState.WITHDRAWN)
    week = await week_of(story)
    assert (week.reports, week.reporters) == (4, 3)
    assert [item for item in week.by_value if item[1]] == [("Akuntabel", 3), ("Loyal", 1)]
    text = await shown(story)
    assert "4 laporan dari 3 orang\n• Akuntabel: 3\n• Loyal: 1\n" in text
    assert "Belum ada laporan tentang: Berorientasi Pelayanan, Kompeten, Harmonis, Adaptif, Kolaboratif" in text
    assert "Anggota" not in text


async def test_a_week_with_one_reporter_is_told_like_any_other(story, members):
    await make_report(story, members[0])
    text = await shown(story)
    assert "1 laporan dari 1 orang\n• Akuntabel: 1\n" in text
    assert "Jumlah pelapor naik 1 orang" in text


async def test_a_week_without_reports_names_every_value_as_silent(story):
    text = await shown(story)
    assert "Tidak ada laporan." in text
    assert "Belum ada laporan tentang: Berorientasi Pelayanan, Akuntabel," in text


async def test_the_change_from_the_week_before(story, members):
    schedule_id = await make_schedule(story)
    for day in (MONDAY - timedelta(days=7), MONDAY - timedelta(days=6)):
        await make_confirmed(story, schedule_id, members[:1], day=day)
    await make_confirmed(story, schedule_id, members[:1], day=MONDAY)
    text = await shown(story)
    assert "direncanakan 1, terlaksana 1, terlewat 0\n(turun 1 dari minggu sebelumnya)" in text
    assert "direncanakan 0, terlaksana 0, terlewat 0\n(sama dengan minggu sebelumnya)" in text


async def test_the_twibbon_s_share_of_the_roster(story, members):
    await make_member(story, "Administrator", Role.ADMINISTRATOR)
    schedule_id = await make_schedule(story, ScheduleKind.TWIBBON, "Twibbon")
    await make_confirmed(story, schedule_id, members[:3], ScheduleKind.TWIBBON, WEDNESDAY)
    assert (await week_of(story)).twibbon == Share(3, 4)
    assert "3 dari 4 orang (75%)" in await shown(story)


async def test_who_left_after_putting_it_up_stays_in_the_share(story, members):
    administrator = await make_member(story, "Administrator", Role.ADMINISTRATOR)
    schedule_id = await make_schedule(story, ScheduleKind.TWIBBON, "Twibbon")
    await make_confirmed(story, schedule_id, members, ScheduleKind.TWIBBON, MONDAY)
    story.clock.move_to(story.clock.now() + timedelta(days=2))
    await make_member(story, "Anggota 5")
    async with story.database.transaction() as session:
        (await session.get_one(Member, members[0])).left_at = story.clock.now()
    assert (await week_of(story)).twibbon == Share(4, 4)
    await make_confirmed(story, schedule_id, [*members, administrator], ScheduleKind.TWIBBON, FRIDAY)
    assert (await week_of(story)).twibbon == Share(5, 5)


async def test_a_week_without_twibbon_does_not_speak_of_it(story):
    assert (await week_of(story)).twibbon is None
    assert "Twibbon" not in await shown(story)


def test_only_all_are_a_hundred_percent():
    assert [Share(199, 200).percent, Share(200, 200).percent, Share(0, 0).percent] == [99, 100, 0]


async def test_problems_and_remedies_stand_without_names_and_each_once(story, members):
    for member in members[:2]:
        await make_report(story, member, problem="Aplikasi <lambat>", remedy="Dikerjakan pagi")
    await make_activity(story, TUESDAY, problem="Waktu terbatas")
    await make_activity(story, TUESDAY, remedy="Menambah jadwal")
    week = await week_of(story)
    assert week.problems == (
        Problem("Aplikasi <lambat>", "Dikerjakan pagi"),
        Problem("Waktu terbatas", ""),
        Problem("", "Menambah jadwal"),
    )
    lines = "• Aplikasi &lt;lambat&gt; → Dikerjakan pagi\n• Waktu terbatas\n• Upaya: Menambah jadwal"
    assert lines in await shown(story)


async def test_a_holiday_is_no_working_day(story):
    calendar = WorkingCalendar(5, {FRIDAY: OwnDay(DayKind.HOLIDAY, "Hari jadi")})
    assert (await week_of(story, calendar=calendar)).workdays == 4


async def test_an_empty_week_is_told_calmly(story):
    text = await shown(story)
    assert "Tidak ada laporan." in text
    assert "Tidak ada yang dicatat." in text


async def test_an_erased_member_s_report_still_counts(story, members):
    await make_report(story, None)
    for member in members[:2]:
        await make_report(story, member)
    week = await week_of(story)
    assert (week.reports, week.reporters) == (3, 3)


async def test_the_friday_s_push_tells_the_week_of_its_day(story):
    schedule_id = await make_schedule(story, ScheduleKind.SUMMARY, "Ringkasan mingguan")
    occurrence_id = await make_occurrence(story, schedule_id, ScheduleKind.SUMMARY, day=FRIDAY)
    async with story.database.transaction() as session:
        wording = await summary(
            Posting(
                session=session,
                schedule=await session.get_one(Schedule, schedule_id),
                occurrence=await session.get_one(Occurrence, occurrence_id),
                office=await session.get_one(Office, story.office_id),
                regulation=REGULATION,
            )
        )
    message = render(wording.key, wording.parameters)
    assert "Senin, 30 November 2026 s.d. Minggu, 6 Desember 2026" in message.text
    assert [choice.label for line in message.choices for choice in line] == ["‹ Minggu sebelumnya"]


def test_a_week_begins_on_monday():
    assert monday_of(FRIDAY) == monday_of(MONDAY) == monday_of(MONDAY + timedelta(days=6)) == MONDAY


async def make_quiz(story, voters, correct, day=WEDNESDAY):
    schedule_id = await make_schedule(story, ScheduleKind.QUIZ, "Kuis mingguan")
    occurrence_id = await make_occurrence(story, schedule_id, ScheduleKind.QUIZ, day=day)
    async with story.database.transaction() as session:
        group = GroupChat(
            office_id=story.office_id,
            channel="telegram",
            chat_id=f"-{occurrence_id}",
            title="Grup",
            state=GroupState.ACTIVE,
            created_at=story.clock.now(),
        )
        session.add(group)
        await session.flush()
        row = await enqueue(
            session,
            destination=Destination("telegram", group.chat_id),
            key="quiz/post",
            parameters=catalog()["quiz/post"].parameters,
            now=story.clock.now(),
            office_id=story.office_id,
            occurrence_id=occurrence_id,
            group_id=group.id,
        )
        await quizzes.keep(session, row, f"poll-{occurrence_id}")
        await quizzes.count(session, row.id, voters, correct, story.clock.now())


async def test_the_quiz_is_told_in_groups_answers_and_the_share_that_was_right(story):
    await make_quiz(story, 20, 17)
    await make_quiz(story, 11, 6)
    await make_quiz(story, 100, 0, day=MONDAY - timedelta(days=5))
    assert "<b>Kuis</b>\n2 grup, 31 jawaban, 74% tepat\n" in await shown(story)


async def test_a_quiz_that_nobody_answered_says_so_and_a_week_without_one_is_silent(story):
    assert "Kuis" not in await shown(story)
    await make_quiz(story, 0, 0)
    assert "1 grup, belum ada jawaban yang terhitung" in await shown(story)
