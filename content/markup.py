"""The neutral markup of a Message's text: read into runs of plain text under tags, counted, and written again."""

import html
import re
from typing import NamedTuple

_TAG = re.compile(r"<(/?)(b|i|code|blockquote)>")
_PLAIN = r"[^<>&]*+(?:&(?:amp|lt|gt);[^<>&]*+)*+"
_WELL_FORMED = re.compile(rf"{_PLAIN}(?:<(b|i|code|blockquote)>{_PLAIN}</\1>{_PLAIN})*+")  # no tag within another


class Run(NamedTuple):
    """A stretch of plain text (entities decoded) and the tags open around it, outermost first."""

    text: str
    tags: tuple[str, ...]


def parse(text: str) -> list[Run]:
    """The runs of a neutral text. Never fails: a stray end tag is dropped, a tag left open is closed at the end."""
    runs: list[Run] = []
    open_tags: list[str] = []
    position = 0
    for tag in _TAG.finditer(text):
        _add(runs, text[position : tag.start()], open_tags)
        position = tag.end()
        closing, name = tag.groups()
        if not closing:
            open_tags.append(name)
        elif name in open_tags:
            del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
    _add(runs, text[position:], open_tags)
    return runs


def _add(runs: list[Run], escaped: str, open_tags: list[str]) -> None:
    if escaped:
        runs.append(Run(html.unescape(escaped), tuple(open_tags)))


def write(runs: list[Run]) -> str:
    """The runs as markup that is well formed: every tag closed, `& < >` escaped and nothing else."""
    written: list[str] = []
    open_tags: tuple[str, ...] = ()
    for run in [*runs, Run("", ())]:
        shared = 0
        while shared < min(len(open_tags), len(run.tags)) and open_tags[shared] == run.tags[shared]:
            shared += 1
        written += [f"</{tag}>" for tag in reversed(open_tags[shared:])]
        written += [f"<{tag}>" for tag in run.tags[shared:]]
        written.append(html.escape(run.text, quote=False))
        open_tags = run.tags
    return "".join(written)


def well_formed(text: str) -> str:
    """`text` as it reads, in markup that every parser takes: tags closed in order, `& < >` escaped."""
    if _WELL_FORMED.fullmatch(text):  # most are, and taking them apart costs ten times as much
        return text
    return write(parse(text))


def plain_text(text: str) -> str:
    """What a reader sees of a neutral text where nothing can be bold."""
    return "".join(run.text for run in parse(text))


def length(text: str) -> int:
    """Characters (code points) that a reader sees: what Telegram counts against its limits."""
    return len(plain_text(text))
