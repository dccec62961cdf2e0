"""One message too long for a channel, as several: cut where a reader would pause, tags closed, parts numbered.

Limits: https://core.telegram.org/bots/api#sendmessage (text 4,096 characters after parsing) and #sendphoto (caption
1,024).
"""

import re

import msgspec

from content import markup
from content.markup import Run
from content.message import Message

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_ROOM_FOR_NUMBER = len("\n\n(999/999)")
_PAUSES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?;:])\s"),
    re.compile(r"\s"),
)
_CLINGS = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_JOINER = "\u200d"


def split_message(message: Message, limit: int = TEXT_LIMIT, caption_limit: int = CAPTION_LIMIT) -> tuple[Message, ...]:
    """The message in parts, each within its limit; a short message comes back as it is, alone.

    Limits count visible characters. A picture or document goes with the first part (whose text is its caption), the
    choices with the last. Each part is a message of its own, to be delivered on its own, in this order.
    """
    first = limit if message.picture is None and message.document is None else caption_limit
    if markup.length(message.text) <= first:
        return (message,)
    runs = markup.parse(message.text)
    spans = _spans("".join(run.text for run in runs), first - _ROOM_FOR_NUMBER, limit - _ROOM_FOR_NUMBER)
    if len(spans) < 2:
        return (message,)
    return tuple(
        msgspec.structs.replace(
            message,
            text=f"{markup.write(_slice(runs, start, end))}\n\n({number}/{len(spans)})",
            choices=message.choices if number == len(spans) else (),
            picture=message.picture if number == 1 else None,
            document=message.document if number == 1 else None,
        )
        for number, (start, end) in enumerate(spans, start=1)
    )


def _spans(plain: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Where each part starts and ends in the plain text, blanks around the cuts left out."""
    spans: list[tuple[int, int]] = []
    start, room = _skip_blanks(plain, 0), first
    stop = len(plain.rstrip())
    while start < stop:
        end = stop if stop - start <= room else start + _cut(plain[start : start + room + 1])
        spans.append((start, start + len(plain[start:end].rstrip())))
        start, room = _skip_blanks(plain, end), rest
    return spans


def _skip_blanks(plain: str, position: int) -> int:
    return position + len(plain[position:]) - len(plain[position:].lstrip())


def _cut(window: str) -> int:
    """The best place to cut a window that is one character longer than a part may be."""
    for pause in _PAUSES:
        places = [found.start() for found in pause.finditer(window) if found.start() > len(window) // 4]
        if places:
            return places[-1]
    end = len(window) - 1
    # one visible sign may be several characters (skin tones, families): step back to where it begins
    while end > 1 and (_CLINGS.match(window[end]) or window[end - 1] == _JOINER):
        end -= 1
    return end if end > 1 else len(window) - 1


def _slice(runs: list[Run], start: int, end: int) -> list[Run]:
    sliced: list[Run] = []
    position = 0
    for run in runs:
        piece = run.text[max(start - position, 0) : max(end - position, 0)]
        if piece:
            sliced.append(Run(piece, run.tags))
        position += len(run.text)
    return sliced
