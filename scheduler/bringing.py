"""What a template stands for: the message of its row, with all parts of it, once its button was tapped."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from content.message import Message
from content.rendering import render, restored
from scheduler import forwarding
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import message_of
from scheduler.pack_changes import PACK
from scheduler.turns import spoken_of
from storage.models import Delivery, OccurrenceState, Priority, TurnState
from storage.queries import deliveries, occurrences, offices, turns
from storage.transaction import Session

_SAME = ("office_id", "occurrence_id", "channel", "chat_id", "topic_id", "group_id", "message_key", "parameters")


async def bring(session: Session, row: Delivery, inbound_id: int, now: datetime) -> None:
    """Say what this row and the parts behind it say, in their own words, in answer to the stored update `inbound_id`.

    `now` is aware. A push whose time has passed says so first; one that was called off, or a turn that somebody else
    took, also has no buttons any more; a morning pack says who leads by now. Each tap brings
    everything anew; the copies are no posts of their own, but are known as the occurrence's, so that a photo in reply
    to them is its evidence.
    """
    void, late = await _is_void(session, row), await _late(session, row, now)
    said: list[tuple[Delivery, Message]] = []
    for part in await deliveries.with_followers(session, row):
        asks = late is not None and part.message_key == forwarding.DONE
        message = forwarding.past(part) if asks else message_of(part)
        if void or await _is_void(session, part):
            alone = [(part, replace(message, choices=()))]
            said += alone if void else _with_above(render("push/void"), alone)
        else:
            said.append((part, message))
    above = render("push/void") if void else late or await _led_by_others(session, row)
    if above is not None:
        said = _with_above(above, said)
    before = None
    for number, (part, message) in enumerate(said, start=1):
        values: dict[str, Any] = {name: getattr(part, name) for name in (*_SAME, "repeatable")}
        values |= {"part": f"read:{inbound_id}:{number}", "inbound_id": inbound_id, "priority": Priority.REPLY}
        values |= {"message": msgspec.to_builtins(message), "not_before": now, "created_at": now}
        before = await deliveries.add(session, values | {"follows_id": before.id if before else None})


async def _is_void(session: Session, row: Delivery) -> bool:
    """Whether the push was called off, or the turn that it speaks of is another's; a notice says what is."""
    turn_id = spoken_of(row)
    turn = await turns.find(session, turn_id) if turn_id is not None else None
    if turn is not None and turn.state is not TurnState.ASSIGNED:
        return True
    if row.priority < Priority.PUSH or row.occurrence_id is None:
        return False
    occurrence = await occurrences.find(session, row.occurrence_id)
    return occurrence is not None and occurrence.state is OccurrenceState.CANCELLED


async def _late(session: Session, row: Delivery, now: datetime) -> Message | None:
    if row.expires_at is None or now < row.expires_at or row.office_id is None:
        return None
    zone = (await offices.get_office(session, row.office_id)).timezone
    return render("push/late", {"due_at": row.due_at or row.expires_at, "zone": zone})


async def _led_by_others(session: Session, row: Delivery) -> Message | None:
    """Who leads by now what the morning pack says another leads."""
    if row.message_key != PACK or not row.parameters:
        return None
    told = restored(row.message_key, row.parameters)
    leaders = await turns.leader_names(session, [item["id"] for item in told["items"]])
    now_led = [{**item, "leader": leaders.get(item["id"])} for item in told["items"]]
    changed = [item for item, before in zip(now_led, told["items"], strict=True) if item != before]
    return render("push/leaders", {"zone": told["zone"], "items": changed}) if changed else None


def _with_above(above: Message, said: list[tuple[Delivery, Message]]) -> list[tuple[Delivery, Message]]:
    """In the same message where there is room, as it costs less and stays together; else before it."""
    (row, first), *others = said
    together = replace(first, text=f"{above.text}\n\n{first.text}" if first.text else above.text)
    able = abilities_of(row.channel)
    room = able.body_length if first.choices and not first.numbered else able.text_length
    if first.picture or first.document:
        room = min(room, able.caption_length)
    return [(row, together), *others] if able.length(together.text) <= room else [(row, above), *said]
