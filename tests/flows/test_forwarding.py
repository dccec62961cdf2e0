"""A week of an office that lives in WhatsApp groups: nothing is linked, everything is forwarded by somebody.

The bot is killed on the way; what the ledger says is compared with what the server received when the story is over.
"""

import pytest

from storage.models import DeliveryState, OccurrenceState, Role
from tests.flows.office import occurrences
from tests.flows.whatsapp_office import WhatsAppTown

DONE = "Sudah diteruskan"


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
async def test_a_week_of_an_office_without_any_group(town):
    await _friday_before(town)
    await _monday(town)
    await _tuesday_the_leader_is_out_of_reach(town)
    await _wednesday_nobody_is_there(town)
    await _thursday_off(town)
    await _friday_summary(town)


async def _friday_before(town):
    """The secretary turns forwarding on; in the afternoon comes Monday's pack."""
    await town.opens("Dinas Kominfo", "karanganyar-44-2023")
    town.secretary = await town.joins(11, "Sekretaris", Role.SEKRETARIS)
    town.lead = await town.joins(12, "Ketua Tim", Role.KETUA)
    [listed] = await town.says(town.secretary, "/jadwal")
    assert "belum ada tujuan kirimannya" in listed.text
    for title in ("Apel pagi", "Pemasangan twibbon"):
        await town.presses(town.secretary, title)
        await town.presses(town.secretary, "Tujuan")
        await town.presses(town.secretary, "Grup WhatsApp")
        await town.presses(town.secretary, "Teruskan sendiri")
        saved = await town.presses(town.secretary, "Simpan")
        assert "Status: aktif" in saved.text
        await town.presses(town.secretary, "Semua jadwal")
    await town.clock_to("2026-11-13T15:31+07:00")
    [pack] = town.containing(town.secretary, "Untuk diteruskan ke grup WhatsApp")
    assert "Senin, 16 November 2026 pukul 07.00 WIB: Pemasangan twibbon" in pack.text
    assert "Senin, 16 November 2026 pukul 07.30 WIB: Apel pagi, dipimpin oleh Sekretaris" in pack.text
    assert len(town.containing(town.secretary, "Fokus hari ini")) == 1  # the secretary leads
    assert town.containing(town.lead, "Untuk diteruskan") == []


async def _monday(town):
    """The twibbon's eve and the reading; one tap is taken back, tapped again, and a photo is sent to it."""
    await town.clock_to("2026-11-16T07:00+07:00")
    assert town.containing(town.secretary, "Besok: pasang twibbon")[-1].labels == []
    await town.presses(town.secretary, DONE)
    await town.clock_to("2026-11-16T07:30+07:00")
    await town.kill_and_restart()
    text, button = town.server.messages(town.secretary)[-2:]
    assert text.text.startswith("Apel pagi\nSenin, 16 November 2026\nDipimpin oleh Sekretaris")
    assert (text.labels, button.labels) == ([], [DONE])
    await town.presses(town.secretary, DONE)
    assert f"✓ {DONE} · Sekretaris · 07.30 WIB" in button.text
    await town.presses(town.secretary, "Batalkan (10 menit)")
    await town.presses(town.secretary, DONE)
    town.secretary.sends_photo(reply_to=button)
    await town.settle()
    assert "dicatat sebagai bukti Apel pagi" in town.last(town.secretary).text


async def _tuesday_the_leader_is_out_of_reach(town):
    """The lead leads on Tuesday and has blocked the bot over night: the secretary gets it."""
    await town.clock_to("2026-11-16T15:31+07:00")
    assert "Anda menerima naskah yang siap diteruskan" in town.last(town.lead).text
    town.lead.blocks_bot()
    await town.settle()
    await town.clock_to("2026-11-17T07:30+07:00")
    text = town.containing(town.secretary, "Selasa, 17 November 2026\nDipimpin oleh")[-1]
    assert text.labels == []
    assert town.last(town.secretary).labels == [DONE]
    town.lead.unblocks_bot()
    await town.settle()


async def _wednesday_nobody_is_there(town):
    """Down over the whole window: missed and told; the reading was held all the same."""
    await town.clock_to("2026-11-17T16:00+07:00")
    await town.kill()
    town.clock_jumps_to("2026-11-18T09:00+07:00")
    await town.restart()
    [told] = town.containing(town.secretary, "Kiriman yang tidak keluar")
    assert "Apel pagi, Rabu, 18 November 2026" in told.text
    [listed] = await town.says(town.secretary, "/susulan")
    assert "1. Rabu, 18 November 2026 · Apel pagi\n" in listed.text
    assert "2. Selasa, 17 November 2026 · Apel pagi (diteruskan ke grup WhatsApp)" in listed.text
    await town.presses(town.secretary, "1")
    assert "Tercatat sebagai susulan" in listed.text


async def _thursday_off(town):
    """Its pack is out when the holiday is entered: called off, and nothing comes."""
    await town.clock_to("2026-11-18T15:31+07:00")
    packs = town.containing(town.secretary, "Untuk diteruskan ke grup WhatsApp")
    assert "Kamis, 19 November 2026" in packs[-1].text
    await town.says(town.secretary, "/libur 19 November 2026 Hari jadi daerah")
    await town.presses(town.secretary, "Simpan")
    [changed] = town.containing(town.secretary, "tidak jadi dikirim")
    assert "Apel pagi, Kamis, 19 November 2026 pukul 07.30 WIB" in changed.text
    await town.clock_to("2026-11-19T16:00+07:00")
    assert len(town.containing(town.secretary, "Kamis, 19 November 2026\nDipimpin")) == 1  # of the pack
    assert len(town.containing(town.secretary, "Untuk diteruskan ke grup WhatsApp")) == len(packs)


