"""On WhatsApp: Meta answers that it failed, or its answers get lost, at the hour of a push."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from storage.models import AuditEntry, DeliveryState, Occurrence, Role, Schedule, ScheduleKind, ScheduleState
from tests.fakes.graph_server import Broken, Lose

SENT = DeliveryState.SENT
DUE = datetime.fromisoformat("2026-11-18T07:30+07:00")
FAILED = [Broken(503), 131000, 131016]


@pytest.fixture
def town(whatsapp_town):
    return whatsapp_town


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


async def test_what_meta_says_to_have_failed_for_half_an_hour_still_arrives_within_its_window(town, people):
    town.server.next_call(131000, times=3 * 5)  # of three readings, at 0, 1, 3, 7 and 15 minutes
    await town.clock_to("2026-11-18T08:25+07:00")
    assert [(row.state, row.attempt) for row in await readings(town)] == [(SENT, 6)] * 3
    assert "tidak pasti" not in town.text(people[0])


async def test_what_meta_says_to_have_failed_until_its_time_is_over_is_told_as_just_that(town, people):
    async with town.database.transaction() as session:
        await session.execute(update(Occurrence).values(expires_at=DUE + timedelta(minutes=2)))
    town.server.next_call(Broken(503), times=6)
    await town.clock_to("2026-11-18T08:00+07:00")
    assert {(row.state, row.reason) for row in await readings(town)} == {(DeliveryState.MISSED, "unanswered")}
    assert "3 anggota, aplikasi pesan tidak memberi kepastian" in town.text(people[0])
    assert "tanyakan dahulu kepada penerimanya" in town.text(people[0])


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


async def loses_the_reading(town):
    """Every answer to the reading is lost, and none of it arrives."""
    town.server.next_call(Lose(accepted=False), times=3)
    await town.clock_to("2026-11-18T07:35+07:00")
    assert [row.state for row in await readings(town)] == [DeliveryState.UNCERTAIN] * 3


async def test_a_reading_whose_answer_was_lost_goes_again_when_the_secretary_says_so(town, people):
    await loses_the_reading(town)
    await town.clock_to("2026-11-18T07:50+07:00")
    told = town.offering(people[0], "Kirim lagi")
    assert "sudah diserahkan untuk 3 orang yang menerimanya satu per satu" in told.text
    await town.taps(people[0], "Kirim lagi")
    for person in people[1:]:
        assert [kind for kind, _ in got(town, person)] == ["text"]
    (answer,) = await town.taps(people[0], "Kirim lagi")
    assert "sudah ditangani" in answer.text
    for person in people[1:]:
        assert [kind for kind, _ in got(town, person)] == ["text"]


async def test_who_stopped_since_is_not_sent_to_again(town, people):
    await loses_the_reading(town)
    await town.says(people[1], "BERHENTI")
    await town.clock_to("2026-11-18T07:50+07:00")
    await town.taps(people[0], "Kirim lagi")
    assert [text for _, text in got(town, people[1])] == ["*Pengiriman dihentikan*"]
    assert len(got(town, people[2])) == 1
    async with town.database.transaction() as session:
        detail = await session.scalar(select(AuditEntry.detail).where(AuditEntry.act == "delivery.sent_again"))
    assert detail["rows"] == 2


async def test_only_those_are_counted_and_sent_to_again_of_whom_no_status_came(town, people):
    town.server.next_call(Lose(), times=3)
    await town.clock_to("2026-11-18T07:35+07:00")
    for person in people[:2]:
        town.server.tells(town.server.messages(person)[-1], "sent")
    await town.clock_to("2026-11-18T07:50+07:00")
    assert "untuk 1 orang" in town.offering(people[0], "Kirim lagi").text
    await town.taps(people[0], "Kirim lagi")
    assert [len(got(town, person)) for person in people[1:]] == [1, 2]


async def test_what_statuses_settle_in_time_is_not_told(town, people):
    town.server.next_call(Lose(), times=3)
    await town.clock_to("2026-11-18T07:35+07:00")
    for person in people:
        town.server.tells(town.server.messages(person)[-1], "sent")
    await town.clock_to("2026-11-18T07:50+07:00")
    assert [row.state for row in await readings(town)] == [SENT] * 3
    assert "tidak pasti" not in town.text(people[0])


async def forwards(town):
    """The reading is forwarded by hand; what stands in the ledger of its kit is told by message and state."""
    async with town.database.transaction() as session:
        chosen = update(Schedule).where(Schedule.kind == ScheduleKind.READING)
        await session.execute(chosen.values(by_forwarding=True, state=ScheduleState.ACTIVE, reason=None))
    await town.clock_to("2026-11-18T07:29:50+07:00")


async def kit(town):
    return [(row.message_key, row.state) for row in await town.ledger() if row.part.startswith("/forward")]


@pytest.fixture
async def secretary(town):
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    await forwards(town)
    return secretary


async def test_the_button_of_a_kit_follows_once_a_status_tells_that_its_text_arrived(town, secretary):
    town.server.next_call(Lose(), times=2)
    await town.clock_to("2026-11-18T07:45+07:00")
    assert await kit(town) == [("forward/text", DeliveryState.UNCERTAIN), ("forward/done", DeliveryState.PLANNED)]
    text = next(sent for sent in town.server.messages(secretary) if sent.at >= DUE)
    town.server.tells(town.server.messages(secretary)[-1], "sent")
    town.server.tells(text, "delivered")
    await town.settle()
    assert await kit(town) == [("forward/text", SENT), ("forward/done", SENT)]
    assert town.offering(secretary, "Sudah diteruskan")


async def test_the_button_of_a_kit_that_statuses_say_to_have_failed_follows_when_its_text_went_again(town, secretary):
    town.server.next_call(Lose(), times=2)
    await town.clock_to("2026-11-18T07:45+07:00")
    last = [sent for sent in town.server.messages(secretary) if "Fokus hari ini" in sent.text][-1]
    town.server.tells(last, "failed", 131000)
    await town.clock_to("2026-11-18T07:50+07:00")
    assert await kit(town) == [("forward/text", SENT), ("forward/done", SENT)]


async def test_nothing_else_of_the_chat_waits_for_a_kit_of_which_nobody_knows(town, secretary):
    town.server.next_call(Lose(accepted=False), times=2)
    await town.clock_to("2026-11-18T07:45+07:00")
    assert await town.says(secretary, "/kiriman")
    assert "tidak pasti sampai kepada yang meneruskannya" in town.text(secretary)
    await town.clock_to("2026-11-18T16:00+07:00")
    assert await kit(town) == [("forward/text", DeliveryState.UNCERTAIN), ("forward/done", DeliveryState.MISSED)]


async def test_of_the_same_persons_it_is_told_once_though_nobody_knows_whether_that_arrived(town, people):
    await loses_the_reading(town)
    town.server.next_call(Lose(), times=9)  # the notice's own answers, too
    await town.clock_to("2026-11-18T09:00+07:00")
    rows = [row for row in await town.ledger() if row.message_key == "notice/uncertain_persons"]
    assert [row.state for row in rows] == [DeliveryState.UNCERTAIN]


async def test_a_kit_that_meta_says_to_have_failed_is_told_of_while_somebody_can_still_forward(town, secretary):
    town.server.next_call(131000, times=4)
    await town.clock_to("2026-11-18T07:50+07:00")
    assert await kit(town) == [("forward/text", DeliveryState.UNCERTAIN), ("forward/done", DeliveryState.PLANNED)]
    assert "tidak pasti sampai kepada yang meneruskannya" in town.text(secretary)
