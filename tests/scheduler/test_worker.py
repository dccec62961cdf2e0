"""Never twice, never silently lost: the worker against kills, lost answers, other workers, and a moved clock."""

import asyncio
import contextlib
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    MessageRefused,
    OutcomeUnknown,
    RecipientMoved,
    RecipientUnreachable,
    Throttled,
    UnreachableReason,
)
from scheduler.rate_limit import Limits
from scheduler.recurrence import Once
from scheduler.sources import SOURCES
from storage.errors import Unavailable
from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    GroupState,
    Occurrence,
    OccurrenceState,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from tests.scheduler.machine import GROUP, MONDAY_READING, DyingDatabase, Killed, Machine

MINUTE = timedelta(minutes=1)
SECRETARY = "500"


@pytest.fixture
async def reading(machine):
    """A reading every working day at 07.30 WIB into one group, and a secretary who can be told."""
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    return machine


async def test_a_reading_goes_out_once_at_its_minute(reading):
    assert (await reading.at(MONDAY_READING - MINUTE)).posted == 0
    assert (await reading.at(MONDAY_READING)).sent == 1
    assert (await reading.at(MONDAY_READING + MINUTE)).sent == 0
    [post] = await reading.posts()
    assert (post.state, post.sent_at, post.message_ref) == (DeliveryState.SENT, MONDAY_READING, "1000")
    [accepted] = reading.sender.accepted
    assert "Core Values" in accepted.message.text
    [[button]] = accepted.message.choices
    assert button.action == f"done.reading:{post.occurrence_id}"


async def test_the_worker_wakes_itself_at_the_minute(reading):
    reading.clock.move_to(MONDAY_READING - timedelta(minutes=20))
    woken = await reading.until(MONDAY_READING + MINUTE)
    assert MONDAY_READING in woken
    assert len(reading.sender.texts(GROUP)) == 1


