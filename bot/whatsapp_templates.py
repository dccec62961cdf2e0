"""`apel whatsapp templates`: ours as they look, submitted to Meta, and held against what Meta has."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from bot.application import ASKED_WITHIN
from bot.channels.whatsapp.graph import Graph, MetasTemplate, Refused
from bot.channels.whatsapp.sending import listed_templates, repeatable
from bot.channels.whatsapp.templates import body_of, definition, trouble_of, unlike
from bot.config import Settings, WhatsAppSettings, WrongSetting
from content.templates import BUTTON, LANGUAGE, Template, templates
from scheduler.clock import SystemClock
from scheduler.errors import ChannelRefusesUs, Malformed, SendError, TemplateTrouble

_EXISTS = 2388024  # subcode: somebody submitted it meanwhile


class Standing(Struct, frozen=True):
    """One of our templates at Meta. `state`: a code, "approved" where it can be used; `reason`: of a rejection.

    `charged_as`: Meta's category where it is not the one we asked for; `ours`: our text where Meta has another;
    `unlike`: the parts that are built otherwise there ("header", "body", "buttons").
    """

    name: str
    state: str
    reason: str | None = None
    charged_as: str | None = None
    ours: str | None = None
    unlike: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether pushes can leave by it."""
        return self.state == "approved"

    def shown(self) -> dict[str, Any]:
        """As the message wants it."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Submitted(Struct, frozen=True):
    """What became of one that was to be submitted: "there" already, "would" be, "sent" or "refused" with a code.

    `told`: what Meta says of a refusal, in its own words, if anything.
    """

    name: str
    result: str
    code: str | None = None
    told: str = ""

    def shown(self) -> dict[str, Any]:
        """As the message wants it."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


def looks() -> list[dict[str, Any]]:
    """Each of our templates with its samples, as "command/template" wants it."""
    return [
        {"name": one.name, "category": one.category.value, "text": one.filled(one.samples), "button": BUTTON}
        for one in templates().values()
    ]


async def standings(settings: Settings) -> list[Standing]:
    """How each of our templates stands at Meta now.

    Raises:
        WrongSetting: there are no settings for WhatsApp.
        SendError: Meta refuses us or cannot be reached.
    """
    async with _connected(settings, ASKED_WITHIN) as (graph, account):
        return compared(await listed_templates(graph, account, SystemClock().now()))


def compared(listed: Iterable[MetasTemplate]) -> list[Standing]:
    """Ours beside Meta's list, in our order. Pure."""
    by_name = {one.name: one for one in listed if one.language == LANGUAGE}
    return [_standing(ours, by_name.get(name)) for name, ours in templates().items()]


def _standing(ours: Template, metas: MetasTemplate | None) -> Standing:
    if metas is None:
        return Standing(ours.name, TemplateTrouble.MISSING.value)
    parts = unlike(ours, metas)
    trouble = trouble_of(metas.status) or (TemplateTrouble.PARAMETERS if parts else None)
    charged_as = metas.category.lower()
    return Standing(
        ours.name,
        trouble.value if trouble else "approved",
        reason=None if metas.rejected_reason in ("", "NONE") else metas.rejected_reason,
        charged_as=charged_as if charged_as != ours.category.value else None,
        ours=ours.numbered if body_of(metas) != ours.numbered else None,
        unlike=tuple(part.value for part in parts),
    )


async def submit(settings: Settings, *, dry_run: bool = False) -> AsyncIterator[Submitted]:
    """Submit what Meta does not have; called again it submits nothing twice. Raises as `standings`."""
    async with _connected(settings) as (graph, account):
        for standing in compared(await listed_templates(graph, account, SystemClock().now())):
            if standing.state != TemplateTrouble.MISSING.value:
                yield Submitted(standing.name, "there")
            elif dry_run:
                yield Submitted(standing.name, "would")
            else:
                yield await _submit(graph, account, templates()[standing.name])


async def _submit(graph: Graph, account: str, template: Template) -> Submitted:
    async def create() -> Submitted:
        try:
            await graph.create_template(account, definition(template))
        except Refused as refused:
            if refused.subcode == _EXISTS:
                return Submitted(template.name, "there")
            if refused.code != 100:  # not this template, but us
                raise
            return Submitted(template.name, "refused", f"{refused.code}/{refused.subcode or 0}", refused.told)
        return Submitted(template.name, "sent")

    return await repeatable(create, SystemClock().now())


def trouble(error: SendError) -> str:
    """Why Meta tells nothing of templates: a key of the catalogue."""
    refused = isinstance(error, ChannelRefusesUs | Malformed)
    return "command/templates_unreadable_bad" if refused else "command/whatsapp_down_bad"


@asynccontextmanager
async def _connected(settings: Settings, answer_seconds: float = 20.0) -> AsyncIterator[tuple[Graph, str]]:
    whatsapp: WhatsAppSettings | None = settings.whatsapp
    if whatsapp is None:
        raise WrongSetting("APEL_WHATSAPP_TOKEN", "whatsapp_missing")
    graph = Graph(whatsapp.api_url, whatsapp.phone_id, whatsapp.token.reveal(), answer_seconds=answer_seconds)
    try:
        yield graph, whatsapp.business_account_id
    finally:
        await graph.close()
