"""What Telegram does wrong, or refuses, in the middle of the office's day; and what the ledger says of it then."""

import io
import logging

import pytest

from bot.log_setup import setup_logging
from scheduler.rate_limit import Limits
from storage.models import DeliveryState, GroupState, Role, ScheduleState
from tests.fakes import telegram_faults as faults
from tests.flows.office import Town, groups, schedules

READING = "Dipimpin oleh"


async def states(office):
    return [row.state for row in await office.posts(office.group) if row.message_key == "reading/post"]


async def test_a_429_is_waited_out_to_the_second(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    office.server.next_call(faults.throttled(180), to=office.group)
    await office.clock_to("2026-11-17T07:32:59+07:00")
    assert office.containing(office.group, READING) == []
    await office.clock_to("2026-11-17T07:33+07:00")
    [post] = office.containing(office.group, READING)
    assert post.at == office.clock.now()


async def test_a_429_past_the_window_ends_in_missed_and_is_told(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    office.server.next_call(faults.throttled(2 * 3600), to=office.group)
    await office.clock_to("2026-11-17T10:00+07:00")
    assert office.containing(office.group, READING) == []
    assert await states(office) == [DeliveryState.MISSED]
    [told] = office.containing(office.secretary, "Kiriman yang tidak keluar")
    assert "Apel pagi (Grup Dinas)" in told.text


async def test_a_5xx_or_an_answer_lost_behind_acceptance_is_uncertain_and_a_tap_settles_it(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    office.server.next_call(faults.lost_answer(), to=office.group)
    await office.clock_to("2026-11-17T09:00+07:00")
    [post] = office.containing(office.group, READING)  # accepted, and not repeated
    assert await states(office) == [DeliveryState.UNCERTAIN]
    [told] = office.containing(office.secretary, "Kiriman tidak pasti")
    assert "tidak diulang dengan sendirinya" in told.text
    again = told.button("Kirim lagi").data
    await office.presses(office.member, "Sudah dibacakan", office.group)
    assert await states(office) == [DeliveryState.SENT]
    assert "✓ Sudah dibacakan · Anggota 1" in post.text
    assert "ternyata sudah tampil di grup" in told.text
    late = office.secretary.presses_data(told, again)  # on a telephone that shows the old buttons still
    await office.settle()
    assert "sudah ditangani" in office.server.answers[late]
    assert len(office.containing(office.group, READING)) == 1


async def test_a_post_that_got_lost_on_the_way_is_sent_again_by_hand(office):
    await office.clock_to("2026-11-17T07:29+07:00")
    office.server.next_call(faults.lost_request(), to=office.group)
    await office.clock_to("2026-11-17T07:31+07:00")
    assert office.containing(office.group, READING) == []
    await office.presses(office.secretary, "Kirim lagi")
    await office.presses(office.secretary, "Kirim lagi")
    [post] = office.containing(office.group, READING)
    await office.presses(office.member, "Sudah dibacakan", office.group)
    assert "✓ Sudah dibacakan" in post.text


@pytest.mark.parametrize("fault", [faults.server_error(500), faults.server_error(502, "Bad Gateway")])
async def test_a_server_error_is_not_taken_for_a_no(office, fault):
    await office.clock_to("2026-11-17T07:29+07:00")
    office.server.next_call(fault, to=office.group)
    await office.clock_to("2026-11-17T07:31+07:00")
    assert await states(office) == [DeliveryState.UNCERTAIN]
    assert len(office.containing(office.secretary, "Kiriman tidak pasti")) == 1


async def test_a_reply_whose_answer_got_lost_is_repeated(office):
    office.server.next_call(faults.lost_answer(), to=office.member)
    office.member.says("/nilai")
    await office.settle()
    await office.clock_to("2026-11-16T14:01+07:00")
    assert len(office.containing(office.member, "Core Values")) == 2  # twice is harmless, never is not


async def test_telegram_is_away_for_a_while_and_everything_arrives_once(office):
    port = office.server
    port.next_call(faults.server_error(503, "Service Unavailable"), to=office.secretary, times=1)
    answers = await office.says(office.secretary, "/jadwal")
    assert answers == []
    await office.clock_to("2026-11-16T14:01+07:00")
    assert len(office.containing(office.secretary, "Jadwal Dinas Kominfo")) == 1


async def test_a_person_who_blocked_the_bot_is_handed_to_the_secretary(office):
    office.member.blocks_bot()
    await office.settle()
    await office.clock_to("2026-11-18T07:31+07:00")
    assert "Dipimpin oleh Anggota 1" in office.last(office.group).text
    handed = office.containing(office.secretary, "yang belum dapat dihubungi")[-1]
    assert "dipimpin oleh Anggota 1" in handed.text
    office.member.unblocks_bot()
    await office.settle()
    [answer] = await office.says(office.member, "/nilai")
    assert "Core Values" in answer.text


async def test_a_person_who_is_gone_without_a_word_is_noticed_at_the_next_send(office):
    await office.clock_to("2026-11-17T12:00+07:00")
    office.member.deletes_account()
    await office.clock_to("2026-11-17T15:31+07:00")
    assert "dipimpin oleh Anggota 1" in office.containing(office.secretary, "yang belum dapat dihubungi")[-1].text


async def test_a_broadcast_to_many_groups_is_stopped_midway(tmp_path):
    async with Town(tmp_path, "2026-11-16T09:00+07:00", limits=Limits()) as town:
        await office_with_groups(town, 4)
        town.server.next_call(faults.throttled(600), to=town.groups[3])
        [read_back] = await town.says(town.secretary, "/siar Air dimatikan")
        assert "4 grup" in read_back.text
        await town.presses(town.secretary, "Kirim")
        progress = town.last(town.secretary)
        await town.clock_to("2026-11-16T09:02+07:00")
        await town.presses(town.secretary, "Perbarui")
        assert "3 dari 4 grup terkirim, 1 menunggu" in progress.text
        await town.presses(town.secretary, "Hentikan")
        assert "1 dihentikan" in progress.text
        await town.clock_to("2026-11-16T10:00+07:00")
        got = [len(town.containing(group, "Air dimatikan")) for group in town.groups]
        assert got == [1, 1, 1, 0]
        await town.check_ledger()
        assert await town.incidents() == []


async def test_a_broadcast_follows_a_group_that_moves_in_the_middle_and_marks_one_that_is_gone(tmp_path):
    async with Town(tmp_path, "2026-11-16T09:00+07:00", limits=Limits()) as town:
        await office_with_groups(town, 3)
        await town.says(town.secretary, "/siar Air dimatikan")
        await town.presses(town.secretary, "Kirim")
        moved = town.groups[0].migrates(-100700, town.secretary, told=False)
        town.server.chats[town.groups[1].chat_id].barrier = (403, "Forbidden: bot was kicked from the group chat")
        await town.clock_to("2026-11-16T09:02+07:00")
        assert len(town.containing(moved, "Air dimatikan")) == 1
        assert len(town.containing(town.groups[2], "Air dimatikan")) == 1
        assert town.containing(town.secretary, "2 dari 3 grup terkirim, 1 gagal")
        await town.check_ledger()
        assert [(g.chat_id, g.state) for g in await groups(town)] == [
            ("-100700", GroupState.ACTIVE),
            (str(town.groups[1].chat_id), GroupState.PAUSED),
            (str(town.groups[2].chat_id), GroupState.ACTIVE),
        ]
        assert {s.state for s in await schedules(town, "Apel pagi")} == {ScheduleState.ACTIVE}


async def office_with_groups(town, count):
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    town.secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    town.groups = [
        await town.links_group(-500 - number, f"Grup {number}", town.secretary) for number in range(1, count + 1)
    ]


async def test_the_token_stands_in_no_log_record_of_a_failing_day(office, kept_logging, caplog):
    written = io.StringIO()
    setup_logging("text", written)
    logging.getLogger().addHandler(caplog.handler)
    await _failing_day(office)
    assert caplog.records
    assert office.server.token not in written.getvalue() + caplog.text
    assert "rahasia dapur" not in written.getvalue() + caplog.text


async def _failing_day(office):
    for fault in (faults.lost_answer(), faults.server_error(), faults.broken_answer(), faults.throttled(5)):
        office.server.next_call(fault, to=office.member)
        office.member.says("/lapor akuntabel 1: rahasia dapur")
        await office.settle()
    office.server.next_call(faults.unauthorized(), to=office.member)
    office.server.next_call(faults.lost_answer(), method="answerCallbackQuery")
    office.server.push("message", {"text": "rahasia dapur"})
    await office.says(office.member, "/nilai")
    await office.presses(office.secretary, "Ubah nama")
    await office.clock_to("2026-11-16T15:00+07:00")
