"""What is held about a person in words: seats and values as the regulation names them, messages without markup."""

from collections.abc import Iterator, Mapping
from typing import Any

from content.markup import plain_text
from content.regulation import Regulation
from content.seat_words import seat_words
from storage.models import Role

Rows = list[dict[str, Any]]
_SEATS = ("role", "from", "to")


def readable(held: Mapping[str, Rows], regulations: Mapping[str, Regulation]) -> dict[str, Rows]:
    """The rows of `held_about`, for the template of the file: no slugs, no markup, no JSON."""
    worded = {subject: [_worded(row, regulations) for row in rows] for subject, rows in held.items()}
    for subject in ("messages", "mentions"):
        worded[subject] = [row | {"text": plain_text(row["text"])} for row in worded[subject]]
    worded["addresses"] = [_masked(row) for row in worded["addresses"]]
    worded["dialogues"] = [row | {"data": list(_typed(row["data"]))} for row in worded["dialogues"]]
    return worded


def _worded(row: dict[str, Any], regulations: Mapping[str, Regulation]) -> dict[str, Any]:
    regulation = regulations.get(row.get("regulation") or "")
    if regulation is None:
        return row
    if "role" in row:
        row = row | {"role": seat_words(regulation, row["role"])}
    if "value_slug" in row:
        value = regulation.value(row["value_slug"])
        row = row | {"value_slug": value.name if value else row["value_slug"]}
    if row.get("act", "").startswith("member."):
        detail = row["detail"]
        seats = {key: seat_words(regulation, detail[key]) for key in _SEATS if detail.get(key) in set(Role)}
        row = row | {"detail": detail | seats}
    return row


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    """An address whose phone number shows no more than who knows it needs."""
    phone = row["phone"]
    if not phone:
        return row
    masked = f"{phone[:4]}{'•' * (len(phone) - 6)}{phone[-2:]}" if len(phone) > 6 else "•" * len(phone)
    return row | {"phone": masked}


def _typed(value: Any) -> Iterator[str]:
    """The words that an open form holds; its numbers are only the machine's."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _typed(item)
