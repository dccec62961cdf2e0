"""The channel-neutral message. Markup in `text` is a tiny HTML: b, i, code, blockquote; everything else is escaped.

Only `content.rendering` builds a Message; a channel turns it into its own wire format.
"""

from msgspec import Struct


class Choice(Struct, frozen=True, omit_defaults=True):
    """One button. Either `action` ("verb:arguments", at most 64 bytes, comes back as a press) or `url`.

    `short` says the same where a channel has less room; `description` is what a label had no room for.
    """

    label: str
    action: str | None = None
    url: str | None = None
    short: str | None = None
    description: str | None = None


class Picture(Struct, frozen=True, omit_defaults=True):
    """A picture that a channel holds, by that channel's own reference; with a `name`, a file of any kind.

    `data`: its bytes, which are never stored with a message, but had when it leaves on another channel.
    """

    channel: str
    file_ref: str
    name: str | None = None
    data: bytes | None = None


class Document(Struct, frozen=True):
    """A file made by us: name with ending, bytes."""

    name: str
    data: bytes


class Quiz(Struct, frozen=True):
    """A question with one right option (its place, from 0). All plain text, within the limits of `content.quiz`."""

    question: str
    options: tuple[str, ...]
    right: int
    explanation: str


class Message(Struct, frozen=True, omit_defaults=True):
    """What is said, on any channel: text, rows of choices, at most one picture or document.

    A channel that has polls of its own sends `quiz` as one, in place of the text and choices that say the same.
    """

    text: str
    choices: tuple[tuple[Choice, ...], ...] = ()
    picture: Picture | None = None
    document: Document | None = None
    numbered: bool = False  # the text lists the choices: they are answered in words, and shown nowhere else
    quiz: Quiz | None = None
