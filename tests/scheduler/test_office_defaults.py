"""What an office begins with, by its regulation."""

import pytest

from content.regulation_loader import load_regulations
from scheduler.office_defaults import default_schedules
from scheduler.recurrence import EveryWorkingDay, MonthlyDay, Weekdays, YearlyDay
from storage.models import HolidayRule

REGULATIONS = load_regulations()


@pytest.mark.parametrize(
    ("regulation_id", "twibbon"),
    [
        ("kupang-30-2025", None),
        ("tangerang-66-2023", YearlyDay(8, 17)),
        ("serang-25-2018", None),
        ("karanganyar-44-2023", MonthlyDay(17)),
        ("banjarmasin-38-2016", None),
    ],
)
def test_a_twibbon_only_where_the_regulation_dates_one_holidays_or_not(regulation_id, twibbon):
    found = [default for default in default_schedules(REGULATIONS[regulation_id]) if default.kind.value == "twibbon"]
    assert [(default.rule, default.holiday_rule) for default in found] == (
        [(twibbon, HolidayRule.IGNORE)] if twibbon else []
    )


def test_readings_on_working_days_and_a_summary_on_fridays():
    reading, summary = default_schedules(REGULATIONS["serang-25-2018"])
    assert (reading.rule, reading.at.isoformat("minutes"), reading.late_minutes) == (EveryWorkingDay(), "07:30", 60)
    assert (summary.rule, summary.at.isoformat("minutes"), summary.late_minutes) == (Weekdays((4,)), "15:30", 180)
    assert (reading.into_groups, summary.into_groups) == (True, False)
