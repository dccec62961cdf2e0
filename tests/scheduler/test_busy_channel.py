"""The outbox on a channel that has had enough: of everything, of one recipient, or of us."""

from datetime import timedelta
from random import Random

import pytest

from scheduler import outcomes, posting
from scheduler.errors import (
    ChannelBusy,
    ChannelRefusesUs,
    Malformed,
    MediaRefused,
    MessageRefused,
    PushesRefused,
    RecipientBusy,
    Refusal,
    TemplateRefused,
    TemplateTrouble,
    Throttled,
)
from storage.models import Delivery, DeliveryState, PersonAddress, Priority, Role
from storage.queries import leases
from tests.scheduler.machine import CHANNEL, FRIDAY
from tests.scheduler.outbox import MINUTE, PLANNED, SECOND, SENT, outbox, run_for, state_of, steps, write


async def test_a_busy_channel_is_left_alone_ever_longer_and_one_request_finds_out_when_it_is_over(machine):
    box = outbox(machine, random=Random(7))  # noqa: S311 - no secret hangs on it
    ids = await write(machine, [str(number) for number in range(20)])
    for number in range(20):
        machine.sender.refuse(str(number), ChannelBusy())
    machine.sender.refuse("0", ChannelBusy())
    await steps(box, 2)
    assert machine.sender.asked == 20
    left = await run_for(machine, box, SECOND)
    assert (left, machine.sender.asked) == ([], 20)
    await run_for(machine, box, SECOND)
    assert machine.sender.asked == 21  # refused again: at least two seconds more
    assert await run_for(machine, box, SECOND) == []
    await run_for(machine, box, 3 * SECOND)
    await steps(box, 2)
    assert await state_of(machine, *ids) == [SENT] * 20
    assert machine.sender.asked == 41
    assert {row.attempt for row in await machine.all(Delivery)} == {1}


async def test_a_pause_of_the_whole_channel_outlives_the_process_and_reaches_one_that_runs(machine):
    async with machine.database.transaction() as session:
        await leases.take(session, CHANNEL, "me", MINUTE, FRIDAY)
    box = outbox(machine)
    machine.sender.refuse("1", Throttled(FRIDAY + 3 * MINUTE, everywhere=True))
    await write(machine, ["1", "2"])
    await steps(box, 2)
    asked = machine.sender.asked
    another = outbox(machine)
    async with machine.database.transaction() as session:
        await another.recover(session, machine.clock.now())
    await write(machine, ["3"])
    assert await run_for(machine, another, 2 * MINUTE) == []
    async with machine.database.transaction() as session:  # as a late refusal does
        await leases.pause(session, CHANNEL, FRIDAY + 6 * MINUTE)
    assert await run_for(machine, another, 3 * MINUTE) == []
    assert machine.sender.asked == asked
    await run_for(machine, another, 2 * MINUTE)
    assert {row.state for row in await machine.all(Delivery)} == {SENT}


async def test_a_recipient_who_has_had_enough_waits_alone_with_all_that_is_for_them(machine):
    box = outbox(machine)
    machine.sender.refuse("1", *[RecipientBusy()] * 4)
    await write(machine, ["1", "2", "3"])
    await steps(box, 3)
    assert {item.chat_id for item in machine.sender.accepted} == {"2", "3"}
    await run_for(machine, box, 4 * SECOND)
    asked = machine.sender.asked
    await write(machine, ["1"], Priority.REPLY, text="reply")
    await write(machine, ["4"], Priority.REPLY)
    await steps(box, 3)
    assert machine.sender.asked == asked + 1
    await run_for(machine, box, timedelta(seconds=1 + 4 + 16 + 64))
    assert machine.sender.texts("1") == ["reply", "a"]


async def test_a_recipient_whose_having_had_enough_is_told_later_gets_no_reply_either_until_it_is_over(machine):
    box = outbox(machine)
    [number] = await write(machine, ["1"])
    await steps(box, 3)
    async with machine.database.transaction() as session:
        row = await session.get_one(Delivery, number)
        row.attempt = 3  # 16 s
        await outcomes.record_refused_later(session, row, RecipientBusy(), machine.clock.now())
    await write(machine, ["1", "2"], Priority.REPLY, text="reply")
    box.look()
    await run_for(machine, box, 15 * SECOND)
    assert machine.sender.texts("1") == ["a"]
    assert machine.sender.texts("2") == ["reply"]
    await run_for(machine, box, 2 * SECOND)
    assert machine.sender.texts("1") == ["a", "reply", "a"]


