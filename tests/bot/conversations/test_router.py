"""The router's own rules, shown with a dialogue made for the test."""

from datetime import timedelta

import pytest

from bot.access import Permission
from bot.channels.inbound import Kind
from bot.conversations import help  # noqa: A004  the dialogue is named for its command
from bot.conversations.router import Router
from bot.conversations.step import Command, Dialogue, Place, Press, Reply, State, Step, Surroundings
from storage.models import Delivery, Role
from storage.queries import inbound
from tests.story import Story


async def _open(turn):
    return Step(replies=(Reply("help/edited"),), state=State("echo", {"n": 1}))


async def _go_on(turn):
    return Step(replies=(Reply("help/not_allowed", {"command": turn.inbound.text}),))


async def _break(turn):
    raise RuntimeError("a defect")


ECHO = Dialogue(
    name="echo",
    commands=(
        Command("mulai", _open, None),
        Command("rusak", _break, None),
        Command("siar", _open, Permission.BROADCAST),
        Command("tautkan", _open, None, Place.GROUP),
        Command("tanya", _open, Permission.ASK, Place.ANYWHERE),
    ),
    presses=(Press("echo", _go_on, None), Press("kunci", _go_on, Permission.REPORT)),
    goes_on=_go_on,
)


@pytest.fixture
async def story(database):
    story = Story(database, [ECHO])
    await story.open_office()
    return story


async def test_a_dialogue_goes_on_where_it_stopped(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/mulai")
    (reply,) = await member.says("lanjut")
    assert "/lanjut" in reply.text


async def test_a_right_that_the_seat_lacks_is_refused_politely(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (reply,) = await member.says("/siar halo")
    assert "tidak termasuk kewenangan Anda" in reply.text


async def test_a_defect_gives_an_incident_id_and_blocks_nothing(story, caplog):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (reply,) = await member.says("/rusak")
    incident = caplog.records[-1].args[0]
    assert incident in reply.text
    assert await member.says("/mulai")


async def test_the_same_update_twice_is_answered_once(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/mulai")
    message_count = len(await story.messages(member.user_id))
    async with story.database.transaction() as session:
        assert await inbound.store(session, "telegram", "1", b"{}", story.clock.now()) is None
        assert await inbound.is_handled(session, 1)
    assert len(await story.messages(member.user_id)) == message_count


async def test_the_first_private_contact_brings_the_privacy_notice_once(story):
    stranger = story.stranger("Tamu")
    first = await stranger.says("/mulai")
    second = await stranger.says("/mulai")
    assert "pelindungan data" in first[0].text
    assert len(second) == 1


async def test_a_group_that_is_not_addressed_hears_nothing(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.says("selamat pagi semua", group) == []
    assert await member.sends(group, kind=Kind.OTHER) == []


async def test_an_unknown_command_in_a_group_is_answered_where_no_other_bot_can_be_meant(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    assert await member.says("/jadwl", group) == []
    (reply,) = await member.says("/jadwl", group, by_name=True)
    assert "/bantuan" in reply.text


async def test_a_photo_that_answers_us_and_belongs_to_nothing_is_not_passed_over_in_silence(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (reply,) = await member.shows(chat=group, addressed=True, reply_to="m1")
    assert "sebagai balasan atas naskah" in reply.text
    assert await member.sends(group, kind=Kind.OTHER, addressed=True, reply_to="m1") == []  # a sticker: applause


async def test_an_album_that_nothing_asked_for_is_answered_once(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    answers = [await member.shows(f"photo-{number}", album="a") for number in range(4)]
    assert [len(replies) for replies in answers] == [1, 0, 0, 0]
    assert len(await member.shows()) == 1


@pytest.mark.parametrize("said", [" Batal ", "batalkan", "Batal saja mbak"])
async def test_the_ways_out_need_no_slash_in_private(database, said):
    story = Story(database, [ECHO, help.DIALOGUE])
    await story.open_office()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/mulai")
    (cancelled,) = await member.says(said)
    assert "isian dibatalkan" in cancelled.text
    assert await member.says("batal", await story.group(), addressed=True) != [cancelled]


@pytest.mark.parametrize("said", ["/tanya", "apa arti akuntabel?"])
async def test_what_was_said_in_a_group_before_a_long_downtime_is_not_answered(story, said):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    before = story.clock.now() - timedelta(hours=2)
    assert await member.says(said, group, addressed=True, at=before) == []
    assert await member.says(said, at=before)


async def test_a_command_in_the_wrong_place_is_sent_to_the_right_one(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (in_group,) = await member.says("/mulai", group)
    (in_private,) = await member.says("/tautkan")
    assert "pesan pribadi" in in_group.text
    assert "di dalam grup" in in_private.text


async def test_a_reply_into_a_group_counts_against_the_group_s_limit(story):
    group = await story.group()
    member = await story.person("Anggota 1", Role.ANGGOTA)
    await member.says("/mulai", group)
    async with story.database.transaction() as session:
        assert (await session.get_one(Delivery, 1)).group_id is not None


async def test_anybody_may_ask_in_a_linked_group_and_nowhere_else(story):
    stranger = story.stranger("Tamu")
    (here,) = await stranger.says("/tanya", await story.group())
    (elsewhere,) = await stranger.says("/tanya", await story.group("Grup lain", "-1002", linked=False))
    assert "disunting" in here.text
    assert "belum terdaftar" in elsewhere.text


async def test_a_button_for_members_stays_shut_to_strangers_in_a_linked_group(story):
    stranger = story.stranger("Tamu")
    await stranger.sends(await story.group(), kind=Kind.PRESS, text="kunci", press_id="p")
    assert "belum terdaftar" in stranger.outcome.toast


async def test_what_waited_in_private_counts_for_the_moment_it_was_said(story):
    heard = []

    async def listen(turn):
        heard.append((turn.now, turn.answered_at))
        return Step(keep=True)

    story.router = Router(story.database, [], listen, Surroundings(regulations={}, links=lambda _code: {}))
    member = await story.person("Anggota 1", Role.ANGGOTA)
    said = story.clock.now()
    story.clock.advance(timedelta(hours=9))
    await member.says("tadi malam", at=said)
    await member.says("jam ponsel terlalu cepat", at=story.clock.now() + timedelta(hours=1))
    assert heard == [(said, story.clock.now()), (story.clock.now(), story.clock.now())]
