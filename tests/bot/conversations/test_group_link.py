"""A group and its office: linked from inside, paused, moved and never lost."""

import pytest
from sqlalchemy import select

from bot.channels.inbound import Chat, Kind, Sender
from bot.conversations import group_link
from bot.offices import add_office
from content.regulation_loader import load_regulations
from storage.models import GroupChat, Role, Schedule, ScheduleTarget
from tests.bot.conversations.people_story import people_story
from tests.story import acts

GROUP = Chat(chat_id="-100", private=False, title="Grup Dinas")


@pytest.fixture
async def story(database):
    story = people_story(database, group_link.DIALOGUE)
    await _open(story, "Dinas Kominfo")
    return story


async def _open(story, name):
    regulation = load_regulations()["karanganyar-44-2023"]
    async with story.database.transaction() as session:
        story.office_id = (await add_office(session, name, regulation, None, story.clock.now())).id


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def _groups(story):
    async with story.database.transaction() as session:
        query = select(GroupChat).order_by(GroupChat.id)
        return [(row.chat_id, row.topic_id, row.state.value, row.office_id) for row in await session.scalars(query)]


async def _schedules(story):
    async with story.database.transaction() as session:
        query = select(Schedule).order_by(Schedule.id)
        return [(row.kind.value, row.state.value, row.reason) for row in await session.scalars(query)]


async def _target_count(story):
    async with story.database.transaction() as session:
        return len((await session.scalars(select(ScheduleTarget))).all())


async def _happens(story, kind, chat=GROUP, **details):
    return await story.stranger("Admin grup").sends(chat, kind=kind, **details)


async def test_an_office_begins_with_its_schedules_waiting_for_a_group(story):
    assert await _schedules(story) == [
        ("reading", "paused", "no_group"),
        ("twibbon", "paused", "no_group"),
        ("summary", "active", None),
    ]


async def test_added_to_a_group_the_bot_says_once_how_to_link_it(story):
    (welcome,) = await _happens(story, Kind.GROUP_JOINED)
    assert "/tautkan" in welcome.text
    assert await _happens(story, Kind.GROUP_JOINED) == []
    assert await _groups(story) == [("-100", "", "unlinked", None)]


async def test_linking_starts_the_schedules_and_is_told_and_kept(story, secretary):
    (answer,) = await secretary.says("/tautkan", GROUP)
    assert "Apel pagi, pukul 07.30 WIB" in answer.text
    assert await _groups(story) == [("-100", "", "active", story.office_id)]
    assert await _schedules(story) == [
        ("reading", "active", None),
        ("twibbon", "active", None),
        ("summary", "active", None),
    ]
    assert (await acts(story))[-1] == "group.linked"


async def test_linking_again_changes_nothing(story, secretary):
    await secretary.says("/tautkan", GROUP)
    (answer,) = await secretary.says("/tautkan", GROUP)
    assert "memang sudah tertaut" in answer.text
    assert await _target_count(story) == 2
    assert (await acts(story)).count("group.linked") == 1


async def test_a_topic_is_linked_as_itself_and_answered_there(story, secretary):
    topic = Chat(chat_id="-100", private=False, title="Grup Dinas", topic_id="7")
    await secretary.sends(topic, kind=Kind.COMMAND, command="tautkan", addressed=True)
    assert await _groups(story) == [("-100", "7", "active", story.office_id)]


async def test_linking_another_topic_moves_the_posts_there(story, secretary):
    for topic_id in ("7", "8"):
        topic = Chat(chat_id="-100", private=False, title="Grup Dinas", topic_id=topic_id)
        await secretary.sends(topic, kind=Kind.COMMAND, command="tautkan", addressed=True)
    assert await _groups(story) == [("-100", "7", "unlinked", None), ("-100", "8", "active", story.office_id)]
    assert await _target_count(story) == 2


async def test_a_group_of_another_office_is_refused(story, secretary):
    await secretary.says("/tautkan", GROUP)
    await _open(story, "Dinas Kesehatan")
    other = await story.person("Sekretaris Lain", Role.SEKRETARIS)
    for command in ("/tautkan", "/lepaskan"):
        (answer,) = await other.says(command, GROUP)
        assert "tertaut ke" in answer.text
    assert (await _groups(story))[0][2:] == ("active", 1)


