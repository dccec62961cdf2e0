"""The audit log: every administrative act leaves a row, written in the same transaction as the act."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage.models import AuditEntry
from storage.transaction import Session


async def record(
    session: Session, office_id: int | None, actor_id: int | None, act: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Keep that member `actor_id` (None: the command line or the machine) did `act` ("schedule.paused") to an office.

    `detail` holds plain JSON values, ids rather than names: a name would outlive its erasure.
    """
    session.add(AuditEntry(office_id=office_id, actor_id=actor_id, act=act, detail=dict(detail), at=now))
    await session.flush()
