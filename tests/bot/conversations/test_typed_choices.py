"""A choice answered in words is a press; what names no choice stays what it was."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.channels.inbound import Chat, InboundMessage, Kind, Sender
from bot.channels.whatsapp import ABILITIES, CHANNEL
from bot.conversations.step import State, Surroundings, Turn
from bot.conversations.typed_choices import NO_LONGER, NOTHING_WAITS, pressed_by_words
from content.message import Choice, Message
from scheduler.fitting import fitted
from storage.models import Delivery, DeliveryState, HolidayRule, Occurrence, Office, Schedule, ScheduleKind

NOW = datetime(2026, 11, 30, tzinfo=UTC)
MANY = Message("Pilih", tuple((Choice(f"Grup {chr(65 + n)} ›", f"meet.group:k:{n}"),) for n in range(12)))
FEW = Message(
    "Simpan?", ((Choice("Ya, simpan", "x.save:1"), Choice("Hapus semua jam khusus", "x.drop:1", short="Hapus")),)
)
PUSH = Message("kata " * 300, ((Choice("Sudah dibacakan", "done.reading:7"),),))
DIGITS = Message(
    "1. a\n2. b", ((Choice("4", "x.open:40"), Choice("5", "x.open:50"), Choice("Berikutnya ›", "x.page:1")),)
)


class Talk:
    """One private chat, in which the bot said something and somebody answers."""

    def __init__(self, session, channel=CHANNEL):
        self.session, self.channel = session, channel
        self._said = 0

    async def pushes(self, message=PUSH):
        """What is pushed at its time, with something to confirm under it."""
        office = Office(name="Dinas", regulation_id="x", timezone="Asia/Jakarta", workdays=5, created_at=NOW)
        self.session.add(office)
        await self.session.flush()
        schedule = Schedule(
            office_id=office.id,
            kind=ScheduleKind.READING,
            title="Apel pagi",
            recurrence={},
            at=time(7, 30),
            timezone="Asia/Jakarta",
            holiday_rule=HolidayRule.SKIP,
            planned_until=NOW,
            created_at=NOW,
        )
        self.session.add(schedule)
        await self.session.flush()
        occurrence = Occurrence(
            schedule_id=schedule.id,
            office_id=office.id,
            kind=ScheduleKind.READING,
            slot="2026-11-30",
            day=NOW.date(),
            due_at=NOW,
            expires_at=NOW,
            created_at=NOW,
        )
        self.session.add(occurrence)
        await self.session.flush()
        await self.offers(message, occurrence_id=occurrence.id)

    async def offers(self, message, *, ago=timedelta(minutes=1), state=DeliveryState.SENT, occurrence_id=None):
        self._said += 1
        parts = fitted(message, ABILITIES)
        shown = {"text": parts[-1].text, "numbered": parts[-1].numbered}
        shown["choices"] = [
            [{"label": c.label, "action": c.action, "short": c.short, "description": c.description} for c in line]
            for line in parts[-1].choices
        ]
        self.session.add(
            Delivery(
                channel=self.channel,
                chat_id="ID.1",
                message_key="x",
                parameters={},
                message=shown,
                state=state,
                not_before=NOW - ago,
                created_at=NOW - ago,
                occurrence_id=occurrence_id,
                message_ref=f"m{self._said}",
            )
        )
        await self.session.flush()

    async def types(self, text, state=None, *, by_place=False, **more):
        fields = {"kind": Kind.TEXT, "chat": Chat("ID.1", private=True)} | more
        inbound = InboundMessage(
            channel=self.channel, update_id="u", sender=Sender("ID.1"), at=NOW, text=text, addressed=True, **fields
        )
        turn = Turn(
            inbound=inbound,
            now=NOW,
            answered_at=NOW,
            session=self.session,
            surroundings=Surroundings(regulations={}, links=lambda _code: {}),
            inbound_row=1,
            state=state,
        )
        found = await pressed_by_words(turn, by_place=by_place)
        return None if found is None else (found.inbound.kind, found.inbound.text, found.inbound.message_ref)


@pytest.fixture
async def talk(database):
    async with database.transaction() as session:
        yield Talk(session)


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("1", "meet.group:k:0"),
        (" 12 ", "meet.group:k:11"),
        ("grup c", "meet.group:k:2"),
        ("Grup C ›", "meet.group:k:2"),
    ],
)
async def test_lines_are_answered_by_number_or_words(talk, typed, action):
    await talk.offers(MANY)
    assert await talk.types(typed) == (Kind.PRESS, action, "m1")


@pytest.mark.parametrize("typed", ["0", "13", "99999999999999999999", "²", "Grup", "grup c dan d", "", "   "])
async def test_what_names_none_is_left_alone(talk, typed):
    await talk.offers(MANY)
    assert await talk.types(typed) is None


async def test_a_button_may_be_typed_by_either_of_its_labels_and_not_by_a_number_it_does_not_show(talk):
    await talk.offers(FEW)
    assert await talk.types("ya simpan") == (Kind.PRESS, "x.save:1", "m1")
    assert await talk.types("HAPUS") == (Kind.PRESS, "x.drop:1", "m1")
    assert await talk.types("1") is None


async def test_a_number_that_is_a_label_means_that_label(talk):
    await talk.offers(DIGITS)
    assert await talk.types("5") == (Kind.PRESS, "x.open:50", "m1")
    assert await talk.types("1") is None


async def test_the_last_offer_counts_and_what_never_left_is_none(talk):
    await talk.offers(MANY)
    await talk.offers(FEW)
    await talk.offers(DIGITS, state=DeliveryState.FAILED)
    assert await talk.types("3") is None
    assert await talk.types("hapus") == (Kind.PRESS, "x.drop:1", "m2")


async def test_a_number_for_choices_of_long_ago_presses_nothing_that_exists(talk):
    await talk.offers(MANY, ago=timedelta(hours=25))
    assert await talk.types("1") == (Kind.PRESS, NO_LONGER, "m1")
    assert await talk.types("grup a") is None


async def test_choices_behind_which_something_else_was_said_are_answered_within_a_dialogue_alone(talk):
    await talk.offers(MANY)
    await talk.offers(Message("Isian dibatalkan."))
    assert await talk.types("grup a") is None
    assert await talk.types("1") == (Kind.PRESS, NO_LONGER, "m1")
    assert await talk.types("grup a", state=State("meeting")) == (Kind.PRESS, "meet.group:k:0", "m1")


async def test_a_push_is_answered_all_the_day_whatever_is_said_after_it(talk):
    pressed = (Kind.PRESS, "done.reading:7", "m1")
    await talk.pushes()
    await talk.offers(Message("Terima kasih, dicatat sebagai bukti."))
    assert await talk.types("1") == await talk.types("sudah dibacakan") == pressed
    await talk.offers(FEW)
    assert await talk.types("sudah dibacakan") == pressed
    assert await talk.types("1") is None  # a number means the newest offer alone
    assert await talk.types("sudah dibacakan", state=State("file_report")) is None  # there words answer the form


async def test_the_word_of_a_push_is_told_where_none_waits(talk):
    for word in ("baca", "Sudah dibacakan", "sudah diteruskan"):
        assert await talk.types(word) == (Kind.PRESS, NOTHING_WAITS, None)
        assert await talk.types(word, state=State("file_report")) is None


async def test_in_groups_and_where_buttons_have_room_words_are_words(talk):
    await talk.offers(MANY)
    assert await talk.types("1", chat=Chat("ID.1", private=False)) is None
    assert await talk.types("1", kind=Kind.PHOTO) is None
    roomy = Talk(talk.session, "telegram")
    await roomy.offers(MANY)
    assert await roomy.types("1") is None


ROWS = Message("Untuk kedudukan apa?", tuple((Choice(f"Kedudukan {n}", f"x.role:{n}"),) for n in "abcdefg"))


async def test_a_number_is_the_place_of_a_button_or_row_where_nothing_takes_it_for_words(talk):
    await talk.offers(ROWS)
    assert await talk.types("7", by_place=True) == (Kind.PRESS, "x.role:g", "m1")
    assert await talk.types("8", by_place=True) is None
    assert await talk.types("7") is None
    await talk.offers(FEW)
    assert await talk.types("2", by_place=True) == (Kind.PRESS, "x.drop:1", "m2")


async def test_where_the_text_has_numbers_or_labels_are_numbers_a_place_is_none(talk):
    await talk.offers(DIGITS)
    assert await talk.types("1", by_place=True) is None
    assert await talk.types("5", by_place=True) == (Kind.PRESS, "x.open:50", "m1")
    await talk.offers(Message("<b>1. Jujur</b>\n2. Adil", ((Choice("Batal", "x.no:1"), Choice("Kembali", "x.no:2")),)))
    assert await talk.types("2", by_place=True) is None


async def test_a_number_for_buttons_that_no_longer_stand_stays_a_number(talk):
    await talk.offers(ROWS)
    await talk.offers(Message("Terima kasih."))
    assert await talk.types("2", by_place=True) is None


async def test_within_a_dialogue_a_number_never_confirms_a_push_that_came_between(talk):
    await talk.offers(ROWS)
    await talk.pushes(Message("Naskah", PUSH.choices))
    assert await talk.types("1", State("file_report"), by_place=True) is None
