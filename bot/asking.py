"""Questions without a chat: a line of JSON in, one out; or a plain text in, a plain text out."""

from codecs import BOM_UTF8
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from content.answer_message import whole_answer
from content.knowledge_base import Answer, Result, Suggestions, find_answer
from content.markup import plain_text
from content.regulation import Regulation
from content.rendering import render


class AskedLine(Struct, frozen=True):
    """One question to answer; other keys of the line are ignored."""

    id: str
    regulation: str
    text: str


class AnsweredLine(Struct, frozen=True, omit_defaults=False):
    """`topic` is None where the question is declined; a "did you mean" carries its first suggestion as topic."""

    id: str | None
    topic: str | None
    alternatives: tuple[str, ...]
    declined: bool


class RefusedLine(AnsweredLine, frozen=True):
    """A line that is no question: what is wrong with it."""

    error: str


def answer_line(regulations: Mapping[str, Regulation], line: bytes) -> bytes:
    """The answer to one line `{"id","regulation","text"}` as `{"id","topic","alternatives","declined"}`, no newline.

    A line that cannot be read, or names no known regulation, comes back declined with an "error"; it never raises.
    """
    try:
        asked = msgspec.json.decode(line.removeprefix(BOM_UTF8), type=AskedLine)
    except msgspec.DecodeError as error:
        return msgspec.json.encode(RefusedLine(None, None, (), declined=True, error=str(error)))
    regulation = regulations.get(asked.regulation)
    if regulation is None:
        return msgspec.json.encode(RefusedLine(asked.id, None, (), declined=True, error="unknown regulation"))
    return msgspec.json.encode(_answered(regulation, asked))


def answer_text(regulation: Regulation, question: str) -> str:
    """The whole answer as plain text, for a place without buttons: every page, every manifestation, what is near."""
    shown: list[str] = []
    near: dict[str | None, str] = {}
    for key, parameters in whole_answer(regulation, find_answer(regulation, question), question):
        message = render(key, parameters)
        shown.append(plain_text(message.text).strip())
        links = {link["action"] for name in ("alternatives", "related") for link in parameters.get(name, ())}
        near |= {
            choice.action: f"• {choice.label}" for row in message.choices for choice in row if choice.action in links
        }
    return "\n\n".join((*shown, *(["\n".join(near.values())] if near else [])))


def topics_of_answer(result: Result) -> tuple[str, ...]:
    """The topic that comes first and those beside it; none where the question is declined."""
    match result:
        case Answer(topic, alternatives):
            return (topic, *alternatives)
        case Suggestions(topics):
            return topics
        case _:
            return ()


def _answered(regulation: Regulation, asked: AskedLine) -> AnsweredLine:
    topics = topics_of_answer(find_answer(regulation, asked.text))
    return AnsweredLine(asked.id, topics[0] if topics else None, topics[1:], declined=not topics)
