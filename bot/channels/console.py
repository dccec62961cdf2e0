"""The console: a channel without token or network; it prints chats and numbers the buttons in them."""

import itertools
import re
import textwrap
from collections.abc import Callable
from datetime import datetime

import msgspec

from bot.channels.inbound import InboundMessage
from content.markup import plain_text
from content.message import Message
from content.rendering import render
from scheduler.sender import Destination, LedgerEntry, SendReceipt

NAME = "console"
_WIDTH = 96
_BOLD = re.compile(r"<b>(.*?)</b>", re.DOTALL)
_QUOTE = re.compile(r"<blockquote>(.*?)</blockquote>", re.DOTALL)


class Button(msgspec.Struct, frozen=True):
    """A button on the screen: what it says, what it does, and the message under which it stands."""

    number: int
    label: str
    action: str
    chat_id: str
    message_ref: str


class ConsoleChannel:
    """Sender of the console. `write` takes one finished block of text; `names` gives a chat its title."""

    polls = False

    def __init__(self, write: Callable[[str], None], names: Callable[[str], str], *, colour: bool) -> None:
        self._write = write
        self._names = names
        self._colour = colour
        self._references = itertools.count(1)
        self._numbers = itertools.count(1)
        self._last: dict[str, str] = {}
        self.buttons: list[Button] = []  # newest last; an edited message's old buttons are gone

    async def send(self, destination: Destination, message: Message, _entry: LedgerEntry | None = None) -> SendReceipt:
        """Print the message in its chat."""
        reference = str(next(self._references))
        self._last[destination.chat_id] = reference
        self._show(destination.chat_id, reference, message, "")
        return SendReceipt(message_ref=reference)

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        """Print the changed message; buttons that it no longer has can no longer be pressed."""
        self.buttons = [button for button in self.buttons if button.message_ref != message_ref]
        self._show(destination.chat_id, message_ref, message, f" ({_words('demo/edited')})")
        return SendReceipt(message_ref=message_ref)

    async def acknowledge(self, _press_id: str, words: str | None) -> None:
        """Print what a chat app would show for a moment over the chat."""
        if words:
            self._write(f"    ({plain_text(words)})")

    def clear(self) -> None:
        """Forget every button so far; the next one is number 1."""
        self.buttons.clear()
        self._numbers = itertools.count(1)

    def find(self, label: str) -> Button | None:
        """The newest button that begins with these words."""
        wanted = label.casefold()
        return next((item for item in reversed(self.buttons) if item.label.casefold().startswith(wanted)), None)

    def numbered(self, number: int) -> Button | None:
        """The button with this number."""
        return next((item for item in self.buttons if item.number == number), None)

    def named(self, words: str) -> Button | None:
        """The button that a person means by its number or by the beginning of what it says."""
        return self.numbered(int(words)) if words.isdecimal() else self.find(words) if words else None

    def last_in(self, chat_id: str) -> str | None:
        """The reference of the last new message printed in this chat."""
        return self._last.get(chat_id)

    def _show(self, chat_id: str, reference: str, message: Message, note: str) -> None:
        lines = [f"┌─ {self._names(chat_id)}{note}"]
        lines += [f"│ {line}" for line in self._body(message)]
        for row in message.choices:
            shown = [self._choice(chat_id, reference, choice.label, choice.action, choice.url) for choice in row]
            lines.append("│ " + "  ".join(shown))
        self._write("\n".join([*lines, "└─"]))

    def _body(self, message: Message) -> list[str]:
        text = _QUOTE.sub(lambda match: "\n".join(f"  {line}" for line in match[1].splitlines()), message.text)
        if self._colour:
            text = _BOLD.sub("\x1b[1m\\1\x1b[0m", text)
        lines = [part for line in plain_text(text).splitlines() for part in _wrapped(line)]
        if message.picture is not None:
            lines.append(f"[{_words('demo/picture')}]")
        if message.document is not None:
            name, size = message.document.name, len(message.document.data)
            lines.append(f"[{_words('demo/document', name=name, size=size)}]")
        return lines

    def _choice(self, chat_id: str, reference: str, label: str, action: str | None, url: str | None) -> str:
        if action is None:
            return f"[{label}: {url}]"
        button = Button(next(self._numbers), label, action, chat_id, reference)
        self.buttons.append(button)
        return f"[#{button.number} {label}]"


def _words(key: str, /, **parameters: object) -> str:
    return plain_text(render(key, parameters).text).strip()


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, _WIDTH, subsequent_indent=indent, replace_whitespace=False) or [""]


def read(raw: bytes, _received_at: datetime) -> InboundMessage:
    """A stored console update back as the message it was."""
    return msgspec.json.decode(raw, type=InboundMessage)


def write(message: InboundMessage) -> bytes:
    """A message typed at the console, as the raw update to store."""
    return msgspec.json.encode(message)
