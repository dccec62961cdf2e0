"""The file of one's own data leaves nothing out."""

from datetime import UTC, date, datetime, time

import pytest

from scheduler.recurrence import MonthlyDay, to_json
from storage.models import (
    Base,
    CalendarDay,
    DayKind,
    Delivery,
    GroupChat,
    HolidayRule,
    Report,
    Schedule,
    ScheduleKind,
)
from storage.queries import audit_log, offices, people
from storage.queries.personal_data import held_about

NOW = datetime(2026, 11, 17, tzinfo=UTC)

# every column that points at a person or a roster line, and under what its row is handed out
HELD_AS = {
    "activities.entered_by": "activities",
    "audit_log.actor_id": "acts",
    "calendar_days.decided_by": "calendar_days",
    "confirmations.member_id": "confirmations",
    "evidence.member_id": "evidence",
    "invitations.created_by": "invitations",
    "invitations.person_id": "invitations",  # made by the person, for another account of theirs
    "members.person_id": "memberships",
    "person_addresses.person_id": "addresses",
    "reports.member_id": "reports",
    "schedules.created_by": "schedules",
    "turns.member_id": "turns",
}


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)


async def _member(session, office, number):
    person = await people.meet_person(session, "telegram", number, number, f"Anggota {number}", NOW)
    return person, await people.add_member(session, office.id, f"Anggota {number}", NOW, person_id=person.id)


async def test_every_table_that_knows_a_person_is_handed_out(session, office):
    person, _ = await _member(session, office, "1")
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"persons", "members"}
    }
    assert pointing == set(HELD_AS)
    assert set(HELD_AS.values()) <= set(await held_about(session, person))


async def test_what_one_made_for_the_office_is_ones_own_too(session, office):
    person, member = await _member(session, office, "1")
    schedule = Schedule(
        office_id=office.id,
        kind=ScheduleKind.BROADCAST,
        title="Kerja bakti",
        body="Kerja bakti Jumat pagi",
        recurrence=to_json(MonthlyDay(17)),
        at=time(7, 0),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.IGNORE,
        planned_until=NOW,
        created_by=member.id,
        created_at=NOW,
    )
    decided = CalendarDay(
        office_id=office.id,
        day=date(2026, 12, 2),
        kind=DayKind.HOLIDAY,
        name="Hari jadi",
        decided_by=member.id,
        decided_at=NOW,
    )
    session.add_all([schedule, decided])
    await session.flush()
    held = await held_about(session, person)
    assert [row["body"] for row in held["schedules"]] == ["Kerja bakti Jumat pagi"]
    assert [row["name"] for row in held["calendar_days"]] == ["Hari jadi"]


async def test_what_others_did_to_somebody_is_told_to_them_and_to_nobody_else(session, office):
    person, member = await _member(session, office, "1")
    secretary, other = await _member(session, office, "2")
    third, _ = await _member(session, office, "3")
    await audit_log.record(session, office.id, other.id, "member.role_changed", {"member": member.id}, NOW)
    told = [(row["act"], row["own"]) for row in (await held_about(session, person))["acts"]]
    assert told == [("member.role_changed", False)]
    assert [row["own"] for row in (await held_about(session, secretary))["acts"]] == [True]
    assert (await held_about(session, third))["acts"] == []


async def _said(session, office, text, key="reading/post", group=None):
    session.add(
        Delivery(
            office_id=office.id,
            channel="telegram",
            chat_id="900",
            group_id=group and group.id,
            message_key=key,
            parameters={},
            message={"text": text},
            not_before=NOW,
            created_at=NOW,
            part=text[:20],
        )
    )
    await session.flush()


async def test_of_other_chats_it_holds_what_names_the_person_or_quotes_their_reports(session, office):
    person, member = await _member(session, office, "1")
    words = "Menjaga nama baik kantor di hadapan semua tamu yang datang"
    report = Report(
        office_id=office.id,
        member_id=member.id,
        key="form-1",
        value_slug="loyal",
        behaviour_n=1,
        text=words,
        day=date(2026, 11, 17),
        created_at=NOW,
        changed_at=NOW,
    )
    session.add(report)
    await session.flush()
    await _said(
        session, office, "1. 17 November\nMenjaga nama baik kantor di hadapan semua...\n2. Milik lain", "review/page"
    )
    await _said(session, office, "Anggota 12 bergabung.")
    await _said(session, office, "<b>Anggota 1</b> bergabung.\nAnggota 2 juga.")
    told = [row["text"] for row in (await held_about(session, person))["mentions"]]
    assert told == ["Menjaga nama baik kantor di hadapan semua...", "<b>Anggota 1</b> bergabung."]


async def test_a_post_in_a_group_is_handed_out_whole(session, office):
    person, _ = await _member(session, office, "1")
    group = GroupChat(office_id=office.id, channel="telegram", chat_id="900", title="Grup", created_at=NOW)
    session.add(group)
    await session.flush()
    await _said(session, office, "Apel pagi\nDipimpin oleh Anggota 1", group=group)
    assert [row["text"] for row in (await held_about(session, person))["mentions"]] == [
        "Apel pagi\nDipimpin oleh Anggota 1"
    ]
