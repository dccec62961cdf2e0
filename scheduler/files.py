"""The port through which files are had of a channel and given to one, and what a file is by its first bytes.

Whatever comes in is somebody's: it is kept and handed on as it is, and never opened.
"""

from enum import StrEnum
from typing import Protocol

OTHER = "application/octet-stream"
PICTURES = ("image/jpeg", "image/png")  # what every channel shows as one
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),  # what newer office programs write, too
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),  # older ones
)


class Gone(StrEnum):
    """Why a file is not had. The value is kept."""

    REFUSED = "refused"  # the channel does not know it, or not any more
    TOO_LARGE = "too_large"
    TOO_LATE = "too_late"  # it was tried for as long as the channel has it
    NO_CHANNEL = "no_channel"  # the channel it came by is not in use


class FileGone(Exception):
    """The file cannot be had, for `reason`."""

    def __init__(self, reason: Gone) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ChannelFiles(Protocol):
    """A channel's files."""

    async def fetch(self, reference: str) -> bytes:
        """The bytes of what the channel calls so.

        Raises:
            FileGone: the channel does not give it.
            ChannelDown, ChannelRefusesUs: not now; perhaps later.
        """
        ...

    async def upload(self, name: str, media_type: str, data: bytes) -> str | None:
        """Leave a file with the channel; what it is called there. None where a file goes only with its message.

        Raises:
            SendError: by its leaves, as for a send; MediaRefused where the channel takes no such file.
        """
        ...


def harmless_name(name: str) -> str:
    """A file's name as its sender called it, without what turns, breaks or leaves a line, a header or a folder."""
    shown = "".join(letter if letter.isprintable() and letter not in '/\\"' else " " for letter in name)
    return " ".join(shown.split()).lstrip(". ")[:100]


def media_type_of(data: bytes) -> str:
    """What the bytes begin like; `OTHER` for what is not known."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), OTHER)
