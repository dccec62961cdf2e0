"""The office's working days against the published decrees and against its own decisions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.working_calendar import DayKind, HolidayRule, OwnDay, UnconfirmedDay, WorkingCalendar

FIVE = WorkingCalendar()
SIX = WorkingCalendar(workdays=6)
IDUL_FITRI_2027 = date(2027, 3, 10)  # Wednesday, estimated

a_day = st.dates(date(2010, 1, 1), date(2060, 12, 31))
own_days = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.sampled_from([OwnDay(DayKind.HOLIDAY, "Libur daerah"), OwnDay(DayKind.WORKDAY, "Masuk")]),
    max_size=60,
)


def test_saturday_is_free_in_a_five_day_week_and_worked_in_a_six_day_week():
    saturday, sunday = date(2026, 11, 28), date(2026, 11, 29)
    assert not FIVE.is_working_day(saturday)
    assert SIX.is_working_day(saturday)
    assert not SIX.is_working_day(sunday)
    assert FIVE.holiday_name(saturday) is None


def test_other_weeks_are_refused():
    with pytest.raises(ValueError, match="5 or 6"):
        WorkingCalendar(workdays=7)


def test_national_holidays_and_joint_leave_are_free_and_named_in_indonesian():
    assert FIVE.holiday_name(date(2026, 12, 25)) == "Hari Raya Natal"
    assert FIVE.holiday_name(date(2026, 12, 24)) == "Cuti Bersama Hari Raya Natal"
    assert not FIVE.is_working_day(date(2026, 12, 24))
    assert not SIX.is_working_day(date(2026, 12, 24))


def test_what_the_office_says_of_a_date_wins():
    christmas, plain, sunday = date(2026, 12, 25), date(2026, 12, 7), date(2026, 12, 6)
    calendar = WorkingCalendar(
        own_days={
            christmas: OwnDay(DayKind.WORKDAY, "Piket"),
            plain: OwnDay(DayKind.HOLIDAY, "Hari jadi kota"),
            sunday: OwnDay(DayKind.WORKDAY, "Apel gabungan"),
        }
    )
    assert calendar.is_working_day(christmas)
    assert calendar.holiday_name(christmas) is None
    assert calendar.holiday_name(plain) == "Hari jadi kota"
    assert not calendar.is_working_day(plain)
    assert calendar.is_working_day(sunday)


def test_an_occurrence_on_a_free_day_stays_goes_or_moves_by_the_rule():
    christmas = date(2026, 12, 25)  # Friday; Thursday is joint leave
    assert FIVE.shift(christmas, HolidayRule.IGNORE) == christmas
    assert FIVE.shift(christmas, HolidayRule.SKIP) is None
    assert FIVE.shift(christmas, HolidayRule.BEFORE) == date(2026, 12, 23)
    assert FIVE.shift(christmas, HolidayRule.AFTER) == date(2026, 12, 28)
    assert SIX.shift(christmas, HolidayRule.AFTER) == date(2026, 12, 26)


def test_a_working_day_never_moves():
    assert {FIVE.shift(date(2026, 11, 30), rule) for rule in HolidayRule} == {date(2026, 11, 30)}


def test_the_last_working_day_of_a_month():
    assert FIVE.last_working_day(2026, 11) == date(2026, 11, 30)
    assert FIVE.last_working_day(2026, 5) == date(2026, 5, 29)
    assert FIVE.last_working_day(2026, 12) == date(2026, 12, 31)


def test_a_month_without_work_has_no_last_working_day():
    february = [date(2026, 2, 1) + timedelta(days=n) for n in range(28)]
    closed = WorkingCalendar(own_days={day: OwnDay(DayKind.HOLIDAY, "Tutup") for day in february})
    assert closed.last_working_day(2026, 2) is None


def test_an_estimated_holiday_is_free_and_marked_until_the_office_decides():
    assert not FIVE.is_working_day(IDUL_FITRI_2027)
    assert FIVE.holiday_name(IDUL_FITRI_2027) == "Hari Raya Idul Fitri (perkiraan)"
    assert FIVE.to_confirm(date(2027, 3, 1), IDUL_FITRI_2027) == [
        UnconfirmedDay(IDUL_FITRI_2027, "Hari Raya Idul Fitri")
    ]


@pytest.mark.parametrize("kind", list(DayKind))
def test_a_decided_date_is_not_asked_again(kind):
    calendar = WorkingCalendar(own_days={IDUL_FITRI_2027: OwnDay(kind, "Hari Raya Idul Fitri")})
    assert [unconfirmed.day for unconfirmed in calendar.to_confirm(date(2027, 3, 1), date(2027, 3, 31))] == [
        date(2027, 3, 11)
    ]


def test_decreed_dates_need_no_confirmation():
    assert FIVE.to_confirm(date(2026, 1, 1), date(2026, 12, 31)) == []


def test_years_whose_joint_leave_is_unknown_are_listed_until_the_office_enters_it():
    assert FIVE.years_without_joint_leave(date(2026, 11, 1), date(2026, 12, 31)) == []
    assert FIVE.years_without_joint_leave(date(2040, 12, 1), date(2041, 1, 31)) == [2040, 2041]
    entered = WorkingCalendar(own_days={date(2041, 12, 26): OwnDay(DayKind.HOLIDAY, "Cuti bersama Natal")})
    assert entered.years_without_joint_leave(date(2040, 12, 1), date(2041, 1, 31)) == [2040]


def test_an_ordinary_own_holiday_does_not_settle_the_joint_leave():
    calendar = WorkingCalendar(own_days={date(2041, 4, 1): OwnDay(DayKind.HOLIDAY, "Hari jadi kota")})
    assert calendar.years_without_joint_leave(date(2041, 1, 1), date(2041, 12, 31)) == [2041]


@given(a_day, st.sampled_from([5, 6]))
def test_the_neighbours_are_the_nearest_working_days(day, workdays):
    calendar = WorkingCalendar(workdays=workdays)
    before, after = calendar.working_day_before(day), calendar.working_day_after(day)
    assert before < day < after
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert [free for free in between if calendar.is_working_day(free)] == (
        [day] if calendar.is_working_day(day) else []
    )


@given(own_days, st.dates(date(2026, 1, 1), date(2026, 4, 30)), st.sampled_from(HolidayRule))
def test_what_is_moved_always_lands_on_a_working_day(own, day, rule):
    calendar = WorkingCalendar(own_days=own)
    moved = calendar.shift(day, rule)
    if rule is not HolidayRule.IGNORE and moved is not None:
        assert calendar.is_working_day(moved)


@given(own_days, st.dates(date(2026, 1, 1), date(2026, 4, 30)))
def test_a_holiday_has_a_name_only_if_it_is_not_worked(own, day):
    calendar = WorkingCalendar(own_days=own)
    assert not (calendar.holiday_name(day) and calendar.is_working_day(day))
