"""On WhatsApp: Meta answers that it failed, or its answers get lost, at the hour of a push."""

from datetime import datetime

import pytest

from storage.models import DeliveryState, Role, ScheduleKind
from tests.fakes.graph_server import Broken, Lose
from tests.flows.whatsapp_office import WhatsAppTown

SENT = DeliveryState.SENT
DUE = datetime.fromisoformat("2026-11-18T07:30+07:00")
FAILED = [Broken(503), 131000, 131016]


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


@pytest.fixture
async def people(town):
    """A secretary and two members to whom the reading of 07.30 goes one by one, ten seconds before."""
    people = [await town.joins("Sekretaris", Role.SEKRETARIS)]
    people += [await town.joins(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2)]
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:29:50+07:00")
    return people


def got(town, person):
    """What they got since the reading was due, as kinds and the beginnings of texts."""
    return [(sent.kind, sent.text.split("\n")[0]) for sent in town.server.messages(person) if sent.at >= DUE]


async def readings(town):
    return [row for row in await town.ledger() if row.message_key == "reading/post"]


@pytest.mark.parametrize("fault", FAILED, ids=str)
async def test_what_meta_says_to_have_failed_goes_again_once_no_status_came(town, people, fault):
    town.server.next_call(fault, times=3)
    await town.clock_to("2026-11-18T09:00+07:00")
    assert [row.state for row in await readings(town)] == [SENT] * 3
    for person in people:
        assert [kind for kind, _ in got(town, person)] == ["text"]


async def test_what_meta_says_to_have_failed_and_then_to_have_sent_does_not_go_again(town, people):
    town.server.next_call(Broken(503, accepted=True), times=3)
    await town.clock_to("2026-11-18T07:30:20+07:00")
    for person in people:
        town.server.tells(town.server.messages(person)[-1], "sent")
    await town.clock_to("2026-11-18T09:00+07:00")
    assert [(row.state, row.attempt) for row in await readings(town)] == [(SENT, 1)] * 3
    for person in people:
        assert [kind for kind, _ in got(town, person)] == ["text"]


async def test_a_template_whose_answer_was_lost_goes_once_more(town, people):
    await town.nobody_writes_for_a_day()
    town.server.next_call(Lose(accepted=False), times=3)
    await town.clock_to("2026-11-18T09:00+07:00")
    assert [row.state for row in await readings(town)] == [SENT] * 3
    for person in people:
        assert [kind for kind, _ in got(town, person)] == ["template"]
