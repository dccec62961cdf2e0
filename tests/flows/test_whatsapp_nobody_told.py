"""On WhatsApp alone, with every template paused: who is to be told of what waits is told as soon as it can be done."""

import pytest

from bot.conversations.show_deliveries import shown
from content.rendering import render
from content.templates import templates
from scheduler.delivery_record import local, month_of
from storage.models import DeliveryState, Role, ScheduleKind
from storage.queries import offices
from tests.flows.whatsapp_office import WhatsAppTown


@pytest.fixture
async def town(tmp_path):
    """After a reading that could be pushed to nobody."""
    async with WhatsAppTown(tmp_path, "2026-11-18T07:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.joins("Sekretaris", Role.SEKRETARIS)
        await town.joins("Anggota 1", Role.ANGGOTA)
        await town.pushes_to_persons(ScheduleKind.READING)
        await town.nobody_writes_for_a_day()
        await town.approves(**dict.fromkeys(templates(), "PAUSED"))
        await town.clock_to("2026-11-18T09:30+07:00")
        yield town
        assert await town.incidents() == []


async def notices(town):
    return [row for row in await town.ledger() if row.message_key.startswith("notice/")]


async def month(town):
    """As `apel deliveries` shows it."""
    now = town.clock.now()
    async with town.database.transaction() as session:
        office = await offices.find_office(session, "Dinas Kominfo")
        record = await month_of(session, office, local(now, office).date(), now)
    return render("ledger/month", shown(record, office, 0)).text


async def test_the_notice_waits_and_leaves_whole_with_the_secretarys_next_word(town):
    (secretary, _) = town.server.people
    (waiting,) = await notices(town)
    assert (waiting.state, waiting.reason) == (DeliveryState.PLANNED, "TemplateRefused")
    said = [sent.text for sent in await town.says(secretary, "bantuan")]
    assert any("Apel pagi" in text and "dijeda" in text for text in said)
    (left,) = await notices(town)
    assert (left.state, left.template) == (DeliveryState.SENT, None)


async def test_meanwhile_the_log_warns_and_the_deliveries_show_what_waits(town, caplog):
    await town.clock_to("2026-11-18T10:30+07:00")
    assert "notices wait on whatsapp for a template, and nobody can be told: template_paused" in caplog.text
    assert "Tertahan sekarang: 1 pesan menunggu templat" in (await month(town)).replace("<b>", "").replace("</b>", "")
    await town.says(town.server.people[0], "bantuan")
    assert "Tertahan sekarang" not in await month(town)