@pytest.mark.parametrize("role", [Role.ANGGOTA, Role.KETUA, None])
async def test_who_lacks_the_right_links_nothing_be_they_group_admin_or_not(story, role):
    actor = await story.person("Admin grup", role)
    await actor.says("/tautkan", GROUP)
    assert await _groups(story) == []


async def test_an_anonymous_admin_is_asked_to_come_as_themselves(story):
    anonymous = Sender(user_id="1087968824", name="Group", anonymous=True)
    (answer,) = await _happens(story, Kind.COMMAND, command="tautkan", addressed=True, sender=anonymous)
    assert "anonim" in answer.text
    assert await _groups(story) == []


async def test_in_private_the_command_is_sent_into_the_group(story, secretary):
    (answer,) = await secretary.says("/tautkan")
    assert "di dalam grup" in answer.text


async def test_unlinking_leaves_the_schedules_waiting(story, secretary):
    await secretary.says("/tautkan", GROUP)
    (answer,) = await secretary.says("/lepaskan", GROUP)
    assert "Apel pagi" in answer.text
    assert (await _schedules(story))[0] == ("reading", "paused", "no_group")
    assert await _target_count(story) == 0
    await secretary.says("/tautkan", Chat(chat_id="-200", private=False, title="Grup Baru"))
    assert (await _schedules(story))[0] == ("reading", "active", None)


async def test_removed_from_the_group_the_secretary_hears_once_and_coming_back_resumes(story, secretary):
    await secretary.says("/tautkan", GROUP)
    (notice,) = await _happens(story, Kind.GROUP_LEFT)
    assert "Apel pagi" in notice.text
    assert await _happens(story, Kind.GROUP_LEFT) == []
    assert (await _schedules(story))[0] == ("reading", "paused", "removed")
    (back,) = await _happens(story, Kind.GROUP_JOINED)
    assert "dilanjutkan" in back.text
    assert (await _schedules(story))[0] == ("reading", "active", None)


async def test_muted_and_allowed_again(story, secretary):
    await secretary.says("/tautkan", GROUP)
    await _happens(story, Kind.GROUP_MUTED)
    assert (await _schedules(story))[0] == ("reading", "paused", "muted")
    await _happens(story, Kind.GROUP_JOINED)
    assert (await _schedules(story))[0] == ("reading", "active", None)


async def test_removed_before_it_was_linked_it_greets_anew(story):
    await _happens(story, Kind.GROUP_JOINED)
    assert await _happens(story, Kind.GROUP_LEFT) == []
    assert len(await _happens(story, Kind.GROUP_JOINED)) == 1


async def test_a_closed_topic_pauses_and_its_reopening_resumes(story, secretary):
    topic = Chat(chat_id="-100", private=False, title="Grup Dinas", topic_id="7")
    await secretary.sends(topic, kind=Kind.COMMAND, command="tautkan", addressed=True)
    await _happens(story, Kind.TOPIC_CLOSED, topic)
    assert (await _schedules(story))[0] == ("reading", "paused", "topic_closed")
    await _happens(story, Kind.GROUP_JOINED)
    assert (await _schedules(story))[0] == ("reading", "paused", "topic_closed")
    await _happens(story, Kind.TOPIC_REOPENED, topic)
    assert (await _schedules(story))[0] == ("reading", "active", None)


@pytest.mark.parametrize("new_chat_first", [True, False])
async def test_an_upgraded_group_stays_linked_in_either_order(story, secretary, new_chat_first):
    await secretary.says("/tautkan", GROUP)
    new = Chat(chat_id="-1009", private=False, title="Grup Dinas")
    if new_chat_first:
        await _happens(story, Kind.GROUP_JOINED, new)
    await _happens(story, Kind.GROUP_MOVED, moved_to="-1009")
    if not new_chat_first:
        assert await _happens(story, Kind.GROUP_JOINED, new) == []
    await _happens(story, Kind.GROUP_MOVED, moved_to="-1009")
    assert await _groups(story) == [("-1009", "", "active", story.office_id)]
    assert await _target_count(story) == 2
