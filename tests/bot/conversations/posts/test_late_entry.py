"""`/susulan`: what nobody tapped, entered afterwards and marked so."""

from datetime import date, timedelta

import pytest

from bot.conversations.posts import confirmations
from bot.conversations.posts.late_entry import DIALOGUE
from storage.models import AuditEntry, Confirmation, OccurrenceState, Role, ScheduleKind
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story, rows


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE, confirmations.DIALOGUE])
    await story.open_office()
    schedule_id = await make_schedule(story)
    for back, state in ((0, OccurrenceState.POSTED), (3, OccurrenceState.MISSED), (20, OccurrenceState.POSTED)):
        ago = timedelta(days=back)
        await make_occurrence(
            story, schedule_id, day=date(2026, 11, 30) - ago, due_at=story.clock.now() - ago, state=state
        )
    await make_occurrence(
        story,
        schedule_id,
        day=date(2026, 12, 1),
        due_at=story.clock.now() + timedelta(days=1),
        state=OccurrenceState.PLANNED,
    )
    return story


async def test_the_secretary_enters_a_reading_that_nobody_tapped(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (listed,) = await secretary.says("/susulan")
    assert "1. Senin, 30 November 2026 · Apel pagi\n2. Jumat, 27 November 2026 · Apel pagi" in listed.text
    assert "Desember" not in listed.text
    (listed,) = await secretary.presses("2")
    assert "Tercatat sebagai susulan: <b>Apel pagi</b>, Jumat, 27 November 2026" in listed.text
    (entry,) = await rows(story, Confirmation)
    assert (entry.day, entry.afterwards) == (date(2026, 11, 27), True)
    assert [item.act for item in await rows(story, AuditEntry)] == ["confirmation.entered_afterwards"]


async def test_an_entry_made_by_mistake_is_taken_back(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await secretary.says("/susulan")
    await secretary.presses("1")
    (listed,) = await secretary.presses("Batalkan yang terakhir")
    assert "1. Senin, 30 November 2026" in listed.text
    assert await rows(story, Confirmation) == []


async def test_what_was_tapped_is_not_listed_and_later_taps_hear_of_the_entry(story):
    group = await story.group()
    await post(story, 1, group)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await secretary.says("/susulan")
    await secretary.presses("1")
    await member.presses("Sudah dibacakan", group)
    assert "Sudah dicatat oleh Sekretaris" in member.outcome.toast
    (listed,) = await secretary.says("/susulan")
    assert "30 November" not in listed.text


async def test_a_member_may_not(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says("/susulan")
    assert "tidak termasuk kewenangan Anda" in answer.text


async def test_without_anything_to_enter_it_says_so(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    await make_occurrence(story, await make_schedule(story, ScheduleKind.TWIBBON), ScheduleKind.TWIBBON)
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    (answer,) = await secretary.says("/susulan")
    assert "Tidak ada pembacaan atau rapat" in answer.text
