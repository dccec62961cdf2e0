"""The photos and files of a report, shown again: to its author, and to the secretary who checks it."""

from bot.conversations.step import Reply, Turn
from content.message import Picture
from storage.models import EvidenceKind, Report
from storage.queries import evidence
from storage.queries.evidence import Item, Subject

_UNNAMED = "file"


async def files_of(turn: Turn, report: Report) -> tuple[Reply, ...]:
    """A message for each photo or file, whichever channel it came by; links stand in the report's text.

    None in a group, where only a forged press asks for them.
    """
    if not turn.inbound.chat.private:
        return ()
    items = await evidence.of(turn.session, Subject(report_id=report.id))
    return shown_files([item for item in items if item.kind is not EvidenceKind.LINK])


def shown_files(items: list[Item], first: int = 1, of: int | None = None) -> tuple[Reply, ...]:
    """A message for each of these photos and files, numbered from `first`, `of` so many in all."""
    return tuple(
        Reply(
            "report/evidence_file",
            {"kind": item.kind.value, "name": item.name or "", "number": number, "of": of or len(items)},
            picture=_picture(item),
        )
        for number, item in enumerate(items, start=first)
    )


def _picture(item: Item) -> Picture | None:
    if item.channel is None:
        return None
    name = (item.name or _UNNAMED) if item.kind is EvidenceKind.FILE else None
    return Picture(item.channel, item.reference, name)