@pytest.fixture
async def administrator(machine):
    """Somebody with an account here and another one elsewhere."""
    await machine.add_member("Pengelola", Role.ADMINISTRATOR, "77")
    (address,) = await machine.all(PersonAddress)
    await machine._add(PersonAddress(person_id=address.person_id, channel="elsewhere", user_id="e77", chat_id="e77"))


async def test_what_a_person_must_act_on_is_told_once_elsewhere_and_everything_waits(machine, administrator):
    box = outbox(machine)
    machine.sender.refuse("1", *[ChannelRefusesUs(why=Refusal.PAYMENT)] * 3)
    ids = await write(machine, ["1", "1", "2"], expires_at=FRIDAY + timedelta(hours=1))
    machine.sender.refuse("2", ChannelRefusesUs(why=Refusal.PAYMENT))
    await steps(box, 3)
    assert machine.sender.asked == 2
    await run_for(machine, box, 11 * MINUTE)
    assert machine.sender.asked == 4  # one finds out for all
    assert set(await state_of(machine, *ids)) <= {PLANNED, DeliveryState.CLAIMED}
    (told,) = await machine.all(Delivery, Delivery.message_key == "channel/stopped")
    assert (told.channel, told.chat_id) == ("elsewhere", "e77")
    assert "pembayaran" in told.message["text"]
    await run_for(machine, box, 10 * MINUTE)
    await steps(box, 1)
    assert await state_of(machine, *ids) == [SENT] * 3


QUALITY = PushesRefused(why=Refusal.QUALITY)


async def test_where_pushes_are_refused_people_are_answered_and_one_push_finds_out_when_it_is_over(
    machine, administrator
):
    box = outbox(machine)
    for chat in ("1", "2", "3"):
        machine.sender.refuse(chat, QUALITY)
    await write(machine, ["1", "2", "3"])
    await steps(box, 3)
    await write(machine, ["1", "4"], Priority.REPLY, text="reply")
    await write(machine, ["5"])
    await steps(box, 3)
    assert sorted(item.chat_id for item in machine.sender.accepted) == ["1", "4"]
    assert machine.sender.asked == 5
    machine.sender.refuse("1", QUALITY)
    await run_for(machine, box, 6 * MINUTE)
    assert machine.sender.asked == 6  # one was on trial
    await run_for(machine, box, 5 * MINUTE)
    await steps(box, 3)
    assert {row.state for row in await machine.all(Delivery, Delivery.channel == CHANNEL)} == {SENT}
    assert machine.sender.asked == 10
    (told,) = await machine.all(Delivery, Delivery.message_key == "channel/stopped")
    assert "menolak kiriman terjadwal" in told.message["text"]
    assert "Jawaban kepada yang menulis tetap terkirim" in told.message["text"]


async def test_a_reply_that_is_refused_as_pushes_are_goes_again_after_the_pause_and_holds_up_no_other(machine):
    box = outbox(machine)
    machine.sender.refuse("1", QUALITY)
    await write(machine, ["1", "2"], Priority.REPLY)
    await steps(box, 5)
    assert (machine.sender.asked, machine.sender.texts("2")) == (2, ["a"])
    await run_for(machine, box, 5 * MINUTE - SECOND)
    assert machine.sender.asked == 2
    await run_for(machine, box, 2 * SECOND)
    assert machine.sender.texts("1") == ["a"]


@pytest.mark.parametrize("late", [False, True])
async def test_that_pushes_are_refused_is_known_to_the_next_process_and_where_it_is_told_later(machine, late):
    box = outbox(machine)
    if not late:
        machine.sender.refuse("1", QUALITY)
    [number] = await write(machine, ["1"])
    await steps(box, 3)
    if late:
        async with machine.database.transaction() as session:
            row = await session.get_one(Delivery, number)
            await outcomes.record_refused_later(session, row, QUALITY, machine.clock.now())
    another = outbox(machine)
    async with machine.database.transaction() as session:
        await another.recover(session, machine.clock.now())
    before = len(machine.sender.accepted)
    await write(machine, ["2"])
    await write(machine, ["3"], Priority.REPLY)
    await run_for(machine, another, 4 * MINUTE)
    assert [item.chat_id for item in machine.sender.accepted[before:]] == ["3"]
    await run_for(machine, another, 2 * MINUTE)
    assert sorted(item.chat_id for item in machine.sender.accepted[before:]) == ["1", "2", "3"]


