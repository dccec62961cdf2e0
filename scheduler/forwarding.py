"""What a person forwards into WhatsApp groups, which no channel of ours reaches.

At its hour whoever forwards it gets in private the finished text, as the group shall read it, and right behind it a
message with the one button that is the log entry. Who that is: of a reading the leader of the day, of a meeting who
called it, of a broadcast who announced it; where they cannot be written to, and of all else, the secretaries, each of
whom reads who else has it, so that the group does not get it twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from content.message import Message
from content.rendering import render, restored
from scheduler import audience
from scheduler.abilities import abilities_of
from scheduler.audience import Recipient
from scheduler.delivery_queue import Post, enqueue_posts, message_of
from scheduler.fitting import fitted
from scheduler.message_parameters import Posting, Wording
from storage.models import Delivery, Member, Occurrence, Schedule, ScheduleKind
from storage.queries import deliveries, ledger, occurrences, turns
from storage.queries.ledger import FORWARD
from storage.transaction import Session

FORWARDABLE = frozenset({ScheduleKind.READING, ScheduleKind.MEETING, ScheduleKind.TWIBBON, ScheduleKind.BROADCAST})
BY_ITS_MAKER = frozenset({ScheduleKind.MEETING, ScheduleKind.BROADCAST})  # whoever made it forwards it, if reached
TEXT, DONE = "forward/text", "forward/done"
Item = tuple[Occurrence, Schedule]


async def forwarders(session: Session, items: Sequence[Item]) -> dict[int, list[Recipient]]:
    """Who is to forward each of them, as far as they can be written to; by occurrence."""
    own = await own_forwarders(session, items)
    offices = {occurrence.office_id for occurrence, _ in items if occurrence.id not in own}
    others = {office_id: await audience.secretaries(session, office_id) for office_id in sorted(offices)}
    return {item.id: [own[item.id]] if item.id in own else others[item.office_id] for item, _ in items}


async def own_forwarders(session: Session, items: Sequence[Item]) -> dict[int, Recipient]:
    """Who forwards each of them rather than the secretaries, where there is somebody who can be written to."""
    readings = [occurrence.id for occurrence, schedule in items if schedule.kind is ScheduleKind.READING]
    chosen = await turns.leaders(session, readings) if readings else {}
    for occurrence, schedule in items:
        if schedule.kind in BY_ITS_MAKER and schedule.created_by is not None:
            chosen[occurrence.id] = await session.get_one(Member, schedule.created_by)
    reached = await audience.members(session, chosen.values())
    return {number: reached[person.id] for number, person in chosen.items() if person.id in reached}


def text_of(wording: Wording) -> str:
    """What the group shall read: the words of the post, without its button and what is said of that."""
    without = {"occurrence_id": None} if "occurrence_id" in wording.parameters else {}
    return render(wording.key, {**wording.parameters, **without}).text


def handed(posting: Posting, wording: Wording) -> dict[str, Any]:
    """The parameters of what somebody gets to forward: the text, and for which hour it is."""
    schedule, occurrence = posting.schedule, posting.occurrence
    about = {"title": schedule.title, "due_at": occurrence.due_at, "zone": schedule.timezone}
    return about | {"text": text_of(wording)}


def kit(posting: Posting, wording: Wording, recipients: list[Recipient]) -> Post:
    """The text, and the button behind it, for whoever forwards them."""
    schedule, occurrence = posting.schedule, posting.occurrence
    return Post(
        occurrence_id=occurrence.id,
        office_id=occurrence.office_id,
        recipients=recipients,
        key=TEXT,
        parameters=handed(posting, wording),
        picture=wording.picture,
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        part=FORWARD,
        then=(DONE, _button(schedule, occurrence, recipients)),
    )


def _button(schedule: Schedule, occurrence: Occurrence, recipients: Sequence[Recipient]) -> Mapping[str, Any]:
    return {
        "title": schedule.title,
        "due_at": occurrence.due_at,
        "zone": schedule.timezone,
        "occurrence_id": occurrence.id,
        "past": False,
        "names": [one.title for one in recipients],
    }


def past(row: Delivery) -> Message:
    """What stands over the button once its time has passed: nobody is asked to forward anything any more."""
    known = {"names": []} | restored(DONE, row.parameters)  # an older version did not keep them
    message = render(DONE, known | {"past": True})
    return fitted(message, abilities_of(row.channel))[0]


def is_kit(row: Delivery) -> bool:
    """Whether it was for somebody to forward, or is the button behind that."""
    return row.part.startswith(FORWARD)


async def hand_on(session: Session, row: Delivery, now: datetime) -> bool:
    """Whoever was to forward this cannot be written to any more, or nobody knows whether they got it.

    The secretaries get it; False where none can be written to who has not been given it before. To be called in the
    transaction that records what became of the row, at the aware instant `now`.
    """
    if row.occurrence_id is None or row.part != FORWARD:
        return False
    occurrence = await occurrences.find(session, row.occurrence_id)
    if occurrence is None or occurrence.expires_at <= now:
        return False
    before = await deliveries.of_occurrence(session, occurrence.id)
    given = {(one.channel, one.chat_id) for one in before if is_kit(one)}
    secretaries = await audience.secretaries(session, occurrence.office_id)
    others = [one for one in secretaries if (one.destination.channel, one.destination.chat_id) not in given]
    if not others:
        return False
    schedule = await session.get_one(Schedule, occurrence.schedule_id)
    post = Post(
        occurrence_id=occurrence.id,
        office_id=occurrence.office_id,
        recipients=others,
        key=TEXT,
        parameters=row.parameters,
        picture=message_of(row).picture,
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        part=FORWARD,
        then=(DONE, _button(schedule, occurrence, others)),
    )
    await enqueue_posts(session, [post], now)
    written = len(await deliveries.of_occurrence(session, occurrence.id)) - len(before)
    await ledger.count_more(session, occurrence.id, written)
    return True
