"""The buttons under the list of what is held: who may press them, once, and only those of the last list."""

from datetime import timedelta

import pytest

from bot.conversations.decide_hold import DIALOGUE
from scheduler import hold
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import AuditEntry, Delivery, DeliveryState, Role
from storage.queries import holds
from tests.bot.conversations.office_story import open_story, press
from tests.story import acts, rows

OLD = Delivery.message_key == "registration/stayed"
TOLD = Delivery.message_key == hold.TOLD


@pytest.fixture
async def story(database):
    return await open_story(database, [DIALOGUE])


@pytest.fixture
async def administrator(story):
    return await story.person("Administrator", Role.ADMINISTRATOR)


async def hold_one(story):
    """A message that waited is held after a restore, and the list of it is told."""
    async with story.database.transaction() as session:
        await enqueue(
            session,
            destination=Destination("telegram", "7777"),
            key="registration/stayed",
            parameters={},
            now=story.clock.now(),
            office_id=story.office_id,
        )
        await holds.mark_restored(session, story.clock.now())
    story.clock.advance(timedelta(minutes=1))
    assert await hold.begin(story.database, _nothing, story.clock.now())
    await story.take_replies()
    return f"{int(story.clock.now().timestamp())}"


async def _nothing(_start):
    pass


async def states(story):
    return [(row.state, row.held, row.reason) for row in await rows(story, Delivery, OLD)]


async def test_kirim_sekarang_lets_it_go_and_takes_the_lists_place(story, administrator):
    await hold_one(story)
    released, answer = await administrator.presses("Kirim sekarang")
    assert released.text == "Baik, tidak ada yang diubah."
    assert "1 pesan yang ditahan sudah dilepas" in answer.text
    assert answer.choices == ()
    assert await states(story) == [(DeliveryState.SENT, False, None)]
    [entry] = await rows(story, AuditEntry)
    assert (entry.act, entry.detail) == ("hold.released", {"pushes": 0, "messages": 1})
    assert entry.actor_id is not None


async def test_batalkan_kiriman_cancels_it(story, administrator):
    await hold_one(story)
    (answer,) = await administrator.presses("Batalkan kiriman")
    assert "1 pesan yang ditahan tidak akan dikirim" in answer.text
    assert await states(story) == [(DeliveryState.CANCELLED, True, "discarded")]
    assert await acts(story) == ["hold.discarded"]


async def test_a_second_administrator_finds_it_done(story, administrator):
    second = await story.person("Administrator 2", Role.ADMINISTRATOR)
    await hold_one(story)
    assert len(await rows(story, Delivery, TOLD)) == 2
    await administrator.presses("Batalkan kiriman")
    (answer,) = await second.presses("Kirim sekarang")
    assert second.outcome.toast == "Sudah ditangani; tidak ada lagi yang ditahan."
    assert answer.choices == ()
    assert await states(story) == [(DeliveryState.CANCELLED, True, "discarded")]
    assert await acts(story) == ["hold.discarded"]


@pytest.mark.parametrize("role", [Role.ANGGOTA, Role.KETUA, Role.FASILITATOR])
async def test_a_member_without_the_right_decides_nothing(story, administrator, role):
    number = await hold_one(story)
    member = await story.person("Anggota 1", role)
    for act in ("release", "discard"):
        assert await press(member, f"hold.{act}:{number}") == []
        assert "bukan kewenangan Anda" in member.outcome.toast
    assert await states(story) == [(DeliveryState.PLANNED, True, None)]


async def test_an_older_list_decides_nothing(story, administrator):
    older = await hold_one(story)
    await hold_one(story)
    assert await press(administrator, f"hold.release:{older}") == []
    assert "sudah diganti" in administrator.outcome.toast
    assert [held for _, held, _ in await states(story)] == [True, True]


@pytest.mark.parametrize("argument", ["", ":", ":0", ":x", ":" + "9" * 40])
async def test_a_forged_button_decides_nothing(story, administrator, argument):
    await hold_one(story)
    assert await press(administrator, f"hold.discard{argument}") == []
    assert [held for _, held, _ in await states(story)] == [True]


async def test_another_offices_administrator_decides_nothing_here(story, administrator):
    number = await hold_one(story)
    first = story.office_id
    await story.open_office("Dinas Lain")
    stranger = await story.person("Administrator lain", Role.ADMINISTRATOR)
    story.office_id = first
    assert await press(stranger, f"hold.release:{number}") == []
    assert await states(story) == [(DeliveryState.PLANNED, True, None)]


async def test_where_no_administrator_can_be_written_to_the_secretary_decides(story):
    secretary = await story.person("Sekretaris", Role.SEKRETARIS)
    await hold_one(story)
    _, answer = await secretary.presses("Kirim sekarang")
    assert "sudah dilepas" in answer.text
