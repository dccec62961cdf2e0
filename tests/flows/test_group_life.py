"""A group's life: added, linked, muted, removed, upgraded, its topics closed and deleted. No schedule is ever lost."""

import pytest

from storage.models import GroupState, Role, ScheduleState
from tests.flows.office import groups, schedules

READING = "Dipimpin oleh"


async def reading(town):
    [schedule] = await schedules(town, "Apel pagi")
    return schedule.state, schedule.reason


async def test_a_removed_bot_pauses_the_schedules_with_a_reason_and_goes_on_when_it_is_back(office):
    office.group.removes_bot(office.secretary)
    await office.settle()
    assert await reading(office) == (ScheduleState.PAUSED, "removed")
    [told] = office.containing(office.secretary, "Grup tidak dapat dikirimi pesan")
    assert "bot sudah dikeluarkan dari grup" in told.text
    await office.clock_to("2026-11-17T08:00+07:00")
    assert office.containing(office.group, READING) == []
    office.group.adds_bot(office.secretary)
    await office.settle()
    assert "Jadwal kantor dilanjutkan" in office.last(office.group).text
    await office.clock_to("2026-11-18T07:30+07:00")
    assert len(office.containing(office.group, READING)) == 1


async def test_a_kick_that_nobody_told_of_is_noticed_at_the_next_post(office):
    office.group.state.barrier = (403, "Forbidden: bot was kicked from the supergroup chat")
    await office.clock_to("2026-11-18T08:00+07:00")
    assert await reading(office) == (ScheduleState.PAUSED, "removed")
    assert len(office.containing(office.secretary, "Grup tidak dapat dikirimi pesan")) == 1


async def test_a_muted_bot_waits_and_goes_on_by_itself(office):
    office.group.mutes_bot(office.secretary)
    await office.settle()
    assert await reading(office) == (ScheduleState.PAUSED, "muted")
    [schedule_list] = await office.says(office.secretary, "/jadwal")
    assert "dijeda" in schedule_list.text
    office.group.unmutes_bot(office.secretary)
    await office.clock_to("2026-11-17T07:30+07:00")
    assert len(office.containing(office.group, READING)) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,), (1,), (0, 1, 0)])
async def test_an_upgraded_group_is_followed_whatever_order_the_news_comes_in(office, order):
    new = office.group.migrates(-100700, office.secretary)
    news, office.server.pending = office.server.pending, []
    for number in order:
        office.server.push("message", news[number]["message"])
        await office.settle()
    await office.clock_to("2026-11-17T07:30+07:00")
    assert len(office.containing(new, READING)) == 1
    assert office.containing(office.group, READING) == []
    assert [(group.chat_id, group.state) for group in await groups(office)] == [("-100700", GroupState.ACTIVE)]
    await office.presses(office.member, "Sudah dibacakan", new)
    assert "✓ Sudah dibacakan" in office.last(new).text


async def test_an_upgrade_that_nobody_told_of_is_followed_at_the_next_post_before_and_after_a_restart(office):
    new = office.group.migrates(-100700, office.secretary, told=False)
    await office.clock_to("2026-11-17T07:30+07:00")
    await office.kill_and_restart()
    assert len(office.containing(new, READING)) == 1
    await office.clock_to("2026-11-18T07:30+07:00")
    assert len(office.containing(new, READING)) == 2
    assert office.containing(office.secretary, "tidak dapat dikirimi") == []


async def test_a_button_of_the_old_chat_still_counts_after_the_upgrade(office):
    await office.clock_to("2026-11-17T07:30+07:00")
    post = office.last(office.group)
    office.group.migrates(-100700, office.secretary)
    await office.settle()
    press = office.member.presses(post, "Sudah dibacakan")
    await office.settle()
    assert "pembacaan tercatat" in office.server.answers[press]


@pytest.fixture
async def forum(town):
    """An office whose group has topics, linked in topic 7."""
    town.clock_jumps_to("2026-11-16T14:00+07:00")
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    town.secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    town.group = await town.links_group(-100500, "Grup Dinas", town.secretary, topics=(7, 8), topic=7)
    return town


async def test_posts_and_answers_stay_in_the_linked_topic(forum):
    await forum.clock_to("2026-11-17T07:30+07:00")
    assert {post.topic_id for post in forum.containing(forum.group, READING)} == {7}
    answers = await forum.says(forum.secretary, "/tanya@apel_bot apa arti akuntabel", to=forum.group, topic=8)
    assert [answer.topic_id for answer in answers] == [8]


async def test_a_closed_topic_pauses_and_a_reopened_one_goes_on(forum):
    forum.group.closes_topic(7, forum.secretary)
    await forum.settle()
    assert await reading(forum) == (ScheduleState.PAUSED, "topic_closed")
    assert "topiknya ditutup" in forum.last(forum.secretary).text
    forum.group.opens_topic(7, forum.secretary)
    await forum.clock_to("2026-11-17T07:30+07:00")
    assert len(forum.containing(forum.group, READING)) == 1


async def test_a_deleted_topic_is_noticed_and_the_link_moves_to_another(forum):
    forum.group.deletes_topic(7)
    await forum.clock_to("2026-11-17T08:00+07:00")
    assert await reading(forum) == (ScheduleState.PAUSED, "topic_gone")
    assert "Ketik /tautkan di topik yang baru" in forum.last(forum.secretary).text
    await forum.says(forum.secretary, "/tautkan", to=forum.group, topic=8)
    await forum.clock_to("2026-11-18T07:30+07:00")
    assert {post.topic_id for post in forum.containing(forum.group, READING)} == {8}


async def test_an_admin_of_the_group_without_a_seat_links_nothing(office):
    admin = office.server.person(77, "Admin Grup")
    other = office.server.group(-100900, "Grup Lain")
    other.adds_bot(admin)
    await office.settle()
    [answer] = await office.says(admin, "/tautkan", to=other)
    assert "belum terdaftar" in answer.text
    other.anonymous_admin_says("/tautkan")
    await office.settle()
    assert "pengirim yang anonim" in office.last(other).text
    assert [group.state for group in await groups(office)] == [GroupState.ACTIVE, GroupState.UNLINKED]


async def test_plans_and_names_are_shown_in_the_offices_own_groups_only(office):
    foreign = office.server.group(-100900, "Grup Lain")
    foreign.adds_bot(office.member)
    await office.settle()
    for command in ("/giliran", "/jadwal"):
        [answer] = await office.says(office.member, command, to=foreign)
        assert "lewat pesan pribadi" in answer.text
        [answer] = await office.says(office.member, command, to=office.group)
        assert "Apel pagi" in answer.text or "Giliran memimpin" in answer.text
