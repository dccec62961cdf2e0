"""People and groups of the loopback Telegram: what they do becomes updates, as Telegram would word them."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tests.fakes.http_server import Upload
from tests.fakes.telegram_chats import BOT_ID, ChatState, SentMessage
from tests.fakes.telegram_entities import entities

if TYPE_CHECKING:
    from tests.fakes.telegram_server import TelegramServer

_BLOCKED = (403, "Forbidden: bot was blocked by the user")
_NEVER_STARTED = (403, "Forbidden: bot can't initiate conversation with a user")
_DEACTIVATED = (403, "Forbidden: user is deactivated")
_KICKED = (403, "Forbidden: bot was kicked from the supergroup chat")
_MUTED = (400, "not enough rights to send text messages to the chat")
_NO_WRITING = {"is_member": True, "can_send_messages": False}
_press_ids = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with Telegram. Every act is an update that waits for the bot; writing returns the message's id."""

    server: "TelegramServer"
    user_id: int
    name: str

    @property
    def chat_id(self) -> int:
        """The private chat with the bot."""
        return self.user_id

    def as_update_part(self) -> dict[str, Any]:
        """The person as Telegram shows them."""
        return {"id": self.user_id, "is_bot": False, "first_name": self.name}

    def starts(self) -> None:
        """Opens the private chat (without a word), so that the bot may write."""
        self.server.chats.setdefault(self.user_id, ChatState(self.user_id, "private")).barrier = None

    def has_never_started(self) -> None:
        """The bot knows the person but may not write first."""
        self.server.chats[self.user_id] = ChatState(self.user_id, "private", barrier=_NEVER_STARTED)

    def says(
        self,
        text: str,
        *,
        to: "Group | None" = None,
        topic: int | None = None,
        reply_to: SentMessage | None = None,
        **fields: Any,
    ) -> int:
        """Writes a text, in private or into a group."""
        content = {"text": text, "entities": entities(text)} | fields
        return self._writes(content, to, topic, reply_to)

    def edits(self, message_id: int, text: str, *, to: "Group | None" = None) -> None:
        """Changes an earlier text."""
        message = self._message(to, None, message_id) | {"text": text, "entities": entities(text)}
        self.server.push("edited_message", message | {"edit_date": message["date"]})

    def forwards(self, text: str, *, to: "Group | None" = None) -> int:
        """Forwards somebody else's text."""
        origin = {"type": "hidden_user", "sender_user_name": "Orang lain", "date": 1}
        return self.says(text, to=to, forward_origin=origin)

    def sends_photo(
        self,
        caption: str = "",
        *,
        to: "Group | None" = None,
        reply_to: SentMessage | None = None,
        album: str | None = None,
    ) -> int:
        """Sends a photo, in two sizes as Telegram makes them."""
        file_id = self.server.keep_file(Upload("photo.jpg", "image/jpeg", b"\xff\xd8\xff a photo"))
        content: dict[str, Any] = {
            "photo": [
                {"file_id": f"{file_id}-small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 900},
                {"file_id": file_id, "file_unique_id": "l", "width": 1280, "height": 853, "file_size": 90_000},
            ]
        }
        if album:
            content["media_group_id"] = album
        return self._writes(content | _caption(caption), to, None, reply_to)

    def sends_document(
        self,
        name: str = "laporan.pdf",
        caption: str = "",
        *,
        to: "Group | None" = None,
        reply_to: SentMessage | None = None,
    ) -> int:
        """Sends a file."""
        file_id = self.server.keep_file(Upload(name, "application/pdf", b"%PDF a file"))
        document = {"file_id": file_id, "file_unique_id": "d", "file_name": name, "file_size": 11}
        return self._writes({"document": document} | _caption(caption), to, None, reply_to)

    def sends_sticker(self, *, to: "Group | None" = None) -> int:
        """Sends a sticker."""
        return self._writes({"sticker": {"file_id": "sticker", "emoji": "🙂"}}, to, None, None)

    def presses(self, message: SentMessage, label: str, *, accessible: bool = True) -> str:
        """Presses a button; the id of the press, under which `server.answers` holds the bot's answer.

        `accessible` False: the message is too old for Telegram to tell more of it than its id.
        """
        return self.presses_data(message, message.button(label).data or "", accessible=accessible)

    def presses_data(self, message: SentMessage, data: str, *, accessible: bool = True) -> str:
        """Presses a button that carries this data, shown or forged."""
        press_id = f"press-{next(_press_ids)}"
        chat = self.server.chats[message.chat_id].as_update_part()
        shown = (
            message.as_update_part(chat) if accessible else {"chat": chat, "message_id": message.message_id, "date": 0}
        )
        self.server.open_presses.add(press_id)
        self.server.push(
            "callback_query",
            {"id": press_id, "from": self.as_update_part(), "message": shown, "chat_instance": "1", "data": data},
        )
        return press_id

    def votes(self, message: SentMessage, option: str) -> None:
        """Answers a quiz; Telegram tells the bot its new counts, and lets nobody vote twice."""
        poll = message.poll
        if poll is None or self.user_id in poll.votes:
            raise AssertionError("nothing to vote on, or voted already")
        poll.votes[self.user_id] = poll.options.index(option)
        self.server.push("poll", poll.as_update_part())

    def blocks_bot(self) -> None:
        """Blocks the bot."""
        self.server.chats[self.user_id].barrier = _BLOCKED
        _membership(self.server, self.user_id, self, "member", "kicked")

    def unblocks_bot(self) -> None:
        """Lets the bot write again."""
        self.server.chats[self.user_id].barrier = None
        _membership(self.server, self.user_id, self, "kicked", "member")

    def deletes_account(self) -> None:
        """Is gone for good; Telegram tells nobody."""
        self.server.chats[self.user_id].barrier = _DEACTIVATED

    def _writes(
        self, content: dict[str, Any], to: "Group | None", topic: int | None, reply_to: SentMessage | None
    ) -> int:
        if to is None and self.user_id not in self.server.chats:
            self.starts()
        message = self._message(to, topic) | content
        if reply_to is not None:
            chat = self.server.chats[reply_to.chat_id].as_update_part()
            message["reply_to_message"] = reply_to.as_update_part(chat)
        if to is None or self._heard(message):
            self.server.push("message", message)
        return message["message_id"]

    def _message(self, to: "Group | None", topic: int | None, message_id: int | None = None) -> dict[str, Any]:
        chat = self.server.chats[to.chat_id if to else self.user_id]
        message = {
            "message_id": message_id or chat.next_message_id(),
            "date": int(self.server.clock.now().timestamp()),
            "chat": chat.as_update_part(),
            "from": self.as_update_part(),
        }
        return message if topic is None else message | {"message_thread_id": topic, "is_topic_message": True}

    def _heard(self, message: dict[str, Any]) -> bool:
        """Whether a bot in privacy mode is told of a group message: commands to it, and replies to it."""
        if not self.server.privacy_mode:
            return True
        first_word = (message.get("text") or message.get("caption") or "").split(" ")[0]
        command = first_word.startswith("/") and first_word.partition("@")[2] in ("", self.server.bot_name)
        return command or message.get("reply_to_message", {}).get("from", {}).get("id") == BOT_ID


@dataclass(frozen=True)
class Group:
    """A group chat. What happens to it becomes updates."""

    server: "TelegramServer"
    chat_id: int

    @property
    def state(self) -> ChatState:
        """What Telegram knows of it."""
        return self.server.chats[self.chat_id]

    def adds_bot(self, by: Person) -> None:
        """Somebody adds the bot."""
        self.state.barrier = None
        _membership(self.server, self.chat_id, by, "left", "member")

    def removes_bot(self, by: Person) -> None:
        """Somebody removes the bot."""
        self.state.barrier = _KICKED
        _membership(self.server, self.chat_id, by, "member", "kicked")

    def mutes_bot(self, by: Person) -> None:
        """An admin takes the right to write away."""
        self.state.barrier = _MUTED
        _membership(self.server, self.chat_id, by, "member", "restricted", now=_NO_WRITING)

    def unmutes_bot(self, by: Person) -> None:
        """An admin gives the right to write back."""
        self.state.barrier = None
        _membership(self.server, self.chat_id, by, "restricted", "member", before=_NO_WRITING)

    def migrates(self, to: int, by: Person, *, told: bool = True) -> "Group":
        """Becomes a supergroup with a new id; `told` False: the two service messages get lost."""
        old = self.state
        self.server.chats[to] = ChatState(to, "supergroup", old.title)
        old.moved_to = to
        if told:
            self._tells(by, migrate_to_chat_id=to)
            Group(self.server, to)._tells(by, migrate_from_chat_id=self.chat_id)
        return Group(self.server, to)

    def opens_topic(self, topic: int, by: Person) -> None:
        """Makes a topic, or opens a closed one."""
        known = topic in self.state.topics
        self.state.topics[topic] = True
        event = {"forum_topic_reopened": {}} if known else {"forum_topic_created": {"name": "Apel", "icon_color": 1}}
        self._tells(by, message_thread_id=topic, is_topic_message=True, **event)

    def closes_topic(self, topic: int, by: Person) -> None:
        """Closes a topic."""
        self.state.topics[topic] = False
        self._tells(by, message_thread_id=topic, is_topic_message=True, forum_topic_closed={})

    def deletes_topic(self, topic: int) -> None:
        """Deletes a topic; Telegram tells nobody."""
        del self.state.topics[topic]

    def anonymous_admin_says(self, text: str) -> int:
        """An admin writes as the group."""
        chat = self.state.as_update_part()
        bot = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        return self._tells(None, text=text, entities=entities(text), sender_chat=chat, **{"from": bot})

    def _tells(self, by: Person | None, **fields: Any) -> int:
        message = {
            "message_id": self.state.next_message_id(),
            "date": int(self.server.clock.now().timestamp()),
            "chat": self.state.as_update_part(),
        }
        sender = {} if by is None else {"from": by.as_update_part()}
        self.server.push("message", message | sender | fields)
        return message["message_id"]


def _membership(
    server: "TelegramServer",
    chat_id: int,
    by: Person,
    old: str,
    new: str,
    before: Mapping[str, bool] = MappingProxyType({}),
    now: Mapping[str, bool] = MappingProxyType({}),
) -> None:
    bot = {"id": BOT_ID, "is_bot": True, "first_name": "Apel", "username": server.bot_name}
    server.push(
        "my_chat_member",
        {
            "chat": server.chats[chat_id].as_update_part(),
            "from": by.as_update_part(),
            "date": int(server.clock.now().timestamp()),
            "old_chat_member": {"status": old, "user": bot, **before},
            "new_chat_member": {"status": new, "user": bot, **now},
        },
    )


def _caption(caption: str) -> dict[str, Any]:
    return {"caption": caption, "caption_entities": entities(caption)} if caption else {}
