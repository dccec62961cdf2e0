"""What becomes of a broadcast: called back, followed, stopped midway, sent again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversations.schedules.broadcast import DIALOGUE
from bot.conversations.schedules.broadcast_progress import DIALOGUE as PROGRESS
from content.regulation_loader import load_regulations
from scheduler import posting
from scheduler.sources import SOURCES
from storage.models import (
    Delivery,
    DeliveryState,
    Occurrence,
    OccurrenceState,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import occurrences
from tests.bot.conversations.office_story import labels, link, open_story, post_due, press, schedule_of
from tests.story import acts, rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [DIALOGUE, PROGRESS])
    for number in range(12):
        await link(story, f"Grup {number}", f"-10{number:02d}")
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def send(story, secretary):
    await secretary.says("/siar Rapat pindah")
    await secretary.presses("Kirim")
    return (await schedule_of(story, ScheduleKind.BROADCAST)).id


async def begin(story, secretary, sent=3):
    """It has begun to leave: so many groups have it, the others wait."""
    schedule_id = await send(story, secretary)
    story.clock.advance(timedelta(minutes=1))
    await post_due(story)
    await settle(story, [row.id for row in await posts(story)][:sent], DeliveryState.SENT)
    return schedule_id


async def settle(story, ids, state):
    async with story.database.transaction() as session:
        await session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(state=state))


async def posts(story):
    return await rows(story, Delivery, Delivery.message_key == "broadcast/post")


async def test_called_back_within_sixty_seconds_nothing_is_sent(story, secretary):
    await send(story, secretary)
    story.clock.advance(timedelta(seconds=50))
    (answer,) = await secretary.presses("Batalkan")
    assert "Tidak ada lagi yang dikirim" in answer.text
    story.clock.advance(timedelta(minutes=5))
    await post_due(story)
    assert await posts(story) == []
    broadcast = await schedule_of(story, ScheduleKind.BROADCAST)
    assert broadcast.state is ScheduleState.ENDED
    (occurrence,) = await rows(story, Occurrence, Occurrence.schedule_id == broadcast.id)
    assert occurrence.state is OccurrenceState.CANCELLED
    assert await acts(story) == ["schedule.added", "schedule.ended"]


async def test_batalkan_twice_is_harmless(story, secretary):
    schedule_id = await send(story, secretary)
    await secretary.presses("Batalkan")
    (answer,) = await press(secretary, f"siar.undo:{schedule_id}")
    assert "Dibatalkan, tidak ada yang terkirim" in answer.text
    assert await acts(story) == ["schedule.added", "schedule.ended"]


async def test_batalkan_after_the_beginning_shows_how_far_it_is(story, secretary):
    schedule_id = await begin(story, secretary)
    *_, answer = await press(secretary, f"siar.undo:{schedule_id}")
    assert "3 dari 12 grup terkirim" in answer.text
    assert secretary.outcome.toast == "Siaran ini sudah mulai dikirim."


async def test_progress_on_demand_and_at_the_end(story, secretary):
    await begin(story, secretary)
    *_, midway = await secretary.presses("Perbarui")
    assert "3 dari 12 grup terkirim, 9 menunggu" in midway.text
    assert labels(midway) == ["Perbarui", "Hentikan"]
    (final,) = await secretary.presses("Perbarui")
    assert "12 dari 12 grup terkirim." in final.text
    assert labels(final) == []


async def test_stopped_midway(story, secretary):
    schedule_id = await begin(story, secretary)
    (stopped,) = await press(secretary, f"siar.stop:{schedule_id}")
    assert "3 dari 12 grup terkirim, 9 dihentikan" in stopped.text
    states = [row.state for row in await posts(story)]
    assert (states.count(DeliveryState.SENT), states.count(DeliveryState.CANCELLED)) == (3, 9)
    assert await acts(story) == ["schedule.added", "broadcast.stopped"]


async def test_a_broadcast_that_is_still_being_written_is_begun_and_stopped_for_every_group(
    story, secretary, monkeypatch
):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 4)
    schedule_id = await send(story, secretary)
    story.clock.advance(timedelta(minutes=1))
    async with story.database.transaction() as session:
        due = [number for number, _ in await occurrences.due(session, story.clock.now())]
        await posting.post(session, due, story.clock.now(), regulations=load_regulations(), sources=SOURCES)
    assert len(await posts(story)) == 4
    await press(secretary, f"siar.undo:{schedule_id}")
    assert secretary.outcome.toast == "Siaran ini sudah mulai dikirim."
    await press(secretary, f"siar.stop:{schedule_id}")
    assert [row.state.value for row in await posts(story)] == ["sent"] * 4 + ["missed"] * 8


async def test_a_post_whose_answer_was_lost_is_sent_again_once(story, secretary):
    await begin(story, secretary, sent=12)
    uncertain = (await posts(story))[0]
    await settle(story, [uncertain.id], DeliveryState.UNCERTAIN)
    await press(secretary, f"delivery.again:{uncertain.id}")
    assert secretary.outcome.toast == "Kiriman ini dikirim sekali lagi."
    await press(secretary, f"delivery.again:{uncertain.id}")
    assert secretary.outcome.toast == "Kiriman ini sudah ditangani."
    assert len(await posts(story)) == 13
    await story.take_replies()
    *_, shown = await press(secretary, f"siar.show:{(await schedule_of(story, ScheduleKind.BROADCAST)).id}")
    assert "12 dari 12 grup terkirim." in shown.text  # the copy stands for the uncertain one


async def test_other_offices_and_other_things_stay_closed(story, secretary):
    schedule_id = await begin(story, secretary)
    delivery = (await posts(story))[0]
    await story.take_replies()
    story.office_id = await story.open_office("Dinas Lain")
    foreign = await story.person("Sekretaris lain", Role.SEKRETARIS)
    for action in (
        f"siar.show:{schedule_id}",
        f"siar.undo:{schedule_id}",
        f"siar.stop:{schedule_id}",
        f"delivery.again:{delivery.id}",
        f"delivery.again_persons:{delivery.occurrence_id}",
    ):
        assert await press(foreign, action) == []
        assert foreign.outcome.toast == "Jadwal ini tidak dapat dibuka."
    reading = (await rows(story, Schedule, Schedule.kind == ScheduleKind.READING))[0]
    assert await press(secretary, f"siar.show:{reading.id}") == []


async def test_one_far_ahead_can_be_called_back_too(story, secretary):
    await secretary.says("/siar Selamat tahun baru")
    await secretary.presses("Atur waktu")
    await secretary.says("1 Januari 2027 pukul 08.00")
    await secretary.presses("Kirim")
    (shown,) = await secretary.presses("Perbarui")
    assert "Jumat, 1 Januari 2027 pukul 08.00 WIB\n\nBelum dikirim." in shown.text
    await secretary.presses("Batalkan")
    assert (await schedule_of(story, ScheduleKind.BROADCAST)).state is ScheduleState.ENDED


async def test_a_repeating_one_ends_by_batalkan(story, secretary):
    await secretary.says("/siar Jangan lupa senam")
    await secretary.presses("Atur waktu")
    await secretary.says("setiap Jumat 15.30")
    await secretary.presses("Kirim")
    await secretary.presses("Batalkan")
    assert (await schedule_of(story, ScheduleKind.BROADCAST)).state is ScheduleState.ENDED
    assert (
        await rows(story, Occurrence, Occurrence.state == OccurrenceState.PLANNED, Occurrence.kind == "broadcast") == []
    )


async def test_one_that_goes_on_is_found_again_by_the_command_and_stopped(story, secretary):
    await begin(story, secretary)
    (asked,) = [message for message in await secretary.says("/siar") if "Siaran terakhir" in message.text]
    assert "• “Rapat pindah”, " in asked.text
    assert labels(asked) == ["Buka: Rapat pindah"]
    async with story.database.transaction() as session:
        await session.execute(
            update(Delivery)
            .where(Delivery.message_key == "broadcast/post", Delivery.message_ref.is_not(None))
            .values(state=DeliveryState.PLANNED)
        )
    (shown,) = [message for message in await secretary.presses("Buka: Rapat pindah") if "Keadaan" in message.text]
    assert "Hentikan" in labels(shown)


async def test_one_that_is_over_has_no_button(story, secretary):
    await begin(story, secretary, sent=12)
    (asked,) = await secretary.says("/siar")
    assert labels(asked) == []
