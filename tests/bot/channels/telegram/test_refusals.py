from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import (
    ClientConnectionResetError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientHttpProxyError,
    ClientOSError,
    ClientPayloadError,
    ClientProxyConnectionError,
    ConnectionTimeoutError,
    InvalidURL,
    RequestInfo,
    ServerDisconnectedError,
    SocketTimeoutError,
)
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from yarl import URL

from bot.channels.telegram import refusals
from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    Malformed,
    MediaRefused,
    MessageRefused,
    OutcomeUnknown,
    RecipientMoved,
    RecipientUnreachable,
    Throttled,
    UnreachableReason,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HERE = ConnectionKey("127.0.0.1", 9, False, True, None, None, None)
ASKED = RequestInfo(URL("http://127.0.0.1:9"), "CONNECT", CIMultiDictProxy(CIMultiDict()))


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("Forbidden: bot was kicked from the group chat"), UnreachableReason.REMOVED),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), UnreachableReason.REMOVED),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), UnreachableReason.REMOVED),
        (Forbidden("Forbidden: the group chat was deleted"), UnreachableReason.REMOVED),
        (Forbidden("Forbidden: bot was blocked by the user"), UnreachableReason.BLOCKED),
        (Forbidden("Forbidden: user is deactivated"), UnreachableReason.DEACTIVATED),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), UnreachableReason.NEVER_STARTED),
        (Forbidden("Forbidden: something new"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: chat not found"), UnreachableReason.NOT_FOUND),
        (BadRequest("Bad Request: PEER_ID_INVALID"), UnreachableReason.NOT_FOUND),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: not enough rights to send photos to the chat"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: have no write access to the chat"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: need administrator rights in the channel chat"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: have no rights to send a message"), UnreachableReason.MUTED),
        (BadRequest("Bad Request: message thread not found"), UnreachableReason.TOPIC_GONE),
        (BadRequest("Bad Request: TOPIC_DELETED"), UnreachableReason.TOPIC_GONE),
        (BadRequest("Bad Request: TOPIC_CLOSED"), UnreachableReason.TOPIC_CLOSED),
    ],
)
def test_the_chat_cannot_be_written_to(error, reason):
    meant = refusals.send_error(error, NOW)
    assert (type(meant), meant.reason) == (RecipientUnreachable, reason)


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Bad Request: message is too long"),
        BadRequest("Bad Request: message caption is too long"),
        BadRequest("Bad Request: message text is empty"),
        BadRequest("Bad Request: can't parse entities: unsupported start tag"),
        BadRequest("Bad Request: BUTTON_DATA_INVALID"),
        NetworkError("Request Entity Too Large"),
    ],
)
def test_the_message_will_never_be_accepted_which_is_our_fault(error):
    assert type(refusals.send_error(error, NOW)) is Malformed


@pytest.mark.parametrize("text", ["message to edit not found", "message can't be edited"])
def test_an_edit_will_never_be_accepted_which_is_nobodys_fault(text):
    assert type(refusals.send_error(BadRequest(f"Bad Request: {text}"), NOW)) is MessageRefused


def test_what_a_refusal_quotes_of_the_message_is_not_told():
    text = "Bad Request: inline keyboard button URL 'https://contoh.go.id/rahasia' can't be used: \"x\" doesn't fit"
    assert (
        str(refusals.send_error(BadRequest(text), NOW)) == "inline keyboard button url … can't be used: … doesn't fit"
    )


@pytest.mark.parametrize(
    "text",
    [
        "wrong file identifier/HTTP URL specified",
        "wrong remote file identifier specified: wrong padding length",
        "can't use file of type Document as Photo",
        "IMAGE_PROCESS_FAILED",
        "PHOTO_INVALID_DIMENSIONS",
    ],
)
def test_the_words_go_without_what_was_not_taken(text):
    assert type(refusals.send_error(BadRequest(f"Bad Request: {text}"), NOW)) is MediaRefused


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RetryAfter(7), 7),
        (RetryAfter(timedelta(hours=2)), 7200),
        (RetryAfter(timedelta(days=3)), 3 * 86_400),
        (RetryAfter(2**31), 30 * 86_400),
        (RetryAfter(10**13), 30 * 86_400),
        (RetryAfter(-3), 60),
        (NetworkError("Too Many Requests (429)"), 60),
    ],
)
def test_throttled_until(error, seconds):
    meant = refusals.send_error(error, NOW)
    assert (type(meant), meant.retry_at) == (Throttled, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("told", [7, 7.0, timedelta(seconds=7)])
def test_a_wait_may_be_told_as_a_number_or_as_a_timedelta(told):
    class Told(RetryAfter):
        retry_after = told

    assert refusals.wait(Told(7)) == timedelta(seconds=7)


def test_a_moved_group_tells_its_new_id():
    meant = refusals.send_error(ChatMigrated(-100500), NOW)
    assert (type(meant), meant.chat_id) == (RecipientMoved, "-100500")


def test_a_revoked_token_stops_everything():
    assert type(refusals.send_error(InvalidToken("Unauthorized"), NOW)) is ChannelRefusesUs


@pytest.mark.parametrize(
    "error",
    [
        caused(NetworkError("x"), ClientConnectorError(HERE, OSError(111, "refused"))),
        caused(NetworkError("x"), ClientConnectorDNSError(HERE, OSError(-2, "unknown"))),
        caused(NetworkError("x"), ClientProxyConnectionError(HERE, OSError(111, "refused"))),
        caused(NetworkError("x"), ClientHttpProxyError(ASKED, ())),
        caused(NetworkError("x"), InvalidURL("x")),
        caused(TimedOut("x"), ConnectionTimeoutError("")),
        Conflict("Conflict: terminated"),
    ],
)
def test_surely_not_sent(error):
    assert type(refusals.send_error(error, NOW)) is ChannelDown


@pytest.mark.parametrize(
    "error",
    [
        caused(TimedOut("x"), SocketTimeoutError("")),
        caused(TimedOut("x"), TimeoutError()),
        caused(NetworkError("x"), ServerDisconnectedError()),
        caused(NetworkError("x"), ClientOSError(104, "reset")),
        caused(NetworkError("x"), ClientConnectionResetError("closing")),
        caused(NetworkError("x"), ClientPayloadError("")),
        NetworkError("Internal Server Error: restart"),
        NetworkError("Bad Gateway (502)"),
        TelegramError("Invalid server response"),
        KeyError("result"),
        ValueError("whatever"),
    ],
)
def test_nobody_knows_whether_it_was_sent(error):
    assert type(refusals.send_error(error, NOW)) is OutcomeUnknown


def test_some_refusals_are_successes():
    assert refusals.nothing_to_change(BadRequest("Bad Request: message is not modified: specified new message content"))
    assert refusals.was_sent(
        NetworkError("Internal Server Error: sent message was immediately deleted and can't be returned")
    )


def test_the_place_of_broken_markup_is_told_without_its_words():
    error = BadRequest('Bad Request: can\'t parse entities: unsupported start tag "rahasia" at byte offset 12')
    assert refusals.markup_is_broken(error)
    assert refusals.byte_offset(error) == "byte offset 12"
