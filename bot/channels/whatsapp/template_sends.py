"""A row on its way to somebody who did not write lately: the template that goes in its place, or why none can."""

from datetime import datetime, timedelta
from typing import Any

from bot.channels.whatsapp import CHANNEL
from bot.channels.whatsapp.first_contact import admit
from bot.channels.whatsapp.templates import payload, trouble_of
from content.errors import WrongParameters
from content.templates import LANGUAGE, Template, template_of
from scheduler.errors import MessageRefused, TemplateRefused, TemplateTrouble, WindowClosed
from scheduler.persons_limit import PersonsLimit
from scheduler.sender import LedgerEntry
from scheduler.template_states import OF_EVERY_ROW, trouble_with
from storage.queries import deliveries, templates
from storage.transaction import Database, Session

_UNTIL_RECORDED = timedelta(minutes=1)


class Refusals:
    """Templates that Meta has just refused: no other row leaves under one, also before the ledger knows of it."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[datetime, TemplateTrouble]] = {}

    def heed(self, name: str, trouble: TemplateTrouble, now: datetime) -> None:
        """Meta refused this template at the aware instant `now`."""
        if trouble in OF_EVERY_ROW:
            self._latest[name] = (now, trouble)

    def since(self, name: str, told_at: datetime | None, now: datetime) -> TemplateTrouble | None:
        """Why it was refused after that, as far as it was within the last minute; then the ledger knows more."""
        at, trouble = self._latest.get(name, (None, None))
        later = at is not None and (told_at is None or told_at < at)
        return trouble if at is not None and later and now < at + _UNTIL_RECORDED else None


async def as_template(
    database: Database,
    persons: PersonsLimit,
    refusals: Refusals,
    chat_id: str,
    entry: LedgerEntry | None,
    now: datetime,
) -> dict[str, Any]:
    """The template for this row, as the Graph API takes it; the row remembers that it left so, `persons` to whom.

    Raises:
        PersonsLimitReached: to nobody else may be written first for now.
        WindowClosed: the message has none.
        TemplateRefused: it has one, which cannot be used at the aware instant `now`.
        MessageRefused: what the row says was forgotten.
        Unavailable: the database cannot be worked with.
    """
    template = template_of(entry.key) if entry is not None else None
    if entry is None or template is None:
        raise WindowClosed("nobody wrote within a day")
    async with database.transaction() as session:
        row = await deliveries.find(session, entry.id)
        trouble = await _trouble(session, template, refusals, now)
        if trouble is not None:
            raise TemplateRefused(trouble)
        try:
            values = template.values(entry.key, row.parameters if row is not None else {})
        except WrongParameters as error:
            raise MessageRefused("its parameters were forgotten") from error
        await admit(session, persons, chat_id, now)
        await templates.leave_as(session, entry.id, template.name)
    return payload(template, values, entry.id)


async def _trouble(session: Session, template: Template, refusals: Refusals, now: datetime) -> TemplateTrouble | None:
    """Why it cannot be used, as far as Meta told. Where it told nothing lately it is asked by sending."""
    told = await templates.find(session, CHANNEL, template.name, LANGUAGE)
    if (refused := refusals.since(template.name, told.told_at if told else None, now)) is not None:
        return refused
    return await trouble_with(session, CHANNEL, template, trouble_of, now)