async def _friday_summary(town):
    """What was forwarded is in the summary and in the log as what it is."""
    await town.clock_to("2026-11-20T07:30+07:00")
    leader = town.lead if town.last(town.lead).labels == [DONE] else town.secretary
    await town.presses(leader, DONE)
    await town.clock_to("2026-11-20T15:31+07:00")
    summary = town.containing(town.lead, "Ringkasan mingguan")[-1]
    assert "direncanakan 4, terlaksana 3 (2 diteruskan ke grup WhatsApp; 1 dicatat susulan), terlewat 1" in summary.text
    await town.says(town.secretary, "/log minggu ini")
    assert "Apel pagi: diteruskan ke grup WhatsApp" in town.last(town.secretary).text
    states = {row.state for row in await occurrences(town) if row.due_at <= town.clock.now()}
    assert states == {OccurrenceState.POSTED, OccurrenceState.MISSED, OccurrenceState.CANCELLED}
    kits = [row for row in await town.ledger() if row.part.startswith("/forward")]
    assert {row.state for row in kits} <= {DeliveryState.SENT, DeliveryState.FAILED}


async def test_on_whatsapp_the_secretary_forwards_what_comes_and_taps_one_button(tmp_path):
    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
        await town.says(secretary, "jadwal")
        await town.taps(secretary, "Apel pagi")
        await town.taps(secretary, "Tujuan")
        await town.taps(secretary, "Grup WhatsApp")
        await town.taps(secretary, "Teruskan sendiri")
        await town.taps(secretary, "Simpan")
        await town.clock_to("2026-11-16T15:31+07:00")
        pack, text = town.server.messages(secretary)[-2:]
        assert pack.text.startswith("*Untuk diteruskan ke grup WhatsApp*")
        assert text.text.startswith("Yth. *Sekretaris*, giliran Anda memimpin")
        assert "*Apel pagi*\nSelasa, 17 November 2026" in text.text
        await town.says(secretary, "terima kasih")  # so that the window is open in the morning
        await town.clock_to("2026-11-17T07:30+07:00")
        text, button = town.server.messages(secretary)[-2:]
        assert text.text.startswith("*Apel pagi*\nSelasa, 17 November 2026")
        assert (list(text.choices), list(button.choices)) == ([], [DONE])
        *_, thanks = await town.taps(secretary, DONE)
        assert thanks.text == "Terima kasih, penerusan tercatat. Dapat dibatalkan dalam 10 menit."
        assert list(thanks.choices) == ["Batalkan (10 menit)"]
        [page] = await town.says(secretary, "log")
        assert "Apel pagi: diteruskan ke grup WhatsApp" in page.text
        assert await town.incidents() == []


@pytest.fixture
async def silent(tmp_path):
    """An office on WhatsApp whose secretary, who leads, forwards the reading and has not written for a day."""
    async with WhatsAppTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        await town.approves()
        town.secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
        await town.says(town.secretary, "jadwal")
        await town.taps(town.secretary, "Apel pagi")
        await town.taps(town.secretary, "Tujuan")
        await town.taps(town.secretary, "Grup WhatsApp")
        await town.taps(town.secretary, "Teruskan sendiri")
        await town.taps(town.secretary, "Simpan")
        await town.clock_to("2026-11-18T15:00+07:00")
        yield town
        assert await town.incidents() == []


async def notices(town, until):
    """The templates that come until then."""
    before = len(town.server.messages(town.secretary))
    await town.clock_to(until)
    return [sent for sent in town.server.messages(town.secretary)[before:] if sent.kind == "template"]


async def tapped(town, notice):
    before = len(town.server.messages(town.secretary))
    town.secretary.taps(notice, "Baca")
    await town.settle()
    return town.server.messages(town.secretary)[before:]


async def test_who_has_not_written_for_a_day_gets_a_notice_whose_tap_brings_text_and_button(silent):
    *_, notice = await notices(silent, "2026-11-19T07:31+07:00")
    assert "meneruskan naskah “Apel pagi”, Kamis, 19 November 2026 pukul 07.30 WIB, ke grup" in notice.text
    text, button = await tapped(silent, notice)
    assert text.text.startswith("*Apel pagi*\nKamis, 19 November 2026")
    assert (list(text.choices), list(button.choices)) == ([], [DONE])
    *_, thanks = await silent.taps(silent.secretary, DONE)
    assert "penerusan tercatat" in thanks.text


async def test_of_the_pack_one_notice_comes_and_its_tap_brings_the_list_and_the_text(silent):
    [notice] = await notices(silent, "2026-11-18T15:31+07:00")
    assert "diteruskan ke grup, mulai Kamis, 19 November 2026 pukul 07.30 WIB" in notice.text
    pack, text = await tapped(silent, notice)
    assert pack.text.startswith("*Untuk diteruskan ke grup WhatsApp*")
    assert text.text.startswith("Yth. *Sekretaris*, giliran Anda memimpin")
    assert "*Fokus hari ini" in text.text


async def test_what_is_brought_after_its_time_asks_nobody_to_forward_it_any_more(silent):
    *_, notice = await notices(silent, "2026-11-19T07:31+07:00")
    await silent.clock_to("2026-11-21T10:00+07:00")
    text, button = await tapped(silent, notice)
    assert "waktunya sudah lewat" in text.text
    assert "Bila naskah di atas waktu itu sudah diteruskan" in button.text
    assert "Mohon teruskan" not in button.text
    assert list(button.choices) == [DONE]
