"""What the secretaries are told of the machine's own troubles: once each, in private.

Of members who get a push one by one it is told in numbers, and only after a while: what goes wrong with one of them
often goes wrong with others soon after.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from scheduler import audience
from scheduler.audience import Recipient
from scheduler.delivery_queue import destination_of, enqueue, reword
from scheduler.errors import TemplateTrouble, UnreachableReason
from storage.models import Delivery, DeliveryState, Occurrence, Priority, ScheduleKind
from storage.queries import addresses, deliveries, group_chats, occurrences, offices, schedules
from storage.queries.ledger import FORWARD
from storage.transaction import Session

UNCERTAIN = "notice/uncertain"
MISSED = "notice/missed"
NOT_REACHED = "notice/not_reached"
COLLECTED_FOR = timedelta(minutes=10)
_KNOWN_SOON = timedelta(seconds=30)  # what a template's state keeps from members is known of all of them at once
_IN_ONE = 10  # posts, each with its button, in one message: as many as a list holds on any channel
_OF_TEMPLATES = frozenset(TemplateTrouble)
_BY_NAME = frozenset(UnreachableReason) - {UnreachableReason.OPTED_OUT}  # somebody can help these to be reached again


class Missed(Struct, frozen=True):
    """One post that did not go out; `reason` is a code, worded in the catalogue.

    `held_anyway`: a reading or meeting, which people may have held without the post, and /susulan takes in.
    `names`: of those of the `persons` whom nothing reaches until they do something themselves.
    """

    office_id: int
    title: str
    due_at: datetime
    reason: str
    group: str | None = None
    persons: int = 0  # to so many members whom it goes to one by one
    names: tuple[str, ...] = ()
    held_anyway: bool = False
    rest: bool = False  # the beginning of it did go out

    def shown(self) -> dict[str, Any]:
        """As the message wants it."""
        return {
            "title": self.title,
            "group": self.group,
            "persons": self.persons,
            "names": [*self.names],
            "due_at": self.due_at,
            "reason": self.reason,
            "held_anyway": self.held_anyway and not self.rest,
            "rest": self.rest,
        }


async def missed_occurrence(session: Session, occurrence: Occurrence, reason: str) -> Missed:
    """An occurrence for the notice."""
    schedule = await schedules.find(session, occurrence.schedule_id)
    title = schedule.title if schedule else ""
    held_anyway = schedule is not None and schedule.kind in (ScheduleKind.READING, ScheduleKind.MEETING)
    return Missed(occurrence.office_id, title, occurrence.due_at, reason, held_anyway=held_anyway)


async def missed_delivery(session: Session, row: Delivery, reason: str) -> Missed | None:
    """A delivery for the notice; None for what is no post of a schedule (a reply, a notice).

    None also for a later part of which the one before did not go out: that one is told.
    """
    if row.occurrence_id is None or row.edits_id is not None:
        return None
    before = await deliveries.find(session, row.follows_id) if row.follows_id else None
    if before is not None and before.state is not DeliveryState.SENT:
        return None
    occurrence = await occurrences.find(session, row.occurrence_id)
    if occurrence is None or (row.group_id is None and row.part and not row.part.startswith("/")):
        return None  # what the leader or the secretary was told in private
    group = await group_chats.find(session, row.group_id) if row.group_id else None
    missed = await missed_occurrence(session, occurrence, reason)
    one = row.group_id is None and _goes_one_by_one(occurrence) and not row.part.startswith(FORWARD)
    name = (
        await addresses.member_at(session, missed.office_id, row.channel, row.chat_id)
        if one and reason in _BY_NAME
        else None
    )
    to = {"group": group.title if group else None, "persons": int(one), "names": (name,) if name else ()}
    return replace(missed, **to, rest=before is not None)


def without_the_rest(missed: Missed, occurrence: Occurrence, recipients: Sequence[Recipient]) -> list[Missed]:
    """A half-written push for the notice: each chat that gets no row of it any more, and how many members."""
    persons = [one for one in recipients if one.group_id is None and _goes_one_by_one(occurrence)]
    named = [replace(missed, group=one.title) for one in recipients if one not in persons]
    return [*named, replace(missed, persons=len(persons))] if persons else named


def _goes_one_by_one(occurrence: Occurrence) -> bool:
    """Whether its private chats are those of members; of a summary they are the leads', each of whom is told of."""
    return occurrence.kind is not ScheduleKind.SUMMARY


async def tell_missed(session: Session, items: Sequence[Missed], now: datetime) -> None:
    """One message for each office, listing all that was missed. Told in the transaction that records the missing.

    Where one has not left yet, it lists these too: two hundred refusals, recorded one by one, are one message. What
    did not reach single members is a message of its own, which leaves COLLECTED_FOR later, or soon where all is known.
    """
    for office_id in sorted({item.office_id for item in items}):
        own = [item for item in items if item.office_id == office_id]
        at_once = [item.shown() for item in own if not item.persons]
        collected = [item.shown() for item in own if item.persons]
        if at_once:
            await _tell_list(session, office_id, MISSED, at_once, now)
        if collected:
            soon = all(item["reason"] in _OF_TEMPLATES for item in collected)
            wait = _KNOWN_SOON if soon else COLLECTED_FOR
            await _tell_list(session, office_id, NOT_REACHED, collected, now, not_before=now + wait)


