"""A secretary who writes "batalkan siaran tadi" is led to the button that holds the broadcast back."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversations.consent import DIALOGUE as CONSENT
from bot.conversations.schedules.broadcast import DIALOGUE
from bot.conversations.schedules.broadcast_progress import DIALOGUE as PROGRESS
from storage.models import Delivery, DeliveryState, PersonAddress, Role, Schedule, ScheduleKind
from tests.bot.conversations.office_story import labels, link, open_story, post_due
from tests.story import rows

BEGUN = timedelta(seconds=60)


@pytest.fixture
async def story(database):
    story = await open_story(database, [DIALOGUE, PROGRESS, CONSENT])
    await link(story)
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def posts(story):
    return await rows(story, Delivery, Delivery.message_key == "broadcast/post")


async def broadcast(story, secretary, text="Rapat pindah ke aula"):
    await secretary.says(f"/siar {text}")
    await secretary.presses("Kirim")


@pytest.mark.parametrize(
    "words", ["batalkan siaran tadi", "hentikan siaran itu", "siarannya ga jadi", "batalkan pesan tadi", "stop siaran"]
)
async def test_before_it_leaves_it_is_called_back_by_the_button(story, secretary, words):
    await broadcast(story, secretary)
    (shown,) = await secretary.says(words)
    assert "“Rapat pindah ke aula”" in shown.text
    assert "ketik BERHENTI" in shown.text
    (answer,) = await secretary.presses("Batalkan")
    assert "“Rapat pindah ke aula” dibatalkan" in answer.text
    story.clock.advance(BEGUN)
    await post_due(story)
    assert await posts(story) == []


async def test_midway_what_waits_still_is_held_back(story, secretary):
    await link(story, "Grup UPTD", "-1002")
    await broadcast(story, secretary)
    story.clock.advance(BEGUN)
    await post_due(story)
    for post, state in zip(await posts(story), (DeliveryState.SENT, DeliveryState.CLAIMED), strict=True):
        async with story.database.transaction() as session:
            await session.execute(update(Delivery).where(Delivery.id == post.id).values(state=state))
    (shown,) = await secretary.says("hentikan siaran itu")
    assert labels(shown) == ["Hentikan"]
    assert "yang belum terkirim tidak dikirim lagi" in shown.text
    await secretary.presses("Hentikan")
    assert [post.state for post in await posts(story)] == [DeliveryState.SENT, DeliveryState.CANCELLED]


async def test_of_one_that_has_left_it_is_said_that_it_cannot_be_called_back(story, secretary):
    await broadcast(story, secretary)
    story.clock.advance(BEGUN)
    await post_due(story)
    async with story.database.transaction() as session:
        await session.execute(update(Delivery).values(state=DeliveryState.SENT))
    (shown,) = await secretary.says("batalkan siaran tadi")
    assert "Yang sudah terkirim tidak dapat ditarik" in shown.text
    assert shown.choices == ()


async def test_of_several_the_secretary_chooses(story, secretary):
    await broadcast(story, secretary)
    await broadcast(story, secretary, "Senam pagi")
    (shown,) = await secretary.says("batalkan siaran tadi")
    assert labels(shown) == ["1", "2"]
    await secretary.presses("1")
    (answer,) = await secretary.presses("Batalkan")
    assert "dibatalkan" in answer.text
    ended = [
        schedule
        for schedule in await rows(story, Schedule, Schedule.kind == ScheduleKind.BROADCAST)
        if schedule.state == "ended"
    ]
    assert len(ended) == 1


async def test_without_a_broadcast_that_is_said(story, secretary):
    (shown,) = await secretary.says("batalkan siaran")
    assert "Belum ada siaran" in shown.text
    assert [address.opted_out_at for address in await rows(story, PersonAddress)] == [None]


async def test_while_it_is_read_back_the_words_drop_it(story, secretary):
    await secretary.says("/siar Rapat pindah ke aula")
    (answer,) = await secretary.says("batalkan siaran")
    assert "Tidak ada yang dikirim" in answer.text


async def test_who_may_not_broadcast_is_asked_what_they_mean(story, secretary):
    await broadcast(story, secretary)
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says("batalkan siaran tadi")
    assert labels(answer) == ["Hentikan kiriman", "Terima kiriman"]
