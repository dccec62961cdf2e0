"""The row that every administrative act of a member leaves in the audit log."""

from collections.abc import Mapping
from typing import Any

from bot.conversations.step import Turn
from storage.queries import audit_log


async def record_act(turn: Turn, act: str, detail: Mapping[str, Any]) -> None:
    """Keep that the member who is speaking did `act` ("activity.entered") to the own office.

    `detail` holds plain JSON values, ids rather than names.
    """
    await audit_log.record(turn.session, turn.known_office.id, turn.known_member.id, act, detail, turn.now)
