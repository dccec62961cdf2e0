"""Taking a person out leaves what is counted, each once, and nobody's."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from scheduler.recurrence import MonthlyDay, to_json
from storage.models import (
    Confirmation,
    ConfirmationKind,
    Delivery,
    DeliveryState,
    HolidayRule,
    Occurrence,
    Person,
    Question,
    QuestionReason,
    Report,
    Schedule,
    ScheduleKind,
    Turn,
)
from storage.queries import log, offices, people, questions, reports
from storage.queries.erasure import erase_person
from storage.queries.personal_data import held_about

NOW = datetime(2026, 11, 17, tzinfo=UTC)
DAY = date(2026, 11, 17)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    return await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)


@pytest.fixture
async def occurrence(session, office):
    schedule = Schedule(
        office_id=office.id,
        kind=ScheduleKind.TWIBBON,
        title="Twibbon",
        recurrence=to_json(MonthlyDay(17)),
        at=time(7, 0),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.IGNORE,
        planned_until=NOW,
        created_at=NOW,
    )
    session.add(schedule)
    await session.flush()
    occurrence = Occurrence(
        schedule_id=schedule.id,
        office_id=office.id,
        kind=ScheduleKind.TWIBBON,
        slot="2026-11-17",
        day=DAY,
        due_at=NOW,
        expires_at=NOW,
        created_at=NOW,
    )
    session.add(occurrence)
    await session.flush()
    return occurrence


async def _member(session, office, number):
    person = await people.meet_person(session, "telegram", number, number, f"Anggota {number}", NOW)
    member = await people.add_member(session, office.id, f"Anggota {number}", NOW, person_id=person.id)
    return person, member


async def _confirm(session, occurrence, member):
    session.add(
        Confirmation(
            office_id=occurrence.office_id,
            occurrence_id=occurrence.id,
            kind=ConfirmationKind.TWIBBON,
            subject="twibbon:1:2026-11-17",
            counted_for=member.id,
            member_id=member.id,
            day=DAY,
            at=NOW,
        )
    )
    await session.flush()


async def test_two_erased_taps_are_still_two_and_nobodys(session, office, occurrence):
    for number in ("1", "2"):
        person, member = await _member(session, office, number)
        await _confirm(session, occurrence, member)
        await erase_person(session, person, "Anggota yang dihapus", NOW)
    taps = (await session.scalars(select(Confirmation).execution_options(populate_existing=True))).all()
    assert [(tap.member_id, tap.counted_for < 0) for tap in taps] == [(None, True), (None, True)]
    assert (await session.scalars(select(Person))).all() == []


async def test_other_peoples_taps_and_lines_stay_as_they_are(session, office, occurrence):
    person, member = await _member(session, office, "1")
    _, other = await _member(session, office, "2")
    await _confirm(session, occurrence, other)
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    (tap,) = (await session.scalars(select(Confirmation))).all()
    assert (tap.member_id, tap.counted_for) == (other.id, other.id)
    assert await people.roster(session, office.id) == [other]
    assert (member.name, member.person_id, member.left_at) == ("Anggota yang dihapus", None, NOW)


async def test_a_turn_keeps_its_place_in_the_rotation(session, office, occurrence):
    person, member = await _member(session, office, "1")
    turn = Turn(occurrence_id=occurrence.id, office_id=office.id, member_id=member.id, day=DAY, created_at=NOW)
    session.add(turn)
    await session.flush()
    assert [row["day"] for row in (await held_about(session, person))["turns"]] == [DAY]
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    assert turn.member_id == member.id


async def test_earlier_seats_are_erased_with_the_present_one(session, office):
    person, earlier = await _member(session, office, "1")
    earlier.left_at = NOW
    second = await offices.add_office(session, "Dinas Kesehatan", "karanganyar-44-2023", "Asia/Jakarta", NOW)
    now_held = await people.add_member(session, second.id, "Anggota 1", NOW, person_id=person.id)
    held = await held_about(session, person)
    assert [row["office"] for row in held["memberships"]] == ["Dinas Kominfo", "Dinas Kesehatan"]
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    assert {earlier.name, now_held.name} == {"Anggota yang dihapus"}


async def _report(session, office, member, number):
    session.add(
        Report(
            office_id=office.id,
            member_id=member.id,
            key=f"form-{number}",
            value_slug="loyal",
            behaviour_n=1,
            text="Menjaga nama baik",
            day=DAY,
            created_at=NOW,
            changed_at=NOW,
        )
    )
    await session.flush()


async def test_as_many_people_have_reported_as_before(session, office):
    for number in ("1", "2", "3"):
        person, member = await _member(session, office, number)
        await _report(session, office, member, f"{number}a")
        await _report(session, office, member, f"{number}b")
        if number != "3":
            await erase_person(session, person, "Anggota yang dihapus", NOW)
    rows = await log.entries(session, office.id, DAY, DAY)
    assert (len(rows), len({row.author for row in rows})) == (6, 3)


async def _said(session, office, key, message, parameters=None, state=DeliveryState.SENT):
    row = Delivery(
        office_id=office.id,
        channel="telegram",
        chat_id="900",
        message_key=key,
        parameters=parameters or {},
        message=message,
        state=state,
        not_before=NOW,
        created_at=NOW,
        part=key,
    )
    session.add(row)
    await session.flush()
    return row


async def test_what_quoted_a_report_to_others_is_emptied_and_keeps_its_place(session, office):
    other_office = await offices.add_office(session, "Dinas Kesehatan", "karanganyar-44-2023", "Asia/Jakarta", NOW)
    person, member = await _member(session, office, "1")
    await _report(session, office, member, "1")
    quoted = await _said(session, office, "review/report", {"text": "Menjaga nama…"}, {"text": "Menjaga nama baik"})
    elsewhere = await _said(session, other_office, "log/page", {"text": "Milik kantor lain"})
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    await session.refresh(quoted)
    await session.refresh(elsewhere)
    assert (quoted.message, quoted.parameters) == ({"text": ""}, {})
    assert elsewhere.message["text"] == "Milik kantor lain"


async def test_a_name_is_taken_from_words_never_from_tags_or_buttons(session, office):
    person, member = await _member(session, office, "1")
    person.name, member.name = "done", "code"
    post = {
        "text": "<code>07.30</code> dipimpin oleh code",
        "choices": [[{"label": "done", "action": "done.reading:1", "url": None}]],
    }
    row = await _said(session, office, "reading/post", post)
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    assert row.message["text"] == "<code>07.30</code> dipimpin oleh Anggota yang dihapus"
    assert row.message["choices"] == [[{"label": "Anggota yang dihapus", "action": "done.reading:1", "url": None}]]


async def test_an_erased_report_no_longer_waits_to_be_checked(session, office):
    person, member = await _member(session, office, "1")
    await _report(session, office, member, "1")
    assert (await reports.waiting_page(session, office.id, 0, 8)).total == 1
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    assert (await reports.waiting_page(session, office.id, 0, 8)).total == 0
    assert len(await log.entries(session, office.id, DAY, DAY)) == 1


@pytest.mark.parametrize("said", ["#sitirahma", "siti_rahma", "SitiRahma", "Siti Rahma2", "_siti.rahma_"])
async def test_a_name_goes_however_it_is_joined_to_itself_or_to_signs(session, office, said):
    await questions.keep(session, office.id, "karanganyar-44-2023", f"kata {said} boleh", QuestionReason.DECLINED, NOW)
    person, member = await _member(session, office, "1")
    person.name = member.name = "Siti Rahma"
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    (text,) = await session.scalars(select(Question.text))
    assert "rahma" not in text.casefold()
    assert "Anggota yang dihapus" in text


async def test_a_number_in_a_name_is_a_whole_number(session, office):
    row = await _said(session, office, "reading/post", {"text": "Anggota 1, Anggota 12", "choices": []})
    person, _ = await _member(session, office, "1")
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    assert row.message["text"] == "Anggota yang dihapus, Anggota 12"


async def test_a_name_goes_from_the_questions_that_the_office_keeps(session, office):
    other_office = await offices.add_office(session, "Dinas Kesehatan", "karanganyar-44-2023", "Asia/Jakarta", NOW)
    for place in (office, other_office):
        await questions.keep(
            session, place.id, "karanganyar-44-2023", "kata ANGGOTA 1 boleh", QuestionReason.DECLINED, NOW
        )
    person, _ = await _member(session, office, "1")
    await erase_person(session, person, "Anggota yang dihapus", NOW)
    texts = await session.scalars(select(Question.text).order_by(Question.id))
    assert list(texts) == ["kata Anggota yang dihapus boleh", "kata ANGGOTA 1 boleh"]
