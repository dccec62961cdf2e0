"""`/lapor`: each sentence of the issue as a short story."""

from datetime import timedelta

import pytest

from bot.channels.inbound import Attachment, Kind
from bot.conversations.reports.file_report import DIALOGUE
from storage.models import Evidence, EvidenceKind, Report, ReportState, Role
from tests.story import Story, rows


@pytest.fixture
async def story(database):
    story = Story(database, [DIALOGUE])
    await story.open_office()
    return story


@pytest.fixture
async def member(story):
    return await story.person("Anggota 1", Role.ANGGOTA)


async def fill_in(member, text="SPJ selesai tepat waktu"):
    await member.says("/lapor")
    await member.presses("Akuntabel")
    await member.presses("1")
    await member.says(text)
    await member.presses("Lewati")
    return await member.presses("Lewati")


async def test_step_by_step_with_the_regulation_s_wording_and_its_clause(story, member):
    (values,) = await member.says("/lapor")
    assert "Akuntabel" in [choice.label for row in values.choices for choice in row]
    (behaviours,) = await member.presses("Akuntabel")
    assert "1. melaksanakan tugas dengan jujur" in behaviours.text
    assert [choice.label for choice in behaviours.choices[0]] == ["1", "2", "3"]
    await member.presses("1")
    await member.says("SPJ selesai tepat waktu")
    await member.says("Aplikasi lambat")
    await member.says("Dikerjakan pagi hari")
    await member.shows("photo-1")
    await member.says("https://example.org/spj")
    (shown,) = await member.presses("Selesai")
    assert "Pasal 8" in shown.text
    assert "SPJ selesai tepat waktu" in shown.text
    assert await rows(story, Report) == []
    (saved,) = await member.presses("Simpan")
    assert "Laporan tersimpan" in saved.text
    (report,) = await rows(story, Report)
    assert (report.value_slug, report.behaviour_n, report.problem) == ("akuntabel", 1, "Aplikasi lambat")
    assert [item.kind for item in await rows(story, Evidence)] == [EvidenceKind.PHOTO, EvidenceKind.LINK]


async def test_all_in_one_line_is_read_back_before_it_is_saved(story, member):
    (shown,) = await member.says("/lapor akuntabel 1: SPJ selesai tepat waktu https://example.org/spj")
    assert "SPJ selesai tepat waktu" in shown.text
    assert "• https://example.org/spj" in shown.text
    assert await rows(story, Report) == []
    await member.presses("Simpan")
    assert [report.text for report in await rows(story, Report)] == ["SPJ selesai tepat waktu"]


