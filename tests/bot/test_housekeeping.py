"""When the house is kept."""

from datetime import datetime

import pytest

from bot.housekeeping import next_housekeeping


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-30T07:59+07:00", "2026-11-30T08:00+07:00"),
        ("2026-11-30T08:00+07:00", "2026-12-01T08:00+07:00"),
        ("2026-11-30T23:30+00:00", "2026-12-01T01:00+00:00"),
    ],
)
def test_it_is_done_at_eight_in_jakarta(now, then):
    assert next_housekeeping(datetime.fromisoformat(now)) == datetime.fromisoformat(then)
