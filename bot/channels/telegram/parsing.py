"""A raw Telegram update -> InboundMessage. Never raises: what is odd is nothing for us.

Reads the JSON itself (https://core.telegram.org/bots/api#update): building the library's objects costs thirty times
more and refuses a whole update for one unknown field.
"""

import json
from datetime import datetime
from typing import Any

from bot.channels.inbound import Attachment, Chat, InboundMessage, Kind, Poll, Sender
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.addressing import hear
from bot.channels.telegram.fields import Raw, instant, number, part, parts, reference, words
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.membership import membership_kind

ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot stands for a group admin who hides
CHANNEL_BOT = 136817688  # stands for a person who writes as a channel
_MOST = 2**31  # no poll has more votes; the database holds no larger number
_OTHER_CONTENT = (
    *("animation", "audio", "contact", "dice", "game", "giveaway", "invoice", "location", "paid_media", "poll"),
    *("checklist", "sticker", "story", "venue", "video", "video_note", "voice"),
)


def parse_bytes(raw: bytes, bot: BotIdentity, received_at: datetime) -> InboundMessage | None:
    """As `parse_update`, from the stored bytes; None too for what is no JSON."""
    try:
        return parse_update(json.loads(raw), bot, received_at)
    except (ValueError, RecursionError):
        return None


def parse_update(raw: Any, bot: BotIdentity, received_at: datetime) -> InboundMessage | None:
    """What this update says to us, or None: a channel's post, an automatic forward, another bot, a command for one.

    `received_at` (aware) stands in where Telegram tells no time: for presses, which it delivers within 150 seconds.
    """
    if not isinstance(raw, dict):
        return None
    update_id = reference(raw, "update_id")
    if update_id is None:
        return None
    if press := part(raw, "callback_query"):
        return _press(update_id, press, received_at)
    if change := part(raw, "my_chat_member"):
        return _membership(update_id, change, received_at)
    if poll := part(raw, "poll"):
        return _votes(update_id, poll, received_at)
    edited = part(raw, "edited_message")
    message = edited or part(raw, "message")
    chat = _chat(message)
    if chat is None or message.get("is_automatic_forward") is True:
        return None
    at = instant(message, "edit_date") or instant(message, "date") or received_at
    return _service(update_id, message, chat, at) or _said(update_id, message, chat, at, bot, edited=bool(edited))


def _chat(message: Raw) -> Chat | None:
    chat = part(message, "chat")
    chat_id = number(chat, "id")
    if chat_id is None or chat.get("type") not in ("private", "group", "supergroup"):
        return None
    # without the flag, message_thread_id only names a chain of replies, and sending to it fails
    topic = reference(message, "message_thread_id") if message.get("is_topic_message") is True else None
    return Chat(str(chat_id), private=chat.get("type") == "private", title=words(chat, "title"), topic_id=topic)


def _sender(raw: Raw) -> Sender | None:
    """Who did it; None for other bots and for nobody."""
    person = part(raw, "from")
    user_id = number(person, "id")
    if user_id in (ANONYMOUS_ADMIN, CHANNEL_BOT):
        return Sender(str(user_id), name=words(part(raw, "sender_chat"), "title"), anonymous=True)
    if user_id is None or person.get("is_bot") is True:
        return None
    name = f"{words(person, 'first_name')} {words(person, 'last_name')}".strip()
    return Sender(str(user_id), name=name)


def _anybody(raw: Raw) -> Sender:
    """Who did it, bots included: a group's own events count whoever caused them."""
    return _sender(raw) or Sender(reference(part(raw, "from"), "id") or "")


def _press(update_id: str, press: Raw, at: datetime) -> InboundMessage | None:
    message = part(press, "message")
    chat, sender, data = _chat(message), _sender(press), words(press, "data")
    if chat is None or sender is None or not data:
        return None
    return InboundMessage(
        channel=CHANNEL,
        update_id=update_id,
        kind=Kind.PRESS,
        chat=chat,
        sender=sender,
        at=at,
        text=data,
        addressed=True,
        message_ref=reference(message, "message_id"),
        press_id=reference(press, "id"),
    )


def _membership(update_id: str, change: Raw, received_at: datetime) -> InboundMessage | None:
    kind, chat = membership_kind(change), _chat(change)
    if kind is None or chat is None:
        return None
    at = instant(change, "date") or received_at
    return InboundMessage(
        channel=CHANNEL, update_id=update_id, kind=kind, chat=chat, sender=_anybody(change), at=at, addressed=True
    )


