"""One event of a webhook -> what somebody said, or what became of a message of ours.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import re
from datetime import UTC, datetime

import msgspec

from bot.channels.inbound import Attachment, Chat, InboundMessage, Kind, Sender, Unreadable
from bot.channels.whatsapp import CHANNEL, JOIN_WORD
from bot.channels.whatsapp.refusals import meaning
from bot.channels.whatsapp.tracker import tracked
from bot.channels.whatsapp.wire import Contact, Entry, Error, Message, Status, System, Value, Webhook, read
from scheduler.changed_accounts import AccountChange
from scheduler.delivery_status import DeliveryStatus, Stage
from scheduler.errors import SendError
from scheduler.template_states import TemplateNews

_COMMAND = re.compile(r"/([a-z]+)(?:@\w+)?(?=\s|$)\s*(.*)", re.IGNORECASE | re.DOTALL)
_JOIN = re.compile(rf"{JOIN_WORD}[\s:]+(\S+)\s*", re.IGNORECASE)
# whatever people write around what the link wrote for them; no word that follows "gabung" has sixteen signs
_JOIN_WITHIN = re.compile(rf"(?<![^\W_]){JOIN_WORD}[\W_]+(?:kode[\W_]+)?([a-z0-9]{{16}})(?![^\W_])", re.IGNORECASE)
# the same set in groups, if nothing else was written; whoever reads it decides whether it is a code
_JOIN_IN_GROUPS = re.compile(
    rf"[\W_]*{JOIN_WORD}[\W_]+(?:kode[\W_]+)?(?=\D*\d)([a-z0-9](?:[\s\-\u2010-\u2015]{{0,3}}[a-z0-9]){{15}})[\W_]*",
    re.IGNORECASE,
)
_ACTION = re.compile(r"[a-z]+\.[a-z_]+(?::\S*)?|[a-z_]+:\S*")  # what buttons of ours send
_LONGEST_CATEGORY = 40  # characters; theirs are single words
_NOT_SAID = ("reaction", "request_welcome")  # nobody is answered for these
# what Meta tells of an account: its id has changed, with its number or without that being told
_CHANGED = ("user_changed_number", "user_changed_user_id", "customer_changed_number")

News = InboundMessage | DeliveryStatus | TemplateNews | AccountChange


def parse_event(raw: bytes, phone_id: str, received_at: datetime, account_id: str | None = None) -> News | None:
    """What this event says to us, or None: another number's, or nothing for us.

    `received_at` (aware) stands in where no time is told. News of templates are those of the business account
    `account_id`; without it there are none.

    Raises:
        Unreadable: it is not as documented, so much so that nobody can say what it tells.
    """
    entry, value = _opened(raw)
    if value.message_template_name:
        ours = account_id is not None and entry.id == account_id
        return _of_template(entry, value, received_at) if ours else None
    if value.metadata is not None and value.metadata.phone_number_id not in ("", phone_id):
        return None
    if value.statuses:
        return _status(value.statuses[0], received_at)
    if not value.messages:
        return None
    message = value.messages[0]
    if message.type == "system":
        return _changed(message.from_, message.system or System(), _instant(message.timestamp) or received_at)
    return _message(value, message, received_at)


def _opened(raw: bytes) -> tuple[Entry, Value]:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("no JSON") from None
    webhook = read(Webhook, body) if isinstance(body, dict) else Webhook()
    entry = next((entry for entry in webhook.entry if entry.changes), None)
    value = entry.changes[0].value if entry else None
    if entry is None or value is None:
        raise Unreadable("nothing in it")
    return entry, value


def _message(value: Value, message: Message, received_at: datetime) -> InboundMessage | None:
    contact = value.contacts[0] if value.contacts else Contact()
    user_id = message.from_user_id or contact.user_id
    phone = message.from_ or contact.wa_id
    if message.type in _NOT_SAID:
        return None
    if not (user_id or phone) or not message.id:
        raise Unreadable("a message without its id or its author")
    kind, text, command, attachment = _content(message)
    context = message.context
    return InboundMessage(
        channel=CHANNEL,
        update_id=message.id,
        kind=kind,
        chat=Chat(user_id or "", private=True),
        sender=Sender(
            user_id or "",
            name=contact.profile.name if contact.profile else "",
            phone=phone or None,
        ),
        at=_instant(message.timestamp) or received_at,
        text=text,
        command=command,
        addressed=True,
        forwarded=context is not None and (context.forwarded or context.frequently_forwarded),
        message_ref=(context.id if context else None) if kind is Kind.PRESS else message.id,
        reply_to=context.id if context and kind is not Kind.PRESS else None,
        attachment=attachment,
    )


def _changed(phone: str | None, told: System, at: datetime) -> AccountChange | None:
    """What changed; None for whatever else Meta tells of an account, or where it does not tell the new name.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
    """
    if told.type not in _CHANGED or not (told.user_id or told.wa_id):
        return None
    return AccountChange(
        channel=CHANNEL,
        at=at,
        user_id=told.previous_user_id,
        phone=phone or None,
        called=told.user_id or None,
        new_phone=told.wa_id or None,
    )


_Content = tuple[Kind, str, str | None, Attachment | None]


def _content(message: Message) -> _Content:
    """Kind, text, command and attachment."""
    if (pressed := _pressed(message)) is not None:
        return Kind.PRESS, pressed, None, None
    if message.text is not None:
        return _said(message.text.body)
    if message.image is not None and message.image.id:
        return _captioned(Kind.PHOTO, message.image.caption, Attachment(message.image.id))
    if message.document is not None and message.document.id:
        document = message.document
        name = document.filename or None
        return _captioned(Kind.FILE, document.caption, Attachment(document.id, name))
    if message.button is not None:  # of a template that is no longer ours: its words count
        return _said(message.button.text)
    return Kind.OTHER, "", None, None


def _captioned(kind: Kind, caption: str, attachment: Attachment) -> _Content:
    """A photo or file; with a command for its caption it is that command."""
    said, text, command, _ = _said(caption)
    return kind if said is Kind.TEXT else said, text, command, attachment


def _pressed(message: Message) -> str | None:
    """What the button or row sends that was tapped."""
    if message.interactive is not None:
        reply = message.interactive.button_reply or message.interactive.list_reply
        return reply.id if reply is not None else None
    if message.button is not None and _ACTION.fullmatch(message.button.payload):
        return message.button.payload
    return None


def _said(text: str) -> _Content:
    text = text.strip()
    joined = _JOIN_WITHIN.search(text) or _JOIN.fullmatch(text) or _JOIN_IN_GROUPS.fullmatch(text)
    if joined is not None:
        return Kind.COMMAND, joined[1], "start", None
    if (command := _COMMAND.fullmatch(text)) is not None:
        return Kind.COMMAND, command[2].strip(), command[1].lower(), None
    return Kind.TEXT, text, None, None


def _of_template(entry: Entry, value: Value, received_at: datetime) -> TemplateNews:
    """Its state as Meta says it, or its new category; of its quality alone nothing follows.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
    """
    return TemplateNews(
        channel=CHANNEL,
        name=value.message_template_name,
        language=value.message_template_language,
        at=_instant(str(entry.time)) or received_at,
        status=value.event or None,
        category=value.new_category or None,
    )


def _status(status: Status, received_at: datetime) -> DeliveryStatus | None:
    if not status.id or not status.status:
        raise Unreadable("a status without its message or its stage")
    stage = next((stage for stage in Stage if stage == status.status), None)
    if stage is None:
        return None
    row, began = tracked(status.biz_opaque_callback_data)
    return DeliveryStatus(
        channel=CHANNEL,
        stage=stage,
        at=_instant(status.timestamp) or received_at,
        message_ref=status.id,
        delivery=row,
        began=began,
        error=_error(status.errors, received_at) if stage is Stage.FAILED else None,
        charged_as=status.pricing.category[:_LONGEST_CATEGORY] or None if status.pricing else None,
    )


def _error(errors: tuple[Error, ...], now: datetime) -> SendError | None:
    code = errors[0].code if errors else None
    return None if code is None else meaning(code, now)


def _instant(timestamp: str) -> datetime | None:
    """Unix time as text, aware UTC."""
    try:
        return datetime.fromtimestamp(int(timestamp), UTC) if timestamp.isdecimal() else None
    except (OverflowError, OSError, ValueError):
        return None
