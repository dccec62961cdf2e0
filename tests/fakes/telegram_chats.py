"""What the loopback Telegram remembers: chats, and the messages that the bot sent into them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.http_server import Upload

BOT_ID = 123456789


@dataclass(frozen=True)
class Button:
    """A button under a message."""

    label: str
    data: str | None
    url: str | None

    def as_update_part(self) -> dict[str, str]:
        """The button as Telegram shows it under a message."""
        content = {"callback_data": self.data, "url": self.url}
        return {"text": self.label} | {name: value for name, value in content.items() if value is not None}


@dataclass
class Poll:
    """A quiz that the bot sent, with the votes that it has."""

    poll_id: str
    question: str
    options: list[str]
    right: list[int]
    explanation: str
    votes: dict[int, int] = field(default_factory=dict)  # who (user id) -> which option

    def as_update_part(self) -> dict[str, Any]:
        """The poll as Telegram shows it: anonymous, so numbers alone."""
        chosen = list(self.votes.values())
        return {
            "id": self.poll_id,
            "question": self.question,
            "options": [
                {"persistent_id": str(place), "text": text, "voter_count": chosen.count(place)}
                for place, text in enumerate(self.options)
            ],
            "total_voter_count": len(chosen),
            "is_closed": False,
            "is_anonymous": True,
            "type": "quiz",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "correct_option_ids": self.right,
            "explanation": self.explanation,
        }


@dataclass
class SentMessage:
    """A message that the bot sent and Telegram accepted."""

    chat_id: int
    message_id: int
    topic_id: int | None
    text: str  # as people read it: entities parsed, a picture's caption included
    raw_text: str  # as it arrived
    at: datetime
    buttons: list[list[Button]] = field(default_factory=list)
    photo: str | None = None  # file id
    document: Upload | None = None
    poll: Poll | None = None
    edits: list[str] = field(default_factory=list)  # earlier texts

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons, row by row."""
        return [button.label for row in self.buttons for button in row]

    def button(self, label: str) -> Button:
        """The button with this label, or whose label contains it."""
        found = [button for row in self.buttons for button in row if label in button.label]
        exact = [button for button in found if button.label == label]
        if not found:
            raise AssertionError(f"no button {label!r} under {self.text!r}: {self.labels}")
        return (exact or found)[0]

    def as_update_part(self, chat: dict[str, Any]) -> dict[str, Any]:
        """The message as Telegram shows it inside updates and answers."""
        part: dict[str, Any] = {
            "message_id": self.message_id,
            "date": int(self.at.timestamp()),
            "chat": chat,
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Apel", "username": "apel_bot"},
        }
        if self.topic_id is not None:
            part |= {"message_thread_id": self.topic_id, "is_topic_message": True}
        if self.photo is not None:
            part["photo"] = [{"file_id": self.photo, "file_unique_id": "u", "width": 90, "height": 90}]
        if self.document is not None:
            part["document"] = {"file_id": f"document-{self.message_id}", "file_unique_id": "u"}
        if self.buttons:
            rows = [[button.as_update_part() for button in row] for row in self.buttons]
            part["reply_markup"] = {"inline_keyboard": rows}
        if self.poll is not None:
            return part | {"poll": self.poll.as_update_part()}
        part["text" if self.photo is None and self.document is None else "caption"] = self.text
        return part


@dataclass
class ChatState:
    """A chat as Telegram's servers know it. `barrier` is the refusal that a message into it would get now."""

    chat_id: int
    kind: str  # "private", "group", "supergroup"
    title: str = ""
    barrier: tuple[int, str] | None = None
    moved_to: int | None = None
    allows_polls: bool = True
    topics: dict[int, bool] = field(default_factory=dict)  # topic id -> open
    last_message_id: int = 0
    sent: list[SentMessage] = field(default_factory=list)

    def next_message_id(self) -> int:
        """Message ids count up within a chat, whoever writes."""
        self.last_message_id += 1
        return self.last_message_id

    def as_update_part(self) -> dict[str, Any]:
        """The chat as Telegram shows it."""
        part: dict[str, Any] = {"id": self.chat_id, "type": self.kind}
        if self.kind != "private":
            part["title"] = self.title
        if self.topics:
            part["is_forum"] = True
        return part
