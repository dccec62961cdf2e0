"""`/log` on screen and as a file."""

from datetime import date, timedelta

import pytest

from bot.channels.inbound import Kind
from bot.conversations.show_log import DIALOGUE
from storage.models import Role
from tests.logged import make_activity, make_confirmed, make_member, make_report
from tests.posted import make_schedule
from tests.story import Story

MONDAY = date(2026, 11, 30)


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def secretary(story):
    return await story.person("Sekretaris", Role.SEKRETARIS)


async def test_this_week_is_shown_unless_another_period_is_asked_for(story, secretary):
    member = await make_member(story)
    await make_report(story, member)
    await make_report(story, member, MONDAY - timedelta(days=7), text="pekan lalu")
    (page,) = await secretary.says("/log")
    assert "Senin, 30 November 2026 s.d. Minggu, 6 Desember 2026" in page.text
    assert "1. 30 November 2026\nAkuntabel 1: SPJ selesai\n<i>Anggota 1</i>" in page.text
    assert "pekan lalu" not in page.text


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("minggu lalu", "Senin, 23 November 2026 s.d. Minggu, 29 November 2026"),
        ("bulan ini", "Minggu, 1 November 2026 s.d. Senin, 30 November 2026"),
        ("bulan lalu", "Kamis, 1 Oktober 2026 s.d. Sabtu, 31 Oktober 2026"),
        ("Oktober 2026", "Kamis, 1 Oktober 2026 s.d. Sabtu, 31 Oktober 2026"),
        ("bulan September 2026", "Selasa, 1 September 2026 s.d. Rabu, 30 September 2026"),
        ("1-15 November 2026", "Minggu, 1 November 2026 s.d. Minggu, 15 November 2026"),
        ("27 November", "Jumat, 27 November 2026"),
    ],
)
async def test_periods_as_people_type_them(secretary, typed, period):
    (page,) = await secretary.says(f"/log {typed}")
    assert f"\n{period}\n" in page.text


@pytest.mark.parametrize("typed", ["kapan-kapan", "<b>", "1 Januari 2020 - 1 Januari 2026"])
async def test_what_cannot_be_read_is_refused_with_examples(secretary, typed):
    (answer,) = await secretary.says(f"/log {typed}")
    assert "<code>/log minggu lalu</code>" in answer.text


async def test_the_form_s_columns_stand_on_the_screen_too(story, secretary):
    await make_activity(story, means="Tatap\nmuka", problem="Aplikasi <lambat>", remedy="Dikerjakan pagi")
    (page,) = await secretary.says("/log")
    columns = "Bentuk/media: Tatap muka\nPermasalahan: Aplikasi &lt;lambat&gt;\nUpaya: Dikerjakan pagi\n"
    assert f"Sosialisasi\n{columns}" in page.text


async def test_a_tap_shows_its_hour_in_the_office_s_zone_and_a_late_entry_is_marked(story, secretary):
    member = await make_member(story)
    schedule_id = await make_schedule(story)
    await make_confirmed(story, schedule_id, [member], at=story.clock.now() + timedelta(minutes=41))
    await make_confirmed(story, schedule_id, [member], day=MONDAY + timedelta(days=1), afterwards=True)
    (page,) = await secretary.says("/log")
    assert "1. 30 November 2026 07.41 WIB\nApel pagi: nilai budaya kerja dibacakan\n" in page.text
    assert "2. 1 Desember 2026\nApel pagi: nilai budaya kerja dibacakan (dicatat susulan)" in page.text


async def test_a_reader_without_that_right_sees_no_names(story):
    await make_report(story, await make_member(story))
    facilitator = await story.person("Fasilitator", Role.FASILITATOR)
    (page,) = await facilitator.says("/log")
    assert "SPJ selesai" in page.text
    assert "Anggota 1" not in page.text
    lead = await story.person("Ketua", Role.KETUA)
    (page,) = await lead.says("/log")
    assert "Anggota 1" in page.text


async def test_a_long_log_is_paged(story, secretary):
    for number in range(1, 13):
        await make_activity(story, what=f"kegiatan {number}")
    (page,) = await secretary.says("/log")
    assert "Jumlah catatan: 12" in page.text
    assert "kegiatan 11" not in page.text
    (page,) = await secretary.presses("Berikutnya ›")
    assert "11. 30 November 2026\nkegiatan 11" in page.text
    (page,) = await secretary.presses("‹ Sebelumnya")
    assert "1. 30 November 2026\nkegiatan 1\n" in page.text


async def test_the_file_holds_the_whole_period(story, secretary):
    for number in range(1, 13):
        await make_activity(story, what=f"=kegiatan {number}")
    await secretary.says("/log")
    (answer,) = await secretary.presses("Unduh CSV")
    assert answer.document.name == "log-dinas-kominfo-2026-11-30-2026-12-06.csv"
    text = answer.document.data.decode("utf-8-sig")
    assert text.splitlines()[0].startswith('"No";"Waktu";"Kegiatan"')
    assert '"\'=kegiatan 12"' in text


async def test_an_empty_log_says_so_and_offers_no_file(secretary):
    (page,) = await secretary.says("/log")
    assert "Belum ada catatan" in page.text
    assert page.choices == ()


@pytest.mark.parametrize(
    "action", ["log.page", "log.page:x:y", "log.csv:2026-12-31:2026-01-01", "log.csv:2020-01-01:2026-01-01:9"]
)
async def test_a_forged_button_does_nothing(secretary, action):
    assert await secretary.sends(secretary.private, kind=Kind.PRESS, text=action, message_ref="m", press_id="p") == []
    assert "tidak berlaku" in secretary.outcome.toast


async def test_a_member_may_not(story):
    member = await story.person("Anggota 1", Role.ANGGOTA)
    (answer,) = await member.says("/log")
    assert "tidak termasuk kewenangan Anda" in answer.text
