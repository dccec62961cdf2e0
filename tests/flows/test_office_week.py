"""A whole week of an office of Karanganyar, the week of the 17th, with the bot killed twice on the way.

What the ledger says is compared with what the server received when the story is over (see the fixture `town`).
"""

import asyncio

import pytest

from storage.models import DeliveryState, Role
from tests.fakes.telegram_faults import Hold

FRIDAY = "2026-11-20"


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
async def test_a_week_of_an_office(town):
    await _friday_before(town)
    await _monday(town)
    await _the_seventeenth(town)
    await _wednesday(town)
    await _day_off(town)
    await _friday(town)
    focuses = [
        m.text.partition("Fokus hari ini")[2] for m in town.containing(town.group, "Dipimpin oleh") if m.chat_id < 0
    ]
    assert len(focuses) == len(set(focuses)) == 4  # Thursday was off, and nothing repeats


async def _friday_before(town):
    """The office is opened, its people join, a group is linked; in the afternoon Monday's leader gets the text."""
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    town.secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    town.lead = await town.joins(12, "Ketua Tim", Role.KETUA)
    town.first = await town.joins(21, "Anggota 1", Role.ANGGOTA)
    [added] = await town.says(town.secretary, "/anggota\nAnggota 3\nAnggota 4")
    assert "2 nama ditambahkan" in added.text
    town.second = await town.joins(22, "Anggota 2", Role.ANGGOTA)
    town.outsider = town.server.person(99, "Tamu")
    town.group = await town.links_group(-100500, "Grup Dinas", town.secretary)
    assert "Apel pagi, pukul 07.30 WIB" in town.last(town.group).text
    await town.clock_to("2026-11-13T15:29+07:00")
    assert town.containing(town.secretary, "giliran Anda memimpin") == []
    await town.clock_to("2026-11-13T15:31+07:00")
    [told] = town.containing(town.secretary, "giliran Anda memimpin")
    assert "Senin, 16 November 2026 pukul 07.30 WIB" in told.text
    assert town.containing(town.lead, "Ringkasan mingguan")


async def _monday(town):
    """Eve of the 17th; the reading is tapped, taken back, tapped by another; photos, reports, a meeting."""
    await town.clock_to("2026-11-16T07:00+07:00")
    assert "Besok: pasang twibbon" in town.last(town.group).text
    await town.clock_to("2026-11-16T07:30+07:00")
    assert "Dipimpin oleh Sekretaris" in town.last(town.group).text
    await town.clock_to("2026-11-16T07:40+07:00")
    await _tapping(town)
    await _reports(town)
    await town.says(town.lead, "/rapat sekarang", to=town.group)
    post = town.last(town.group)
    assert "Pembukaan rapat" in post.text
    await town.presses(town.lead, "Rapat dibuka", town.group)
    assert "✓ Rapat dibuka · Ketua Tim" in post.text
    [read_back] = await town.says(town.first, "/rapat besok 09.00 Evaluasi triwulan")
    assert "Evaluasi triwulan" in read_back.text
    assert "Selasa, 17 November 2026 pukul 09.00 WIB" in read_back.text
    await town.presses(town.first, "Simpan")


async def _tapping(town):
    post = await town.presses(town.first, "Sudah dibacakan", town.group)
    assert "✓ Sudah dibacakan · Anggota 1 · 07.40 WIB" in post.text
    town.second.presses_data(post, post.button("Batalkan").data)
    await town.settle()
    assert "· Anggota 1 ·" in post.text  # only the tapper may take it back
    undone = await town.presses(town.first, "Batalkan (10 menit)", town.group)
    assert undone is post
    assert "✓" not in post.text
    await town.presses(town.outsider, "Sudah dibacakan", town.group)
    assert "belum terdaftar" in town.toast
    assert "✓" not in post.text
    press = post.button("Sudah dibacakan").data
    await town.presses(town.second, "Sudah dibacakan", town.group)
    late = town.first.presses_data(post, press)  # his screen still showed the button
    await town.settle()
    assert "Sudah dicatat oleh Anggota 2" in town.server.answers[late]
    town.second.sends_photo(to=town.group, reply_to=post)
    await town.settle()
    assert "dicatat sebagai bukti Apel pagi" in town.last(town.group).text


async def _reports(town):
    """One in a line; one question by question, with a photo; the same pressed twice counts once."""
    [read_back] = await town.says(town.first, "/lapor akuntabel 1: SPJ selesai tepat waktu https://contoh.go.id/spj")
    assert "SPJ selesai tepat waktu" in read_back.text
    save = read_back.button("Simpan").data
    town.first.presses_data(read_back, save)
    town.first.presses_data(read_back, save)
    await town.settle()
    assert len(town.containing(town.first, "Laporan tersimpan")) == 1
    await town.says(town.second, "/lapor")
    await town.presses(town.second, "Harmonis")
    await town.presses(town.second, "1")
    await town.says(town.second, "Membantu rekan <baru> & menyapa tamu")
    await town.presses(town.second, "Lewati")
    await town.says(town.second, "nanti saya kirim")
    town.second.sends_photo("bukti")
    await town.settle()
    await town.presses(town.second, "Selesai")
    saved = await town.presses(town.second, "Simpan")
    assert "Laporan tersimpan" in saved.text
    assert "1 data dukung" in saved.text