async def test_pressing_save_twice_gives_one_report(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    reference, action = await story.message_ref(member.user_id, "Simpan")
    await member.presses("Simpan")
    await member.sends(member.private, kind=Kind.PRESS, text=action, message_ref=reference, press_id="p")
    assert member.outcome.toast == "Laporan ini sudah tersimpan."
    assert len(await rows(story, Report)) == 1


async def test_sending_the_same_line_again_gives_one_report(story, member):
    line = "/lapor akuntabel 1: SPJ selesai https://example.org/1"
    await member.says(line)
    await member.says(line)
    await member.presses("Simpan")
    await member.says(line)
    (answer,) = await member.presses("Simpan")
    assert "tidak dicatat dua kali" in answer.text
    assert len(await rows(story, Report)) == 1
    assert len(await rows(story, Evidence)) == 1


async def test_two_devices_fill_in_one_form(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    phone = await story.message_ref(member.user_id, "Simpan")
    (resumed, shown) = await member.says("/lapor")  # on the other device
    assert "kita lanjutkan" in resumed.text
    assert "SPJ selesai" in shown.text
    await member.presses("Simpan")
    await member.sends(member.private, kind=Kind.PRESS, text=phone[1], message_ref=phone[0], press_id="p")
    assert len(await rows(story, Report)) == 1


async def test_that_there_is_none_may_be_typed(story, member):
    await member.says("/lapor akuntabel 1")
    await member.says("SPJ selesai")
    await member.presses("Ubah")
    await member.presses("Permasalahan")
    await member.says("Tidak ada kendala.")
    await member.presses("Ubah")
    await member.presses("Bukti")
    (shown,) = await member.says("tidak ada")
    assert "Mohon diperiksa" in shown.text
    await member.presses("Simpan")
    (report,) = await rows(story, Report)
    assert not report.problem


async def test_a_line_over_an_unsaved_report_says_that_it_takes_its_place(story, member):
    await fill_in(member)
    (told, shown) = await member.says("/lapor harmonis 2: Menolong rekan")
    assert "belum disimpan dan diganti" in told.text
    assert "Menolong rekan" in shown.text
    (again,) = await member.says("/lapor harmonis 2: Menolong rekan")  # sent twice: nothing is lost
    assert "Menolong rekan" in again.text
    await member.presses("Simpan")
    assert [row.text for row in await rows(story, Report)] == ["Menolong rekan"]


async def test_a_restart_in_the_middle_goes_on_where_it_stopped(story, member):
    await member.says("/lapor")
    await member.presses("Akuntabel")
    await member.presses("1")
    story.restart()
    (problem,) = await member.says("SPJ selesai tepat waktu")
    assert "permasalahan" in problem.text
    await member.presses("Lewati")
    await member.presses("Lewati")
    await member.presses("Simpan")
    assert [report.text for report in await rows(story, Report)] == ["SPJ selesai tepat waktu"]


async def test_an_unknown_value_gets_the_list_and_keeps_the_text(story, member):
    (answer,) = await member.says("/lapor ramah 2: melayani tamu")
    assert "“ramah” tidak ada" in answer.text
    assert "• Harmonis (perilaku 1–3)" in answer.text
    await member.presses("Harmonis")
    (shown,) = await member.presses("2")
    assert "melayani tamu" in shown.text


async def test_an_unknown_number_gets_the_list_and_keeps_the_text(member):
    (answer,) = await member.says("/lapor akuntabel 9: SPJ selesai")
    assert "tidak memiliki perilaku nomor 9" in answer.text
    assert "1. melaksanakan tugas" in answer.text
    (shown,) = await member.says("1")
    assert "SPJ selesai" in shown.text


async def test_value_and_number_may_be_typed_too(member):
    await member.says("/lapor")
    (again,) = await member.says("ramah")
    assert "“ramah” tidak ada" in again.text
    (behaviours,) = await member.says("akuntable")
    assert "<b>Akuntabel</b>" in behaviours.text
    (question,) = await member.says("2")
    assert "Apa yang Anda lakukan?" in question.text


async def test_words_where_a_number_is_asked_are_answered_kindly(member):
    await member.says("/lapor akuntabel")
    (answer,) = await member.says("yang pertama")
    assert "dengan nomornya" in answer.text


async def test_a_photo_with_the_command_as_caption_is_a_whole_report(story, member):
    (shown,) = await member.says("/lapor akuntabel 1: SPJ selesai", attachment=Attachment(file_ref="photo-9"))
    assert "• foto" in shown.text
    await member.presses("Simpan")
    assert [item.reference for item in await rows(story, Evidence)] == ["photo-9"]


async def test_the_items_of_an_album_are_gathered_under_one_question(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai", attachment=Attachment(file_ref="photo-1"), album="a")
    count = len(await story.messages(member.user_id))
    await member.shows("photo-2", album="a")
    await member.shows("photo-3", album="a")
    messages = await story.messages(member.user_id)
    assert len(messages) == count
    assert messages[-1].text.count("• foto") == 3
    await member.presses("Simpan")
    assert [item.reference for item in await rows(story, Evidence)] == ["photo-1", "photo-2", "photo-3"]


async def test_a_photo_that_comes_early_is_kept(story, member):
    await member.says("/lapor")
    (kept, _) = await member.shows("photo-1")
    assert "sudah saya catat" in kept.text
    await member.presses("Akuntabel")
    await member.presses("1")
    await member.shows("photo-2", "SPJ selesai")
    await member.presses("Lewati")
    (evidence,) = await story_tail(story, member)
    assert evidence.text.count("• foto") == 2


async def story_tail(story, member):
    return (await story.messages(member.user_id))[-1:]


async def test_what_was_said_can_be_changed_before_saving(story, member):
    await fill_in(member)
    await member.presses("Ubah")
    await member.presses("Uraian")
    (shown,) = await member.says("SPJ dan laporan selesai")
    assert "SPJ dan laporan selesai" in shown.text
    await member.presses("Ubah")
    await member.presses("Nilai")
    (behaviours,) = await member.presses("Loyal")
    assert "Loyal" in behaviours.text
    await member.presses("3")
    await member.presses("Simpan")
    (report,) = await rows(story, Report)
    assert (report.value_slug, report.behaviour_n, report.text) == ("loyal", 3, "SPJ dan laporan selesai")


async def test_changing_and_going_back_loses_nothing(member):
    await fill_in(member)
    await member.presses("Ubah")
    await member.presses("Nilai")
    (shown,) = await member.presses("Kembali")
    assert "Akuntabel 1" in shown.text


async def test_the_value_can_be_changed_before_a_behaviour_is_chosen(member):
    await member.says("/lapor")
    await member.presses("Akuntabel")
    (values,) = await member.presses("Ganti nilai")
    assert "Nilai mana" in values.text
    (behaviours,) = await member.presses("Kembali")
    assert "<b>Akuntabel</b>" in behaviours.text


async def test_cancelled_is_gone(story, member):
    await fill_in(member)
    await member.presses("Batal")
    (answer,) = await member.says("halo")
    assert "foto" in answer.text  # the fallback speaks: no form is open
    assert await rows(story, Report) == []


async def test_a_text_too_long_is_refused_with_its_length(member):
    await member.says("/lapor")
    await member.presses("Akuntabel")
    await member.presses("1")
    (answer,) = await member.says("😀" * 4096)
    assert "4096 karakter" in answer.text
    (answer,) = await member.says("/lapor akuntabel 1: " + "x" * 1001)
    assert "1001 karakter" in answer.text
    (shown,) = await member.says("😀" * 1000)
    assert "😀" * 1000 in shown.text


async def test_markup_in_what_a_person_types_is_shown_as_typed(story, member):
    (shown,) = await member.says("/lapor akuntabel 1: <b>SPJ</b> & <script>x</script>\x00")
    assert "&lt;b&gt;SPJ&lt;/b&gt; &amp; &lt;script&gt;" in shown.text
    await member.presses("Simpan")
    assert (await rows(story, Report))[0].text == "<b>SPJ</b> & <script>x</script>"


async def test_a_report_at_2330_wita_counts_for_that_local_day(database):
    story = Story(database, [DIALOGUE])
    await story.open_office(regulation_id="kupang-30-2025", timezone="Asia/Makassar")
    member = await story.person("Anggota 1", Role.ANGGOTA)
    story.clock.move_to(story.clock.now().replace(hour=15, minute=30))  # 23.30 WITA
    (shown,) = await member.says("/lapor akuntabel 1: lembur laporan")
    assert "Senin, 30 November 2026" in shown.text
    await member.presses("Simpan")
    story.clock.move_to(story.clock.now().replace(hour=16, minute=30))  # 00.30 WITA
    await member.says("/lapor akuntabel 1: lembur laporan")
    await member.presses("Simpan")
    assert [report.day.isoformat() for report in await rows(story, Report)] == ["2026-11-30", "2026-12-01"]


async def test_a_correction_waits_to_be_checked_again(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai https://example.org/1")
    await member.presses("Simpan")
    async with story.database.transaction() as session:
        (await session.get_one(Report, 1)).state = ReportState.CHECKED
    (shown,) = await member.presses("Perbaiki")
    assert "Perbaikan laporan" in shown.text
    await member.presses("Ubah")
    await member.presses("Bukti")
    await member.presses("Hapus semua bukti")
    (saved,) = await member.presses("Simpan")
    assert "Perbaikan tersimpan" in saved.text
    assert [report.state for report in await rows(story, Report)] == [ReportState.SUBMITTED]
    assert await rows(story, Evidence) == []


async def test_a_correction_called_off_leaves_the_report_and_says_so(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    await member.presses("Simpan")
    await member.presses("Perbaiki")
    (told,) = await member.presses("Batal")
    assert told.text == "Perbaikan dibatalkan. Laporan Anda tetap seperti semula; lihat di /riwayat."
    assert [report.text for report in await rows(story, Report)] == ["SPJ selesai"]


async def test_somebody_else_cannot_open_my_report(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    await member.presses("Simpan")
    other = await story.person("Anggota 2", Role.ANGGOTA)
    for action in ("report.correct:1", "report.correct:x", "report.correct"):
        await other.sends(other.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
        assert other.outcome.toast == "Laporan ini sudah tidak ada."
    await other.sends(other.private, kind=Kind.PRESS, text="report.save:k", message_ref="m1", press_id="p")
    assert "sudah ditutup" in other.outcome.toast


@pytest.mark.parametrize(
    "action", ["report.set", "report.set:k", "report.change:k:text", "report.save", "report.cancel"]
)
async def test_a_button_of_a_form_long_closed_harms_nothing(member, action):
    await member.sends(member.private, kind=Kind.PRESS, text=action, message_ref="m1", press_id="p")
    assert "sudah ditutup" in member.outcome.toast


async def test_a_sticker_in_the_middle_keeps_the_form_open(member):
    await member.says("/lapor akuntabel")
    (answer,) = await member.sends(member.private, kind=Kind.OTHER, addressed=True)
    assert "hanya dapat membaca teks" in answer.text
    (question,) = await member.says("2")
    assert "uraian" in question.text


async def test_text_while_a_report_waits_to_be_saved_is_not_lost_silently(member):
    await fill_in(member)
    (answer,) = await member.says("sudah ya?")
    assert "belum disimpan" in answer.text
    (answer,) = await member.says("ini buktinya https://example.org/2")
    assert "• https://example.org/2" in answer.text


@pytest.mark.parametrize("yes", ["ya", "Oke", "simpan", "ya simpan pak", "sudah benar, simpan"])
async def test_only_a_plain_yes_saves_what_was_read_back(story, member, yes):
    await fill_in(member)
    (answer,) = await member.says(yes)
    plain = "benar" not in yes
    assert ("Laporan tersimpan" if plain else "belum disimpan") in answer.text
    assert len(await rows(story, Report)) == plain


async def test_more_than_ten_photos_are_not_kept_and_that_is_said_once(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    for number in range(10):
        await member.shows(f"photo-{number}")
    (full,) = await member.shows("photo-10")
    assert "paling banyak yang dapat disimpan" in full.text
    assert "tidak" in full.text
    assert await member.shows("photo-11") == []
    story.clock.advance(timedelta(minutes=2))
    full, _ = await member.says("https://example.org/spj")
    assert "paling banyak yang dapat disimpan" in full.text
    await member.presses("Simpan")
    assert len(await rows(story, Evidence)) == 10


async def test_a_caption_is_the_words_also_where_its_photo_is_one_too_many(story, member):
    await member.says("/lapor")
    for number in range(10):
        await member.shows(f"photo-{number}")
    await member.presses("Akuntabel")
    await member.presses("1")
    full, asked = await member.shows("photo-10", "SPJ selesai")
    assert "paling banyak yang dapat disimpan" in full.text
    assert "permasalahan" in asked.text


async def test_the_caption_of_evidence_is_no_command(story, member):
    await member.says("/lapor akuntabel 1: SPJ selesai")
    (shown,) = await member.shows("photo-1", "lapor")
    assert "SPJ selesai" in shown.text
    assert "• foto" in shown.text