async def test_a_restart_inside_the_window_posts_late_and_once(reading):
    await reading.at(MONDAY_READING - timedelta(days=1))
    await reading.restart()
    await reading.at(MONDAY_READING + 59 * MINUTE)
    await reading.restart()
    await reading.at(MONDAY_READING + 59 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_what_is_too_late_is_missed_with_its_reason_and_told_once_in_one_message(reading):
    await reading.at(MONDAY_READING - timedelta(days=1))
    back = MONDAY_READING + timedelta(days=1, hours=2)  # down over two readings
    await reading.restart()
    await reading.at(back)
    await reading.at(back + MINUTE)
    missed = await reading.all(Occurrence, Occurrence.state == OccurrenceState.MISSED)
    assert [(row.slot, row.reason) for row in missed] == [("2026-11-30", "late"), ("2026-12-01", "late")]
    assert reading.sender.texts(GROUP) == []
    [notice] = reading.sender.texts(SECRETARY)
    assert notice.count("Apel pagi") == 2


async def test_a_long_downtime_leaves_a_row_for_every_reading(reading):
    await reading.at(datetime(2026, 12, 31, 12, tzinfo=UTC))
    days = {row.day for row in await reading.due_occurrences()}
    assert date(2026, 12, 1) in days
    assert date(2026, 12, 30) in days
    assert date(2026, 12, 25) not in days  # Christmas
    assert {row.state for row in await reading.due_occurrences()} == {OccurrenceState.MISSED}


async def test_over_weeks_with_holidays_it_posts_on_working_days_only_and_repeats_no_focus(reading):
    for day in range(36):
        await reading.at(MONDAY_READING + timedelta(days=day))
    days = [row.day for row in await reading.all(Occurrence, Occurrence.state == OccurrenceState.POSTED)]
    assert date(2027, 1, 1) not in days
    assert date(2026, 12, 25) not in days
    assert all(day.weekday() < 5 for day in days)
    assert len(reading.sender.texts(GROUP)) == len(days)
    focuses = [row.focus for row in await reading.all(Occurrence, Occurrence.state == OccurrenceState.POSTED)]
    assert len(set(focuses)) == len(focuses) == 23


@pytest.mark.parametrize("error", [ChannelDown(), Throttled(MONDAY_READING + MINUTE)])
async def test_what_surely_was_not_sent_goes_again(reading, error):
    reading.sender.refuse(GROUP, error)
    await reading.at(MONDAY_READING)
    assert reading.sender.texts(GROUP) == []
    await reading.until(MONDAY_READING + 2 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_a_channel_that_stays_down_makes_the_reading_missed_and_told(reading):
    reading.sender.refuse(GROUP, *[ChannelDown()] * 200)
    await reading.at(MONDAY_READING)
    await reading.until(MONDAY_READING + 61 * MINUTE)
    [post] = await reading.posts()
    assert (post.state, post.reason) == (DeliveryState.MISSED, "expired")
    assert len(reading.sender.texts(SECRETARY)) == 1


async def test_a_group_post_whose_answer_was_lost_is_uncertain_told_once_and_not_repeated(reading):
    reading.sender.lose_answer(GROUP, OutcomeUnknown())
    await reading.at(MONDAY_READING)
    await reading.restart()
    await reading.until(MONDAY_READING + 90 * MINUTE)
    [post] = await reading.posts()
    assert post.state is DeliveryState.UNCERTAIN
    assert len(reading.sender.texts(GROUP)) == 1
    [notice] = [item for item in reading.sender.accepted if item.chat_id == SECRETARY]
    assert notice.message.choices[0][0].action == f"delivery.again:{post.id}"


async def test_a_defect_of_the_channel_is_an_unknown_outcome(reading):
    reading.sender.lose_answer(GROUP, RuntimeError("a defect"))
    await reading.at(MONDAY_READING)
    assert [post.state for post in await reading.posts()] == [DeliveryState.UNCERTAIN]


async def test_a_refused_message_fails_and_is_told(reading):
    reading.sender.refuse(GROUP, MessageRefused("too long"))
    await reading.at(MONDAY_READING)
    [post] = await reading.posts()
    assert (post.state, post.reason) == (DeliveryState.FAILED, "refused")
    assert len(reading.sender.texts(SECRETARY)) == 1


async def test_a_group_that_cannot_be_written_to_pauses_with_its_schedule_and_is_told_once(reading):
    reading.sender.refuse(GROUP, RecipientUnreachable(UnreachableReason.REMOVED))
    for day in range(3):
        await reading.at(MONDAY_READING + timedelta(days=day))
    [group], [schedule] = await reading.all(GroupChat), await reading.all(Schedule)
    assert (group.state, group.reason) == (GroupState.PAUSED, "removed")
    assert (schedule.state, schedule.reason) == (ScheduleState.PAUSED, "removed")
    assert len(reading.sender.texts(SECRETARY)) == 1
    states = [(row.state, row.reason) for row in await reading.due_occurrences()]
    assert states == [(OccurrenceState.POSTED, None)] + [(OccurrenceState.MISSED, "removed")] * 2


async def test_a_moved_group_is_readdressed_and_gets_the_post_at_once(reading):
    reading.sender.refuse(GROUP, RecipientMoved("-1009"))
    await reading.at(MONDAY_READING)
    await reading.at(MONDAY_READING + timedelta(days=1))
    assert reading.sender.texts(GROUP) == []
    assert len(reading.sender.texts("-1009")) == 2
    [group] = await reading.all(GroupChat)
    assert group.chat_id == "-1009"


async def test_a_channel_that_refuses_us_keeps_every_row_planned(reading):
    reading.sender.refuse(GROUP, ChannelRefusesUs())
    await reading.at(MONDAY_READING)
    assert [post.state for post in await reading.posts()] == [DeliveryState.PLANNED]
    await reading.at(MONDAY_READING + MINUTE)
    assert reading.sender.asked == 1
    await reading.at(MONDAY_READING + 6 * MINUTE)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_one_failing_chat_does_not_stop_the_others(machine):
    groups = [await machine.add_group(f"-{number}") for number in range(1, 5)]
    await machine.add_schedule(groups=tuple(groups))
    machine.sender.refuse("-1", RuntimeError("a defect"))
    machine.sender.refuse("-2", ChannelDown())
    await machine.at(MONDAY_READING)
    assert {item.chat_id for item in machine.sender.accepted} == {"-3", "-4"}


async def test_one_slow_chat_delays_nobody_and_at_most_so_many_are_in_hand(machine):
    groups = [await machine.add_group(f"-{number}") for number in range(1, 8)]
    await machine.add_schedule(groups=tuple(groups))
    answered = asyncio.Event()
    machine.worker = machine.new_worker(at_once=3, on_answer=answered.set)
    machine.sender.gates["-1"] = asyncio.Event()
    machine.clock.move_to(MONDAY_READING)
    await machine.worker.tick(MONDAY_READING, wait=False)
    while len(machine.sender.accepted) < 6:
        await machine.worker.outbox.step()
        assert await machine.count(Delivery, Delivery.state == DeliveryState.SENDING) <= 3
        await answered.wait()
        answered.clear()
    assert "-1" not in {item.chat_id for item in machine.sender.accepted}
    assert machine.sender.most_at_once <= 3
    machine.sender.gates["-1"].set()
    await machine.worker.outbox.settle()
    assert Counter(item.chat_id for item in machine.sender.accepted) == {f"-{number}": 1 for number in range(1, 8)}


async def test_limits_spread_the_posts_and_lose_none(machine):
    groups = [await machine.add_group(f"-{number}") for number in range(1, 8)]
    await machine.add_schedule(groups=tuple(groups))
    await machine.restart(limits={"telegram": Limits(per_second=3)})
    assert (await machine.at(MONDAY_READING)).sent == 1
    assert (await machine.at(MONDAY_READING)).sent == 0
    async with machine.database.transaction() as session:
        wakes = await machine.worker.next_wake(session, MONDAY_READING)
    assert MONDAY_READING < wakes < MONDAY_READING + timedelta(seconds=1)
    assert (await machine.at(MONDAY_READING + timedelta(seconds=1))).sent == 1
    await machine.until(MONDAY_READING + MINUTE)
    assert len(machine.sender.accepted) == 7


async def test_two_workers_on_one_database_send_nothing_twice(machine):

    groups = [await machine.add_group(f"-{number}") for number in range(1, 11)]
    await machine.add_schedule(groups=tuple(groups))
    workers = [machine.new_worker(), machine.new_worker()]
    machine.clock.move_to(MONDAY_READING)
    await asyncio.gather(*(worker.tick(MONDAY_READING) for worker in workers))
    assert Counter(item.chat_id for item in machine.sender.accepted) == {f"-{number}": 1 for number in range(1, 11)}


async def test_a_send_that_nobody_recorded_becomes_uncertain_after_two_minutes_without_a_restart(reading):
    await reading.at(MONDAY_READING - MINUTE)
    dying = reading.new_worker(DyingDatabase(reading.database, 10_000, after=False))
    reading.sender.lose_answer(GROUP, Killed())
    reading.clock.move_to(MONDAY_READING)
    await dying.tick(MONDAY_READING)
    assert [post.state for post in await reading.posts()] == [DeliveryState.SENDING]
    await reading.at(MONDAY_READING + 2 * MINUTE)
    assert [post.state for post in await reading.posts()] == [DeliveryState.UNCERTAIN]
    assert len(reading.sender.texts(GROUP)) == 1


async def run_until_dead(machine, commits, *, after):
    """A process that dies at its n-th commit; whether it got that far before the morning was over."""
    database = DyingDatabase(machine.database, commits, after=after)
    worker = machine.new_worker(database)
    try:
        for instant in (MONDAY_READING - timedelta(hours=17), MONDAY_READING, MONDAY_READING + MINUTE):
            machine.clock.move_to(max(instant, machine.clock.now()))
            await worker.tick(instant)
    except Killed:
        await worker.close()
    return database.dead


# About thirty commits lie between planning and the record of the last send; what leaves, leaves after the twentieth.
DEATHS = [(commits, False) for commits in [*range(0, 20, 2), *range(20, 34)]] + [
    (commits, True) for commits in range(20, 34)
]


@pytest.mark.parametrize(("commits", "after"), DEATHS)
async def test_a_kill_at_any_commit_neither_repeats_nor_loses_a_post(database, commits, after):
    machine = Machine(database)
    await machine.open_office()
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY)
    groups = [await machine.add_group(f"-{number}") for number in (1, 2)]
    await machine.add_schedule(groups=tuple(groups), title="Apel pagi")
    died = await run_until_dead(machine, commits, after=after)
    assert died or commits > 25
    await machine.restart()
    await machine.until(MONDAY_READING + 10 * MINUTE)
    [occurrence] = await machine.due_occurrences()
    assert occurrence.state is OccurrenceState.POSTED
    received = Counter(item.chat_id for item in machine.sender.accepted if "Fokus hari ini" in item.message.text)
    posts = {post.chat_id: post.state for post in await machine.posts()}
    assert set(posts) == {"-1", "-2"}
    for chat, state in posts.items():
        allowed = {DeliveryState.SENT: {1}, DeliveryState.UNCERTAIN: {0, 1}}
        assert received[chat] in allowed[state]


async def test_every_planned_post_is_accounted_for(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    groups = [await machine.add_group(f"-{number}") for number in range(1, 7)]
    await machine.add_schedule(groups=tuple(groups))
    machine.sender.refuse("-1", MessageRefused(""))
    machine.sender.lose_answer("-2", OutcomeUnknown())
    machine.sender.refuse("-3", RecipientUnreachable(UnreachableReason.MUTED))
    machine.sender.refuse("-4", *[ChannelDown()] * 200)
    machine.sender.refuse("-5", RecipientMoved("-55"))
    for day in range(2):
        for minutes in (0, 1, 61):
            await machine.at(MONDAY_READING + timedelta(days=day, minutes=minutes))
    posts = await machine.posts()
    for occurrence in await machine.due_occurrences():
        assert sum(post.occurrence_id == occurrence.id for post in posts) == 6
    assert {post.state for post in posts} == {
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.MISSED,
        DeliveryState.UNCERTAIN,
    }
    by_group = [[post.state.value for post in posts if post.group_id == group] for group in groups]
    assert by_group == [
        ["failed", "sent"],
        ["uncertain", "sent"],
        ["failed", "failed"],
        ["missed", "missed"],
        ["sent", "sent"],
        ["sent", "sent"],
    ]


async def test_a_meeting_opens_inside_fifteen_minutes_and_its_schedule_ends(machine):
    at = datetime(2026, 11, 30, 2, tzinfo=UTC)
    await machine.add_schedule(
        ScheduleKind.MEETING, Once(date(2026, 11, 30)), time(9), (await machine.add_group(),), title="Evaluasi <x>"
    )
    await machine.at(at + 14 * MINUTE)
    [text] = machine.sender.texts(GROUP)
    assert "Evaluasi &lt;x&gt;" in text
    assert [row.state for row in await machine.all(Schedule)] == [ScheduleState.ENDED]


async def test_a_schedule_without_a_group_is_paused_missed_and_told_once(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    await machine.add_schedule()
    for day in range(3):
        await machine.at(MONDAY_READING + timedelta(days=day))
    [schedule] = await machine.all(Schedule)
    assert (schedule.state, schedule.reason) == (ScheduleState.PAUSED, "no_group")
    assert len(machine.sender.texts(SECRETARY)) == 1


async def test_a_paused_group_gets_a_failed_row_beside_one_that_works(machine):
    groups = [await machine.add_group("-1"), await machine.add_group("-2", GroupState.PAUSED)]
    await machine.add_schedule(groups=tuple(groups))
    await machine.at(MONDAY_READING)
    assert [(post.chat_id, post.state) for post in await machine.posts()] == [
        ("-1", DeliveryState.SENT),
        ("-2", DeliveryState.FAILED),
    ]


async def test_an_occurrence_that_cannot_be_worded_is_missed_and_the_others_go_out(machine):
    groups = (await machine.add_group(),)
    await machine.restart(sources={ScheduleKind.READING: SOURCES[ScheduleKind.READING]})
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=groups)
    await machine.add_schedule(groups=groups)
    await machine.at(MONDAY_READING)
    states = {row.kind: (row.state, row.reason) for row in await machine.due_occurrences()}
    assert states[ScheduleKind.BROADCAST] == (OccurrenceState.MISSED, "defect")
    assert states[ScheduleKind.READING] == (OccurrenceState.POSTED, None)


async def test_a_schedule_that_cannot_be_planned_and_a_lost_regulation_silence_nobody_else(reading):
    own = reading.office_id
    await reading.add_schedule(recurrence_of={"kind": "nonsense"})
    await reading.open_office("lost-1-2020")
    await reading.add_member("Anggota 1", chat_id="9")
    await reading.add_schedule(groups=(await reading.add_group("-9"),))
    reading.office_id = own
    await reading.add_member("Anggota 1", chat_id="1")
    await reading.at(datetime(2026, 11, 27, 8, 30, tzinfo=UTC))
    assert len(reading.sender.texts("1")) == 1
    await reading.at(MONDAY_READING)
    assert len(reading.sender.texts(GROUP)) == 1


async def test_a_database_that_cannot_be_worked_with_makes_nothing_missed(reading):
    await reading.at(MONDAY_READING - MINUTE)
    reading.clock.move_to(MONDAY_READING)
    for commits in range(4, 12):
        with contextlib.suppress(Unavailable):
            await reading.new_worker(DyingDatabase(reading.database, commits, error=Unavailable)).tick(MONDAY_READING)
    await reading.at(MONDAY_READING)
    assert [row.state for row in await reading.due_occurrences()] == [OccurrenceState.POSTED]


async def test_a_person_who_blocked_the_bot_is_marked_and_nobody_else_suffers(reading):
    reading.sender.refuse(SECRETARY, RecipientUnreachable(UnreachableReason.BLOCKED))
    reading.sender.refuse(GROUP, MessageRefused(""))
    await reading.at(MONDAY_READING)
    [address] = await reading.all(PersonAddress)
    assert address.unreachable == "blocked"
    assert await reading.count(Delivery, Delivery.state == DeliveryState.FAILED) == 2
