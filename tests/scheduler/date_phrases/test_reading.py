"""What people type at 10.00 WITA on Thursday, 26 November 2026, and what it means."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.date_phrases import (
    Reason,
    Unreadable,
    When,
    read_time,
    read_weekdays,
    read_when,
    speaks_of_time,
)
from scheduler.date_phrases.runs import chosen
from scheduler.date_phrases.words import Words
from scheduler.recurrence import (
    EveryWorkingDay,
    LastWorkingDay,
    MonthlyDay,
    NthWeekday,
    Weekdays,
    YearlyDay,
)

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=WITA)
TODAY = NOW.date()
MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni"]
MONTHS += ["Juli", "Agustus", "September", "Oktober", "November", "Desember"]
DAY_NAMES = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
# Words of the vocabulary thrown together reach further into the reader than arbitrary letters do.
VOCABULARY = (
    "setiap tiap hari kerja terakhir bulan minggu tahun pekan depan lalu ini lagi sekali besok lusa nanti malam pagi "
    "siang sore jam pukul setengah kurang lewat seperempat tanggal tgl Senin sel Jum'at min Agustus feb WIB wit dan "
    "sampai s.d. - , . : / 9 17 31 0 00 24 99 2026 0000 9999 07.30 17/8 25-11-2026 2026-02-30 dua puluh belas satu "
    "sekarang menit dalam ke pertama kelima kecuali akhir selesai Rapat mulai pada ( )"
)

phrases = st.lists(st.sampled_from(VOCABULARY.split()), max_size=14).map(" ".join)
any_text = st.one_of(st.text(max_size=200), phrases, st.text("0123456789./:- jam", max_size=60))
moments = st.builds(
    lambda at, zone: at.replace(tzinfo=ZoneInfo(zone)),
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001  made aware at once
    st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
)


def wita(month, day, hour, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=WITA)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("besok jam 9", wita(11, 27, 9)),
        ("bsk jm 9", wita(11, 27, 9)),
        ("lusa pukul 13:30", wita(11, 28, 13, 30)),
        ("besok lusa pkl. 08.00", wita(11, 28, 8)),
        ("hari ini jam 3 sore", wita(11, 26, 15)),
        ("sore ini jam 4", wita(11, 26, 16)),
        ("nanti malam jam 7", wita(11, 26, 19)),
        ("nanti jam 3", wita(11, 26, 15)),
        ("besok jam 9 pagi", wita(11, 27, 9)),
        ("besok pagi 7.30", wita(11, 27, 7, 30)),
        ("besok subuh jam 5", wita(11, 27, 5)),
        ("1 Des 27 jam 9", wita(12, 1, 9, year=2027)),
        ("1 Desember 27 09.00", wita(12, 1, 9, year=2027)),
        ("1 Des 09.00", wita(12, 1, 9)),
        ("1 Des 09.00 - 11.00", wita(12, 1, 9)),
        ("besok pukul tujuh tiga puluh", wita(11, 27, 7, 30)),
        ("besok jam delapan lima belas", wita(11, 27, 8, 15)),
        ("3 hari lagi jam 9", wita(11, 29, 9)),
        ("seminggu lagi jam 9", wita(12, 3, 9)),
        ("2 jam lagi", wita(11, 26, 12)),
        ("dalam 2 jam", wita(11, 26, 12)),
        ("30 menit lagi", wita(11, 26, 10, 30)),
        ("setengah jam lagi", wita(11, 26, 10, 30)),
        ("seperempat jam lagi", wita(11, 26, 10, 15)),
        ("satu setengah jam lagi", wita(11, 26, 11, 30)),
        ("1,5 jam lagi", wita(11, 26, 11, 30)),
        ("2 jam 30 menit lagi", wita(11, 26, 12, 30)),
        ("sejam lagi", wita(11, 26, 11)),
        ("sekarang", NOW),
        ("SEKARANG JUGA", NOW),
    ],
)
def test_times_near_now(text, instant):
    assert read_when(text, NOW) == When("", instant=instant)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Senin 07.15", wita(11, 30, 7, 15)),
        ("sen 07.15", wita(11, 30, 7, 15)),
        ("Kamis 11.15", wita(11, 26, 11, 15)),
        ("Kamis 09.15", wita(12, 3, 9, 15)),
        ("Senin depan jam 8", wita(11, 30, 8)),
        ("Jumat depan jam 8", wita(12, 4, 8)),
        ("minggu depan hari Rabu jam 10", wita(12, 2, 10)),
        ("Rabu minggu depan jam 10", wita(12, 2, 10)),
        ("minggu depan jam 8", wita(12, 3, 8)),
        ("Minggu jam 8", wita(11, 29, 8)),
        ("hari Minggu depan jam 8", wita(12, 6, 8)),
        ("besok Senin jam 9", wita(11, 30, 9)),
        ("malam Jumat jam 8", wita(11, 26, 20)),
        ("tanggal 17 jam 7 pagi", wita(12, 17, 7)),
        ("tgl. 31 jam 8", wita(12, 31, 8)),
        ("tgl 17/8 07.00", wita(8, 17, 7, year=2027)),
        ("tanggal 5 bulan depan jam 9", wita(12, 5, 9)),
        ("tanggal 5 bulan Desember tahun 2026 jam 9", wita(12, 5, 9)),
        ("27 Nop 2026 pukul 13.30", wita(11, 27, 13, 30)),
        ("27-11-2026 13.30", wita(11, 27, 13, 30)),
        ("27.11.26 13.30", wita(11, 27, 13, 30)),
        ("2026-11-27 13:30", wita(11, 27, 13, 30)),
        ("1 Januari jam 9", wita(1, 1, 9, year=2027)),
        ("29 Februari jam 9", wita(2, 29, 9, year=2028)),
        ("tujuh belas Agustus pukul 10.00", wita(8, 17, 10, year=2027)),
        ("Senin, 30 November 2026 pukul 07.30 WITA", wita(11, 30, 7, 30)),
        ("besok, 27 November 2026 jam 9", wita(11, 27, 9)),
        ("Jumat terakhir bulan ini jam 9", wita(11, 27, 9)),
        ("17 Agustus tahun depan jam 9", wita(8, 17, 9, year=2027)),
    ],
)
def test_days_by_name_and_date(text, instant):
    assert read_when(text, NOW) == When("", instant=instant)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("jam setengah 8", time(7, 30)),
        ("setengah delapan", time(7, 30)),
        ("jam setengah 1", time(12, 30)),
        ("jam setengah 8 lewat 5", time(7, 35)),
        ("setengah delapan kurang lima menit", time(7, 25)),
        ("jam setengah 3 sore", time(14, 30)),
        ("jam 9 kurang seperempat", time(8, 45)),
        ("jam 8 lewat 15", time(8, 15)),
        ("jam tujuh lewat tiga puluh menit", time(7, 30)),
        ("jam sembilan", time(9)),
        ("jam 0730", time(7, 30)),
        ("9 pagi", time(9)),
        ("pukul 2", time(14)),
        ("pukul 2.30", time(14, 30)),
        ("pukul 02.30", time(2, 30)),
        ("jam 2 dini hari", time(2)),
        ("jam 12 siang", time(12)),
        ("jam 12 malam", time(0)),
        ("jam 7 malam", time(19)),
        ("pukul 19.00 malam", time(19)),
        ("pukul 00.00", time(0)),
        ("9", time(9)),
        ("sembilan", time(9)),
        ("07.30", time(7, 30)),
    ],
)
def test_times_of_day(text, at):
    assert read_time(text) == at


@pytest.mark.parametrize(
    "text", ["", "abc", "25", "jam 25", "24.00", "10.75", "15.00 pagi", "10.000", "jam 10.000", "besok", "99999"]
)
def test_no_time_is_read_where_there_is_none(text):
    assert read_time(text) is None


def test_midnight_belongs_to_the_night_that_begins_on_the_day_named():
    assert read_when("besok jam 12 malam", NOW) == When("", instant=wita(11, 28, 0))


def test_a_time_without_a_day_is_todays_or_where_it_has_passed_tomorrows():
    assert read_when("jam 11", NOW) == When("", instant=wita(11, 26, 11))
    assert read_when("jam 10", NOW) == When("", instant=NOW)
    assert read_when("jam 9", NOW) == When("", instant=wita(11, 27, 9))


def test_another_zone_is_converted_to_the_offices():
    assert read_when("besok 09.00 WIB", NOW) == When("", instant=wita(11, 27, 10))
    assert read_when("besok 09.00 WIT Rapat", NOW) == When("Rapat", instant=wita(11, 27, 8))
    assert read_when("setiap Senin 07.00 WIB", NOW) == When("", recurrence=Weekdays((0,)), at=time(8))
    assert read_time("07.30 WIB", timedelta(hours=8)) == time(8, 30)


@pytest.mark.parametrize(
    ("text", "rule", "at"),
    [
        ("setiap Jumat 15.30", Weekdays((4,)), time(15, 30)),
        ("tiap jum'at 15.30", Weekdays((4,)), time(15, 30)),
        ("pukul 7.30 tiap Senin", Weekdays((0,)), time(7, 30)),
        ("tiap hari kerja 07.30", EveryWorkingDay(), time(7, 30)),
        ("setiap hari jam 8", Weekdays((0, 1, 2, 3, 4, 5, 6)), time(8)),
        ("setiap pagi jam 7", Weekdays((0, 1, 2, 3, 4, 5, 6)), time(7)),
        ("setiap hari Senin dan Kamis jam 8", Weekdays((0, 3)), time(8)),
        ("setiap Senin, Rabu, dan Jumat pukul 08.00", Weekdays((0, 2, 4)), time(8)),
        ("Senin s.d. Jumat 07.30", Weekdays((0, 1, 2, 3, 4)), time(7, 30)),
        ("Selasa tiap minggu jam 8", Weekdays((1,)), time(8)),
        ("setiap minggu hari Selasa jam 8", Weekdays((1,)), time(8)),
        ("setiap hari Minggu jam 8", Weekdays((6,)), time(8)),
        ("setiap malam Jumat jam 8", Weekdays((3,)), time(20)),
        ("setiap tanggal 17 jam 7", MonthlyDay(17), time(7)),
        ("tanggal 17 tiap bulan jam 7", MonthlyDay(17), time(7)),
        ("setiap akhir bulan jam 3 sore", MonthlyDay(31), time(15)),
        ("17 Agustus setiap tahun 07.00", YearlyDay(8, 17), time(7)),
        ("setiap 17 Agustus 07.00", YearlyDay(8, 17), time(7)),
        ("hari kerja terakhir tiap bulan 15.00", LastWorkingDay(), time(15)),
        ("setiap hari kerja terakhir tiap bulan 15.00", LastWorkingDay(), time(15)),
        ("setiap tanggal 17 setiap bulan jam 7", MonthlyDay(17), time(7)),
        ("tiap Senin pertama tiap bulan 08.00", NthWeekday(1, 0), time(8)),
        ("Senin pertama tiap bulan 08.00", NthWeekday(1, 0), time(8)),
        ("setiap Jumat terakhir jam 9", NthWeekday(-1, 4), time(9)),
        ("Senin ke-2 setiap bulan jam 9", NthWeekday(2, 0), time(9)),
    ],
)
def test_repetitions(text, rule, at):
    assert read_when(text, NOW) == When("", recurrence=rule, at=at)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("besok 09.00 Evaluasi triwulan", "Evaluasi triwulan"),
        ("Evaluasi triwulan pada hari Senin jam 9", "Evaluasi triwulan"),
        ("rapat evaluasi besok di aula jam 9", "rapat evaluasi di aula"),
        ("besok 09.00 - Rapat", "Rapat"),
        ("besok 09.00 dan selesai", "dan selesai"),
        ("besok 09.00 - 11.00 Rapat", "Rapat"),
        ("besok jam 9-11 Rapat", "Rapat"),
        ("besok 09.00 s.d. selesai: Rapat", "Rapat"),
        ("Senin (30/11/2026) jam 9 Evaluasi (lanjutan)", "Evaluasi (lanjutan)"),
        ("setiap Senin 07.15 Apel 2 regu", "Apel 2 regu"),
        ("09.00 Persiapan 17 Agustus", "Persiapan 17 Agustus"),
        ("Persiapan 17 Agustus besok jam 9", "Persiapan 17 Agustus"),
        ("besok 09.00\nBaris satu\nBaris dua", "Baris satu\nBaris dua"),
    ],
)
def test_the_other_words_are_left(text, rest):
    read = read_when(text, NOW)
    assert isinstance(read, When)
    assert read.rest == rest


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Unreadable(Reason.NOTHING_READ)),
        ("apa kabar", Unreadable(Reason.NOTHING_READ)),
        ("besok", Unreadable(Reason.TIME_MISSING, date(2026, 11, 27))),
        ("besok 9", Unreadable(Reason.TIME_MISSING, date(2026, 11, 27))),
        ("hari kerja terakhir tiap bulan", Unreadable(Reason.TIME_MISSING)),
        ("setiap jam 9", Unreadable(Reason.DAY_MISSING)),
        ("hari ini jam 8", Unreadable(Reason.IN_THE_PAST, TODAY)),
        ("25 Nov 2026 pukul 13.30", Unreadable(Reason.IN_THE_PAST, date(2026, 11, 25))),
        ("2 hari yang lalu jam 9", Unreadable(Reason.IN_THE_PAST, date(2026, 11, 24))),
        ("kemarin jam 9", Unreadable(Reason.IN_THE_PAST, date(2026, 11, 25))),
        ("17 Agustus 1945 jam 10", Unreadable(Reason.IN_THE_PAST, date(1945, 8, 17))),
        ("31 Februari jam 9", Unreadable(Reason.NO_SUCH_DATE)),
        ("30-02-2027 jam 9", Unreadable(Reason.NO_SUCH_DATE)),
        ("tanggal 32 jam 8", Unreadable(Reason.NO_SUCH_DATE)),
        ("setiap tanggal 32 jam 8", Unreadable(Reason.NO_SUCH_DATE)),
        ("setiap 31 Februari jam 8", Unreadable(Reason.NO_SUCH_DATE)),
        ("besok jam 25", Unreadable(Reason.NO_SUCH_TIME)),
        ("besok 15.00 pagi", Unreadable(Reason.NO_SUCH_TIME)),
        ("Selasa, 30 November 2026 09.00", Unreadable(Reason.DAY_MISMATCH, date(2026, 11, 30))),
        ("besok tanggal 30 jam 9", Unreadable(Reason.DAY_MISMATCH, date(2026, 11, 30))),
        ("1-1-2999 jam 9", Unreadable(Reason.TOO_FAR)),
        ("1-1-0001 00.00", Unreadable(Reason.TOO_FAR)),
        ("setiap 2 minggu hari Senin jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("dua minggu sekali jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap tanggal 1 dan 15 jam 8 Rapat", Unreadable(Reason.NOTHING_READ)),
        ("besok jam 9 atau Selasa", Unreadable(Reason.NOTHING_READ)),
        ("25 Nov 2027 13.30 dan 26 Nov 2027", Unreadable(Reason.NOTHING_READ)),
        ("setiap dua minggu sekali Senin jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap hari kerja terakhir bulan jam 9", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap hari kerja kecuali Jumat 07.30", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap Senin mulai minggu depan jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap Selasa dan Kamis minggu pertama jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("Senin setiap bulan jam 8", Unreadable(Reason.NOT_SUPPORTED)),
        ("setiap Senin 23.30 WIB", Unreadable(Reason.NOT_SUPPORTED)),
    ],
)
def test_refusals_say_why(text, refusal):
    assert read_when(text, NOW) == refusal


def test_a_repetition_without_a_day_is_part_of_the_subject():
    assert read_when("besok jam 9 Laporan setiap bulan", NOW) == When("Laporan setiap bulan", instant=wita(11, 27, 9))


@pytest.mark.parametrize("rest", ["dan 15", "atau Selasa", "dan 26 Nov 2026", "sampai besok", "kecuali Jumat"])
def test_left_over_words_that_name_a_time_are_noticed(rest):
    assert speaks_of_time(rest)


@pytest.mark.parametrize("rest", ["", "ya", "tolong kirim", "Evaluasi triwulan", "😀"])
def test_left_over_words_of_anything_else_are_let_pass(rest):
    assert not speaks_of_time(rest)


def test_a_phrase_is_not_read_at_a_naive_moment():
    with pytest.raises(ValueError, match="aware"):
        read_when("besok jam 9", datetime(2026, 11, 26, 10))  # noqa: DTZ001  the point of the test


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Senin, Rabu", (0, 2)),
        ("sen & kam", (0, 3)),
        ("Senin s.d. Jumat", (0, 1, 2, 3, 4)),
        ("Jumat-Senin", (0, 4, 5, 6)),
        ("setiap hari", (0, 1, 2, 3, 4, 5, 6)),
        ("setiap Senin", (0,)),
        ("", None),
        ("hari kerja", None),
        ("Senin jam 9", None),
        ("Senin depan", None),
        ("Senin kantor", None),
    ],
)
def test_weekdays_alone(text, days):
    assert read_weekdays(text) == days


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=3000)), st.integers(0, 4))
def test_a_formatted_instant_is_read_back(now, ahead, style):
    at = (now + ahead).replace(second=0, microsecond=0)
    if at < now:
        return
    written = [
        f"{at.day} {MONTHS[at.month - 1]} {at.year} pukul {at:%H.%M}",
        f"{DAY_NAMES[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year} pukul {at:%H.%M}",
        f"{at:%d-%m-%Y %H.%M}",
        f"{at:%Y-%m-%d %H:%M}",
        f"tgl {at.day} {MONTHS[at.month - 1][:3].upper()} {at.year} jam {at:%H:%M}",
    ][style]
    assert read_when(written, now) == When("", instant=at)


@given(any_text, moments)
def test_no_text_raises_and_nothing_read_is_naive_or_past(text, now):
    read = read_when(text, now)
    if isinstance(read, Unreadable):
        return
    assert (read.instant is None) != (read.recurrence is None)
    assert (read.recurrence is None) == (read.at is None)
    if read.instant is not None:
        assert read.instant.tzinfo is not None
        assert read.instant.astimezone(UTC) >= now.astimezone(UTC)


@given(any_text)
def test_the_rest_is_made_of_the_text_alone(text):
    read = read_when(text, NOW)
    if isinstance(read, When):
        assert all(word in text for word in read.rest.split())
        assert read.rest == read.rest.strip()


@given(any_text)
def test_the_smaller_readers_never_raise(text):
    read_time(text)
    read_weekdays(text)


@pytest.mark.parametrize(
    "part",
    ["1 ", "9", "Senin, ", "jam ", "-", "besok ,,,", "setiap ", "dua puluh ", "17/8/", "'", "😀", "a'", "1.", "s.d. "],
)
def test_the_work_is_linear_in_the_text(part):
    class CountedWords(Words):
        looked = 0

        def at(self, place):
            self.looked += 1
            return super().at(place)

    words = CountedWords((part * 4096)[:4096])
    chosen(words)
    assert words.looked < 200 * (len(words) + 1)
