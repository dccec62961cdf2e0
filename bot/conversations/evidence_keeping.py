"""Data dukung is written down for what it proves; what its channel gives away after some days is wanted here."""

from collections.abc import Iterable

from bot.conversations.step import Turn
from scheduler.abilities import abilities_of
from storage.queries import evidence, kept_files
from storage.queries.evidence import Item, Subject


async def keep(turn: Turn, subject: Subject, items: Iterable[Item]) -> None:
    """These items of the member prove the subject, too."""
    given = tuple(items)
    await evidence.add(turn.session, turn.known_office.id, subject, given, turn.known_member.id, turn.now)
    await _want(turn, given)


async def keep_only(turn: Turn, subject: Subject, items: Iterable[Item]) -> None:
    """These items of the member prove the subject, and nothing else does."""
    given = tuple(items)
    await evidence.replace(turn.session, turn.known_office.id, subject, given, turn.known_member.id, turn.now)
    await _want(turn, given)


async def want_file(turn: Turn, channel: str, reference: str) -> None:
    """This photo or file is to be had for longer than a channel may have it."""
    if not abilities_of(channel).files_last:
        await kept_files.want(turn.session, channel, reference, turn.now)


async def _want(turn: Turn, items: Iterable[Item]) -> None:
    for item in items:
        if item.channel is not None:
            await want_file(turn, item.channel, item.reference)
