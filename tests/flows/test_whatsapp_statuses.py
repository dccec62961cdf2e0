"""On WhatsApp: statuses in any order, before the answer to their request, and of before a restore."""

from datetime import datetime, timedelta

import pytest

from storage.models import DeliveryState, Role, ScheduleKind
from tests.fakes.graph_server import Broken

SENT = DeliveryState.SENT
DUE = datetime.fromisoformat("2026-11-18T07:30+07:00")
CODES = {  # code -> the kinds of messages that the member gets all in all
    131047: ["text", "template"],
    190: ["text", "text"],
    130429: ["text", "text"],
    131056: ["text", "text"],
    131000: ["text", "text"],
    131057: ["text", "text"],
}


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def member(town):
    """A member who may be written to freely, just before the reading."""
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:29:50+07:00")
    return member


def got(town, member):
    """What the member got since the reading was due."""
    return [message for message in town.server.messages(member) if message.at >= DUE]


async def reading(town):
    (row,) = [row for row in await town.ledger() if row.message_key == "reading/post"]
    return row


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("order", ["failed, sent", "sent, failed"])
@pytest.mark.parametrize("batch", [1, 2])
async def test_a_message_that_failed_goes_again_whenever_it_is_told_that_it_was_sent(town, member, code, order, batch):
    await town.clock_to("2026-11-18T07:30:02+07:00")
    (first,) = got(town, member)
    for stage in order.split(", "):
        town.server.tells(first, stage, *([code] if stage == "failed" else []))
    await town.settle(batch=batch)
    await town.clock_to("2026-11-18T07:40+07:00")
    town.server.tells(first, "sent")
    await town.settle()
    assert [message.kind for message in got(town, member)] == CODES[code]
    row = await reading(town)
    assert (row.state, row.message_ref) == (SENT, got(town, member)[-1].reference)


@pytest.mark.parametrize("code", CODES)
async def test_a_failure_told_before_the_answer_is_heeded_and_the_answer_changes_nothing(town, member, code):
    town.server._message = fails_and_then_answers(town, member, code)
    await town.clock_to("2026-11-18T07:40+07:00")
    assert [message.kind for message in got(town, member)] == CODES[code]
    row = await reading(town)
    assert (row.state, row.message_ref) == (SENT, got(town, member)[-1].reference)


def fails_and_then_answers(town, member, code):
    """Meta takes the next message, and that it failed is posted and worked on before the request is answered."""
    message = town.server._message

    async def answer(payload):
        response = await message(payload)
        town.server._message = message
        town.server.tells(got(town, member)[-1], "failed", code)
        await town.deliver()
        await town.house.inbox.drain()
        return response

    return answer


async def test_who_got_it_on_another_device_gets_the_next_push_too(town, member):
    await town.clock_to("2026-11-18T07:30:02+07:00")
    (first,) = got(town, member)
    for stage, *codes in (("failed", 131026), ("sent",), ("delivered",)):
        town.server.tells(first, stage, *codes)
    await town.settle(batch=3)
    assert [address.unreachable for address in await town.addresses()] == [None]
    await town.clock_to("2026-11-19T07:31+07:00")
    last = town.server.messages(member)[-1]
    assert (last.kind, last.at >= DUE + timedelta(days=1)) == ("template", True)


@pytest.mark.parametrize("stage", ["sent", "delivered", "read", "failed"])
async def test_a_number_of_a_row_alone_names_none(town, member, stage):
    town.server.next_call(131056)
    await town.clock_to("2026-11-18T07:30:00+07:00")
    row = await reading(town)
    town.server.push("statuses", {"id": "wamid.other", "status": stage, "biz_opaque_callback_data": str(row.id)}, None)
    await town.clock_to("2026-11-18T07:40+07:00")
    row = await reading(town)
    assert (row.state, row.delivered_at, len(got(town, member))) == (SENT, None, 1)


@pytest.mark.parametrize("status", [400, 404, 408, 413])
async def test_an_answer_that_meta_did_not_write_leaves_open_what_became_of_it(town, member, status):
    town.server.next_call(Broken(status, accepted=True))
    await town.clock_to("2026-11-18T07:50+07:00")
    assert (await reading(town)).state is DeliveryState.UNCERTAIN
    (message,) = got(town, member)
    town.server.tells(message, "sent")
    await town.settle()
    assert (await reading(town)).state is SENT
