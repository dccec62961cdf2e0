"""What the secretaries hear of posts that did not go out as they should: each once, and none too few."""

import asyncio

import pytest

from scheduler.errors import MessageRefused, OutcomeUnknown, RecipientUnreachable, UnreachableReason
from scheduler.notices import tell_settled
from storage.models import Delivery, DeliveryState, Role, ScheduleKind
from tests.scheduler.machine import GROUP, MONDAY_READING
from tests.scheduler.outbox import outbox, write

SECRETARY = "500"


@pytest.fixture
async def office(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, SECRETARY, leads=False)
    return machine


async def test_a_weekly_summary_that_its_reader_blocked_is_told(office):
    await office.add_member("Ketua", Role.KETUA, "7", leads=False)
    await office.add_schedule(ScheduleKind.SUMMARY, title="Ringkasan mingguan")
    office.sender.refuse("7", RecipientUnreachable(UnreachableReason.BLOCKED))
    await office.at(MONDAY_READING)
    (notice,) = office.sender.texts(SECRETARY)
    assert "Ringkasan mingguan" in notice
    assert "bot diblokir" in notice


async def test_many_groups_that_refuse_at_once_are_told_in_one_message(office):
    groups = [await office.add_group(f"-{number}") for number in range(1, 13)]
    for number in range(1, 13):
        office.sender.refuse(f"-{number}", MessageRefused("too long"))
    await office.add_schedule(groups=tuple(groups), title="Apel pagi")
    await office.at(MONDAY_READING)
    (notice,) = office.sender.texts(SECRETARY)
    assert notice.count("ditolak oleh aplikasi pesan") == 12


async def test_many_lost_answers_are_told_ten_at_a_time_and_each_settled_post_leaves_its_notice(office):
    groups = [await office.add_group(f"-{number}") for number in range(1, 12)]
    for number in range(1, 12):
        office.sender.refuse(f"-{number}", OutcomeUnknown())
    await office.add_schedule(groups=tuple(groups), title="Apel pagi")
    await office.at(MONDAY_READING)
    assert sorted(text.count("Grup -") for text in office.sender.texts(SECRETARY)) == [1, 10]
    (notice,) = [row for row in await office.all(Delivery) if len(row.parameters.get("posts", ())) == 10]
    assert len(notice.message["choices"]) == 10
    numbers = [post["delivery_id"] for post in notice.parameters["posts"]]
    for number in numbers:
        async with office.database.transaction() as session:
            await tell_settled(session, await session.get_one(Delivery, number), MONDAY_READING)
    edits = [row for row in await office.all(Delivery) if row.edits_id == notice.id]
    assert [len(row.parameters.get("posts", ())) for row in edits] == [*range(9, 0, -1), 0]
    assert "Kiriman sudah pasti" in edits[-1].message["text"]


async def reading_in_two_parts(office, first, **second):
    """A reading's first part, in that state, and a second one behind it, which the channel refuses."""
    await office.add_schedule(groups=(await office.add_group(),), title="Apel pagi")
    await office.at(MONDAY_READING)
    (post,) = await office.posts()
    about = {"occurrence_id": post.occurrence_id, "office_id": office.office_id, "group_id": post.group_id}
    async with office.database.transaction() as session:
        (await session.get_one(Delivery, post.id)).state = first
    await write(office, [GROUP], part="/2", follows_id=post.id, **about, **second)
    office.sender.refuse(GROUP, MessageRefused("too long"))
    await office.at(MONDAY_READING)
    await office.at(MONDAY_READING)


async def test_a_later_part_that_fails_behind_one_that_went_out_is_told_as_the_rest(office):
    await reading_in_two_parts(office, DeliveryState.SENT)
    (notice,) = office.sender.texts(SECRETARY)
    assert "(Grup -100), bagian lanjutannya" in notice
    assert "/susulan" not in notice


async def test_a_later_part_behind_one_that_did_not_go_out_is_not_told_besides(office):
    await reading_in_two_parts(office, DeliveryState.FAILED, expires_at=MONDAY_READING)
    assert office.sender.texts(SECRETARY) == []


async def test_a_process_that_dies_at_every_send_repeats_a_reminder_once(office):
    (reminder,) = await write(office, ["1"], repeatable=True)
    for _ in range(5):
        box = outbox(office)
        async with office.database.transaction() as session:
            await box.recover(session, office.clock.now())
        await box.step()
        for _ in range(5):
            await asyncio.sleep(0)
    async with office.database.transaction() as session:
        await outbox(office).recover(session, office.clock.now())
    assert len(office.sender.accepted) == 2
    (row,) = await office.all(Delivery, Delivery.id == reminder)
    assert row.state is DeliveryState.UNCERTAIN
