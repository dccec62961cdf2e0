"""What comes in, channel-neutral: channels parse their wire format into this, conversations see nothing else."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Unreadable(Exception):
    """An update is not as its channel documents it; the words say in what, and nothing of its content."""


class Kind(StrEnum):
    """What happened."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"  # a button
    PHOTO = "photo"
    FILE = "file"
    OTHER = "other"  # sticker, voice, location, poll...: nothing we work with
    GROUP_JOINED = "group_joined"  # the bot was added to a group, or may write there again
    GROUP_MUTED = "group_muted"  # the bot may no longer write in the group
    GROUP_LEFT = "group_left"  # the bot was removed, or the group is gone
    GROUP_MOVED = "group_moved"  # the group has a new id: `moved_to`
    TOPIC_CLOSED = "topic_closed"
    TOPIC_REOPENED = "topic_reopened"
    PERSON_BLOCKED = "person_blocked"
    PERSON_RETURNED = "person_returned"
    VOTES = "votes"  # how a poll of ours stands: `poll`; it names neither chat nor person


class Chat(Struct, frozen=True, omit_defaults=True):
    """Where it happened."""

    chat_id: str
    private: bool
    title: str = ""
    topic_id: str | None = None


class Sender(Struct, frozen=True, omit_defaults=True):
    """Who did it. `anonymous`: a group admin or a channel that hides the person; nobody can be named then.

    `phone`: where the channel tells it. Where it tells that alone, `user_id` and the id of the chat are "" until it is
    looked up whose number that is (`bot.conversations.accounts`).
    """

    user_id: str
    name: str = ""
    anonymous: bool = False
    phone: str | None = None


class Attachment(Struct, frozen=True, omit_defaults=True):
    """A photo or file, by the channel's own reference; its bytes stay with the channel."""

    file_ref: str
    name: str | None = None
    size: int | None = None  # bytes


class Poll(Struct, frozen=True):
    """A poll as the channel counts it: its own reference, and how many chose each option, in order."""

    ref: str
    question: str
    voters: int
    votes: tuple[int, ...]


class InboundMessage(Struct, frozen=True, omit_defaults=True):
    """One thing that came in.

    `addressed`: in a private chat always; in a group only for /command@bot, a bare command, a reply to the bot, or a
    mention; `by_name` when it was called by its name, so that no other bot can be meant. `text` of a command is what
    stands behind it; of a photo or file its caption. `at` is aware.
    """

    channel: str
    update_id: str
    kind: Kind
    chat: Chat
    sender: Sender
    at: datetime
    text: str = ""
    command: str | None = None  # without slash and bot name, lower case
    addressed: bool = False
    by_name: bool = False
    edited: bool = False
    forwarded: bool = False
    message_ref: str | None = None
    reply_to: str | None = None  # reference of the message it answers
    reply_to_buttons: tuple[str, ...] = ()  # what the buttons under that message send, where it is ours
    press_id: str | None = None  # to acknowledge a press
    attachment: Attachment | None = None
    album: str | None = None  # items of one album share it
    moved_to: str | None = None
    poll: Poll | None = None
