"""Who leads the morning reading: assigned some days ahead, told the afternoon before, skipped or swapped by a tap."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from msgspec import Struct

from content.message_catalog import catalog
from content.regulation import Regulation
from content.rendering import restored
from scheduler import audience, leader_notices
from scheduler.audience import Recipient
from scheduler.delivery_queue import enqueue
from scheduler.leader_notices import LEADER_PART
from scheduler.message_parameters import reading_text
from scheduler.occurrences import HORIZON
from scheduler.rotation import PastTurn, RosterEntry, next_leader
from scheduler.rotation import TurnState as TakenTurn
from storage.models import Delivery, Member, Occurrence, Office, Priority, Schedule, Turn, TurnState
from storage.queries import deliveries, occurrences, offices, turns
from storage.transaction import Session

UNREACHABLE = "reading/leader_unreachable"
_HANDED_PART = "turn"  # what the row to a secretary in the leader's stead is called, as the leader's own
_MOST_ASKED = 50  # names of the roster among which somebody who can be written to is looked for
ASK_AGAIN_AFTER = timedelta(minutes=1)


class Notice(Struct, frozen=True):
    """What somebody is told of the turn for one reading."""

    recipient: Recipient
    key: str
    parameters: Mapping[str, object]
    occurrence: Occurrence
    part: str


async def pass_over_who_left(session: Session, now: datetime) -> None:
    """A turn of somebody who left the roster meanwhile, told or not, goes to the next one."""
    for turn_id in await turns.of_who_left(session, now, now - HORIZON):  # no turn is given so far ahead
        await skip_turn(session, turn_id, now)


async def see_to(session: Session, occurrence_id: int, regulations: Mapping[str, Regulation], now: datetime) -> bool:
    """Give a reading its leader, or tell the leader, and note when to look again; whether somebody was told.

    An office without anybody on its roster is asked again after a minute.
    """
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.tell_at is None or occurrence.expires_at <= now:
        await occurrences.see_to_leader(session, occurrence_id, None)
        return False
    turn = await turns.assigned(session, occurrence.id) or await assign(session, occurrence, now)
    again: datetime | None = None
    told = False
    if turn is None:
        again = now + ASK_AGAIN_AFTER
    elif turn.told_at is None and occurrence.tell_at > now:
        again = occurrence.tell_at
    elif turn.told_at is None and occurrence.due_at > now:
        told = await tell(session, turn.id, regulations, now)
        again = None if told else now + ASK_AGAIN_AFTER
    await occurrences.see_to_leader(session, occurrence.id, again)
    return told


async def skip_turn(session: Session, turn_id: int, now: datetime, *, by: int | None = None) -> Turn | None:
    """The turn is owed, the next one on the roster leads; returns who leads now. A second call changes nothing.

    Who has the text already is told, unless it is the member `by` who skips it.
    """
    turn = await turns.find(session, turn_id)
    if turn is None:
        return None
    if await turns.change(session, turn_id, of=[TurnState.ASSIGNED], to={"state": TurnState.SKIPPED}):
        occurrence = await occurrences.find(session, turn.occurrence_id)
        leads = await assign(session, occurrence, now) if occurrence else None
        if occurrence is not None:
            await leader_notices.relieve(session, turn, occurrence, now, instead=leads, by=by)
        return leads
    return await turns.assigned(session, turn.occurrence_id)


async def swap_turn(
    session: Session, turn_id: int, member_id: int, now: datetime, *, by: int | None = None
) -> Turn | None:
    """The turn goes to this member and is owed by the first; returns who leads now. A second call changes nothing.

    Who has the text already is told, unless it is the member `by` who swaps it.
    """
    turn = await turns.find(session, turn_id)
    if turn is None:
        return None
    if turn.member_id != member_id and await turns.change(
        session, turn_id, of=[TurnState.ASSIGNED], to={"state": TurnState.SWAPPED}
    ):
        occurrence = await occurrences.find(session, turn.occurrence_id)
        leads = await _give(session, occurrence, member_id, now) if occurrence else None
        if occurrence is not None:
            await leader_notices.relieve(session, turn, occurrence, now, instead=leads, by=by)
        return leads
    return await turns.assigned(session, turn.occurrence_id)


async def assign(session: Session, occurrence: Occurrence, now: datetime) -> Turn | None:
    """Give a reading that has no leader the next one on the roster; None where nobody is left."""
    chosen = next(await _order(session, occurrence), None)
    return None if chosen is None else await _give(session, occurrence, chosen, now)


async def rotation_of(session: Session, office: Office) -> tuple[list[RosterEntry], list[PastTurn]]:
    """Who takes turns in this office, in the order of the roster, and every turn that counts, oldest first."""
    zone = ZoneInfo(office.timezone)
    people = [
        RosterEntry(member_id, since.astimezone(zone).date())
        for member_id, since in await turns.roster(session, office.id)
    ]
    history = [
        PastTurn(member_id, day, TakenTurn(state.value))
        for member_id, day, state in await turns.of_office(session, office.id)
    ]
    return people, history


async def _order(session: Session, occurrence: Occurrence) -> Iterator[int]:
    """Who may lead this reading, as the rotation would take them one after the other; without who stood down."""
    people, history = await rotation_of(session, await offices.get_office(session, occurrence.office_id))
    passed_over = {turn.member_id for turn in await turns.of_occurrence(session, occurrence.id)}
    return _one_after_the_other(people, history, passed_over)


def _one_after_the_other(people: list[RosterEntry], history: list[PastTurn], passed_over: set[int]) -> Iterator[int]:
    while (chosen := next_leader(people, history, passed_over)) is not None:
        yield chosen
        passed_over = passed_over | {chosen}


async def _reachable_instead(session: Session, occurrence: Occurrence) -> dict[str, object] | None:
    """The first after the leader whom the bot can write to, to be offered as the one who takes the turn."""
    for member_id in islice(await _order(session, occurrence), _MOST_ASKED):
        member = await session.get_one(Member, member_id)
        if await audience.member(session, member) is not None:
            return {"id": member.id, "name": member.name}
    return None


async def _give(session: Session, occurrence: Occurrence, member_id: int, now: datetime) -> Turn | None:
    values = {
        "occurrence_id": occurrence.id,
        "office_id": occurrence.office_id,
        "member_id": member_id,
        "day": occurrence.day,
        "created_at": now,
    }
    if (turn := await turns.add(session, values)) is not None:
        return turn
    # this member stood down from the same reading before, and takes it after all
    for earlier in await turns.of_occurrence(session, occurrence.id):
        if earlier.member_id == member_id:
            to = {"state": TurnState.ASSIGNED, "told_at": None}
            await turns.change(session, earlier.id, of=[TurnState.SKIPPED, TurnState.SWAPPED], to=to)
    return await turns.assigned(session, occurrence.id)


async def tell(session: Session, turn_id: int, regulations: Mapping[str, Regulation], now: datetime) -> bool:
    """Queue the text for the leader, or hand the turn to the secretary where the leader cannot be written to.

    Who left the office meanwhile is passed over. Returns whether somebody was told; a second call tells nobody.
    """
    notices = await announce(session, turn_id, regulations, now)
    for notice in notices or ():
        await say(session, notice, now)
    return notices is not None


async def announce(
    session: Session, turn_id: int, regulations: Mapping[str, Regulation], now: datetime
) -> list[Notice] | None:
    """As `tell`, for the caller to queue what is to be said; None where nothing is, as in a second call."""
    turn = await turns.find(session, turn_id)
    occurrence = await occurrences.find(session, turn.occurrence_id) if turn else None
    if turn is None or occurrence is None:
        return None
    member = await session.get_one(Member, turn.member_id)
    if member.left_at is not None:
        await skip_turn(session, turn.id, now)  # the next one hears of it in the next tick
        return None
    if not await turns.mark_told(session, turn.id, now):
        return None
    return await _notices(session, turn, occurrence, member, regulations, now)


async def say(
    session: Session, notice: Notice, now: datetime, *, priority: Priority = Priority.PUSH, behind: int | None = None
) -> Delivery | None:
    """Queue it; as `scheduler.delivery_queue.enqueue`."""
    return await enqueue(
        session,
        destination=notice.recipient.destination,
        key=notice.key,
        parameters=notice.parameters,
        now=now,
        priority=priority,
        part=notice.part,
        office_id=notice.occurrence.office_id,
        occurrence_id=notice.occurrence.id,
        expires_at=notice.occurrence.due_at,
        follows_id=behind,
    )


async def untell(session: Session, row: Delivery) -> None:
    """The text could not be brought to its leader: the next tick hands the turn to the secretary."""
    if (turn_id := told_by(row)) is not None:
        await turns.change(session, turn_id, of=[TurnState.ASSIGNED], to={"told_at": None})


async def hand_over(session: Session, row: Delivery, now: datetime) -> None:
    """The channel refused the text itself, to a leader who can be written to: it goes to the secretaries, once.

    Where it refused what the text was to follow, the leader is told anew, with the text alone.
    """
    for unsent in (await deliveries.with_followers(session, row))[1:]:
        await untell(session, unsent)
    turn_id = told_by(row)
    turn = await turns.find(session, turn_id) if turn_id is not None else None
    occurrence = await occurrences.find(session, turn.occurrence_id) if turn else None
    if turn is None or occurrence is None or turn.state is not TurnState.ASSIGNED or not row.parameters:
        return
    said, wanted = restored(row.message_key, row.parameters), catalog()[UNREACHABLE].parameters
    text = {name: said[name] for name in wanted if name in said}
    for notice in await _handed_over(session, turn, occurrence, text, now):
        await say(session, notice, now)


def told_by(row: Delivery) -> int | None:
    """The id of the turn of which the row tells its leader; None: it does not."""
    return spoken_of(row) if row.part.startswith(f"{LEADER_PART}:") else None


def spoken_of(row: Delivery) -> int | None:
    """The id of the turn of which the row tells its leader, or a secretary in the leader's stead; None: of none."""
    kind, _, rest = row.part.partition(":")
    return int(rest.split(":")[0]) if kind in (LEADER_PART, _HANDED_PART) else None


