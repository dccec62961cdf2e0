"""The parts of Meta's webhooks that we read; whatever else stands in them is passed over.

They are read field by field: Meta adds, leaves out and retypes fields between versions, and one that is odd must not
cost the event that it stands in.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct, field


class Profile(Struct, frozen=True):
    """What the person calls themselves."""

    name: str = ""


class Contact(Struct, frozen=True):
    """Who an event is about; either of the two ids may be missing."""

    wa_id: str | None = None
    user_id: str | None = None
    profile: Profile | None = None


class Text(Struct, frozen=True):
    """What was written."""

    body: str = ""


class Media(Struct, frozen=True):
    """A photo or file, which Meta holds for seven days."""

    id: str = ""
    caption: str = ""
    filename: str = ""


class Reply(Struct, frozen=True):
    """The button or row that was tapped."""

    id: str = ""


class Interactive(Struct, frozen=True):
    """A tap under a message with choices."""

    button_reply: Reply | None = None
    list_reply: Reply | None = None


class Button(Struct, frozen=True):
    """A tap under a template."""

    payload: str = ""
    text: str = ""


class Context(Struct, frozen=True):
    """The message that is answered."""

    id: str | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False


class System(Struct, frozen=True):
    """What Meta tells of an account by itself: its new number and id, and the id that it had."""

    type: str = ""
    wa_id: str | None = None
    user_id: str | None = None
    previous_user_id: str | None = None


class Message(Struct, frozen=True):
    """Something that a person sent, or that Meta tells of one."""

    id: str = ""
    from_: str | None = field(default=None, name="from")
    from_user_id: str | None = None
    timestamp: str = ""
    type: str = ""
    text: Text | None = None
    image: Media | None = None
    document: Media | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    system: System | None = None
    context: Context | None = None


class Error(Struct, frozen=True):
    """Why a message did not arrive."""

    code: int | None = None


class Pricing(Struct, frozen=True):
    """As what a message is charged."""

    category: str = ""


class Status(Struct, frozen=True):
    """What became of a message of ours."""

    id: str = ""
    status: str = ""
    timestamp: str = ""
    biz_opaque_callback_data: str = ""
    errors: tuple[Error, ...] = ()
    pricing: Pricing | None = None


class Metadata(Struct, frozen=True):
    """Which of the account's numbers it concerns."""

    phone_number_id: str = ""


class Value(Struct, frozen=True):
    """What a change is about; of a template by its name and language, with its new state or category."""

    metadata: Metadata | None = None
    contacts: tuple[Contact, ...] = ()
    messages: tuple[Message, ...] = ()
    statuses: tuple[Status, ...] = ()
    message_template_name: str = ""
    message_template_language: str = ""
    event: str = ""
    new_category: str = ""


class Change(Struct, frozen=True):
    """One change of the account."""

    value: Value | None = None


class Entry(Struct, frozen=True):
    """The changes of one account; `time` in seconds of Unix time."""

    id: Any = None
    time: Any = None
    changes: tuple[Change, ...] = ()


class Webhook(Struct, frozen=True):
    """What is posted to us."""

    entry: tuple[Entry, ...] = ()


Read = TypeVar("Read", bound=Struct)


def body_of(raw: bytes) -> Any:
    """JSON as builtins, half an emoji as a question mark; None for what is no JSON."""
    try:
        whole = json.dumps(json.loads(raw.decode(errors="replace")), ensure_ascii=False).encode(errors="replace")
        return msgspec.json.decode(whole)
    except (ValueError, RecursionError):
        return None


def read(kind: type[Read], given: Mapping[str, Any]) -> Read:
    """Builtins as one of these; a field that is null or does not fit is as if missing, a number as its text.

    Texts are without the sign that no database can store.
    """
    told = {}
    for name, encoded, field_kind in _fields(kind):
        value = _fitting(field_kind, given.get(encoded))
        if value is not None:
            told[name] = value
    return kind(**told)


@cache
def _fields(kind: type[Struct]) -> tuple[tuple[str, str, Any], ...]:
    """Name, name on the wire, and type without its "or None" of every field."""
    return tuple((field.name, field.encode_name, _told(field.type)) for field in msgspec.structs.fields(kind))


def _told(kind: Any) -> Any:
    options = get_args(kind)
    return options[0] if type(None) in options else kind


def _fitting(kind: Any, given: Any) -> Any:
    """What is given as `kind`; None where it cannot be that."""
    if get_origin(kind) is tuple:
        items = given if isinstance(given, list) else []
        return tuple(item for item in (_fitting(get_args(kind)[0], item) for item in items) if item is not None)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return read(kind, given) if isinstance(given, dict) else None
    if kind is str and isinstance(given, int | float) and not isinstance(given, bool):
        return str(given)
    if kind is str and isinstance(given, str):
        return given.replace("\x00", "")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError:
        return None
