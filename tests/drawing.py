"""Draws a recorded chat as an SVG picture of a phone: `python -m tests.drawing` writes docs/chat.svg.

Nothing in the picture is typed here: the words, the buttons and the hours are those of the messages. Lines are broken
by the widths of Helvetica, which Arial and Liberation Sans share, so the same messages give the same bytes anywhere.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from content import markup
from content.date_words import time_words, weekday_date_words
from content.message import Message
from tests.recorded_chat import RecordedChat, Said, Shown, recorded_chat

PICTURE = Path(__file__).parents[1] / "docs" / "chat.svg"

_WIDTH, _FRAME, _HEADER = 460, 8, 58
_SIZE, _LEADING, _PADDING = 14, 19.5, 12
_BUBBLE = 396  # widest
_QUOTE_INDENT = 12
_EMS = {  # thousandths of the size, by Adobe's metrics of Helvetica
    222: "ijl'",
    278: " !,./:;\\fItr[]·",
    333: "()-`rt“”‹›",
    500: "ckxszvyJ",
    556: "abdeghnopquL0123456789?_#$–",
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W",
}
_EM_OF = {letter: width for width, letters in _EMS.items() for letter in letters}
_ELSE, _BOLD = 667, 1.07  # a letter not listed; how much wider bold is
_SLACK = 1.04  # fonts that are a little wider still fit

_STYLE = """
text { font-family: Helvetica, Arial, 'Liberation Sans', sans-serif; font-size: 14px; fill: #17212b }
.b { font-weight: bold } .i { font-style: italic; fill: #4a5b69 } .who { font-weight: bold; fill: #1c7f5b }
.small { font-size: 11.5px; fill: #748592 } .button { font-weight: bold; font-size: 13px; fill: #1d5c86 }
.pill { font-size: 12.5px; fill: #fff } .head { font-weight: bold; font-size: 16px; fill: #fff }
""".strip()


class Word(NamedTuple):
    """A piece of text without a place to break inside, with the blank before it, if any."""

    text: str
    style: str  # "", "b", "i" or "bi"
    blank: bool


class Row(NamedTuple):
    """A line that fits: its words, and whether it stands in a quotation."""

    words: list[Word]
    quoted: bool


def width_of(text: str, size: float = _SIZE, *, bold: bool = False) -> float:
    """How wide the text is drawn, in pixels, with a little slack."""
    ems = sum(_EM_OF.get(letter, _ELSE) for letter in text)
    return ems / 1000 * size * _SLACK * (_BOLD if bold else 1)


def rows_of(text: str, widest: float) -> list[Row]:
    """A neutral text broken into lines no wider than `widest`; empty lines stay."""
    rows: list[Row] = []
    for words, quoted in _paragraphs(text):
        room = widest - (_QUOTE_INDENT if quoted else 0)
        row: list[Word] = []
        for word in words:
            if row and _row_width([*row, word]) > room:
                rows.append(Row(row, quoted))
                row = [word._replace(blank=False)]
            else:
                row.append(word)
        rows.append(Row(row, quoted))
    return rows


def _paragraphs(text: str) -> Iterator[tuple[list[Word], bool]]:
    words: list[Word] = []
    quoted = blank = False
    for run in markup.parse(text):
        style = "".join(tag for tag in ("b", "i") if tag in run.tags)
        for number, line in enumerate(run.text.split("\n")):
            if number:
                yield words, quoted
                words, blank = [], False
            quoted = "blockquote" in run.tags if line else quoted and bool(words)
            for place, piece in enumerate(line.split(" ")):
                blank = blank or place > 0
                if piece:
                    words.append(Word(piece, style, blank and bool(words)))
                    blank = False
    yield words, quoted


def _row_width(words: list[Word]) -> float:
    return sum(width_of(" " * word.blank + word.text, bold="b" in word.style) for word in words)


class _Canvas:
    """Takes shapes from top to bottom; `y` is where the next one begins."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.y = float(_FRAME + _HEADER + 14)

    def box(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 12) -> None:
        self.shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}"/>'
        )

    def text(self, x: float, y: float, words: str, style: str = "", anchor: str = "start") -> None:
        attributes = f' class="{style}"' if style else ""
        attributes += f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.shapes.append(f'<text x="{x:g}" y="{y:g}"{attributes}>{words}</text>')

    def pill(self, words: str, fill: str) -> None:
        """A line in the middle, over the chat's ground."""
        wide = width_of(words, 12.5) + 26
        self.box((_WIDTH - wide) / 2, self.y, wide, 26, fill, 13)
        self.text(_WIDTH / 2, self.y + 17.5, escape(words), "pill", "middle")
        self.y += 38

    def bubble(self, said: Said) -> None:
        rows = rows_of(said.message.text, _BUBBLE - 2 * _PADDING)
        wide = _bubble_width(rows, said.message)
        own = said.who is not None
        x = _WIDTH - _FRAME - 12 - wide if own else _FRAME + 12
        height = 2 * 9 + _LEADING * (len(rows) + 1) + 16
        self.box(x, self.y, wide, height, "#e1f5d3" if own else "#ffffff")
        y = self.y + 9 + 13
        self.text(x + _PADDING, y, escape(said.who or "Apel"), "who")
        for row in rows:
            y += _LEADING
            self._row(x + _PADDING, y, row)
        stamp = time_words(said.at)
        self.text(x + wide - _PADDING, y + 18, f"diedit {stamp}" if said.edited else stamp, "small", "end")
        self.y += height + 4
        for choices in said.message.choices:
            self._buttons(x, wide, [choice.label for choice in choices])
        self.y += 10

    def _row(self, x: float, y: float, row: Row) -> None:
        if row.quoted:
            self.box(x, y - 14, 3, _LEADING, "#1c7f5b", 0)
            x += _QUOTE_INDENT
        spans = []
        for word in row.words:
            text = escape(" " * word.blank + word.text)
            spans.append((text, word.style))
        words = "".join(
            f'<tspan class="{" ".join(style)}">{text}</tspan>' if style else text for text, style in _joined(spans)
        )
        if words:
            self.text(x, y, words)

    def _buttons(self, x: float, wide: float, labels: list[str]) -> None:
        each = (wide - 4 * (len(labels) - 1)) / len(labels)
        for number, label in enumerate(labels):
            left = x + number * (each + 4)
            self.box(left, self.y, each, 34, "#c3d6e2", 9)
            self.text(left + each / 2, self.y + 22, escape(label), "button", "middle")
        self.y += 38


def _joined(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one style as one."""
    joined: list[tuple[str, str]] = []
    for text, style in spans:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined


def _bubble_width(rows: list[Row], message: Message) -> float:
    texts = max(_row_width(row.words) + (_QUOTE_INDENT if row.quoted else 0) for row in rows)
    labels = [
        len(line) * max(width_of(choice.label, 13, bold=True) + 24 for choice in line) for line in message.choices
    ]
    return round(min(_BUBBLE, max(texts + 2 * _PADDING, *labels, 130.0)))


def draw(chat: RecordedChat) -> str:
    """The picture, as the text of an SVG file."""
    canvas = _Canvas()
    canvas.pill(weekday_date_words(chat.day.date()), "#8fa3b0")
    for line in chat.lines:
        match line:
            case Shown(words):
                canvas.pill(words, "#33424e")
            case Said():
                canvas.bubble(line)
    height = round(canvas.y + _FRAME + 6)
    screen = _WIDTH - 2 * _FRAME
    curve = _HEADER - 23
    attributes = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" xml:space="preserve"'
    top = f"M{_FRAME} {_FRAME + _HEADER} v-{curve} a23 23 0 0 1 23 -23 h{screen - 46} a23 23 0 0 1 23 23 v{curve} z"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>',
            f"<title>{escape(chat.title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDTH}" height="{height}" rx="30" fill="#1f2a33"/>',
            f'<rect x="{_FRAME}" y="{_FRAME}" width="{screen}" height="{height - 2 * _FRAME}" rx="23" fill="#d5e1e8"/>',
            f'<path d="{top}" fill="#1c7f5b"/>',
            f'<text x="{_FRAME + 22}" y="{_FRAME + 36}" class="head">{escape(chat.title)}</text>',
            *canvas.shapes,
            "</svg>\n",
        ]
    )


async def drawn() -> str:
    """The README's picture as it would be drawn now."""
    with tempfile.TemporaryDirectory() as folder:
        return draw(await recorded_chat(Path(folder)))


if __name__ == "__main__":
    PICTURE.write_text(asyncio.run(drawn()), "utf-8")
