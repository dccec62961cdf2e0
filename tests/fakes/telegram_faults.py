"""What can go wrong with a call to Telegram, to be handed to `TelegramServer.next_call`."""

import asyncio
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Refuse:
    """Answer this, accept nothing."""

    status: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Break:
    """Answer 200 with this body; what was asked has been done if `accepted`."""

    body: bytes
    accepted: bool = True


@dataclass(frozen=True)
class Lose:
    """Close the connection without an answer; what was asked has been done if `accepted`."""

    accepted: bool = True


@dataclass(frozen=True)
class Hold:
    """Accept the call when `release` is set, not before; `arrived` tells that it is here."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


Fault = Refuse | Break | Lose | Hold


def throttled(seconds: int = 30) -> Refuse:
    """429 with a time to wait."""
    return Refuse(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def forbidden(reason: str = "bot was blocked by the user") -> Refuse:
    """403."""
    return Refuse(403, f"Forbidden: {reason}")


def bad_request(reason: str) -> Refuse:
    """400."""
    return Refuse(400, f"Bad Request: {reason}")


def unauthorized() -> Refuse:
    """401: the token was revoked."""
    return Refuse(401, "Unauthorized")


def server_error(status: int = 500, reason: str = "Internal Server Error: restart") -> Refuse:
    """5xx."""
    return Refuse(status, reason)


def migrated(to: int) -> Refuse:
    """400 with the new id of the group."""
    return Refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": to})


def lost_answer() -> Lose:
    """Accepted, then the connection breaks."""
    return Lose()


def lost_request() -> Lose:
    """The connection breaks before anything is done; the caller cannot know."""
    return Lose(accepted=False)


def never_answered() -> Hold:
    """Neither accepted nor answered until the caller gives up."""
    return Hold()


def broken_answer() -> Break:
    """Accepted, answered with half a JSON."""
    return Break(b'{"ok": true, "resu')