async def test_of_what_expires_while_pushes_are_refused_the_ledger_says_so_also_where_it_was_not_tried(machine):
    box = outbox(machine, at_once=1)
    machine.sender.refuse("1", QUALITY)
    await write(machine, ["1", "2"], expires_at=FRIDAY + 4 * MINUTE)
    await steps(box, 3)
    assert {row.reason for row in await machine.all(Delivery)} == {"PushesRefused"}
    machine.clock.move_to(FRIDAY + 4 * MINUTE)
    async with machine.database.transaction() as session:
        await posting.record_missed(session, machine.clock.now())
    assert {row.reason for row in await machine.all(Delivery)} == {"pushes_refused"}


async def test_a_message_that_is_wrong_itself_is_failed_and_told_to_the_administrator_once(machine, administrator):
    box = outbox(machine)
    for chat in ("1", "2"):
        machine.sender.refuse(chat, Malformed("code 131009"))
    ids = await write(machine, ["1", "2", "3"], office_id=machine.office_id)
    await steps(box, 3)
    assert await state_of(machine, *ids) == [DeliveryState.FAILED, DeliveryState.FAILED, SENT]
    (told,) = await machine.all(Delivery, Delivery.message_key == "channel/message_refused")
    assert told.chat_id == "77"
    assert "code 131009" in told.message["text"]


async def test_a_reply_that_is_wrong_itself_is_told_as_well_and_the_log_says_why(machine, administrator, caplog):
    box = outbox(machine)
    machine.sender.refuse("1", Malformed("button_data_invalid"))
    [number] = await write(machine, ["1"], Priority.REPLY, message_key="help/menu", office_id=machine.office_id)
    await steps(box, 3)
    (told,) = await machine.all(Delivery, Delivery.message_key == "channel/message_refused")
    assert "button_data_invalid" in told.message["text"]
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.getMessage() == "help/menu is refused as it is: button_data_invalid"
    assert line.delivery == number


async def test_why_a_message_is_refused_stands_in_the_log_where_nobody_is_to_blame(machine, caplog):
    box = outbox(machine)
    machine.sender.refuse("1", MessageRefused("message to edit not found"))
    await write(machine, ["1"], Priority.REPLY)
    await steps(box, 3)
    assert "refused: message to edit not found" in caplog.text


async def test_of_a_template_that_is_filled_wrongly_the_administrator_is_told_which_and_what_to_do(
    machine, administrator
):
    box = outbox(machine)
    machine.sender.refuse("1", TemplateRefused(TemplateTrouble.PARAMETERS))
    await write(machine, ["1"], office_id=machine.office_id)
    await steps(box, 3)
    (told,) = await machine.all(Delivery, Delivery.message_key == "channel/template_unlike")
    assert "templat <code>apel_siaran</code> berbeda" in told.message["text"]
    assert "templates check" in told.message["text"]


DOCUMENT = {"text": "Ini datanya", "document": {"name": "a.csv", "data": "YTti"}}


async def test_a_file_that_is_refused_twice_is_left_out_and_the_words_say_so(machine):
    box = outbox(machine)
    machine.sender.refuse("1", MediaRefused(), MediaRefused())
    await write(machine, ["1"], message=DOCUMENT)
    await steps(box, 6)
    (accepted,) = machine.sender.accepted
    assert accepted.message.document is None
    assert accepted.message.text == "Ini datanya\n\n<i>Lampirannya tidak dapat dikirim lewat aplikasi pesan ini.</i>"


async def test_a_file_that_is_refused_once_goes_with_its_words(machine):
    box = outbox(machine)
    machine.sender.refuse("1", MediaRefused())
    await write(machine, ["1"], message=DOCUMENT)
    await steps(box, 6)
    assert machine.sender.accepted[0].message.document.data == b"a;b"


async def test_a_file_without_words_that_is_refused_twice_is_failed(machine):
    box = outbox(machine)
    machine.sender.refuse("1", MediaRefused(), MediaRefused())
    ids = await write(machine, ["1"], message=DOCUMENT | {"text": ""})
    await steps(box, 6)
    assert await state_of(machine, *ids) == [DeliveryState.FAILED]
