"""Every row of Meta's table of errors has one meaning for a send."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.whatsapp.refusals import answered, meaning
from scheduler import errors
from scheduler.errors import UnreachableReason

NOW = datetime(2026, 11, 30, tzinfo=UTC)

TABLE = [
    *((code, errors.OutcomeUnknown) for code in (1, 2, 131000, 131016)),
    *((code, errors.Throttled) for code in (4, 80007, 130429, 131056, 131057)),
    (131047, errors.WindowClosed),
    *((code, errors.RecipientUnreachable) for code in (131026, 131050)),
    (131049, errors.Withheld),
    *((code, errors.ChannelRefusesUs) for code in (190, 0, 3, 10, 200, 299, 131031, 368, 130497, 131042, 131048)),
    *((code, errors.MessageRefused) for code in (100, 131008, 131009, 131021, 131051, 131052, 131053, 131062, 131064)),
    *((code, errors.MessageRefused) for code in (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018)),
    *((code, errors.MessageRefused) for code in (132068, 132069, 999999)),
]


@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_each_code(code, kind):
    assert type(meaning(code, NOW)) is kind
    assert type(answered(400, code, NOW)) is kind  # whatever the status says


@pytest.mark.parametrize(("code", "reason"), [(131026, "not_on_channel"), (131050, "opted_out")])
def test_why_somebody_cannot_be_reached(code, reason):
    assert meaning(code, NOW).reason is UnreachableReason(reason)


def test_the_whole_number_waits_longer_than_one_person():
    assert meaning(130429, NOW).retry_at == NOW + timedelta(seconds=60)
    assert meaning(131056, NOW).retry_at == NOW + timedelta(seconds=16)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, errors.Throttled),
        (401, errors.ChannelRefusesUs),
        (403, errors.ChannelRefusesUs),
        (400, errors.MessageRefused),
        (413, errors.MessageRefused),
        (302, errors.OutcomeUnknown),
        (500, errors.OutcomeUnknown),
        (502, errors.OutcomeUnknown),
    ],
)
def test_without_a_code_the_status_is_all_there_is(status, kind):
    assert type(answered(status, None, NOW)) is kind
