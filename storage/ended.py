"""Rows that end without being sent: noted while a transaction lasts, handed on when it is committed.

Many acts end rows; counted here none is forgotten, and none is counted that was rolled back.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

Ended = tuple[str, str, str]  # channel, state, reason (a code, or empty)

_NOTED = "ended"


def note(session: AsyncSession, rows: Iterable[tuple[str, StrEnum, str | None]]) -> None:
    """These rows, by channel, state and reason, are ended by what the session does."""
    noted: Counter[Ended] = session.info.setdefault(_NOTED, Counter())
    noted.update((channel, state.value, reason or "") for channel, state, reason in rows)


def noted(session: AsyncSession) -> Counter[Ended]:
    """How many were noted in this session of each kind."""
    found: Counter[Ended] = session.info.get(_NOTED, Counter())
    return found
