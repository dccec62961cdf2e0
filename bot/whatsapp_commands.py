"""`apel whatsapp`: what the administrator does about WhatsApp from the command line."""

import asyncio
import sys
from typing import NoReturn

import click

from bot import whatsapp_templates
from bot.config import Settings
from bot.terminal import say
from scheduler.errors import SendError


@click.group("whatsapp")
def whatsapp_group() -> None:
    """Urusan WhatsApp."""


@whatsapp_group.group("templates")
def templates_group() -> None:
    """Templat pesan yang harus disetujui Meta."""


@templates_group.command("show")
def show_templates() -> None:
    """Tampilkan semua templat beserta contoh isinya."""
    for look in whatsapp_templates.looks():
        say("command/template", **look)


@templates_group.command("submit")
@click.option("--dry-run", is_flag=True, help="Hanya tampilkan yang akan diajukan.")
def submit_templates(*, dry_run: bool) -> None:
    """Ajukan ke Meta templat yang belum ada di sana."""

    async def submit() -> bool:
        refused = False
        async for result in whatsapp_templates.submit(Settings.from_environment(), dry_run=dry_run):
            say("command/template_submitted", **result.shown())
            refused = refused or result.code is not None
        return refused

    try:
        refused = asyncio.run(submit())
    except SendError as error:
        _unanswered(error)
    if refused:
        sys.exit(1)


@templates_group.command("check")
def check_templates() -> None:
    """Bandingkan dengan yang ada di Meta."""
    try:
        standings = asyncio.run(whatsapp_templates.standings(Settings.from_environment()))
    except SendError as error:
        _unanswered(error)
    for standing in standings:
        say("command/template_standing", **standing.shown())
    if not all(standing.good for standing in standings):
        sys.exit(1)


def _unanswered(error: SendError) -> NoReturn:
    say(whatsapp_templates.trouble(error))
    sys.exit(1)
