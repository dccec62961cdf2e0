"""What channels tell of their templates by themselves, and what a refused send tells of one."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from content.templates import LANGUAGE, Template
from content.templates import templates as content_templates
from scheduler.errors import TemplateRefused, TemplateTrouble
from scheduler.retry_policy import TEMPLATE_PAUSED
from storage.models import Delivery
from storage.queries import claims, templates
from storage.transaction import Session

log = logging.getLogger(__name__)

_REMEMBERED_FOR = timedelta(hours=1)  # of one that is not listed: for the rest of a push, and a mend works the next day
KNOWN_FOR = timedelta(days=1)  # older word of a template refuses nothing: the channel itself is asked by sending
# refused for one row, no other leaves under that template either
OF_EVERY_ROW = frozenset(TemplateTrouble) - {TemplateTrouble.PARAMETERS}


class TemplateNews(Struct, frozen=True):
    """A template's state or category changed at the aware instant `at`; both as the channel says them."""

    channel: str
    name: str
    language: str
    at: datetime
    status: str | None = None
    category: str | None = None


async def record_news(session: Session, news: TemplateNews) -> bool:
    """Whether anything is known by it now. Of a template that is not known yet the next list tells.

    What waits for a template that was paused asks at once whether this was the one.
    """
    told = {"status": news.status, "category": news.category}
    to = {name: value for name, value in told.items() if value}
    if not to or not await templates.change(session, news.channel, news.name, news.at, to, news.language):
        return False
    await claims.wake(session, news.at, news.channel, TEMPLATE_PAUSED)
    return True


async def trouble_with(
    session: Session,
    channel: str,
    template: Template,
    means: Callable[[str], TemplateTrouble | None],
    now: datetime,
) -> TemplateTrouble | None:
    """Why it cannot be used at the aware instant `now`, as far as the channel told; `means` reads the channel's words.

    None also where it told nothing lately: then it is asked by sending.
    """
    told = await templates.find(session, channel, template.name, LANGUAGE)
    if told is None or told.told_at < now - KNOWN_FOR:
        return None
    unlike = told.parameters != len(template.parameters)
    return means(told.status) or (TemplateTrouble.PARAMETERS if unlike else None)


async def heed(session: Session, row: Delivery, error: TemplateRefused, now: datetime) -> None:
    """The channel refused the template under which this row left: until it tells otherwise, no other row leaves so.

    Of a template of which it tells nothing by itself the refusal is remembered for _REMEMBERED_FOR.
    """
    if row.template is None or error.trouble not in OF_EVERY_ROW:
        return
    log.warning("%s refuses the template %s: %s", row.channel, row.template, error.trouble.value)
    to = {"status": error.trouble.name}
    known = await templates.change(session, row.channel, row.template, now, to)
    if not known and (ours := content_templates().get(row.template)) is not None:
        about = {"language": LANGUAGE, "category": ours.category.upper(), "parameters": len(ours.parameters)}
        told_at = now + _REMEMBERED_FOR - KNOWN_FOR
        await templates.add(session, {"channel": row.channel, "name": row.template, "told_at": told_at, **about, **to})
