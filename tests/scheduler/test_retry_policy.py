from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import errors
from scheduler.retry_policy import Again, GiveUp, PauseChat, Readdress, StopAll, Uncertain, decide

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)

TABLE = [
    (errors.Throttled(NOW + 90 * SECOND), Again(NOW + 90 * SECOND, counts=False)),
    (errors.Throttled(NOW - 90 * SECOND), Again(NOW, counts=False)),
    (errors.ChannelDown(), Again(NOW + 5 * SECOND)),
    (errors.ChannelRefusesUs(), StopAll()),
    (
        errors.RecipientUnreachable(errors.UnreachableReason.MUTED),
        PauseChat(errors.UnreachableReason.MUTED),
    ),
    (errors.RecipientMoved("-100"), Readdress("-100", NOW)),
    (errors.MessageRefused("too long"), GiveUp("refused")),
    (errors.WindowClosed(), GiveUp("window_closed")),
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
