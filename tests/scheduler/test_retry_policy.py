from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import errors
from scheduler.retry_policy import (
    UNANSWERED,
    Again,
    AsTemplate,
    GiveUp,
    PauseChat,
    Readdress,
    StopAll,
    Uncertain,
    WithoutMedia,
    decide,
)
from storage.queries import deliveries

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)

TABLE = [
    (errors.Throttled(NOW + 90 * SECOND), Again(NOW + 90 * SECOND, counts=False)),
    (errors.Throttled(NOW - 90 * SECOND), Again(NOW, counts=False)),
    (errors.ChannelDown(), Again(NOW + 5 * SECOND)),
    (errors.ChannelBusy(), Again(NOW, counts=False)),
    (errors.RecipientBusy(), Again(NOW + SECOND)),
    (errors.PersonsLimitReached(NOW + 60 * SECOND), Again(NOW + 60 * SECOND, counts=False)),
    (errors.PersonsLimitReached(NOW - 60 * SECOND), Again(NOW, counts=False)),
    (errors.ChannelRefusesUs(), StopAll(errors.Refusal.CREDENTIALS)),
    (errors.ChannelRefusesUs(why=errors.Refusal.PAYMENT), StopAll(errors.Refusal.PAYMENT)),
    (errors.PushesRefused(why=errors.Refusal.QUALITY), StopAll(errors.Refusal.QUALITY, pushes_only=True)),
    (
        errors.RecipientUnreachable(errors.UnreachableReason.MUTED),
        PauseChat(errors.UnreachableReason.MUTED),
    ),
    (errors.RecipientMoved("-100"), Readdress("-100", NOW)),
    (errors.MessageRefused("too long"), GiveUp("refused")),
    (errors.Malformed("code 100"), GiveUp("refused", defect=True)),
    (errors.MediaRefused(), Again(NOW)),
    (errors.WindowClosed(), AsTemplate()),
    (errors.TemplateRefused(errors.TemplateTrouble.PAUSED), GiveUp("template_paused")),
    (errors.TemplateRefused(errors.TemplateTrouble.PARAMETERS), GiveUp("template_parameters", defect=True)),
    (errors.Withheld(), GiveUp("withheld")),
    (errors.OutcomeUnknown(), Uncertain()),
    (errors.SendError(), Uncertain()),
]


@pytest.mark.parametrize(("error", "decision"), TABLE, ids=lambda item: type(item).__name__)
def test_each_error_of_a_group_post_has_one_answer(error, decision):
    assert decide(error, 1, NOW, repeatable=False) == decision


def test_every_leaf_is_in_the_table():
    assert set(errors.SendError.__subclasses__()) <= {type(error) for error, _ in TABLE}


def test_a_repeatable_message_whose_answer_was_lost_goes_once_more():
    assert decide(errors.OutcomeUnknown(), 1, NOW, repeatable=True) == Again(NOW + 5 * SECOND)
    assert decide(errors.OutcomeUnknown(), 2, NOW, repeatable=True) == Uncertain()


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 60), (2, None)])
def test_where_the_channel_tells_later_what_became_of_it_that_is_waited_for_first(attempt, seconds):
    decision = decide(errors.OutcomeUnknown(), attempt, NOW, repeatable=True, settles_within=60 * SECOND)
    assert decision == (Again(NOW + seconds * SECOND) if seconds else Uncertain())


def test_a_post_that_may_not_go_twice_is_not_repeated_after_that_time_either():
    decision = decide(errors.OutcomeUnknown(), 1, NOW, repeatable=False, settles_within=60 * SECOND)
    assert decision == Uncertain()


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(("attempt", "seconds"), [(1, 60), (2, 120), (3, 240), (4, None), (9, None)])
def test_what_the_channel_answered_to_have_failed_goes_again_once_it_had_its_time_to_tell(attempt, seconds, repeatable):
    error = errors.OutcomeUnknown(told_failed=True)
    decision = decide(error, attempt, NOW, repeatable=repeatable, settles_within=60 * SECOND)
    assert decision == (Again(NOW + seconds * SECOND) if seconds else Uncertain())


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, None), (1000, None)])
def test_within_a_window_it_goes_again_ever_later_for_half_an_hour(attempt, minutes, repeatable):
    error = errors.OutcomeUnknown(told_failed=True)
    decision = decide(error, attempt, NOW, repeatable=repeatable, settles_within=60 * SECOND, ends=True)
    assert decision == (Again(NOW + timedelta(minutes=minutes)) if minutes else Uncertain())


def test_a_lost_answer_goes_no_further_for_its_window():
    decision = decide(errors.OutcomeUnknown(), 1, NOW, repeatable=False, settles_within=60 * SECOND, ends=True)
    assert decision == Uncertain()


def test_where_the_channel_tells_nothing_by_itself_what_it_answered_to_have_failed_stays_uncertain():
    assert decide(errors.OutcomeUnknown(told_failed=True), 1, NOW, repeatable=False) == Uncertain()


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 4), (3, 16), (4, 64), (5, 256), (6, 300), (7, 300), (1000, 300)]
)
def test_a_recipient_who_has_had_enough_is_left_alone_ever_longer(attempt, seconds):
    assert decide(errors.RecipientBusy(), attempt, NOW, repeatable=False) == Again(NOW + seconds * SECOND)


@pytest.mark.parametrize(("attempt", "decision"), [(1, Again(NOW)), (2, WithoutMedia()), (9, WithoutMedia())])
def test_a_picture_or_document_is_handed_over_once_more_and_then_left_out(attempt, decision):
    assert decide(errors.MediaRefused(), attempt, NOW, repeatable=False) == decision


def test_a_group_that_moves_again_and_again_is_followed_three_times_and_then_with_a_pause():
    decided = [decide(errors.RecipientMoved("-9"), attempt, NOW, repeatable=False) for attempt in (1, 3, 4)]
    assert [decision.instant for decision in decided] == [NOW, NOW, NOW + 40 * SECOND]


@given(st.integers(1, 10_000))
def test_a_channel_that_stays_down_is_asked_ever_less_often_but_three_times_a_minute(attempt):
    this = decide(errors.ChannelDown(), attempt, NOW, repeatable=False)
    following = decide(errors.ChannelDown(), attempt + 1, NOW, repeatable=False)
    assert NOW < this.instant <= following.instant <= NOW + timedelta(seconds=20)


@given(st.integers(1, 50), st.booleans())
def test_a_post_that_may_have_arrived_is_never_repeated_by_itself(attempt, repeatable):
    decision = decide(errors.OutcomeUnknown(), attempt, NOW, repeatable=repeatable)
    assert isinstance(decision, Uncertain) or repeatable


def test_the_ledger_knows_the_same_reasons_for_which_something_may_have_been_sent():
    assert deliveries.UNANSWERED == UNANSWERED
