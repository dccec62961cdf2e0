"""Every row of Meta's table of errors has one meaning for a send."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.whatsapp.refusals import answered, meaning
from scheduler import errors
from scheduler.errors import Refusal, TemplateTrouble, UnreachableReason

NOW = datetime(2026, 11, 30, tzinfo=UTC)

TABLE = [
    *((code, errors.OutcomeUnknown) for code in (1, 2, 131000, 131016)),
    *((code, errors.ChannelBusy) for code in (4, 80007, 130429)),
    (131056, errors.RecipientBusy),
    (131057, errors.Throttled),
    (131047, errors.WindowClosed),
    *((code, errors.RecipientUnreachable) for code in (131026, 131050)),
    (131049, errors.Withheld),
    *((code, errors.ChannelRefusesUs) for code in (190, 0, 3, 10, 200, 299, 131031, 368, 130497, 131042)),
    (131048, errors.PushesRefused),
    *((code, errors.ChannelRefusesUs) for code in (33, 131037, 131045, 133010)),
    *((code, errors.MediaRefused) for code in (131052, 131053)),
    *((code, errors.Malformed) for code in (100, 131008, 131009, 131021, 131051, 131062)),
    *((code, errors.TemplateRefused) for code in (131064, 132001, 132007, 132015, 132016)),
    *((code, errors.TemplateRefused) for code in (132000, 132005, 132012, 132018)),
    *((code, errors.MessageRefused) for code in (132068, 132069, 999999)),
]


@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_each_code(code, kind):
    assert type(meaning(code, NOW)) is kind
    assert type(answered(400, code, NOW)) is kind  # whatever the status says


def test_an_answer_of_metas_says_that_the_message_failed_and_one_of_a_proxy_in_between_only_from_500_on():
    told = [answered(status, code, NOW).told_failed for status, code in ((400, 131000), (503, None), (408, None))]
    assert told == [True, True, False]


@pytest.mark.parametrize(("code", "reason"), [(131026, "not_on_channel"), (131050, "opted_out")])
def test_why_somebody_cannot_be_reached(code, reason):
    assert meaning(code, NOW).reason is UnreachableReason(reason)


def test_a_number_that_is_upgraded_waits_for_a_minute_with_all_it_has():
    error = meaning(131057, NOW)
    assert (error.retry_at, error.everywhere) == (NOW + timedelta(minutes=1), True)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (131064, "template_category"),
        (132001, "template_missing"),
        (132007, "template_rejected"),
        (132015, "template_paused"),
        (132016, "template_disabled"),
        *((code, "template_parameters") for code in (132000, 132005, 132012, 132018)),
    ],
)
def test_what_is_wrong_with_a_template(code, trouble):
    assert meaning(code, NOW).trouble is TemplateTrouble(trouble)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        *((code, "credentials") for code in (190, 0, 3, 10, 200, 299)),
        (33, "number"),
        *((code, "unregistered") for code in (131045, 133010)),
        (131037, "name"),
        (131031, "locked"),
        (368, "policy"),
        (130497, "country"),
        (131042, "payment"),
        (131048, "quality"),
    ],
)
def test_why_nothing_is_taken_from_us(code, why):
    assert meaning(code, NOW).why is Refusal(why)


def test_a_wrong_number_of_ours_is_not_taken_for_a_wrong_message():
    error = answered(400, 100, NOW, 33)
    assert (type(error), error.why) == (errors.ChannelRefusesUs, Refusal.NUMBER)
    assert type(answered(400, 100, NOW, 1)) is errors.Malformed


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, errors.ChannelBusy),
        (401, errors.ChannelRefusesUs),
        (403, errors.ChannelRefusesUs),
        (400, errors.OutcomeUnknown),
        (404, errors.OutcomeUnknown),
        (408, errors.OutcomeUnknown),
        (302, errors.OutcomeUnknown),
        (500, errors.OutcomeUnknown),
        (502, errors.OutcomeUnknown),
    ],
)
def test_without_a_code_the_status_is_all_there_is(status, kind):
    assert type(answered(status, None, NOW)) is kind
