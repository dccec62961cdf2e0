"""The port through which everything leaves. A channel implements Sender; `bot.application` hands it in."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from content.message import Message


class Destination(Struct, frozen=True, omit_defaults=True):
    """Where a message goes: a chat of a channel, and the topic in it where the group has topics."""

    channel: str  # "telegram", "whatsapp", "console"
    chat_id: str
    topic_id: str | None = None


class LedgerEntry(Struct, frozen=True):
    """Which row leaves: for channels that are told later what became of it, or that push by a template of its key.

    `began`: the aware instant since which it is being sent, as the row has it. It tells one attempt from another, and
    this row from one that had its number before a restore.
    """

    id: int
    key: str  # of the message in the catalogue; its parameters stand in the row
    began: datetime | None = None


class SendReceipt(Struct, frozen=True):
    """What the channel proves: it accepted the message under this reference. Not that anyone read it."""

    message_ref: str | None
    file_ref: str | None = None  # the channel's reference of an uploaded picture or document
    poll_ref: str | None = None  # the channel's reference of the poll, where a quiz was sent as one


class Sender(Protocol):
    """A channel's way out. Every method may raise the leaves of `scheduler.errors.SendError` and nothing else."""

    polls: bool  # whether a quiz can be sent as a poll of the channel's own; else its text and choices are

    async def send(self, destination: Destination, message: Message, entry: LedgerEntry | None = None) -> SendReceipt:
        """Send one message; once it was handed to the network a lost answer is OutcomeUnknown.

        `entry`: the row that leaves; None for what no ledger knows.
        """
        ...

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        """Replace an earlier message's text and choices; an edit without effect is a success.

        Never asked of a channel that cannot (`scheduler.abilities`).
        """
        ...
