"""Questions without a chat: one JSON line in, one out, and how well a set of marked questions is answered."""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from content.answer_message import whole_answer
from content.knowledge_base import Answer, Declined, Suggestions, find_answer
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


class MarkedLine(AskedLine, frozen=True):
    """A question with its right topics; `expected` is ["luar-cakupan"] where it must be declined."""

    expected: tuple[str, ...]
    acceptable: tuple[str, ...] = ()
    style: str = ""


class Scores(Struct, frozen=True):
    """Shares from 0 to 1; None where there is no question of that kind."""

    questions: int
    top_1: float | None
    strict_top_1: float | None
    top_3: float | None
    false_answers: float | None
    false_declines: float | None


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
        links = {link["action"] for name in ("topics", "alternatives", "related") for link in parameters.get(name, ())}
        near |= {
            choice.action: f"• {choice.label}" for row in message.choices for choice in row if choice.action in links
        }
    return "\n\n".join((*shown, *(["\n".join(near.values())] if near else [])))


def _answered(regulation: Regulation, asked: AskedLine) -> AnsweredLine:
    match find_answer(regulation, asked.text):
        case Answer(topic, alternatives):
            return AnsweredLine(asked.id, topic, alternatives, declined=False)
        case Suggestions(topics):
            return AnsweredLine(asked.id, topics[0], topics[1:], declined=False)
        case Declined():
            return AnsweredLine(asked.id, None, (), declined=True)


def evaluate(regulations: Mapping[str, Regulation], lines: Iterable[bytes]) -> dict[str, Scores]:
    """Scores of marked questions: under "all", under each regulation's id and under each style.

    The measures are those of the question sets' own description: in-scope top-1, strict top-1 and top-3, the share of
    out-of-scope questions that were answered, the share of in-scope questions that were declined.
    """
    groups: dict[str, list[tuple[MarkedLine, AnsweredLine]]] = defaultdict(list)
    for line in lines:
        marked = msgspec.json.decode(line, type=MarkedLine)
        pair = (marked, _answered(regulations[marked.regulation], marked))
        for group in ("all", marked.regulation, marked.style or "?"):
            groups[group].append(pair)
    return {group: _scores(pairs) for group, pairs in groups.items()}


def _scores(pairs: list[tuple[MarkedLine, AnsweredLine]]) -> Scores:
    outside = [answered for marked, answered in pairs if "luar-cakupan" in marked.expected]
    inside = [(marked, answered) for marked, answered in pairs if "luar-cakupan" not in marked.expected]
    return Scores(
        questions=len(pairs),
        top_1=_share(answered.topic in marked.expected + marked.acceptable for marked, answered in inside),
        strict_top_1=_share(answered.topic in marked.expected for marked, answered in inside),
        top_3=_share(
            not {answered.topic, *answered.alternatives[:2]}.isdisjoint(marked.expected + marked.acceptable)
            for marked, answered in inside
        ),
        false_answers=_share(not answered.declined for answered in outside),
        false_declines=_share(answered.declined for _, answered in inside),
    )


def _share(hits: Iterable[bool]) -> float | None:
    counted = list(hits)
    return sum(counted) / len(counted) if counted else None
