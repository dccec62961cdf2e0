from datetime import timedelta

from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.channels.telegram.backoff import pause_seconds


def test_pauses_grow_up_to_half_a_minute():
    assert [pause_seconds(TimedOut(), failures) for failures in (1, 2, 3, 5, 6, 5000)] == [1, 2, 4, 16, 30, 30]


def test_telegram_may_ask_for_more():
    assert pause_seconds(RetryAfter(timedelta(minutes=3)), 1) == 180
    assert pause_seconds(NetworkError("Too Many Requests (429)"), 1) == 60