async def _notices(
    session: Session,
    turn: Turn,
    occurrence: Occurrence,
    member: Member,
    regulations: Mapping[str, Regulation],
    now: datetime,
) -> list[Notice]:
    schedule = await session.get_one(Schedule, occurrence.schedule_id)
    office = await offices.get_office(session, occurrence.office_id)
    text = reading_text(regulations[office.regulation_id], schedule, occurrence, member.name)
    text |= {"due_at": occurrence.due_at, "zone": schedule.timezone}
    if (leader := await audience.member(session, member)) is not None:
        may_swap = member.role in audience.SECRETARIES
        own = text | {"turn_id": turn.id if may_swap else None, "forwards": schedule.by_forwarding}
        return [Notice(leader, "reading/leader", own, occurrence, f"{LEADER_PART}:{turn.id}:{int(now.timestamp())}")]
    return await _handed_over(session, turn, occurrence, text, now)


async def _handed_over(
    session: Session, turn: Turn, occurrence: Occurrence, text: Mapping[str, object], now: datetime
) -> list[Notice]:
    """The secretaries get the text in the leader's stead, and bring it to them or swap the turn."""
    handed = {**text, "turn_id": turn.id, "instead": await _reachable_instead(session, occurrence)}
    part = f"{_HANDED_PART}:{turn.id}:{int(now.timestamp())}"
    secretaries = await audience.secretaries(session, occurrence.office_id)
    return [Notice(secretary, UNREACHABLE, handed, occurrence, part) for secretary in secretaries]
