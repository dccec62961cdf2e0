"""Every message the bot can send: key -> what it says and the parameters it declares, each with a sample.

The catalogue is `messages/<area>/catalog.yaml`, one per area; a test renders every entry with its samples and
checks that no template is unlisted. `if_unanswered` at its head holds for every entry that names none.
"""

from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from content.yaml_text import plain_data


class IfUnanswered(StrEnum):
    """What is preferred when a message was handed over and the answer was lost: it may stand there, or not."""

    AGAIN = "again"  # once more: rather twice than not at all
    NEVER = "never"  # a person decides: rather late than twice


class CatalogEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """`says`: when it is sent and to whom, for engineers. `parameters`: name -> a sample value for tests."""

    says: str
    parameters: dict[str, Any] = {}
    if_unanswered: IfUnanswered = IfUnanswered.NEVER


@cache
def catalog() -> dict[str, CatalogEntry]:
    """All entries by key ("reading/post")."""
    entries: dict[str, CatalogEntry] = {}
    for area in sorted(resources.files("content").joinpath("messages").iterdir(), key=lambda path: path.name):
        listing = area.joinpath("catalog.yaml")
        if not listing.is_file():
            continue
        listed = plain_data(listing.read_text("utf-8"))
        of_area = {"if_unanswered": listed.pop("if_unanswered", IfUnanswered.NEVER)}
        loaded = {name: msgspec.convert(of_area | entry, CatalogEntry) for name, entry in listed.items()}
        entries |= {f"{area.name}/{name}": entry for name, entry in loaded.items()}
    return entries
