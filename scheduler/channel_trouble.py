"""What those who run the installation are told of a channel: it takes nothing, or a message of ours is wrong."""

import logging
from datetime import datetime, timedelta
from typing import Any

from content.templates import template_of
from scheduler import audience
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import enqueue
from scheduler.errors import Refusal, SendError, TemplateRefused, TemplateTrouble
from scheduler.retry_policy import PUSHES_REFUSED, REFUSED
from scheduler.sender import Destination
from storage.models import Delivery, Priority
from storage.queries import addresses, claims, deliveries
from storage.transaction import Session

log = logging.getLogger(__name__)

STOPPED = "channel/stopped"
WAS_STOPPED = "channel/was_stopped"
DEFECT = "channel/message_refused"
UNLIKE = "channel/template_unlike"
WAITING = "channel/notices_wait"
_TOLD_AGAIN = timedelta(days=1)  # while it lasts


async def tell_stopped(session: Session, channel: str, why: Refusal, now: datetime, *, pushes_only: bool) -> None:
    """The channel takes nothing from us, or only replies: told once a day to every administrator, on another one.

    Who has an account on no other reads it as soon as this one takes something again. What waits says for what.
    """
    log.warning("%s takes %s from us: %s", channel, "only replies" if pushes_only else "nothing", why.value)
    if pushes_only:
        await claims.explain(session, now, channel, PUSHES_REFUSED, besides=Priority.REPLY)
    else:
        await claims.explain(session, now, channel, REFUSED)
    parameters = {"channel": abilities_of(channel).name or channel, "why": why.value}
    known = await addresses.of_administrators(session)
    elsewhere = {address.person_id for address in known if address.channel != channel}
    for address in known:
        if address.chat_id is not None and (address.channel != channel or address.person_id not in elsewhere):
            key = STOPPED if address.channel != channel else WAS_STOPPED
            await _tell_once(session, Destination(address.channel, address.chat_id), key, parameters, now)


async def tell_waiting(session: Session, channel: str, trouble: TemplateTrouble, now: datetime) -> None:
    """Notices wait, as no template may bring them: told once a day to every administrator who can be written to freely.

    Who reads them may be silent for days, and only an administrator can do anything about a template. Where nobody can
    be told so the log warns. `/kiriman` and `apel deliveries` show how many wait; each leaves when its reader writes.
    """
    told = False
    parameters = {"channel": abilities_of(channel).name or channel, "why": trouble.value}
    for address in await addresses.of_administrators(session):
        if address.chat_id is not None and abilities_of(address.channel).pushes_any_time:
            await _tell_once(session, Destination(address.channel, address.chat_id), WAITING, parameters, now)
            told = True
    if not told:
        log.warning("notices wait on %s for a template, and nobody can be told: %s", channel, trouble.value)


async def tell_defect(session: Session, row: Delivery, error: SendError, now: datetime) -> None:
    """The channel refuses what is wrong in this row: told to the office's administrators, of many a day the first.

    A push whose template is unlike the channel's is told the secretaries with all that members did not get of it; not
    a second time.
    """
    log.error(
        "%s is refused as it is: %s", row.message_key, error, extra={"push": row.occurrence_id, "delivery": row.id}
    )
    if row.office_id is None or row.message_key in (DEFECT, UNLIKE):
        return
    key = DEFECT
    parameters: dict[str, Any] = {"channel": abilities_of(row.channel).name or row.channel}
    people = await audience.administrators(session, row.office_id)
    template = template_of(row.message_key) if isinstance(error, TemplateRefused) else None
    if template is None:
        parameters |= {"message": row.message_key, "delivery": row.id, "error": str(error)}
    else:
        key, parameters = UNLIKE, parameters | {"template": template.name}
        told = await audience.secretaries(session, row.office_id) if row.occurrence_id is not None else []
        people = [one for one in people if one not in told]
    for one in people:
        await _tell_once(session, one.destination, key, parameters, now, office_id=row.office_id)


async def _tell_once(
    session: Session, to: Destination, key: str, parameters: dict[str, Any], now: datetime, **about: Any
) -> None:
    if await deliveries.said_since(session, to.channel, to.chat_id, key, now - _TOLD_AGAIN):
        return
    await enqueue(session, destination=to, key=key, parameters=parameters, now=now, priority=Priority.NOTICE, **about)
