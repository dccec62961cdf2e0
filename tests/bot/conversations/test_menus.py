"""Whatever is offered, to whomever, in an office with much of everything: a list of the channel has room for it."""

import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update

from bot.access import TABLE, Permission, may
from bot.channels.inbound import Kind
from bot.channels.whatsapp import CHANNEL as WHATSAPP
from bot.conversations.dialogues import DIALOGUES, FALLBACK
from bot.invitations import create_invitation
from scheduler.abilities import abilities_of
from scheduler.recurrence import Once, Weekdays, to_json
from storage.models import (
    Activity,
    CalendarDay,
    DayKind,
    HolidayRule,
    InboundUpdate,
    Invitation,
    Member,
    Occurrence,
    OccurrenceState,
    Person,
    PersonAddress,
    Question,
    QuestionReason,
    Report,
    Role,
    Schedule,
    ScheduleException,
    ScheduleKind,
    ScheduleTarget,
    Turn,
)
from storage.queries import offices
from tests.bot.conversations.office_story import link, open_story
from tests.story import Actor, rows

MANY = 12
SCHEDULE = Permission.SCHEDULE
ONE_OF_EACH = list({TABLE[role]: role for role in Role}.values())  # of roles with the same rights one
COMMANDS = [f"/{command.name}" for dialogue in DIALOGUES for command in dialogue.commands]
WORDED = [
    "/siar Halo semua",
    "/rapat besok 09.00 Evaluasi",
    "/rapat setiap Senin 09.00 Staf",
    "/libur 24 Desember 2027 Libur kantor",
    "/lapor akuntabel 1: SPJ selesai",
    "/kegiatan Senam bersama",
    "Apa itu akuntabel?",
    "Apa saja nilainya?",
    "Siapa ketua kelompok budaya kerja?",
]
ALIKE = {"ask.topic", "ask.pick", "asked.to", "report.set", "activity.set", "roster.role", "invite.role"}
ENDS_IT = ("privacy.erase", "join.move")  # what takes the seat, and with it whatever is to be looked at


async def much_of_everything(story):
    """Twelve of whatever may be many, in an office with groups on Telegram and members on WhatsApp."""
    for number in range(MANY):
        await link(story, f"Grup Bidang {number}", f"-100{number}")
    now, office = story.clock.now(), story.office_id
    async with story.database.transaction() as session:
        for number in range(3 * MANY):
            person = Person(name=f"Anggota {number}", created_at=now)
            session.add(person)
            await session.flush()
            user = f"ID.{number}"
            session.add(PersonAddress(person_id=person.id, channel=WHATSAPP, user_id=user, chat_id=user))
            joined = {"person_id": person.id, "joined_at": now} if number % 2 else {}
            session.add(Member(office_id=office, name=f"Anggota {number}", created_at=now, **joined))
        await session.flush()
        await _many_schedules(session, office, now)
        for number in range(MANY):
            day = now.date() - timedelta(days=number)
            of_office = {"office_id": office, "created_at": now}
            session.add(
                Report(
                    key=f"key-{number}",
                    member_id=number + 1,
                    value_slug="akuntabel",
                    behaviour_n=1,
                    text="SPJ selesai",
                    day=day,
                    changed_at=now,
                    **of_office,
                )
            )
            session.add(Activity(day=day, what="Senam", means="Aula", **of_office))
            code = {"code_hash": f"hash-{number}", "uses_left": 1, "expires_at": now + timedelta(days=3)}
            session.add(Invitation(role=Role.ANGGOTA, **code, **of_office))
            asked = {"reason": QuestionReason.DECLINED, "regulation_id": "karanganyar-44-2023", "asked_at": now}
            session.add(Question(office_id=office, text=f"{'abcdefghijkl'[number] * 9} tunjangan?", **asked))
            own = {"kind": DayKind.HOLIDAY, "name": "Libur kantor", "decided_at": now}
            session.add(CalendarDay(office_id=office, day=now.date() + timedelta(days=number + 3), **own))