def _votes(update_id: str, poll: Raw, at: datetime) -> InboundMessage | None:
    ref, voters = reference(poll, "id"), number(poll, "total_voter_count")
    votes = tuple(number(option, "voter_count") or 0 for option in parts(poll, "options"))
    if ref is None or voters is None or min(votes, default=0) < 0 or not max(votes, default=0) <= voters < _MOST:
        return None
    return InboundMessage(
        channel=CHANNEL,
        update_id=update_id,
        kind=Kind.VOTES,
        chat=Chat("", private=False),
        sender=Sender("", anonymous=True),
        at=at,
        poll=Poll(ref, words(poll, "question"), voters, votes),
    )


def _service(update_id: str, message: Raw, chat: Chat, at: datetime) -> InboundMessage | None:
    """The group's own events: moved to a new id (told in the old chat and in the new one), topic closed, reopened."""
    moved_to: str | None = None
    if new_id := number(message, "migrate_to_chat_id"):
        kind, moved_to = Kind.GROUP_MOVED, str(new_id)
    elif old_id := number(message, "migrate_from_chat_id"):
        kind, moved_to = Kind.GROUP_MOVED, chat.chat_id
        chat = Chat(str(old_id), private=False, title=chat.title)
    elif "forum_topic_closed" in message:
        kind = Kind.TOPIC_CLOSED
    elif "forum_topic_reopened" in message:
        kind = Kind.TOPIC_REOPENED
    else:
        return None
    return InboundMessage(
        channel=CHANNEL,
        update_id=update_id,
        kind=kind,
        chat=chat,
        sender=_anybody(message),
        at=at,
        addressed=True,
        moved_to=moved_to,
    )


def _said(
    update_id: str, message: Raw, chat: Chat, at: datetime, bot: BotIdentity, *, edited: bool
) -> InboundMessage | None:
    """Something that a person wrote or sent."""
    sender, content = _sender(message), _content(message)
    heard = hear(message, bot)
    if sender is None or content is None or (heard.for_another and not chat.private):
        return None
    kind, attachment = content
    forwarded = "forward_origin" in message
    # a forwarded command is somebody else's: it is a text to us
    command = None if forwarded else heard.command
    replied = _replied(message)
    to_us = number(part(replied, "from"), "id") == bot.id
    return InboundMessage(
        channel=CHANNEL,
        update_id=update_id,
        kind=kind if command is None else Kind.COMMAND,
        chat=chat,
        sender=sender,
        at=at,
        text=(words(message, "text") or words(message, "caption")) if forwarded else heard.text,
        command=command,
        addressed=chat.private or to_us or command is not None or (heard.mentioned and not forwarded),
        by_name=heard.mentioned and not forwarded,
        edited=edited,
        forwarded=forwarded,
        message_ref=reference(message, "message_id"),
        reply_to=reference(replied, "message_id"),
        reply_to_buttons=_buttons(replied) if to_us else (),
        attachment=attachment,
        album=reference(message, "media_group_id"),
    )


def _replied(message: Raw) -> Raw:
    replied = part(message, "reply_to_message")
    # in a topic every message "answers" the topic's first service message, which may be ours
    return {} if "forum_topic_created" in replied else replied


def _buttons(message: Raw) -> tuple[str, ...]:
    # the keyboard is a list of lists, which `parts` does not read
    rows = part(message, "reply_markup").get("inline_keyboard")
    lines = [{"row": row} for row in rows] if isinstance(rows, list) else []
    return tuple(data for line in lines for button in parts(line, "row") if (data := words(button, "callback_data")))


def _content(message: Raw) -> tuple[Kind, Attachment | None] | None:
    """What kind of thing it is; None for service messages."""
    if any(name in message for name in _OTHER_CONTENT):
        return Kind.OTHER, None
    if photo := _attachment(max(parts(message, "photo"), key=_area, default={})):
        return Kind.PHOTO, photo
    if document := _attachment(part(message, "document")):
        return Kind.FILE, document
    return (Kind.TEXT, None) if words(message, "text") else None


def _area(size: Raw) -> int:
    return (number(size, "width") or 0) * (number(size, "height") or 0)


def _attachment(raw: Raw) -> Attachment | None:
    file_ref = words(raw, "file_id")
    if not file_ref:
        return None
    return Attachment(file_ref, name=words(raw, "file_name") or None, size=number(raw, "file_size"))
