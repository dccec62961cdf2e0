"""Logging, set up once: one line an event, for people or for machines, never a token or phone number in it."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

# Whole, with its colon escaped, or the secret half alone: a proxy may quote what it was asked for in its own way.
_TOKEN = re.compile(
    r"\d+(?::|%3A)[A-Z0-9_-]{20,}|(?:(?<![A-Z0-9_-])|(?<=bot))AA[A-Z0-9_-]{33}(?![A-Z0-9_-])", re.IGNORECASE
)
_META_TOKEN = re.compile(r"\bEAA[A-Za-z0-9_-]{10,}")
# A reference of WhatsApp's is the number in base64. Of digits alone a number has ten to fifteen, but for an instant of
# Unix time in seconds or milliseconds, and a group of Telegram's, which has a minus; Indonesians write it in groups,
# with or without the zero. An address writes a plus as %2B, and a word may hang on a whole Indonesian number.
_PHONE = re.compile(
    r"""
    \bphone:\d+ | \bwamid\.[A-Za-z0-9+/=_-]+
    | %2[Bb][1-9]\d{7,14} | (?<![^\W_])(?<!-)(?<!\d\.)(?:62|0)8\d{8,11}(?=[A-Za-z])
    | (?<![^\W_])(?<!-)(?<!\d\.)(?: \+[1-9](?:[ ().-]{0,2}\d){7,14}
      | (?:62|0)[ .(-]{0,2}8\d{1,3}(?:[ .)-]{0,2}\d{2,5}){2,3}
      | 8\d{2}[ -]\d{3,4}[ -]\d{3,5}
      | (?!1[5-9]\d{8}(?:\d{3})?(?!\d))\d{10,15} )(?![^\W_])
    """,
    re.VERBOSE,
)
_REDACTED = "<token>"
_NUMBER = "<phone>"

# What an event is about, as `extra` names it: a push from its planning to its message is found by one number.
_ABOUT = ("push", "delivery", "message_ref", "channel", "schedule")

_LEVELS = {
    "httpx": logging.WARNING,  # logs every URL at INFO, and Telegram's URLs hold the token
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,  # logs addresses and message bodies at DEBUG
    "telegram.request.BaseRequest": logging.CRITICAL,  # logs answers it cannot read, and those quote messages
    "apscheduler": logging.WARNING,  # tells of every wake-up
    "aiosqlite": logging.INFO,
    "alembic": logging.WARNING,
}


def redact(text: str) -> str:
    """The text with every token and phone number blotted out."""
    return _PHONE.sub(_NUMBER, _META_TOKEN.sub(_REDACTED, _TOKEN.sub(_REDACTED, text)))


class TextFormatter(logging.Formatter):
    """For people: time in UTC, level, logger, message; tracebacks below. Redacted as a whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as lines of text."""
        about = "".join(f" {name}={value}" for name, value in _about(record).items())
        first, *trace = super().format(record).split("\n", 1)
        return redact("\n".join([f"{_time(record)} {record.levelname:<7} {record.name}: {first}{about}", *trace]))


class JsonFormatter(logging.Formatter):
    """For machines: one JSON object a line. Redacted before it is JSON, which writes a line's end as a letter."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        event = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
            **{name: redact(value) if isinstance(value, str) else value for name, value in _about(record).items()},
        }
        if record.exc_info:
            event["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)


def setup_logging(log_format: str, stream: TextIO = sys.stderr, *, level: int = logging.INFO) -> None:
    """Send all logs from `level` on to `stream`, as "text" or "json"; replaces whatever was set up before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _LEVELS.items():
        logging.getLogger(name).setLevel(max(least, level))
    logging.captureWarnings(capture=True)


def _about(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name in _ABOUT if (value := getattr(record, name, None)) is not None}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
