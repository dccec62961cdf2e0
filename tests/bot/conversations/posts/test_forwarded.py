"""`Sudah diteruskan`: who forwarded the text says so, in private; that tap is the log entry."""

from datetime import timedelta

import pytest

from bot.channels.inbound import Kind
from bot.conversations import show_log
from bot.conversations.posts import confirmations, late_entry
from scheduler import posting
from scheduler.sources import SOURCES
from storage.models import Confirmation, Delivery, DeliveryState, Evidence, OccurrenceState, Role, ScheduleKind
from tests.posted import make_occurrence, make_schedule
from tests.story import REGULATIONS, Story, rows

DAILY = {"kind": "every_working_day"}


@pytest.fixture
async def story(database):
    story = Story(database, [confirmations.DIALOGUE, late_entry.DIALOGUE, show_log.DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def given(story, kind=ScheduleKind.BROADCAST, title="Rapat koordinasi"):
    """A push that was given to the secretaries to forward, and stands in their chats; its id."""
    schedule_id = await make_schedule(story, kind, title, by_forwarding=True, body="Ke aula", recurrence=DAILY)
    occurrence_id = await make_occurrence(story, schedule_id, kind, state=OccurrenceState.PLANNED)
    now = story.clock.now()
    async with story.database.transaction() as session:
        await posting.post(session, [occurrence_id], now, regulations=REGULATIONS, sources=SOURCES)
    await story.take_replies()
    story.clock.advance(timedelta(minutes=11))
    return occurrence_id


async def entries(story):
    return [(row.subject, row.afterwards) for row in await rows(story, Confirmation)]


async def test_the_tap_is_the_log_entry_and_stands_under_the_button(story, secretary):
    number = await given(story)
    (shown,) = await secretary.presses("Sudah diteruskan")
    assert "penerusan tercatat" in secretary.outcome.toast
    assert shown.text.endswith("<b>✓ Sudah diteruskan</b> · Sekretaris · 07.11 WIB")
    assert await entries(story) == [(f"forwarded:{number}", False)]


async def test_the_text_itself_stays_clean(story, secretary):
    await given(story)
    await secretary.presses("Sudah diteruskan")
    edits = await rows(story, Delivery, Delivery.edits_id.is_not(None))
    text = (await rows(story, Delivery, Delivery.part == "/forward"))[0]
    assert text.id not in {row.edits_id for row in edits}


async def test_another_secretary_sees_who_did_it(story, secretary):
    other = await story.person("Sekretaris 2", Role.SEKRETARIS)
    await given(story)
    await secretary.presses("Sudah diteruskan")
    assert "✓ Sudah diteruskan</b> · Sekretaris ·" in (await story.messages(other.user_id))[-1].text
    assert len(await entries(story)) == 1


async def test_it_is_taken_back_within_ten_minutes_by_who_tapped(story, secretary):
    await given(story)
    await secretary.presses("Sudah diteruskan")
    (shown,) = await secretary.presses("Batalkan (10 menit)")
    assert [choice.label for line in shown.choices for choice in line] == ["Sudah diteruskan"]
    assert await entries(story) == []
    await secretary.presses("Sudah diteruskan")
    story.clock.advance(timedelta(minutes=11))
    await secretary.presses("Batalkan (10 menit)")
    assert "lebih dari 10 menit" in secretary.outcome.toast
    assert "/kegiatan" in secretary.outcome.toast
    assert "hubungi sekretaris" not in secretary.outcome.toast


async def test_of_a_reading_the_reading_aloud_is_another_entry(story, secretary):
    number = await given(story, ScheduleKind.READING, "Apel pagi")
    await secretary.presses("Sudah diteruskan")
    await secretary.sends(
        secretary.private, kind=Kind.PRESS, text=f"done.reading:{number}", message_ref="m0", press_id="p"
    )
    assert [subject for subject, _ in await entries(story)] == [f"forwarded:{number}", f"reading:{number}"]


async def test_a_forged_press_of_what_nobody_forwards_does_nothing(story, secretary):
    schedule_id = await make_schedule(story)
    number = await make_occurrence(story, schedule_id)
    await secretary.sends(
        secretary.private, kind=Kind.PRESS, text=f"done.forwarded:{number}", message_ref="m0", press_id="p"
    )
    assert "sudah tidak berlaku" in secretary.outcome.toast
    assert await entries(story) == []


async def test_a_button_whose_answer_was_lost_is_known_by_the_tap(story, secretary):
    number = await given(story)
    (last,) = await rows(story, Delivery, Delivery.part == "/forward/2")
    async with story.database.transaction() as session:
        button = await session.get_one(Delivery, last.id)
        button.state, button.message_ref = DeliveryState.UNCERTAIN, None
    await secretary.sends(
        secretary.private, kind=Kind.PRESS, text=f"done.forwarded:{number}", message_ref="77", press_id="p"
    )
    settled = (await rows(story, Delivery, Delivery.part == "/forward/2"))[0]
    assert (settled.state, settled.message_ref) == (DeliveryState.SENT, "77")


async def test_a_photo_in_reply_is_its_evidence(story, secretary):
    number = await given(story)
    reference, _ = await story.message_ref(secretary.user_id, "Sudah diteruskan")
    (thanks,) = await secretary.shows("photo-1", reply_to=reference)
    assert "bukti <b>Rapat koordinasi</b>" in thanks.text
    assert [item.occurrence_id for item in await rows(story, Evidence)] == [number]


async def test_what_nobody_tapped_is_entered_afterwards(story, secretary):
    number = await given(story)
    (listed,) = await secretary.says("/susulan")
    assert "1. Senin, 30 November 2026 · Rapat koordinasi (diteruskan ke grup WhatsApp)" in listed.text
    assert "atau naskahnya memang sudah diteruskan" in listed.text
    await secretary.presses("1")
    assert await entries(story) == [(f"forwarded:{number}", True)]
    await secretary.presses("Batalkan yang terakhir")
    assert await entries(story) == []


async def test_the_log_says_who_forwarded_it_and_when(story, secretary):
    await given(story, ScheduleKind.READING, "Apel pagi")
    await secretary.presses("Sudah diteruskan")
    (page,) = await secretary.says("/log")
    assert "07.11 WIB\nApel pagi: diteruskan ke grup WhatsApp\n<i>Sekretaris</i>" in page.text
