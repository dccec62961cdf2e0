"""On WhatsApp: whoever stops gets nothing unasked that was on its way to them, whatever Meta tells of it later."""

import pytest

from storage.models import DeliveryState, Role, ScheduleKind


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


@pytest.fixture
async def member(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-18T07:29:50+07:00")
    return member


async def reading(town):
    (row,) = [row for row in await town.ledger() if row.message_key == "reading/post"]
    return row


async def is_left_alone(town, member):
    """The last word is the answer to BERHENTI, and the reading will not leave."""
    await town.clock_to("2026-11-18T07:55+07:00")
    row = await reading(town)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "opted_out")
    assert town.server.messages(member)[-1].text.startswith("*Pengiriman dihentikan*")


@pytest.mark.parametrize("code", [131056, 131047, 190])
async def test_a_push_that_is_refused_after_its_reader_stopped_does_not_go_again(town, member, code):
    await town.clock_to("2026-11-18T07:30:05+07:00")
    push = town.server.messages(member)[-1]
    await town.says(member, "BERHENTI")
    town.server.tells(push, "failed", code)
    await town.settle()
    await is_left_alone(town, member)


async def test_an_answer_that_is_refused_after_its_reader_stopped_still_comes(town, member):
    (answer,) = await town.says(member, "Apa itu akuntabel?")
    await town.says(member, "BERHENTI")
    town.server.tells(answer, "failed", 131056)
    await town.settle()
    assert town.server.messages(member)[-1].text == answer.text


@pytest.mark.parametrize("words", ["Stop, saya dipindah ke dinas lain bulan depan", "tidak berhenti"])
async def test_what_may_be_a_wish_to_stop_is_told_how_to_do_so_and_nothing_else(town, words):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    (answer,) = await town.says(member, words)
    assert "ketik BERHENTI; bila ingin menerimanya lagi, ketik MULAI." in answer.text


async def test_a_sentence_that_begins_with_mulai_is_given_no_hint_at_a_command(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    answers = await town.says(member, "Mulai lusa ruangan kita pindah")
    assert all("garis miring" not in answer.text for answer in answers)


async def test_that_a_service_must_not_stop_is_no_wish(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    answers = await town.says(member, "pelayanan jangan berhenti")
    assert all("ketik BERHENTI" not in answer.text for answer in answers)
