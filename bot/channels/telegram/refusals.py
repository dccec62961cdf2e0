"""What Telegram's refusals and the library's errors mean for a send, as leaves of `scheduler.errors`.

The wording is that of Telegram's own servers (tdlib/telegram-bot-api, `Client.cpp`). The library lower-cases most of
it, so everything is compared lower-cased, by part. Its NetworkError is the base of both permanent refusals
(BadRequest) and lost answers (TimedOut): the order of the checks matters.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError, InvalidURL
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from scheduler.errors import (
    ChannelDown,
    ChannelRefusesUs,
    Malformed,
    MediaRefused,
    MessageRefused,
    OutcomeUnknown,
    RecipientMoved,
    RecipientUnreachable,
    SendError,
    Throttled,
    UnreachableReason,
)

# what a call raises when no usable answer came; the last three are the library's, for JSON that is not as documented
NO_USABLE_ANSWER = (TelegramError, KeyError, TypeError, AttributeError)
UNTOLD_WAIT = timedelta(seconds=60)  # a 429 that names no time, or none to come
_LONGEST_WAIT = timedelta(days=30)  # what is longer is a mistake: then it is asked again, whatever it told
# No connection was had: nobody listens, no name or certificate, a proxy that refuses, no free place in the pool.
# A connection that breaks under a request is not among them: it may have been read before.
_NEVER_LEFT = (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError, InvalidURL)

_UNREACHABLE = (
    ("bot was blocked by the user", UnreachableReason.BLOCKED),
    ("user is deactivated", UnreachableReason.DEACTIVATED),
    ("can't initiate conversation", UnreachableReason.NEVER_STARTED),
    ("bot was kicked", UnreachableReason.REMOVED),
    ("bot is not a member", UnreachableReason.REMOVED),
    ("chat was deleted", UnreachableReason.REMOVED),
    ("chat not found", UnreachableReason.NOT_FOUND),
    ("user not found", UnreachableReason.NOT_FOUND),
    ("peer_id_invalid", UnreachableReason.NOT_FOUND),
    ("message thread not found", UnreachableReason.TOPIC_GONE),
    ("topic_deleted", UnreachableReason.TOPIC_GONE),
    ("topic_closed", UnreachableReason.TOPIC_CLOSED),
    ("not enough rights to send", UnreachableReason.MUTED),
    ("chat_write_forbidden", UnreachableReason.MUTED),
    ("chat_send_", UnreachableReason.MUTED),  # CHAT_SEND_PHOTOS_FORBIDDEN and its like
    ("chat_restricted", UnreachableReason.MUTED),
    ("have no write access to the chat", UnreachableReason.MUTED),
    ("need administrator rights", UnreachableReason.MUTED),
    ("have no rights to send", UnreachableReason.MUTED),
)
_MEDIA = (
    "wrong file identifier",
    "wrong remote file identifier",
    "can't use file of type",
    "image_process_failed",
    "photo_invalid_dimensions",
    "photo_ext_invalid",
)
_NOT_EDITED = ("message to edit not found", "message can't be edited")  # somebody deleted it, or it is too old
_QUOTED = re.compile(r"""(?<!\w)(["']).*?\1(?!\w)""")  # of what we sent


def send_error(error: Exception, now: datetime) -> SendError:
    """What became of a send that ended in `error`; whatever is not known to be a "no" is OutcomeUnknown."""
    match error:
        case RetryAfter():
            return Throttled(now + wait(error))
        case ChatMigrated():
            return RecipientMoved(str(error.new_chat_id))
        case InvalidToken():
            return ChannelRefusesUs("the token is not accepted")
        case Conflict():
            return ChannelDown("conflict")
        case Forbidden() | BadRequest():
            return _refusal(error)
        case NetworkError():
            return _network_error(error, now)
    return OutcomeUnknown(type(error).__name__)


def wait(error: RetryAfter) -> timedelta:
    """How long to wait; the library tells it as a number of seconds or as a timedelta, by its settings."""
    told = error.retry_after
    return _bounded(told.total_seconds() if isinstance(told, timedelta) else told)


def told_wait(answer: Any) -> timedelta:
    """How long to wait after a 429 with this body, as builtins; however odd the body, it is a refusal."""
    try:
        return _bounded(float(answer["parameters"]["retry_after"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return UNTOLD_WAIT


def is_throttled(error: Exception) -> bool:
    """A 429 that names no time arrives as a plain NetworkError."""
    return "too many requests" in _text(error)


def was_sent(error: Exception) -> bool:
    """The message was accepted, and deleted before Telegram could show it to us."""
    return "sent message was immediately deleted" in _text(error)


def nothing_to_change(error: Exception) -> bool:
    """The edit asked for what is there already."""
    return isinstance(error, BadRequest) and "message is not modified" in _text(error)


def has_caption_only(error: Exception) -> bool:
    """The message to edit is a picture or document."""
    return isinstance(error, BadRequest) and "there is no text in the message to edit" in _text(error)


def markup_is_broken(error: Exception) -> bool:
    """Our markup does not parse: a defect of ours."""
    return isinstance(error, BadRequest) and "can't parse entities" in _text(error)


def allows_no_polls(error: Exception) -> bool:
    """The chat takes messages of ours, and no polls."""
    return re.search(r"(?:not enough|have no) rights to send polls", _text(error)) is not None


def byte_offset(error: Exception) -> str:
    """Where the markup breaks, without a word of the text itself."""
    found = re.search(r"byte offset \d+", _text(error))
    return found[0] if found else "no offset told"


def _bounded(seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, _LONGEST_WAIT.total_seconds())) if seconds > 0 else UNTOLD_WAIT


def _refusal(error: Forbidden | BadRequest) -> SendError:
    text = _text(error)
    for part, reason in _UNREACHABLE:
        if part in text:
            return RecipientUnreachable(reason)
    if any(part in text for part in _MEDIA):
        return MediaRefused(text)
    if any(part in text for part in _NOT_EDITED):
        return MessageRefused(text)
    # a 403 in words that we do not know still means: not into this chat
    muted = RecipientUnreachable(UnreachableReason.MUTED)
    return muted if isinstance(error, Forbidden) else Malformed(_QUOTED.sub("…", text))


def _network_error(error: NetworkError, now: datetime) -> SendError:
    if is_throttled(error):
        return Throttled(now + UNTOLD_WAIT)
    if "request entity too large" in _text(error):
        return Malformed("request entity too large")
    if isinstance(error.__cause__, _NEVER_LEFT):
        return ChannelDown(type(error.__cause__).__name__)
    return OutcomeUnknown(type(error.__cause__ or error).__name__)


def _text(error: Exception) -> str:
    return str(error).lower()
