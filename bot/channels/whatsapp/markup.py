"""The neutral markup as WhatsApp writes it: *bold*, _italic_, ```code```, "> " before every quoted line.

https://faq.whatsapp.com/539178204879377. WhatsApp knows no escape: where words of a person would format something,
their marks are written with signs that look alike and mean nothing. Addresses stay as they are.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from content import markup

_MARKS = (("code", "```"), ("i", "_"), ("b", "*"))
_ALIKE = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u02cb"})
# a mark before a word, and the same one behind a word of the same line; addresses are taken first, to be left alone
_FORMATS = re.compile(r"https?://\S+|(?<![^\W_])([*_~`]+)(?=\S)(.*?\S)\1(?![^\W_])")


def written(text: str) -> str:
    """A neutral text as it is sent."""
    quoted = groupby(_joined(markup.parse(text)), key=lambda run: "blockquote" in run.tags)
    return "".join(_quote(_runs(runs)) if is_quote else _runs(runs) for is_quote, runs in quoted)


def length(text: str) -> int:
    """UTF-16 units of the text as it is sent: how Meta counts is not told, and this is the strictest way."""
    return len(written(text).encode("utf-16-le", "surrogatepass")) // 2


def _joined(runs: Iterable[markup.Run]) -> list[markup.Run]:
    """Neighbours under the same tags as one run: two marks side by side would be shown as they are."""
    return [
        markup.Run("".join(run.text for run in same), tags) for tags, same in groupby(runs, key=lambda run: run.tags)
    ]


def _runs(runs: Iterable[markup.Run]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: markup.Run) -> str:
    text = run.text.replace("```", "'''") if "code" in run.tags else harmless(run.text)
    for tag, mark in _MARKS:
        if tag in run.tags:
            text = "\n".join(_marked(line, mark) for line in text.split("\n"))  # no mark reaches over a line's end
    return text


def _marked(line: str, mark: str) -> str:
    """Blanks at the edges stand outside of the marks, which would format nothing beside them."""
    words = line.strip()
    before, _, behind = line.partition(words) if words else (line, "", "")
    return f"{before}{mark}{words}{mark}{behind}" if words else line


def _quote(text: str) -> str:
    return re.sub(r"^(?=.)", "> ", text, flags=re.MULTILINE)


def harmless(text: str) -> str:
    """Plain words that format nothing, whoever wrote them."""
    return _FORMATS.sub(lambda found: found[0].translate(_ALIKE) if found[1] else found[0], text)
