"""Words cut to the room there is, by the strictest way of counting."""

from collections import Counter
from collections.abc import Sequence

_ELLIPSIS = "…"


def width(text: str) -> int:
    """Characters as UTF-16 counts them: the strictest way."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(words: str, room: int) -> str:
    """The words as far as there is room, cut between two of them; only a single word that is longer is cut itself."""
    if width(words) <= room:
        return words
    kept = words
    while width(kept) > room - 1:
        kept = kept[: kept.rstrip().rfind(" ")] if " " in kept.strip() else kept[:-1]
    return kept.rstrip(" ,;:-") + _ELLIPSIS


def told_apart(names: Sequence[str], room: int) -> list[str]:
    """Each as `shortened`; of those that would come out alike the end stays instead of the middle."""
    cut = [shortened(name, room) for name in names]
    times = Counter(cut)
    return [
        _with_its_end(name, room) if short != name and times[short] > 1 else short
        for name, short in zip(names, cut, strict=True)
    ]


def _with_its_end(words: str, room: int) -> str:
    head = shortened(words, room // 2)
    end = words
    while width(end) > room - width(head):
        end = end.partition(" ")[2] if " " in end else end[1:]
    return head + end
