"""One webhook of Meta's -> the events in it, each on its own and under an id of its own.

Entries, changes, messages and statuses are batched in any shape, repeated and out of order; an event that is stored
under its own id may come as often as it likes.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec

_LISTED = ("messages", "statuses")
_LONGEST_ID = 512  # Meta's have about a hundred characters; no index holds a very long one


def events(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The events of a webhook in order, each in the form of a whole one, with the key that tells a repeat of it.

    What is no JSON, or not as documented, is one event and kept as it is.
    """
    body = _read(raw)
    parts = list(_parts(body)) if isinstance(body, dict) else []
    if not parts:
        yield _hash(raw), raw
    for key, part in parts:
        event = msgspec.json.encode(part)
        yield key or _hash(event), event


def _read(raw: bytes) -> Any:
    """The body as builtins, half an emoji as a question mark; None for what is no JSON."""
    try:
        whole = json.dumps(json.loads(raw.decode(errors="replace")), ensure_ascii=False).encode(errors="replace")
        return msgspec.json.decode(whole)
    except (ValueError, RecursionError):
        return None


def _parts(body: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for entry in _dicts(body.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            listed = [name for name in _LISTED if isinstance(value, dict) and _dicts(value.get(name))]
            if not listed or not isinstance(value, dict):
                yield None, _alone(body, entry, change)
                continue
            shared = {name: given for name, given in value.items() if name not in _LISTED}
            for name in listed:
                for item in _dicts(value[name]):
                    own = shared | {"contacts": _contacts(value, item), name: [item]}
                    yield _key(name, item), _alone(body, entry, change | {"value": own})


def _alone(body: dict[str, Any], entry: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return {"object": body.get("object"), "entry": [entry | {"changes": [change]}]}


def _contacts(value: dict[str, Any], item: dict[str, Any]) -> list[dict[str, Any]]:
    """The contacts that the item is about; a single one that names nobody else is about it, too."""
    ids = {item.get(name) for name in ("from", "from_user_id", "recipient_id", "recipient_user_id")} - {None}
    contacts = _dicts(value.get("contacts"))
    own = [contact for contact in contacts if {contact.get("wa_id"), contact.get("user_id")} & ids]
    return own or (contacts if len(contacts) == 1 and not ids else [])


def _key(name: str, item: dict[str, Any]) -> str | None:
    """A message by its id, a status by its message and stage; None for what has no id."""
    reference = item.get("id")
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST_ID:
        return None
    return reference if name == "messages" else f"{reference}:{item.get('status')}"


def _hash(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
