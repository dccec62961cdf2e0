"""On WhatsApp: an answer of HTTP 429 puts a message off, with or without a word on when to ask again."""

from datetime import timedelta

import pytest

from storage.models import DeliveryState, Role, ScheduleKind
from tests.fakes.graph_server import TooMany
from tests.flows.whatsapp_office import WhatsAppTown


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


@pytest.mark.parametrize("code", [130429, 80007])
@pytest.mark.parametrize("after", [None, 5])
async def test_a_push_that_met_429_is_tried_again_and_arrives_once(town, code, after):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:29+07:00")
    before, calls = len(town.server.messages(member)), town.server.calls.count("messages")
    town.server.next_call(TooMany(code, after))
    await town.clock_to("2026-11-18T07:35+07:00")
    assert len(town.server.messages(member)) == before + 1
    assert town.server.calls.count("messages") == calls + 2
    (row,) = [row for row in await town.ledger() if row.message_key == "reading/post"]
    assert (row.state, row.reason) == (DeliveryState.SENT, None)
    assert row.sent_at - row.due_at < timedelta(minutes=1)
