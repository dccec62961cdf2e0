"""What a leader who has the text already hears when the turn goes to somebody else, or the reading is called off."""

from datetime import datetime

from scheduler import audience
from scheduler.delivery_queue import enqueue
from storage.models import DeliveryState, Member, Occurrence, Priority, Schedule, Turn
from storage.queries import deliveries, turns
from storage.transaction import Session

LEADER_PART = "leader"  # what the row to the leader is called: "leader:<turn>:<when>"
_HAS_LEFT = {DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN}


async def relieve(
    session: Session, turn: Turn, occurrence: Occurrence, now: datetime, *, instead: Turn | None, by: int | None
) -> None:
    """The turn was swapped or skipped: `instead` leads now. Who did it himself (`by`) knows already."""
    if await _has_the_text(session, turn) and turn.member_id != by:
        leader = await session.get_one(Member, instead.member_id) if instead else None
        await _tell(session, turn, occurrence, now, instead=leader.name if leader else None, called_off=False)


async def call_off(session: Session, occurrence: Occurrence, now: datetime) -> None:
    """The reading falls away (a holiday, a pause): whoever is to lead it hears so; and of it, should it come back."""
    turn = await turns.assigned(session, occurrence.id)
    if turn is None or turn.told_at is None:
        return
    await turns.tell_again(session, occurrence.id)
    if await _has_the_text(session, turn):
        await _tell(session, turn, occurrence, now, instead=None, called_off=True)


async def _has_the_text(session: Session, turn: Turn) -> bool:
    """Whether the text went to the leader; what still waits to leave is held back."""
    rows = await deliveries.of_occurrence(session, turn.occurrence_id)
    own = [row for row in rows if row.part.startswith(f"{LEADER_PART}:{turn.id}:")]
    for row in own:
        to = {"state": DeliveryState.CANCELLED, "reason": "relieved"}
        await deliveries.change(session, row.id, of=deliveries.WAITING, to=to)
    return any(row.state in _HAS_LEFT or row.reason == deliveries.ON_TAP for row in own)


async def _tell(
    session: Session, turn: Turn, occurrence: Occurrence, now: datetime, *, instead: str | None, called_off: bool
) -> None:
    member = await session.get_one(Member, turn.member_id)
    recipient = await audience.member(session, member)
    if recipient is None:
        return
    schedule = await session.get_one(Schedule, occurrence.schedule_id)
    await enqueue(
        session,
        destination=recipient.destination,
        key="reading/leader_relieved",
        parameters={
            "leader": member.name,
            "due_at": occurrence.due_at,
            "zone": schedule.timezone,
            "instead": instead,
            "called_off": called_off,
        },
        now=now,
        priority=Priority.NOTICE,
        part=f"relieved:{turn.id}:{int(now.timestamp())}",
        office_id=occurrence.office_id,
        occurrence_id=occurrence.id,
        expires_at=occurrence.due_at,
    )
