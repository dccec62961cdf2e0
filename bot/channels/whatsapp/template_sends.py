"""A row on its way to somebody who did not write lately: the template that goes in its place, or why none can."""

from datetime import datetime
from typing import Any

from bot.channels.whatsapp import CHANNEL
from bot.channels.whatsapp.first_contact import admit
from bot.channels.whatsapp.templates import payload, trouble_of
from content.errors import WrongParameters
from content.templates import LANGUAGE, Template, template_of
from scheduler.errors import MessageRefused, TemplateRefused, TemplateTrouble, WindowClosed
from scheduler.persons_limit import PersonsLimit
from scheduler.sender import LedgerEntry
from scheduler.template_states import KNOWN_FOR
from storage.queries import deliveries, templates
from storage.transaction import Database, Session


async def as_template(
    database: Database, persons: PersonsLimit, chat_id: str, entry: LedgerEntry | None, now: datetime
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
        trouble = await _trouble(session, template, now)
        if trouble is not None:
            raise TemplateRefused(trouble)
        try:
            values = template.values(entry.key, row.parameters if row is not None else {})
        except WrongParameters as error:
            raise MessageRefused("its parameters were forgotten") from error
        await admit(session, persons, chat_id, now)
        await templates.leave_as(session, entry.id, template.name)
    return payload(template, values, entry.id)


async def _trouble(session: Session, template: Template, now: datetime) -> TemplateTrouble | None:
    """Why it cannot be used, as far as Meta told. Where it told nothing lately it is asked by sending."""
    told = await templates.find(session, CHANNEL, template.name, LANGUAGE)
    if told is None or told.told_at < now - KNOWN_FOR:
        return None
    unlike = told.parameters != len(template.parameters)
    return trouble_of(told.status) or (TemplateTrouble.PARAMETERS if unlike else None)
