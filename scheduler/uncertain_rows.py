"""What waits for news of a row of which nobody knows whether it arrived, and what is told of it meanwhile.

Of a group's post `scheduler.notices` tells. Of what members get one by one it is told in a number, after a while, as a
channel that reaches persons alone mostly tells by itself what became of a message.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler import audience, turns
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import enqueue, reword
from scheduler.errors import OutcomeUnknown
from scheduler.notices import COLLECTED_FOR, missed_occurrence
from storage.models import Delivery, DeliveryState, Priority
from storage.queries import deliveries, ledger, occurrences, offices, one_by_one
from storage.transaction import Session

TO_PERSONS = "notice/uncertain_persons"
_NEWS_COMES_WITHIN = timedelta(hours=1)  # for what is never too late


async def heed(session: Session, rows: Iterable[Delivery], now: datetime) -> None:
    """These rows are uncertain from the aware instant `now` on."""
    told = set()
    for row in rows:
        await _let_followers_wait(session, row, now)
        if row.occurrence_id is not None and _is_counted(row):
            told.add(row.occurrence_id)
    for occurrence_id in sorted(told):
        await _tell(session, occurrence_id, now, anew=True)


async def settle(session: Session, row: Delivery, now: datetime) -> None:
    """The row was uncertain, and is not any more: what follows it waits for it alone, and it is counted no longer."""
    for part in (await deliveries.with_followers(session, row))[1:]:
        await deliveries.change(session, part.id, of=deliveries.WAITING, to={"not_before": now, "reason": None})
    if row.occurrence_id is not None and _is_counted(row):
        await _tell(session, row.occurrence_id, now, anew=False)


async def heed_stop(session: Session, channel: str, chat_id: str, now: datetime) -> None:
    """The person of this chat wants answers only: what of theirs is uncertain is counted no longer."""
    for occurrence_id in await one_by_one.uncertain_at(session, channel, chat_id):
        await _tell(session, occurrence_id, now, anew=False)


def _is_counted(row: Delivery) -> bool:
    """Whether a person got it as the post itself: no notice about it, nor the notice of this very kind."""
    return row.group_id is None and ledger.is_of_post(row)


async def _let_followers_wait(session: Session, row: Delivery, now: datetime) -> None:
    """Where the channel may tell yet that it arrived; nothing else waits behind them. A leader is told anew, alone."""
    if not abilities_of(row.channel).settles_within:
        return
    for part in (await deliveries.with_followers(session, row))[1:]:
        until = part.expires_at or now + _NEWS_COMES_WITHIN
        to = {"not_before": until, "reason": OutcomeUnknown.__name__}
        await deliveries.change(session, part.id, of=deliveries.WAITING, to=to)
        await turns.untell(session, part)


async def _tell(session: Session, occurrence_id: int, now: datetime, *, anew: bool) -> None:
    """How many persons it is; `anew`: by a new notice, too, where none waits to leave."""
    rows = await one_by_one.uncertain(session, occurrence_id)
    persons = len({(row.channel, row.chat_id) for row in rows})
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None:
        return
    about = await missed_occurrence(session, occurrence, "uncertain")
    office = await offices.get_office(session, about.office_id)
    parameters = {"title": about.title, "due_at": about.due_at, "zone": office.timezone, "persons": persons}
    parameters |= {"occurrence_id": occurrence_id}
    for secretary in await audience.secretaries(session, office.id):
        to = secretary.destination
        waiting = await deliveries.untried(session, to.channel, to.chat_id, TO_PERSONS, office.id, occurrence_id)
        if waiting is not None and not persons:
            gone = {"state": DeliveryState.CANCELLED, "reason": "superseded"}
            await deliveries.change(session, waiting.id, of=deliveries.WAITING, to=gone)
        elif waiting is not None:
            await reword(session, waiting, TO_PERSONS, parameters)
        elif persons and anew:
            await enqueue(
                session,
                destination=to,
                key=TO_PERSONS,
                parameters=parameters,
                now=now,
                priority=Priority.NOTICE,
                office_id=office.id,
                occurrence_id=occurrence_id,
                part=f"uncertain:{int(now.timestamp())}",  # whichever rows they are
                not_before=now + COLLECTED_FOR,
            )
