from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.rate_limit import Limits, RateLimit

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_chat_gets_one_message_a_second():
    limit = RateLimit(Limits())
    assert limit.permit("1", NOW, group=False) == NOW
    assert limit.permit("1", NOW, group=False) == NOW + SECOND
    assert limit.permit("2", NOW, group=False) == NOW
    assert limit.permit("1", NOW + SECOND, group=False) == NOW + SECOND


def test_a_group_gets_twenty_messages_a_minute():
    limit = RateLimit(Limits())
    for second in range(20):
        assert limit.permit("g", NOW + second * SECOND, group=True) == NOW + second * SECOND
    assert limit.permit("g", NOW + 20 * SECOND, group=True) == NOW + 60 * SECOND


def test_a_chat_once_known_as_a_group_is_limited_as_one():
    limit = RateLimit(Limits(per_group_minute=2))
    asked = [(0, False), (1, True), (2, False), (3, False)]
    permits = [limit.permit("g", NOW + second * SECOND, group=group) for second, group in asked]
    assert permits[:3] == [NOW, NOW + SECOND, NOW + 2 * SECOND]
    assert permits[3] == NOW + 61 * SECOND


def test_the_whole_channel_sends_thirty_a_second():
    limit = RateLimit(Limits())
    permits = [limit.permit(str(chat), NOW, group=False) for chat in range(31)]
    assert permits == [NOW] * 30 + [NOW + SECOND]


def test_a_refused_permit_takes_nothing():
    limit = RateLimit(Limits())
    limit.permit("1", NOW, group=False)
    for _ in range(100):
        limit.permit("1", NOW, group=False)
    assert limit.permit("1", NOW + SECOND, group=False) == NOW + SECOND


def test_without_limits_only_holds_count():
    limit = RateLimit(None)
    assert {limit.permit("1", NOW, group=True) for _ in range(100)} == {NOW}
    limit.hold(NOW + SECOND, "1")
    assert limit.permit("1", NOW, group=True) == NOW + SECOND
    assert limit.permit("2", NOW, group=True) == NOW


def test_a_hold_of_the_channel_holds_every_chat_and_is_never_shortened():
    limit = RateLimit(Limits())
    limit.hold(NOW + 10 * SECOND)
    limit.hold(NOW + 5 * SECOND)
    assert limit.earliest("1", NOW, group=False) == NOW + 10 * SECOND
    limit.forget_idle(NOW + 10 * SECOND)
    assert limit.permit("1", NOW + 10 * SECOND, group=False) == NOW + 10 * SECOND


def test_forgetting_ten_thousand_idle_chats_frees_them_and_keeps_the_busy_ones():
    limit = RateLimit(Limits(per_second=100_000))
    for chat in range(10_001):
        limit.permit(str(chat), NOW, group=False)
    limit.permit("busy", NOW + SECOND, group=False)
    limit.forget_idle(NOW + SECOND)
    assert list(limit._chats) == ["busy"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900)), max_size=300))
def test_no_window_ever_holds_more_than_its_limit(asks):
    limits = Limits(per_second=3, per_chat_second=1, per_group_minute=4)
    limit, at, taken = RateLimit(limits), NOW, []
    for chat, milliseconds in asks:
        at += timedelta(milliseconds=milliseconds)
        if limit.permit(str(chat), at, group=True) == at:
            taken.append((chat, at))
    for _, start in taken:
        within = [chat for chat, instant in taken if start <= instant < start + SECOND]
        minute = [chat for chat, instant in taken if start <= instant < start + 60 * SECOND]
        assert len(within) <= 3
        assert all(within.count(chat) <= 1 for chat in within)
        assert all(minute.count(chat) <= 4 for chat in minute)