async def _tell_list(
    session: Session, office_id: int, key: str, items: list[dict[str, Any]], now: datetime, **about: Any
) -> None:
    office = await offices.get_office(session, office_id)
    for secretary in await audience.secretaries(session, office_id):
        to = secretary.destination
        waiting = await deliveries.untried(session, to.channel, to.chat_id, key, office_id)
        before = [_with_instant(item) for item in waiting.parameters.get("items", ())] if waiting else []
        parameters = {"items": _counted([*before, *items]), "zone": office.timezone, "noticed_at": now}
        if waiting is None or not await reword(session, waiting, key, parameters):
            await _tell(session, secretary, office_id, key, parameters | {"items": _counted(items)}, now, **about)


def _counted(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the members, or leads, of the same push and the same reason as one item."""
    counted: list[dict[str, Any]] = []
    for item in items:
        who = {"persons": item["persons"], "names": item["names"]}
        alone = item["group"] is None
        same = next((one for one in counted if alone and one | who == item), None)
        if same is None:
            counted.append(dict(item))
        elif item["persons"]:
            same["persons"] += item["persons"]
            same["names"] = [*same["names"], *item["names"]]
    return counted


def _with_instant(item: dict[str, Any]) -> dict[str, Any]:
    """As it was before it was stored, by an older version, too."""
    return {"persons": 0, "names": [], "group": None} | item | {"due_at": datetime.fromisoformat(item["due_at"])}


async def tell_uncertain(session: Session, rows: Iterable[Delivery], now: datetime) -> None:
    """Of each group's post whose answer was lost, once, with the button that sends it again.

    Where a notice of the same push has not left yet, it takes in more of them.
    """
    for row in rows:
        if row.occurrence_id is None or row.group_id is None or row.edits_id is not None:
            continue
        occurrence = await occurrences.find(session, row.occurrence_id)
        group = await group_chats.find(session, row.group_id)
        if occurrence is None or group is None:
            continue
        missed = await missed_occurrence(session, occurrence, "uncertain")
        office = await offices.get_office(session, missed.office_id)
        parameters = {"title": missed.title, "due_at": missed.due_at, "zone": office.timezone}
        post = {"group": group.title, "delivery_id": row.id}
        about = {"occurrence_id": occurrence.id, "part": f"uncertain:{row.id}"}
        for secretary in await audience.secretaries(session, office.id):
            to = secretary.destination
            waiting = await deliveries.untried(session, to.channel, to.chat_id, UNCERTAIN, office.id, occurrence.id)
            posts = waiting.parameters.get("posts", []) if waiting else []
            together = parameters | {"posts": [*posts, post]}
            if waiting is None or len(posts) == _IN_ONE or not await reword(session, waiting, UNCERTAIN, together):
                await _tell(session, secretary, office.id, UNCERTAIN, parameters | {"posts": [post]}, now, **about)


async def tell_settled(session: Session, row: Delivery, now: datetime) -> None:
    """A post of which a notice said that its answer was lost stands in its group after all: the notice says so."""
    if row.occurrence_id is None:
        return
    for notice in await deliveries.of_occurrence(session, row.occurrence_id):
        said = notice.parameters
        posts = said.get("posts", [])  # none left: erased
        settled = [post for post in posts if post["delivery_id"] == row.id]
        if notice.message_key != UNCERTAIN or notice.edits_id is not None or not settled:
            continue
        unsettled = [post for post in posts if post not in settled]
        notice.parameters = said | {"posts": unsettled}
        same = {"title": said["title"], "due_at": datetime.fromisoformat(said["due_at"]), "zone": said["zone"]}
        await enqueue(
            session,
            destination=destination_of(notice),
            key=UNCERTAIN if unsettled else "notice/settled",
            parameters=same | ({"posts": unsettled} if unsettled else {"group": settled[0]["group"]}),
            now=now,
            priority=Priority.NOTICE,
            office_id=notice.office_id,
            edits_id=notice.id,
        )


async def tell_secretaries(
    session: Session, office_id: int, key: str, parameters: Mapping[str, Any], now: datetime, **about: Any
) -> None:
    """Queue the message `key` for every secretary of the office that can be written to.

    `about` goes to `enqueue`: the occurrence that it is about, and the `part` by which it is told once.
    """
    for secretary in await audience.secretaries(session, office_id):
        await _tell(session, secretary, office_id, key, parameters, now, **about)


async def _tell(
    session: Session,
    secretary: Recipient,
    office_id: int,
    key: str,
    parameters: Mapping[str, Any],
    now: datetime,
    **about: Any,
) -> None:
    await enqueue(
        session,
        destination=secretary.destination,
        key=key,
        parameters=parameters,
        now=now,
        priority=Priority.NOTICE,
        office_id=office_id,
        **about,
    )
