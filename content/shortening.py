"""Words cut to the room there is, by the strictest way of counting."""

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
