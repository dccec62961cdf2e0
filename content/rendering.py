"""The one Jinja2 environment: render(key, parameters) -> Message.

Messages stand in `messages/<area>/<name>.j2`, listed with their parameters in `messages/<area>/catalog.yaml`.
Values are escaped by the environment (they are hostile text). Buttons are declared inside the template by
`{% do choice("Label", "verb:args") %}` and `{% do row() %}`, links by `{% do link("Label", url) %}`, a quiz by
`{% do quiz(question, options, right, explanation) %}`; none leaves text. No parameter may be called like one of these.
Where there is less room a choice is called by `short=`; where there is a line under it, `about=` tells what it is.
"""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any

import jinja2

from content import date_words
from content.errors import UnknownMessage, WrongParameters
from content.message import Choice, Document, Message, Picture, Quiz
from content.message_catalog import catalog
from content.recurrence_words import recurrence_words

_TOO_MANY_NEWLINES = re.compile(r"\n{3,}")


class _Choices:
    """Collects the buttons that a template declares, row by row, and its quiz."""

    def __init__(self) -> None:
        self.rows: list[list[Choice]] = [[]]
        self.asked: Quiz | None = None

    def choice(self, label: object, action: object, short: object = None, about: object = None) -> None:
        shorter, description = (None if words is None else _one_line(words) for words in (short, about))
        own = Choice(label=_one_line(label), action=str(action), short=shorter, description=description)
        self.rows[-1].append(own)

    def link(self, label: object, url: object) -> None:
        self.rows[-1].append(Choice(label=_one_line(label), url=str(url)))

    def row(self) -> None:
        self.rows.append([])

    def quiz(self, question: object, options: Sequence[object], right: int, explanation: object) -> None:
        plain = [html.unescape(str(text)).strip() for text in (question, explanation, *options)]
        self.asked = Quiz(plain[0], tuple(plain[2:]), right, plain[1])

    def frozen(self) -> tuple[tuple[Choice, ...], ...]:
        return tuple(tuple(row) for row in self.rows if row)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("content", "messages"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters.update(
        tanggal=date_words.date_words,
        hari_tanggal=date_words.weekday_date_words,
        pukul=date_words.time_words,
        saat=date_words.instant_words,
        bulan=date_words.month_words,
        berulang=recurrence_words,
    )
    return environment


def render(
    key: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    picture: Picture | None = None,
    document: Document | None = None,
) -> Message:
    """The message `key` with these parameters.

    Raises:
        UnknownMessage: the catalogue has no such key.
        WrongParameters: the parameters are not exactly those that the catalogue declares.
    """
    given = dict(parameters or {})
    entry = catalog().get(key)
    if entry is None:
        raise UnknownMessage(key)
    if set(given) != set(entry.parameters):
        missing, extra = set(entry.parameters) - set(given), set(given) - set(entry.parameters)
        raise WrongParameters(f"{key}: missing {sorted(missing)}, not declared {sorted(extra)}")
    choices = _Choices()
    text = (
        _environment()
        .get_template(f"{key}.j2")
        .render(**given, choice=choices.choice, link=choices.link, row=choices.row, quiz=choices.quiz)
    )
    return Message(
        text=_TOO_MANY_NEWLINES.sub("\n\n", text).strip(),
        choices=choices.frozen(),
        picture=picture,
        document=document,
        quiz=choices.asked,
    )


def one_line(words: str, parameters: Mapping[str, Any]) -> str:
    """A line of plain words with these parameters in it ("grup {{ group }}"), without breaks, tabs or runs of blanks.

    Raises:
        WrongParameters: it wants one that is not given.
    """
    try:
        text = _line(words).render(**parameters)
    except jinja2.UndefinedError as error:
        raise WrongParameters(f"{words}: {error}") from error
    return _one_line(html.unescape(text))


@cache
def _line(words: str) -> jinja2.Template:
    return _environment().from_string(words)


def storable(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as plain JSON values, for the delivery row."""
    return {name: _plain(value) for name, value in parameters.items()}


def restored(key: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of the message `key` as they were before a row stored them: days and instants, by its samples."""
    samples = catalog()[key].parameters
    return {name: _like(samples.get(name), value) for name, value in parameters.items()}


def _like(sample: Any, value: Any) -> Any:
    if isinstance(sample, date) and isinstance(value, str):
        return type(sample).fromisoformat(value)
    if isinstance(sample, Mapping) and isinstance(value, Mapping):
        return {name: _like(sample.get(name), item) for name, item in value.items()}
    if isinstance(sample, list) and sample and isinstance(value, list):
        return [_like(sample[0], item) for item in value]
    return value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
