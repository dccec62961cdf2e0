"""What is old is forgotten; what the office's ledger needs is kept."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduler.delivery_queue import enqueue
from scheduler.recurrence import EveryWorkingDay, to_json
from scheduler.sender import Destination
from storage.models import (
    Conversation,
    Delivery,
    DeliveryState,
    HolidayRule,
    InboundUpdate,
    Invitation,
    JoinAttempt,
    Occurrence,
    Person,
    PersonAddress,
    Question,
    QuestionReason,
    Role,
    Schedule,
    ScheduleKind,
)
from storage.queries import group_chats, inbound, offices, people, questions
from storage.queries.retention import purge_old

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=31)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)


async def _say(session, now, state=DeliveryState.SENT, **details):
    row = await enqueue(
        session, destination=Destination("telegram", "1"), key="help/edited", parameters={}, now=now, **details
    )
    row.state = state
    await session.flush()
    return row.id


async def _ids(session, model):
    return list(await session.scalars(select(model.id).order_by(model.id)))


async def test_replies_go_after_thirty_days_and_their_updates_with_them(session):
    old_update = await inbound.store(session, "telegram", "1", b"{}", NOW)
    new_update = await inbound.store(session, "telegram", "2", b"{}", LATER)
    for update, at in ((old_update, NOW), (new_update, LATER)):
        await inbound.mark_handled(session, update, at)
    await _say(session, NOW, inbound_id=old_update, part="0")
    kept = await _say(session, LATER, inbound_id=new_update, part="0")
    await purge_old(session, LATER)
    assert await _ids(session, Delivery) == [kept]
    assert await _ids(session, InboundUpdate) == [new_update]


async def test_an_edit_outlives_what_it_edited(session):
    post = await _say(session, NOW, part="post")
    edit = await _say(session, LATER, part="edit", edits_id=post)
    await purge_old(session, LATER)
    assert await _ids(session, Delivery) == [edit]
    assert await session.scalar(select(Delivery.edits_id)) is None


async def test_the_ledger_of_schedules_and_what_still_waits_is_kept(session, office):
    schedule = Schedule(
        office_id=office.id,
        kind=ScheduleKind.READING,
        title="Apel pagi",
        recurrence=to_json(EveryWorkingDay()),
        at=time(7, 30),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.SKIP,
        planned_until=NOW,
        created_at=NOW,
    )
    session.add(schedule)
    await session.flush()
    occurrence = Occurrence(
        schedule_id=schedule.id,
        office_id=office.id,
        kind=ScheduleKind.READING,
        slot="2026-11-30",
        day=date(2026, 11, 30),
        due_at=NOW,
        expires_at=NOW,
        created_at=NOW,
    )
    session.add(occurrence)
    await session.flush()
    group = await group_chats.meet(session, "telegram", "-100", None, "Grup Dinas", NOW)
    posted = await _say(session, NOW, occurrence_id=occurrence.id, group_id=group.id)
    await _say(session, NOW, occurrence_id=occurrence.id, part="leader")
    waiting = await _say(session, NOW, DeliveryState.PLANNED, part="x")
    await purge_old(session, LATER)
    assert await _ids(session, Delivery) == [posted, waiting]


async def test_dialogues_codes_and_wrong_guesses_are_forgotten(session, office):
    session.add_all(
        [
            Conversation(channel="telegram", chat_id="1", user_id="1", dialogue="report", data={}, updated_at=NOW),
            JoinAttempt(channel="telegram", user_id="1", at=NOW),
            Invitation(
                office_id=office.id, role=Role.ANGGOTA, code_hash="x", uses_left=1, expires_at=NOW, created_at=NOW
            ),
        ]
    )
    await purge_old(session, LATER)
    for model in (Conversation, JoinAttempt, Invitation):
        assert await _ids(session, model) == []


async def test_who_never_joined_is_forgotten_and_members_are_not(session, office):
    for number in ("1", "2"):
        await people.meet_person(session, "telegram", number, number, f"Orang {number}", NOW)
    member = await people.find_person(session, "telegram", "2")
    await people.add_member(session, office.id, "Anggota 2", NOW, person_id=member.id)
    await purge_old(session, LATER)
    assert await _ids(session, Person) == [member.id]
    assert list(await session.scalars(select(PersonAddress.user_id))) == ["2"]


async def test_questions_are_forgotten_after_ninety_days_unless_they_were_mapped(session, office):
    for text in ("tak terjawab", "diabaikan", "dipetakan"):
        await questions.keep(session, office.id, "karanganyar-44-2023", text, QuestionReason.DECLINED, NOW)
    _, left, mapped = await _ids(session, Question)
    await questions.decide(session, office.id, [left], None, NOW)
    await questions.decide(session, office.id, [mapped], "motto", NOW)
    await purge_old(session, NOW + timedelta(days=90))
    assert len(await _ids(session, Question)) == 3
    await purge_old(session, NOW + timedelta(days=90, seconds=1))
    assert await _ids(session, Question) == [mapped]
