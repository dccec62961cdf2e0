"""An office that is on WhatsApp alone: its secretary brings pushes to every member, and is told first what it may cost."""

from decimal import Decimal

import pytest

from content.templates import templates
from scheduler.charges import Prices
from storage.models import DeliveryState, Role, ScheduleKind
from tests.flows.whatsapp_office import WhatsAppTown

PRICES = Prices("IDR", {"utility": Decimal(357), "marketing": Decimal("586.33"), "service": Decimal(100)})


@pytest.fixture
async def town(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-18T14:00+07:00", PRICES) as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        yield town
        assert await town.incidents() == []


@pytest.fixture
async def members(town):
    """Three members who have not written for a day."""
    members = [await town.joins(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2, 3)]
    await town.nobody_writes_for_a_day()
    return members


@pytest.fixture
async def secretary(town, members):
    return await town.joins("Sekretaris", Role.SEKRETARIS)


async def posts(town, key="broadcast/post"):
    return [row for row in await town.ledger() if row.message_key == key and row.occurrence_id is not None]


async def test_a_broadcast_reaches_who_wrote_lately_by_itself_and_the_others_by_a_template(town, members, secretary):
    await town.says(members[0], "Apa itu akuntabel?")
    before = len(town.server.messages(members[0]))
    (shown,) = await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    assert "Anggota di WhatsApp: *4 orang*, satu per satu secara pribadi" in shown.text
    # four messages, and a template for the two who have not written: 4 x 100 + 2 x 357
    assert "Perkiraan biaya: paling banyak Rp1.114 untuk 4 orang" in shown.text
    (accepted,) = await town.taps(secretary, "Kirim")
    assert "ke 4 anggota di WhatsApp" in accepted.text
    assert await posts(town) == []
    await town.clock_to("2026-11-18T14:10+07:00")
    assert {row.state for row in await posts(town)} == {DeliveryState.SENT}
    assert [row.template for row in await posts(town)] == [None, "apel_siaran", "apel_siaran", None]
    (message,) = town.server.messages(members[0])[before:]
    assert message.text.startswith("Rapat pindah ke aula lantai dua.")
    for member in members[1:]:
        notice = town.server.messages(member)[-1]
        assert notice.kind == "template"
        member.taps(notice, "Baca")
        await town.settle()
        assert town.server.messages(member)[-1].text.startswith("Rapat pindah ke aula lantai dua.")
    assert "4 dari 4 penerima terkirim" in town.text(secretary)


async def test_a_command_s_name_under_kirim_is_the_command_and_never_what_is_sent(town, members, secretary):
    await town.says(secretary, "/siar Rapat pindah ke aula.")
    (shown,) = await town.says(secretary, "jadwal")
    assert "Apel pagi" in shown.text
    (asked,) = await town.says(secretary, "rapat batal besok jam 9")
    assert "Ganti isinya menjadi ini?" in asked.text
    await town.says(secretary, "biarkan")
    await town.says(secretary, "kirim")
    await town.clock_to("2026-11-18T14:10+07:00")
    assert {row.message["text"].split("\n")[0] for row in await posts(town)} == {"Rapat pindah ke aula."}


async def test_a_schedule_is_turned_on_and_tells_of_members_whom_it_did_not_reach_in_one_notice(
    town, members, secretary
):
    await town.says(secretary, "jadwal")
    await town.taps(secretary, "Apel pagi")
    await town.taps(secretary, "Tujuan")
    (asked,) = await town.says(secretary, "anggota di whatsapp")
    assert "(4 orang)" in asked.text
    (shown,) = await town.taps(secretary, "Kirim ke anggota")
    assert "Perkiraan biaya setiap kali kirim: paling banyak Rp2.745,32 untuk 4 orang" in shown.text
    (saved,) = await town.taps(secretary, "Simpan")
    assert "Status: aktif" in saved.text
    await town.clock_to("2026-11-19T07:30:02+07:00")
    for member in members[:2]:
        town.server.tells(town.server.messages(member)[-1], "failed", 131026)
    await town.settle()
    said = town.text(secretary)
    await town.clock_to("2026-11-19T07:35+07:00")
    assert "Anggota yang belum menerima" not in town.text(secretary).removeprefix(said)
    await town.clock_to("2026-11-19T07:45+07:00")
    told = town.text(secretary).removeprefix(said)
    refused = "2 anggota (Anggota 1, Anggota 2), nomor tujuan tidak dapat menerima pesan di aplikasi ini"
    assert told.count(refused) == 1
    assert "ditandai di /anggota" in told
    ends = [(row.state.value, row.reason) for row in await posts(town, "reading/post") if not row.part]
    assert ends == [("failed", "not_on_channel")] * 2 + [("sent", None)] * 2


async def test_what_meta_withholds_is_told_to_the_secretary_and_not_sent_again(town, members, secretary):
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.clock_to("2026-11-19T07:30:02+07:00")
    town.server.tells(town.server.messages(members[0])[-1], "failed", 131049)
    await town.clock_to("2026-11-19T09:00+07:00")
    assert "1 anggota, aplikasi pesan membatasi jumlah pesan kepada penerima ini" in town.text(secretary)
    reached = [(row.state.value, row.reason) for row in await posts(town, "reading/post") if not row.part]
    assert sorted(reached) == [("failed", "withheld")] + [("sent", None)] * 3
    assert "tidak terjangkau" not in "".join(message.text for message in await town.says(secretary, "anggota"))


async def test_where_there_are_no_groups_a_broadcast_is_not_said_to_go_into_some(town, secretary):
    assert "grup" not in (await town.says(secretary, "/siar"))[0].text
    helped = "".join(said.text for said in await town.says(secretary, "bantuan"))
    assert "siar: kirim pengumuman ke tujuan pilihan" in helped
    assert "grup pilihan" not in helped


async def test_who_forwards_a_broadcast_is_told_what_that_costs_and_counts_as_no_member(town, members, secretary):
    await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    await town.taps(secretary, "Ganti tujuan")
    await town.taps(secretary, "▫️ Teruskan sendiri")
    (shown,) = await town.taps(secretary, "Lanjut")
    assert "Kepada *Anda*, untuk diteruskan ke grup WhatsApp" in shown.text
    assert "Perkiraan biaya naskah itu: paling banyak Rp200" in shown.text  # the text and its button
    assert "Anggota di WhatsApp: *3 orang*" in shown.text
    await town.taps(secretary, "Kirim")
    await town.clock_to("2026-11-18T14:10+07:00")
    assert "3 dari 3 penerima terkirim" in town.text(secretary)


async def test_what_waits_for_a_paused_template_leaves_once_meta_tells_that_it_may_be_used(town, members):
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.approves(apel_pembacaan="PAUSED")
    await town.clock_to("2026-11-19T07:33+07:00")
    assert {(row.state.value, row.reason) for row in await posts(town, "reading/post")} == {
        ("planned", "template_paused")
    }
    town.server.tells_of_template("apel_pembacaan", "APPROVED")
    await town.clock_to("2026-11-19T07:34+07:00")
    first = [row for row in await posts(town, "reading/post") if not row.part]
    assert [(row.state, row.template) for row in first] == [(DeliveryState.SENT, "apel_pembacaan")] * 3


async def test_what_waited_for_a_paused_template_until_its_window_closed_is_told_the_secretary(
    town, members, secretary
):
    await town.pushes_to_persons(ScheduleKind.READING)
    await town.approves(apel_pembacaan="PAUSED")
    await town.clock_to("2026-11-19T09:00+07:00")
    ends = [(row.state.value, row.reason) for row in await posts(town, "reading/post") if not row.part]
    assert ends == [("missed", "template_paused")] * 3 + [("sent", None)]  # the secretary wrote within a day
    await town.says(secretary, "bantuan")
    assert "templat pesannya sedang dijeda Meta" in town.text(secretary)


async def test_what_is_known_not_to_reach_members_is_told_before_it_is_sent_and_right_after(town, members, secretary):
    await town.approves(apel_siaran="REJECTED")
    await town.says(members[0], "Apa itu akuntabel?")
    (shown,) = await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    assert "*2 orang* tidak menulis dalam 24 jam sebelumnya dan tidak akan menerimanya" in shown.text
    assert "templat pesannya ditolak Meta" in shown.text
    assert "paling banyak Rp1.114 untuk" in shown.text  # what it costs should Meta think better of it
    await town.taps(secretary, "Kirim")
    said = town.text(secretary)
    await town.clock_to("2026-11-18T14:02+07:00")
    assert "2 anggota, templat pesannya ditolak Meta" in town.text(secretary).removeprefix(said)


@pytest.mark.parametrize("status", ["PENDING", "PAUSED"])
async def test_what_may_be_approved_by_then_costs_at_most_what_it_costs_once_it_is(town, members, secretary, status):
    await town.approves(**dict.fromkeys(templates(), status))
    await town.says(secretary, "jadwal")
    await town.taps(secretary, "Apel pagi")
    await town.taps(secretary, "Tujuan")
    await town.says(secretary, "anggota di whatsapp")
    (shown,) = await town.taps(secretary, "Kirim ke anggota")
    assert "setiap kali kirim: paling banyak Rp2.745,32 untuk 4 orang" in shown.text
    assert "hingga *4 orang* tidak menulis dalam 24 jam sebelumnya dan tidak akan menerimanya" in shown.text


async def test_what_somebody_is_to_forward_each_week_costs_a_template_though_none_is_approved(town, secretary):
    await town.approves(**dict.fromkeys(templates(), "PENDING"))
    await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    await town.taps(secretary, "Ganti tujuan")
    await town.taps(secretary, "▫️ Teruskan sendiri")
    await town.taps(secretary, "Lanjut")
    await town.taps(secretary, "Atur waktu")
    (shown,) = await town.says(secretary, "setiap Jumat 15.30")
    assert "naskah itu setiap kali kirim: paling banyak Rp557" in shown.text  # 357 + 2 x 100


async def test_of_a_template_that_is_unlike_ours_at_meta_the_secretary_reads_once(town, members, secretary):
    town.server.templates["apel_siaran"].body = "Ada {{1}} dan {{2}} untuk Anda."
    await town.asks_for_templates()
    (shown,) = await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    assert "*3 orang* tidak menulis dalam 24 jam sebelumnya" in shown.text
    await town.taps(secretary, "Kirim")
    said = town.text(secretary)
    await town.clock_to("2026-11-18T14:30+07:00")
    told = town.text(secretary).removeprefix(said)
    assert told.count("templates check") == 1
    assert "3 anggota, isi templat pesannya tidak sesuai dengan yang disetujui Meta" in told
    assert "broadcast/post" not in told


async def test_whom_whatsapp_does_not_reach_is_marked_on_the_roster_until_they_write_again(town, members, secretary):
    await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    await town.taps(secretary, "Kirim")
    await town.clock_to("2026-11-18T14:05+07:00")
    town.server.tells(town.server.messages(members[1])[-1], "failed", 131026)
    await town.settle()
    (page,) = await town.says(secretary, "/anggota")
    assert "2. Anggota 2 · Anggota · sudah bergabung, tidak terjangkau di WhatsApp" in page.text
    assert page.text.count("tidak terjangkau di") == 1
    (line,) = await town.taps(secretary, "2")
    assert "Tidak terjangkau di WhatsApp sejak Rabu, 18 November 2026 pukul 14.0" in line.text
    assert "menulis apa saja kepada bot di WhatsApp" in line.text
    await town.says(members[1], "halo")
    assert "tidak terjangkau" not in (await town.says(secretary, "/anggota"))[0].text


async def test_who_stops_gets_no_more_and_is_not_counted(town, members, secretary):
    await town.says(members[2], "BERHENTI")
    before = len(town.server.messages(members[2]))
    (shown,) = await town.says(secretary, "/siar Rapat pindah ke aula lantai dua.")
    assert "*3 orang*" in shown.text
    await town.taps(secretary, "Kirim")
    await town.clock_to("2026-11-18T14:10+07:00")
    assert len(await posts(town)) == 3
    assert len(town.server.messages(members[2])) == before
