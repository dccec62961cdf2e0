"""Whom a push reaches one by one: whoever is on a channel without groups alone, reachable, and did not opt out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    GroupState,
    HolidayRule,
    Member,
    Occurrence,
    Office,
    Person,
    PersonAddress,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.queries import one_by_one
from storage.queries.one_by_one import Heard

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
ALONE = ["phone"]  # the channels without groups


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        for number in (1, 2):
            session.add(
                Office(id=number, name=f"Dinas {number}", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW)
            )
        await session.flush()
        yield session


async def add_push(session, office_id=1, *, to_persons=True, groups=()):
    """A schedule with one occurrence; the ids of both."""
    schedule = Schedule(
        office_id=office_id,
        kind=ScheduleKind.READING,
        title="Apel pagi",
        recurrence={},
        at=time(7, 30),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.SKIP,
        to_persons=to_persons,
        planned_until=NOW,
        created_at=NOW,
    )
    session.add(schedule)
    await session.flush()
    session.add_all([ScheduleTarget(schedule_id=schedule.id, group_id=group.id) for group in groups])
    occurrence = Occurrence(
        schedule_id=schedule.id,
        office_id=office_id,
        kind=ScheduleKind.READING,
        slot="a",
        day=date(2026, 11, 30),
        due_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        created_at=NOW,
    )
    session.add(occurrence)
    await session.flush()
    return schedule.id, occurrence.id


async def add_group(session, state=GroupState.ACTIVE):
    group = GroupChat(office_id=1, channel="groups", chat_id="-1", title="Grup", state=state, created_at=NOW)
    session.add(group)
    await session.flush()
    return group


async def add_member(session, name, *addresses, office_id=1, left_at=None):
    """Each address is a channel and its columns; the chat is called like the member."""
    person = Person(name=name, created_at=NOW)
    session.add(person)
    await session.flush()
    for number, (channel, columns) in enumerate(addresses):
        values = {"user_id": f"{name}/{number}", "chat_id": f"{name}/{number}"} | columns
        session.add(PersonAddress(person_id=person.id, channel=channel, **values))
        await session.flush()
    session.add(Member(office_id=office_id, person_id=person.id, name=name, left_at=left_at, created_at=NOW))
    await session.flush()


async def reached(session, *occurrence_ids, limit=None):
    found = await one_by_one.without_row(session, occurrence_ids, ALONE, limit)
    return [(number, person.chat_id) for number, person in found]


async def test_active_members_who_can_be_written_to_there_are_reached(session):
    _, occurrence = await add_push(session)
    await add_member(session, "a", ("phone", {}))
    await add_member(session, "left", ("phone", {}), left_at=NOW)
    await add_member(session, "blocked", ("phone", {"unreachable": "blocked"}))
    await add_member(session, "stopped", ("phone", {"opted_out_at": NOW}))
    await add_member(session, "unstarted", ("phone", {"chat_id": None}))
    await add_member(session, "elsewhere", ("groups", {}))
    await add_member(session, "stranger", ("phone", {}), office_id=2)
    await add_member(session, "b", ("phone", {}))
    assert await reached(session, occurrence) == [(occurrence, "a/0"), (occurrence, "b/0")]


async def test_a_schedule_that_does_not_go_to_persons_reaches_none(session):
    schedule, occurrence = await add_push(session, to_persons=False)
    await add_member(session, "a", ("phone", {}))
    assert await reached(session, occurrence) == []
    assert await one_by_one.with_anybody(session, [schedule], ALONE) == set()


async def test_a_person_gets_it_once_on_the_first_address_that_is_open(session):
    _, occurrence = await add_push(session)
    await add_member(session, "a", ("phone", {}), ("phone", {}))
    await add_member(session, "b", ("phone", {"unreachable": "blocked"}), ("phone", {}))
    assert await reached(session, occurrence) == [(occurrence, "a/0"), (occurrence, "b/1")]


async def test_who_is_lost_there_is_reached_at_another_address_and_who_stopped_is_not(session):
    schedule, occurrence = await add_push(session)
    lost = {"unreachable": "not_on_channel"}
    await add_member(session, "stopped", ("phone", lost | {"opted_out_at": NOW}), ("groups", {}))
    of_two = (("phone", lost), ("phone", {"opted_out_at": NOW}), ("groups", {}))
    await add_member(session, "stopped on another account", *of_two)
    await add_member(session, "nowhere", ("phone", lost), ("groups", {"unreachable": "blocked"}))
    await add_member(session, "never", ("groups", {}))
    assert await one_by_one.with_anybody(session, [schedule], ALONE) == set()
    await add_member(session, "a", ("phone", lost), ("groups", {}))
    assert await reached(session, occurrence) == [(occurrence, "a/1")]
    assert await one_by_one.with_anybody(session, [schedule], ALONE) == {schedule}


@pytest.mark.parametrize(
    ("state", "other", "chats"),
    [
        (GroupState.ACTIVE, {}, []),
        (GroupState.ACTIVE, {"chat_id": None}, []),  # pressed a button in the group, never began a chat
        (GroupState.ACTIVE, {"unreachable": "deactivated"}, ["a/0"]),
        (GroupState.PAUSED, {}, ["a/0"]),
    ],
    ids=["in the group", "in the group alone", "no longer there", "group paused"],
)
async def test_who_has_it_in_a_group_already_is_left_out(session, state, other, chats):
    _, occurrence = await add_push(session, groups=[await add_group(session, state)])
    await add_member(session, "a", ("phone", {}), ("groups", other))
    assert [chat for _, chat in await reached(session, occurrence)] == chats


async def test_without_a_group_somebody_on_two_channels_is_reached(session):
    _, occurrence = await add_push(session)
    await add_member(session, "a", ("groups", {}), ("phone", {}))
    assert await reached(session, occurrence) == [(occurrence, "a/1")]


async def test_who_has_a_row_is_passed_over_and_a_limit_cuts_in_order(session):
    _, first = await add_push(session)
    _, second = await add_push(session)
    for name in ("a", "b", "c"):
        await add_member(session, name, ("phone", {}))
    row = {"occurrence_id": first, "channel": "phone", "chat_id": "a/0", "message_key": "k", "parameters": {}}
    session.add(Delivery(office_id=1, message={"text": ""}, not_before=NOW, created_at=NOW, **row))
    await session.flush()
    assert await reached(session, second, first, limit=3) == [(first, "b/0"), (first, "c/0"), (second, "a/0")]


async def test_who_got_it_to_forward_is_passed_over_and_who_was_told_of_a_turn_is_not(session):
    _, occurrence = await add_push(session)
    for name, part in (("a", "/forward"), ("b", "leader:1:0")):
        await add_member(session, name, ("phone", {}))
        row = {"occurrence_id": occurrence, "channel": "phone", "chat_id": f"{name}/0", "part": part}
        row |= {"message_key": "k", "parameters": {}, "message": {"text": ""}, "not_before": NOW, "created_at": NOW}
        session.add(Delivery(office_id=1, **row))
    await session.flush()
    assert await reached(session, occurrence) == [(occurrence, "b/0")]


async def test_which_schedules_have_anybody_counts_those_with_a_row_too(session):
    schedule, _ = await add_push(session)
    empty, _ = await add_push(session, office_id=2)
    await add_member(session, "a", ("phone", {}))
    assert await one_by_one.with_anybody(session, [schedule, empty], ALONE) == {schedule}


async def test_counted_are_persons_and_those_who_wrote_lately(session):
    group = await add_group(session)
    since = NOW - timedelta(days=1)
    await add_member(session, "a", ("phone", {"last_inbound_at": NOW}))
    await add_member(session, "b", ("phone", {"last_inbound_at": since}))
    await add_member(session, "c", ("phone", {}), ("groups", {}))
    assert await one_by_one.counted(session, 1, ALONE, [], since) == {"phone": Heard(3, 1)}
    assert await one_by_one.counted(session, 1, ALONE, [group.id], since) == {"phone": Heard(2, 1)}
    assert await one_by_one.counted(session, 2, ALONE, [], since) == {}


async def test_of_whom_nobody_knows_is_read_from_what_the_push_says_in_private_and_was_not_sent_again(session):
    _, occurrence = await add_push(session)
    group = await add_group(session)
    same = {"occurrence_id": occurrence, "channel": "phone", "message_key": "reading/post", "state": "uncertain"}
    same |= {"office_id": 1} | {"parameters": {}, "message": {}, "not_before": NOW, "created_at": NOW}
    for chat in "abcde":
        await add_member(session, chat, ("phone", {"chat_id": chat}))
    await add_member(session, "stopped", ("phone", {"chat_id": "stopped", "opted_out_at": NOW}))
    await add_member(session, "left", ("phone", {"chat_id": "left"}), left_at=NOW)
    await add_member(session, "elsewhere", ("phone", {"chat_id": "elsewhere"}), office_id=2)
    for columns in (
        {"chat_id": "a"},
        {"chat_id": "stopped"},
        {"chat_id": "left"},
        {"chat_id": "elsewhere"},
        {"chat_id": "of nobody"},
        {"chat_id": "b", "state": "sent"},
        {"chat_id": "b", "part": "/2"},
        {"chat_id": "c"},
        {"chat_id": "c", "part": "/again", "state": "planned"},
        {"chat_id": "d", "part": "/forward"},
        {"chat_id": "e", "part": "leader:1:2"},
        {"chat_id": "-1", "channel": "groups", "group_id": group.id},
    ):
        values = {"part": ""} | same | columns
        session.add(Delivery(**values | {"state": DeliveryState(values["state"])}))
        await session.flush()
    found = await one_by_one.uncertain(session, occurrence)
    assert [(row.chat_id, row.part) for row in found] == [("a", ""), ("b", "/2")]
