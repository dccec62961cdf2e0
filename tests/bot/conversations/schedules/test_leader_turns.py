"""`/giliran` and the buttons of a turn: swapped or skipped in one tap, owed and not lost."""

from datetime import timedelta

import pytest

from bot.conversations.schedules.leader_turns import DIALOGUE
from scheduler import turns
from scheduler.occurrences import plan
from storage.models import Member, Role, ScheduleKind, Turn, TurnState
from storage.queries import occurrences
from storage.queries.turns import leader_names
from tests.bot.conversations.office_story import labels, link, open_story, press, schedule_of, second_office
from tests.story import REGULATIONS, acts, rows


@pytest.fixture
async def story(database):
    story = await open_story(database, [DIALOGUE])
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


@pytest.fixture
async def roster(story, secretary):
    for number in range(1, 4):
        await story.person(f"Anggota {number}", Role.ANGGOTA)
    await assign(story)


async def assign(story):
    reading = await schedule_of(story, ScheduleKind.READING)
    now = story.clock.now()
    async with story.database.transaction() as session:
        await plan(session, reading.id, now, regulations=REGULATIONS)
        waiting = await occurrences.leaders_to_see_to(session, now, 100)
        led = await leader_names(session, waiting)
        for number in waiting:
            if number not in led:
                await turns.assign(session, await occurrences.find(session, number), now)


async def assigned(story):
    """Who leads, in the order of days."""
    names = {member.id: member.name for member in await rows(story, Member)}
    found = await rows(story, Turn, Turn.state == TurnState.ASSIGNED)
    return [names[turn.member_id] for turn in sorted(found, key=lambda turn: turn.day)]


async def test_the_next_five_for_everybody(story, secretary, roster):
    member = await story.person("Anggota 4", Role.ANGGOTA)
    (shown,) = await member.says("/giliran")
    assert "1. Senin, 30 November 2026 pukul 07.30 WIB: <b>Sekretaris</b>" in shown.text
    assert shown.text.count("pukul 07.30 WIB") == 5
    assert "<i>(rencana)</i>" in shown.text
    assert labels(shown) == []


async def test_what_is_only_planned_comes_true(story, secretary, roster):
    (shown,) = await secretary.says("/giliran")
    foreseen = [line.split("<b>")[1].split("</b>")[0] for line in shown.text.splitlines() if "pukul" in line]
    for _ in range(8):
        story.clock.advance(timedelta(hours=12))
        await assign(story)
    assert (await assigned(story))[:5] == foreseen


async def test_one_tap_skips_and_the_turn_is_owed(story, secretary, roster):
    await secretary.says("/giliran")
    (changed,) = await secretary.presses("Lewati 1")
    assert "dipimpin oleh <b>Anggota" in changed.text
    assert "Giliran Sekretaris dilewati; tidak hangus" in changed.text
    skipped = await rows(story, Turn, Turn.state == TurnState.SKIPPED)
    assert len(skipped) == 1
    assert await acts(story) == ["turn.skipped"]


async def test_swapped_with_a_name_of_the_roster(story, secretary, roster):
    await secretary.says("/giliran")
    (asked,) = await secretary.presses("Tukar 1")
    assert labels(asked) == ["Anggota 1", "Anggota 2", "Anggota 3", "Kembali"]
    (changed,) = await secretary.presses("Anggota 3")
    assert "dipimpin oleh <b>Anggota 3</b>" in changed.text
    assert (await assigned(story))[0] == "Anggota 3"


async def test_many_names_come_in_pages(story, secretary, roster):
    for number in range(4, 12):
        await story.person(f"Anggota {number}", Role.ANGGOTA)
    await secretary.says("/giliran")
    await secretary.presses("Tukar 1")
    (second,) = await secretary.presses("Berikutnya")
    assert labels(second) == ["Anggota 9", "Anggota 10", "Anggota 11", "Sebelumnya", "Kembali"]


async def test_two_taps_skip_one_turn(story, secretary, roster):
    await secretary.says("/giliran")
    _, action = await story.message_ref(secretary.user_id, "Lewati 1")
    await secretary.presses("Lewati 1")
    assert await press(secretary, action) == []
    assert "sudah berubah" in secretary.outcome.toast
    assert len(await rows(story, Turn, Turn.state == TurnState.SKIPPED)) == 1


async def test_a_reading_that_has_passed_stays_as_it_was(story, secretary, roster):
    await secretary.says("/giliran")
    story.clock.advance(timedelta(hours=2))
    assert await secretary.presses("Lewati 1") == []
    assert await rows(story, Turn, Turn.state == TurnState.SKIPPED) == []


async def test_members_see_and_do_not_change(story, secretary, roster):
    member = await story.person("Anggota 4", Role.ANGGOTA)
    turn = (await rows(story, Turn))[0]
    assert await press(member, f"turn.skip:{turn.id}") == []
    assert "bukan kewenangan" in member.outcome.toast


async def test_another_office_s_turns_and_people_stay_out_of_reach(story, secretary, roster):
    turn = (await rows(story, Turn))[0]
    story.office_id = await second_office(story)
    foreign = await story.person("Sekretaris lain", Role.SEKRETARIS)
    for action in (f"turn.skip:{turn.id}", f"turn.swap:{turn.id}", f"turn.give:{turn.id}:1"):
        assert await press(foreign, action) == []
    outsider = (await rows(story, Member, Member.name == "Sekretaris lain"))[0]
    assert await press(secretary, f"turn.give:{turn.id}:{outsider.id}") == []
    assert await rows(story, Turn, Turn.state != TurnState.ASSIGNED) == []


async def test_without_readings_it_says_so(database):
    story = await open_story(database, [DIALOGUE])
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (shown,) = await member.says("/giliran")
    assert "Belum ada pembacaan yang dijadwalkan" in shown.text
