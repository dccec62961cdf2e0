"""One webhook of Meta's -> the events in it, each on its own and under an id of its own.

Entries, changes, messages and statuses are batched in any shape, repeated and out of order; an event that is stored
under its own id may come as often as it likes.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from bot.channels.whatsapp.wire import body_of

_LISTED = ("messages", "statuses")
_SHARED = ("messaging_product", "metadata")  # what every message and status of a change is told with
_ACCOUNT = ("wa_id", "user_id")  # how a contact is called
_ABOUT = ("from", "from_user_id", "recipient_id", "recipient_user_id")  # how an item calls whom it is about
_LONGEST_KEY = 512  # characters; Meta's ids have about a hundred, and no index holds a very long one

Contacts = dict[str, dict[str, Any]]  # by either of their ids


def events(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The events of a webhook in order, each in the form of a whole one, with the key that tells a repeat of it.

    What is no JSON, or not as documented, is one event and kept as it is.
    """
    body = body_of(raw)
    parts = list(_parts(body)) if isinstance(body, dict) else []
    if not parts:
        yield _hash(raw), raw
    for key, part in parts:
        event = msgspec.json.encode(part)
        yield key or _hash(event), event


def _parts(body: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for entry in _dicts(body.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            listed = [name for name in _LISTED if isinstance(value, dict) and _dicts(value.get(name))]
            if not listed or not isinstance(value, dict):
                yield None, _alone(body, entry, change)
                continue
            shared = {name: value[name] for name in _SHARED if name in value}
            contacts = _dicts(value.get("contacts"))
            known = _by_account(contacts)
            for name in listed:
                for item in _dicts(value[name]):
                    own = shared | {"contacts": _about(item, contacts, known), name: [item]}
                    yield _key(name, item), _alone(body, entry, change | {"value": own})


def _alone(body: dict[str, Any], entry: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return {"object": body.get("object"), "entry": [entry | {"changes": [change]}]}


def _by_account(contacts: list[dict[str, Any]]) -> Contacts:
    """Looked at once for all items of a change: a post may hold thousands of both."""
    known: Contacts = {}
    for contact in contacts:
        for called in _called(contact, _ACCOUNT):
            known.setdefault(called, contact)
    return known


def _about(item: dict[str, Any], contacts: list[dict[str, Any]], known: Contacts) -> list[dict[str, Any]]:
    """The contacts that the item is about; a single one where the item names nobody is about it, too."""
    ids = _called(item, _ABOUT)
    own = {id(known[called]): known[called] for called in ids if called in known}
    return list(own.values()) or (contacts if len(contacts) == 1 and not ids else [])


def _called(named: dict[str, Any], fields: tuple[str, ...]) -> list[str]:
    """The ids in these fields; a number is one as its text, whatever else stands there is none."""
    return [str(named[name]) for name in fields if isinstance(named.get(name), str | int) and named[name]]


def _key(name: str, item: dict[str, Any]) -> str | None:
    """A message by its id, a status by its message and stage; None for what has no id, or none that can be kept."""
    reference, stage = item.get("id"), item.get("status")
    if not isinstance(reference, str) or not reference:
        return None
    key = reference if name == "messages" else f"{reference}:{stage}"
    return key if len(key) <= _LONGEST_KEY and "\x00" not in key else None


def _hash(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
