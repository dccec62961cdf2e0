"""What a message brings as data dukung: a photo or file by the channel's reference, links in the text."""

import re
from collections.abc import Iterable, Sequence

from bot.channels.inbound import InboundMessage, Kind
from storage.models import EvidenceKind
from storage.queries.evidence import Item

MOST_ITEMS = 10
LONGEST_LINK = 500
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']{3,}", re.IGNORECASE)
_TRAILING = ".,;:!?)]}"
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t]+")


def take_links(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its web links, and the links in order, each once."""
    links = (_whole(found[0].rstrip(_TRAILING)) for found in _LINK.finditer(text))
    kept = tuple(dict.fromkeys(link for link in links if len(link) <= LONGEST_LINK))
    without = _LINK.sub(lambda found: "" if _whole(found[0].rstrip(_TRAILING)) in kept else found[0], text)
    return clean(without), kept


def clean(text: str) -> str:
    """What a person typed, without control characters (a database may refuse them) and blanks around lines."""
    lines = _UNSEEN.sub("", text.replace("\r\n", "\n")).split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in lines).strip()


def attachment_of(message: InboundMessage) -> Item | None:
    """The photo or file that this message carries."""
    if message.attachment is None:
        return None
    kind = EvidenceKind.PHOTO if message.kind is Kind.PHOTO or not message.attachment.name else EvidenceKind.FILE
    name = clean(message.attachment.name or "")[:100] or None
    return Item(kind, message.attachment.file_ref, message.channel, name)


def link_items(links: Iterable[str]) -> tuple[Item, ...]:
    """Links as evidence."""
    return tuple(Item(EvidenceKind.LINK, link) for link in links)


def joined(items: Sequence[Item], more: Iterable[Item]) -> tuple[Item, ...]:
    """Both, each item once, no more than MOST_ITEMS."""
    return tuple(dict.fromkeys([*items, *more]))[:MOST_ITEMS]


def too_many(items: Sequence[Item], more: Iterable[Item]) -> bool:
    """Whether of both some would be left out."""
    return len(dict.fromkeys([*items, *more])) > MOST_ITEMS


def shown(items: Iterable[Item]) -> list[dict[str, str]]:
    """The items as the parameters of a message: kind, and the link or the file's name."""
    return [
        {
            "kind": item.kind.value,
            "name": item.reference if item.kind is EvidenceKind.LINK else item.name or "",
        }
        for item in items
    ]


def _whole(link: str) -> str:
    return link if link.lower().startswith("http") else f"https://{link}"
