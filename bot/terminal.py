"""What commands say: sentences of the catalogue, and how a command ends."""

import sys
from typing import NoReturn

import click

from content.markup import plain_text
from content.rendering import render


def say(message: str, /, **parameters: object) -> None:
    """Print the message of this key."""
    click.echo(plain_text(render(message, parameters).text))


def fail(message: str, /, **parameters: object) -> NoReturn:
    """End the command with the message of this key: a missing or wrong setting or argument."""
    click.echo(plain_text(render(message, parameters).text), err=True)
    sys.exit(2)
