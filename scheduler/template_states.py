"""What channels tell of their templates by themselves, and what a refused send tells of one."""

import logging
from datetime import datetime, timedelta

from msgspec import Struct

from scheduler.errors import TemplateRefused, TemplateTrouble
from storage.models import Delivery
from storage.queries import templates
from storage.transaction import Session

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(days=1)  # older word of a template refuses nothing: the channel itself is asked by sending
_OF_ALL = {trouble for trouble in TemplateTrouble if trouble is not TemplateTrouble.PARAMETERS}


class TemplateNews(Struct, frozen=True):
    """A template's state or category changed at the aware instant `at`; both as the channel says them."""

    channel: str
    name: str
    language: str
    at: datetime
    status: str | None = None
    category: str | None = None


async def record_news(session: Session, news: TemplateNews) -> bool:
    """Whether anything is known by it now. Of a template that is not known yet the next list tells."""
    told = {"status": news.status, "category": news.category}
    to = {name: value for name, value in told.items() if value}
    return bool(to) and await templates.change(session, news.channel, news.name, news.at, to, news.language)


async def heed(session: Session, row: Delivery, error: TemplateRefused, now: datetime) -> None:
    """The channel refused the template under which this row left: until it tells otherwise, no other row leaves so."""
    if row.template is not None and error.trouble in _OF_ALL:
        log.error("%s refuses the template %s: %s", row.channel, row.template, error.trouble.value)
        await templates.change(session, row.channel, row.template, now, {"status": error.trouble.name})
