"""What can become of a send.

SendError
├── Throttled(retry_at)             the channel asks to wait
├── ChannelBusy                     the channel as a whole takes nothing just now, and tells not for how long
├── RecipientBusy                   too much was sent to this recipient, likewise
├── PersonsLimitReached(opens_at)   to no more persons may be written first today; surely not sent
├── ChannelDown                     surely not sent, try later
├── ChannelRefusesUs(why)           until a person acts (a revoked token, a locked account): stop all sending, rows stay
│   └── PushesRefused               likewise what nobody asked for; it takes answers
├── RecipientUnreachable(reason)    this chat cannot be written to until something changes
├── RecipientMoved(chat_id)         the group has a new id; surely not sent
├── MessageRefused                  this message will never be accepted
│   └── Malformed                   nor this one, by a defect of ours
├── MediaRefused                    its picture or document was not taken; surely not sent
├── WindowClosed                    the person did not write lately: only a template may go, and there is none
├── TemplateRefused(trouble)        the template of this message cannot be used; surely not sent
├── Withheld                        the channel keeps it from the person for now
└── OutcomeUnknown                  handed over, the answer was lost or leaves it open: neither success nor failure
"""

from datetime import datetime
from enum import StrEnum


class SendError(Exception):
    """Base: the message was not confirmed as accepted."""


class Throttled(SendError):
    """The channel asks to wait until `retry_at` (aware); `everywhere`: with whatever is to leave, it says itself."""

    def __init__(self, retry_at: datetime, *, everywhere: bool = False) -> None:
        super().__init__(f"throttled until {retry_at.isoformat()}")
        self.retry_at = retry_at
        self.everywhere = everywhere


class ChannelBusy(SendError):
    """The channel as a whole takes nothing just now, and does not tell for how long; surely not sent."""


class RecipientBusy(SendError):
    """Too much was sent to this recipient lately, and the channel does not tell how long to wait; surely not sent."""


class PersonsLimitReached(SendError):
    """The channel lets us write first to so many persons a day, and to so many we did; room opens at `opens_at`."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"no room until {opens_at.isoformat()}")
        self.opens_at = opens_at


class ChannelDown(SendError):
    """The channel could not be reached; surely nothing was sent."""


class Refusal(StrEnum):
    """Why a channel takes nothing from us until a person acts. The value is shown through the catalogue."""

    CREDENTIALS = "credentials"  # the token, or what it may do
    NUMBER = "number"  # there is no such number for this token
    UNREGISTERED = "unregistered"  # there is, and it may not send yet, or no longer
    NAME = "name"  # the name that it shows is not approved
    LOCKED = "locked"  # the account
    POLICY = "policy"  # blocked for breaking the channel's rules
    COUNTRY = "country"  # it may not write to people there
    PAYMENT = "payment"
    QUALITY = "quality"  # too many recipients blocked or reported us


class ChannelRefusesUs(SendError):
    """The channel takes nothing from us, for `why`; by itself that does not pass."""

    pushes_only = False  # it takes answers

    def __init__(self, words: str = "", *, why: Refusal = Refusal.CREDENTIALS) -> None:
        super().__init__(words)
        self.why = why


class PushesRefused(ChannelRefusesUs):
    """The channel takes nothing from us that nobody asked for; what answers people may go on."""

    pushes_only = True


class UnreachableReason(StrEnum):
    """Why a chat cannot be written to. The value is stored and shown through the catalogue."""

    BLOCKED = "blocked"  # the person blocked the bot
    DEACTIVATED = "deactivated"  # the account is gone
    NEVER_STARTED = "never_started"  # the person never pressed Start
    REMOVED = "removed"  # the bot was removed from the group, or the group is gone
    NOT_FOUND = "not_found"  # the chat id means nothing to the channel
    MUTED = "muted"  # permission to write was taken away
    TOPIC_CLOSED = "topic_closed"
    TOPIC_GONE = "topic_gone"
    NOT_ON_CHANNEL = "not_on_channel"  # no account there, an app too old, its terms not accepted, or we are blocked
    OPTED_OUT = "opted_out"  # the person told the channel, or us, to stop


class RecipientUnreachable(SendError):
    """The chat cannot be written to, for `reason`."""

    def __init__(self, reason: UnreachableReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class RecipientMoved(SendError):
    """The group was upgraded and now has `chat_id`; the message was not sent."""

    def __init__(self, chat_id: str) -> None:
        super().__init__(f"moved to {chat_id}")
        self.chat_id = chat_id


class MessageRefused(SendError):
    """The channel will never accept this message; the text says why."""


class Malformed(MessageRefused):
    """The channel will never accept this message, for a defect of ours; the text, which quotes none, says why."""


class MediaRefused(SendError):
    """The picture or document of the message was not taken; surely nothing was sent."""


class WindowClosed(SendError):
    """The person did not write to us lately: this may only be said by an approved template, and none is mapped."""


class TemplateTrouble(StrEnum):
    """Why a template cannot be used. The value is stored and shown through the catalogue."""

    MISSING = "template_missing"  # the channel has none of this name and language
    PENDING = "template_pending"  # not decided yet
    REJECTED = "template_rejected"  # or against the channel's rules
    PAUSED = "template_paused"  # its readers do not like it; goes on by itself
    DISABLED = "template_disabled"  # for good
    CATEGORY = "template_category"  # too many of ours are in a wrong category
    PARAMETERS = "template_parameters"  # what fills it does not fit what was approved


class TemplateRefused(SendError):
    """The template by which this message would go cannot be used, for `trouble`; surely not sent."""

    def __init__(self, trouble: TemplateTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Withheld(SendError):
    """The channel withholds this message from the person for now, through no fault of either."""


class OutcomeUnknown(SendError):
    """The message was handed over, and whether it went nobody knows.

    `told_failed`: the channel did answer, that something failed on its side; else its answer was lost.
    """

    def __init__(self, words: str = "", *, told_failed: bool = False) -> None:
        super().__init__(words)
        self.told_failed = told_failed