async def _the_seventeenth(town):
    """The twibbon's day. The process is killed while the reading is on its way; a tap then settles what is uncertain."""
    await town.clock_to("2026-11-17T07:00+07:00")
    twibbon = town.last(town.group)
    assert "Hari ini: pasang twibbon" in twibbon.text
    await town.presses(town.first, "Sudah pasang", town.group)
    await town.presses(town.second, "Sudah pasang", town.group)
    await town.presses(town.first, "Sudah pasang", town.group)
    assert "Anda sudah tercatat" in town.toast
    assert "Sudah pasang: 2 orang" in twibbon.text
    reading = await _killed_while_sending(town)
    [notice] = town.containing(town.secretary, "Kiriman tidak pasti")
    assert "Selasa, 17 November 2026 pukul 07.30 WIB" in notice.text
    await town.clock_to("2026-11-17T07:35+07:00")
    await town.presses(town.lead, "Sudah dibacakan", town.group)
    assert "✓ Sudah dibacakan · Ketua Tim" in reading.text
    await town.clock_to("2026-11-17T09:00+07:00")
    assert "Pembukaan rapat: Evaluasi triwulan" in town.last(town.group).text
    await town.presses(town.first, "Rapat dibuka", town.group)


async def _killed_while_sending(town):
    held = town.server.next_call(Hold(), to=town.group)
    going = asyncio.create_task(town.clock_to("2026-11-17T07:31+07:00"))
    await held.arrived.wait()
    going.cancel()
    await town.kill()
    held.release.set()  # the server had it all the same
    reading = await town.server.message(town.group, "Selasa, 17 November 2026\nDipimpin")
    await town.restart()
    [row] = [row for row in await town.posts(town.group) if row.state is DeliveryState.UNCERTAIN]
    assert row.message_key == "reading/post"
    return reading


async def _wednesday(town):
    """Killed at night; a broadcast is called back, another leaves; Thursday is made a day off."""
    await town.clock_to("2026-11-17T23:00+07:00")
    await town.kill_and_restart()
    await town.clock_to("2026-11-18T07:45+07:00")
    await town.presses(town.second, "Sudah dibacakan", town.group)
    await _called_back(town)
    await _sent(town)
    [read_back] = await town.says(town.secretary, "/libur 19 November 2026 Libur daerah")
    assert "Libur: Kamis, 19 November 2026" in read_back.text
    await town.presses(town.secretary, "Simpan")
    await town.clock_to("2026-11-18T15:31+07:00")
    told = town.containing(town.secretary, "Jumat, 20 November 2026 pukul 07.30 WIB")
    assert "Anggota 4, yang belum dapat dihubungi" in told[-1].text


async def _called_back(town):
    before = len(town.server.messages(town.group))
    [read_back] = await town.says(town.secretary, "/siar Rapat diundur <i>besok</i> & lusa")
    for shown in ("belum dikirim", "1 grup", "Grup Dinas", "Rapat diundur <i>besok</i> & lusa"):
        assert shown in read_back.text
    await town.presses(town.secretary, "Kirim")
    assert "dikirim dalam 60 detik" in read_back.text
    await town.clock_to("2026-11-18T07:45:50+07:00")
    await town.presses(town.secretary, "Batalkan")
    assert "dibatalkan" in read_back.text
    await town.clock_to("2026-11-18T08:00+07:00")
    assert len(town.server.messages(town.group)) == before


async def _sent(town):
    town.secretary.sends_photo("/siar Selamat bekerja")
    await town.settle()
    await town.presses(town.secretary, "Kirim")
    accepted = town.last(town.secretary)
    await town.clock_to("2026-11-18T08:02+07:00")
    post = town.last(town.group)
    assert (post.photo is not None, "Selamat bekerja" in post.text) == (True, True)
    assert "1 dari 1 grup terkirim" in accepted.text  # by itself
    assert accepted.labels == []


async def _day_off(town):
    """Thursday: nothing is read, nobody leads."""
    before = len(town.server.messages(town.group))
    await town.clock_to("2026-11-19T20:00+07:00")
    assert len(town.server.messages(town.group)) == before


async def _friday(town):
    """Nobody taps; the secretary enters it afterwards. In the afternoon the lead gets the summary."""
    await town.clock_to(f"{FRIDAY}T15:00+07:00")
    await town.says(town.secretary, "/susulan")
    entered = await town.presses(town.secretary, "1")
    assert "Tercatat sebagai susulan: Apel pagi, Jumat, 20 November 2026" in entered.text
    before = len(town.server.messages(town.lead))
    await town.clock_to(f"{FRIDAY}T15:30+07:00")
    [summary] = town.server.messages(town.lead)[before:]
    for line in (
        "Senin, 16 November 2026 s.d. Minggu, 22 November 2026",
        "direncanakan 4, terlaksana 4 (1 dicatat susulan), terlewat 0",
        "direncanakan 2, terlaksana 2, terlewat 0",
        "2 dari 6 orang",
        "2 laporan",
    ):
        assert line in summary.text
    [turns] = await town.says(town.secretary, "/giliran")
    assert "Selasa, 24 November 2026 pukul 07.30 WIB: Anggota 3" in turns.text  # Thursday's turn was not lost
    await _log(town)


async def _log(town):
    [page] = await town.says(town.secretary, "/log minggu ini")
    for line in ("Apel pagi", "Evaluasi triwulan", "SPJ selesai tepat waktu"):
        assert line in page.text
    await town.presses(town.secretary, "Unduh CSV")
    file = town.last(town.secretary).document
    table = file.data.decode("utf-8-sig")
    assert file.name == "log-dinas-kominfo-2026-11-16-2026-11-22.csv"
    assert "https://contoh.go.id/spj" in table
    assert "Membantu rekan <baru> & menyapa tamu" in table
