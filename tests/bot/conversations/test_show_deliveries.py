"""`/kiriman`: the month's pushes as the ledger has them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.channels.inbound import Kind
from bot.channels.whatsapp import CHANNEL
from bot.conversations.show_deliveries import DIALOGUE
from storage.models import Delivery, DeliveryState, Occurrence, OccurrenceState, Role, ScheduleKind
from storage.queries import group_chats
from tests.posted import make_occurrence, make_schedule, post
from tests.story import Story, rows

DUE = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # 07.30 WIB


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE], start=DUE + timedelta(hours=2))
    await story.open_office()
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


@pytest.fixture
async def schedule(story):
    return await make_schedule(story)


async def make_push(
    story, schedule, chat, *, due_at=DUE, state=DeliveryState.SENT, after=timedelta(seconds=2), reason=None
):
    occurrence = await make_occurrence(story, schedule, due_at=due_at, slot=due_at.isoformat())
    delivery = await post(story, occurrence, chat)
    sent_at = due_at + after if state is DeliveryState.SENT else None
    async with story.database.transaction() as session:
        (group,) = await group_chats.in_chat(session, "telegram", chat.chat_id)
        values = {"state": state, "sent_at": sent_at, "reason": reason, "group_id": group.id}
        await session.execute(update(Delivery).where(Delivery.id == delivery).values(**values))
    return occurrence


async def test_a_month_without_pushes_says_so(secretary):
    (page,) = await secretary.says("/kiriman")
    assert page.text == "<b>Kiriman November 2026</b> · Dinas Kominfo\n\nBelum ada kiriman pada bulan ini."


async def test_what_the_server_took_in_time_is_counted_and_not_called_read(story, secretary, schedule):
    group = await story.group()
    await make_push(story, schedule, group, after=timedelta(seconds=59))
    (page,) = await secretary.says("/kiriman")
    assert "<b>Apel pagi</b>: 1 diterima server\n\nSemua kiriman keluar tepat waktu." in page.text
    assert "apakah sudah dibaca tidak dapat diketahui" in page.text


async def make_whatsapp_push(story, schedule, *chats):
    """Of one occurrence, to these chats; each with the columns of its parts."""
    occurrence = await make_occurrence(story, schedule, due_at=DUE, slot="whatsapp")
    for number, parts in enumerate(chats):
        for part, columns in enumerate(parts, start=1):
            values = {"part": "" if part == 1 else f"/{part}", "state": DeliveryState.SENT, "sent_at": DUE} | columns
            same = {"channel": CHANNEL, "chat_id": f"ID.{number}", "occurrence_id": occurrence, "message": {}}
            await add_row(story, message_key="reading/post", **same, **values)


async def add_row(story, **columns):
    values = {"office_id": story.office_id, "parameters": {}, "not_before": DUE, "created_at": DUE}
    async with story.database.transaction() as session:
        session.add(Delivery(**(values | columns)))


LEFT = {"left_at": DUE}
GOT, READ = {"delivered_at": DUE}, {"delivered_at": DUE, "read_at": DUE}


async def test_where_the_channel_tells_it_is_counted_what_arrived_and_was_opened_as_a_whole(story, secretary, schedule):
    await make_push(story, schedule, await story.group())
    await make_whatsapp_push(story, schedule, [{}], [LEFT], [GOT], [READ, READ], [READ, GOT], [READ, {}])
    (page,) = await secretary.says("/kiriman")
    line = "<b>Apel pagi</b>: 7 diterima server\n↳ WhatsApp: diterima server 6, terkirim 4, sampai di perangkat 3, dibuka 1\n"
    assert line in page.text
    assert "dihitung sejauh diberitahukan WhatsApp" in page.text


async def test_what_was_charged_is_counted_by_category_and_only_what_was_told(story, secretary, schedule):
    await make_whatsapp_push(story, schedule, [{"charged_as": "utility"}], [{"charged_as": "utility"}], [{}])
    answer = {"channel": CHANNEL, "chat_id": "ID.1", "message_key": "answer/value", "message": {}}
    await add_row(story, **answer, state=DeliveryState.SENT, sent_at=DUE, charged_as="service")
    await add_row(story, **answer, state=DeliveryState.SENT, sent_at=DUE - timedelta(days=60), charged_as="service")
    (page,) = await secretary.says("/kiriman")
    assert page.text.count("•") == 2
    assert "• WhatsApp, utilitas: 2\n• WhatsApp, layanan: 1\n" in page.text


async def test_what_came_late_shows_both_hours_in_the_office_s_zone(story, secretary, schedule):
    await make_push(story, schedule, await story.group("Apel Dinas"), after=timedelta(minutes=12))
    (page,) = await secretary.says("/kiriman")
    assert "1 diterima server, 1 di antaranya terlambat" in page.text
    line = "• Senin, 30 November 2026 pukul 07.30 WIB, Apel pagi (Apel Dinas): diterima server pukul 07.42, terlambat 12 menit"
    assert line in page.text


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (DeliveryState.UNCERTAIN, "OutcomeUnknown", "tidak pasti, jawaban server tidak sampai"),
        (DeliveryState.FAILED, "removed", "gagal, bot tidak ada di grup"),
        (DeliveryState.MISSED, "expired", "terlewat, tidak dapat terkirim sampai batas keterlambatannya"),
        (DeliveryState.CANCELLED, "stopped", "dibatalkan"),
        (DeliveryState.SENDING, None, "masih menunggu"),
        (DeliveryState.CLAIMED, None, "masih menunggu"),
        (DeliveryState.PLANNED, None, "masih menunggu"),
    ],
)
async def test_every_other_fate_is_named_with_its_reason(story, secretary, schedule, state, reason, words):
    await make_push(story, schedule, await story.group("Apel Dinas"), state=state, reason=reason)
    page = (await secretary.says("/kiriman"))[-1]  # a planned row is taken for a reply by the story
    assert f"Apel pagi (Apel Dinas): {words}\n" in page.text


async def set_on(story, model, which, **values):
    async with story.database.transaction() as session:
        await session.execute(update(model).where(which).values(**values))


async def test_a_private_push_whose_rows_are_forgotten_is_said_to_be_so(story, secretary):
    summary = await make_schedule(story, ScheduleKind.SUMMARY, "Ringkasan mingguan")
    await make_occurrence(story, summary, ScheduleKind.SUMMARY, due_at=DUE, state=OccurrenceState.POSTED)
    (page,) = await secretary.says("/kiriman")
    assert "<b>Ringkasan mingguan</b>: 0 diterima server; 1 catatannya tidak disimpan lagi\n" in page.text
    assert "masih menunggu" not in page.text
    assert "tepat waktu" not in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [(DeliveryState.FAILED, "gagal, ditolak oleh"), (DeliveryState.UNCERTAIN, "tidak pasti, jawaban")],
)
async def test_a_post_of_which_a_later_part_did_not_go_out_is_not_on_time(story, secretary, schedule, state, words):
    group = await story.group("Apel Dinas")
    occurrence = await make_push(story, schedule, group)
    later = await post(story, occurrence, group, part="/2")
    (first,) = [row for row in await rows(story, Delivery, Delivery.occurrence_id == occurrence) if row.id != later]
    await set_on(story, Delivery, Delivery.id == later, state=state, reason="refused", group_id=first.group_id)
    (page,) = await secretary.says("/kiriman")
    assert f"Apel pagi (Apel Dinas): {words}" in page.text
    await set_on(story, Delivery, Delivery.id == later, state=DeliveryState.SENT, sent_at=DUE + timedelta(seconds=9))
    (page,) = await secretary.says("/kiriman")
    assert "<b>Apel pagi</b>: 1 diterima server\n\nSemua kiriman keluar tepat waktu." in page.text


async def test_what_is_held_is_said_to_wait_for_a_decision_whether_it_was_written_or_not(story, secretary, schedule):
    occurrence = await make_push(story, schedule, await story.group("Apel Dinas"), state=DeliveryState.PLANNED)
    await set_on(story, Delivery, Delivery.occurrence_id == occurrence, held=True, not_before=DUE + timedelta(days=1))
    unwritten = await make_occurrence(story, schedule, due_at=DUE, state=OccurrenceState.PLANNED, slot="unwritten")
    await set_on(story, Occurrence, Occurrence.id == unwritten, held=True)
    page = (await secretary.says("/kiriman"))[-1]
    assert "0 diterima server; 2 ditahan\n" in page.text
    assert page.text.count(": ditahan sesudah gangguan atau pemulihan data, menunggu keputusan") == 2


async def test_a_push_that_was_never_written_is_missed_and_one_called_off_is_not_shown(story, secretary, schedule):
    occurrence = await make_occurrence(story, schedule, due_at=DUE, state=OccurrenceState.MISSED)
    await make_occurrence(story, schedule, due_at=DUE, state=OccurrenceState.CANCELLED, slot="off")
    async with story.database.transaction() as session:
        await session.execute(update(Occurrence).where(Occurrence.id == occurrence).values(reason="late"))
    (page,) = await secretary.says("/kiriman")
    assert "<b>Apel pagi</b>: 0 diterima server; 1 terlewat" in page.text
    assert "terlewat, sistem baru berjalan lagi sesudah batas keterlambatannya" in page.text


async def test_what_is_still_to_come_is_not_counted(story, secretary, schedule):
    await make_occurrence(story, schedule, due_at=DUE + timedelta(hours=3), state=OccurrenceState.PLANNED)
    (page,) = await secretary.says("/kiriman")
    assert "Belum ada kiriman" in page.text


async def test_a_month_is_counted_in_the_office_s_own_days(story, secretary, schedule):
    last_of_october = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)  # 23.59 WIB
    await make_push(story, schedule, await story.group(), due_at=last_of_october)
    await make_push(story, schedule, await story.group(chat_id="-1002"), due_at=last_of_october + timedelta(minutes=1))
    for asked, month in (("bulan lalu", "Oktober"), ("Oktober 2026", "Oktober"), ("", "November")):
        (page,) = await secretary.says(f"/kiriman {asked}")
        assert f"<b>Kiriman {month} 2026</b>" in page.text
        assert "<b>Apel pagi</b>: 1 diterima server\n" in page.text


@pytest.mark.parametrize("typed", ["kapan-kapan", "1 Oktober - 30 November 2026", "<b>"])
async def test_what_is_no_month_is_refused_with_examples(secretary, typed):
    (answer,) = await secretary.says(f"/kiriman {typed}")
    assert "<code>/kiriman bulan lalu</code>" in answer.text


async def test_many_lines_are_turned_page_by_page(story, secretary, schedule):
    group = await story.group()
    for day in range(1, 13):
        await make_push(
            story, schedule, group, due_at=datetime(2026, 11, day, 0, 30, tzinfo=UTC), state=DeliveryState.UNCERTAIN
        )
    (first,) = await secretary.says("/kiriman")
    assert first.text.count("•") == 10
    (second,) = await secretary.presses("Berikutnya ›")
    assert second.text.count("•") == 2
    assert "12 tidak pasti" in second.text


@pytest.mark.parametrize("forged", ["kiriman.page:kemarin:0", "kiriman.page"])
async def test_a_forged_page_is_expired(secretary, forged):
    answers = await secretary.sends(secretary.private, kind=Kind.PRESS, text=forged, message_ref="m1", press_id="p")
    assert (answers, secretary.outcome.toast is not None) == ([], True)


async def test_another_office_s_pushes_are_not_shown(story, secretary, schedule):
    await make_push(story, schedule, await story.group())
    await story.open_office("Dinas Lain")
    other = await story.person("Sekretaris lain", Role.SEKRETARIS)
    (page,) = await other.says("/kiriman")
    assert "Belum ada kiriman" in page.text


async def test_a_private_summary_is_named_without_its_reader(story, secretary):
    summary = await make_schedule(story, ScheduleKind.SUMMARY, title="Ringkasan")
    occurrence = await make_occurrence(story, summary, ScheduleKind.SUMMARY, due_at=DUE, day=date(2026, 11, 30))
    lead = await story.group("obrolan", "555", linked=False)
    await post(story, occurrence, lead, state=DeliveryState.UNCERTAIN)
    (page,) = await secretary.says("/kiriman")
    assert "<b>Ringkasan mingguan</b>: 0 diterima server; 1 tidak pasti" in page.text
    assert "07.30 WIB, Ringkasan: tidak pasti" in page.text