async def _many_schedules(session, office, now):
    same = {"office_id": office, "timezone": "Asia/Jakarta", "planned_until": now, "created_by": 1, "created_at": now}
    same |= {"holiday_rule": HolidayRule.SKIP, "at": time(8), "late_minutes": 60}
    weekly = to_json(Weekdays((0,)))
    for kind in (ScheduleKind.READING, ScheduleKind.TWIBBON, ScheduleKind.QUIZ, ScheduleKind.MEETING):
        session.add(Schedule(kind=kind, title=f"{kind.value} tambahan", recurrence=weekly, **same))
    for number in range(MANY):
        once = to_json(Once(now.date() + timedelta(days=1 + number)))
        session.add(
            Schedule(kind=ScheduleKind.BROADCAST, title=f"Siaran {number}", body="Isi", recurrence=once, **same)
        )
    reading = Schedule(kind=ScheduleKind.READING, title="Apel lama", recurrence=weekly, **same)
    session.add(reading)
    await session.flush()
    for group in range(1, MANY + 1):
        session.add(ScheduleTarget(schedule_id=reading.id, group_id=group))
    for number in range(MANY):
        first = date(2027, 1, 1) + timedelta(days=20 * number)
        about = {"first_day": first, "last_day": first + timedelta(days=5), "at": time(9)}
        session.add(ScheduleException(schedule_id=reading.id, **about))
    for number in range(-MANY, MANY):
        due = now + timedelta(days=number, minutes=30)
        own = {"slot": due.date().isoformat(), "day": due.date(), "due_at": due, "created_at": now}
        own |= {"state": OccurrenceState.POSTED if number < 0 else OccurrenceState.PLANNED}
        own |= {"expires_at": due + timedelta(hours=1), "focus": "akuntabel/1", "kind": ScheduleKind.READING}
        occurrence = Occurrence(schedule_id=reading.id, office_id=office, **own)
        session.add(occurrence)
        await session.flush()
        if number >= 0:
            about = {"occurrence_id": occurrence.id, "office_id": office, "member_id": number + 1}
            session.add(Turn(day=occurrence.day, created_at=now, **about))


async def somebody(story, role):
    """A person on WhatsApp with this role; None: without a seat, who has followed an invitation."""
    actor = await story.person("Pegawai", role)
    async with story.database.transaction() as session:
        own = update(PersonAddress).where(PersonAddress.user_id == actor.user_id)
        await session.execute(own.values(channel=WHATSAPP, opted_in_at=story.clock.now()))
    return actor


def form(choice):
    """The choice as one of its kind: without numbers and keys, and of what it is about no more than makes other menus."""
    verb, *arguments = choice.action.split(":")
    if verb in ALIKE:
        return verb, len(arguments)
    if verb == "sched.open":
        return verb, re.sub(r"\d+", "N", choice.label)
    return verb, len(arguments), *(argument for argument in arguments if argument.isalpha() and argument.islower())


class Walk:
    """Everything that can be pressed behind some words, each kind of choice once."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.seen, self.messages = actor, set(), []

    async def through(self, said):
        paths = [[text] for text in reversed(said)]
        while paths:
            path = paths.pop()
            offered = await self._replayed(path)
            while unseen := self._unseen(offered):
                paths += [[*path, form(choice)] for choice in unseen[:-1]]
                path = [*path, form(unseen[-1])]
                offered = await self._pressed(unseen[-1])

    def _unseen(self, offered):
        found = {form(choice): choice for choice in reversed(offered) if not choice.action.startswith(ENDS_IT)}
        new = [choice for kind, choice in found.items() if kind not in self.seen]
        self.seen.update(map(form, new))
        return new[::-1]

    async def _replayed(self, path):
        text, *forms = path
        offered = await self._offered(self.actor.says(text, channel=WHATSAPP))
        for wanted in forms:
            choice = next((one for one in offered if form(one) == wanted), None)
            if choice is None:  # it was for one time
                return []
            offered = await self._pressed(choice)
        return offered

    async def _pressed(self, choice):
        press = {"kind": Kind.PRESS, "text": choice.action, "message_ref": "m0", "press_id": "p"}
        return await self._offered(self.actor.sends(self.actor.private, channel=WHATSAPP, **press))

    async def _offered(self, act):
        answers = await act
        self.messages += answers
        return [choice for message in answers for line in message.choices for choice in line if choice.action]


@pytest.fixture
async def story(database):
    story = await open_story(database, DIALOGUES, fallback=FALLBACK)
    await much_of_everything(story)
    return story


def too_long(messages):
    """What offers more than a list holds."""
    counted = [(sum(len(line) for line in message.choices), message.text) for message in messages]
    return [(number, text) for number, text in counted if number > abilities_of(WHATSAPP).rows]


@pytest.mark.parametrize("role", ONE_OF_EACH)
async def test_no_menu_has_more_choices_than_a_list_holds(story, role):
    walk = Walk(await somebody(story, role))
    await walk.through([*COMMANDS, *WORDED])
    assert {"sched.where", "sched.group", "roster.page"} <= {verb for verb, *_ in walk.seen} or not may(role, SCHEDULE)
    assert too_long(walk.messages) == []
    assert [row.incident for row in await rows(story, InboundUpdate) if row.incident] == []


async def test_nor_has_the_list_of_names_that_a_newcomer_chooses_from(story):
    async with story.database.transaction() as session:
        office = await offices.get_office(session, story.office_id)
        code = (await create_invitation(session, office, Role.ANGGOTA, 1, story.clock.now())).code
    walk = Walk(await somebody(story, None))
    await walk.through([f"/start {code}"])
    assert ("join.page", 1) in walk.seen
    assert too_long(walk.messages) == []
