"""People with WhatsApp: what they do becomes webhooks, as Meta words them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.fakes.graph_chats import Sent

if TYPE_CHECKING:
    from tests.fakes.graph_server import GraphServer


@dataclass(frozen=True)
class Person:
    """Somebody with WhatsApp, known by a business-scoped id, a number or both."""

    server: "GraphServer"
    name: str
    user_id: str | None
    phone: str | None

    @property
    def keys(self) -> set[str]:
        """By what messages may be addressed to them."""
        return {key for key in (self.user_id, self.phone) if key}

    def says(self, text: str, *, reply_to: Sent | None = None, **context: Any) -> dict[str, Any]:
        """Writes a text."""
        return self.sends("text", {"body": text}, reply_to, **context)

    def taps(self, message: Sent, title: str) -> dict[str, Any]:
        """Taps a button, or a row of the list."""
        action, kind = message.choices[title]
        if kind == "template":
            return self.taps_template(action, title, message.reference)
        return self.sends("interactive", {"type": kind, kind: {"id": action, "title": title}}, message)

    def taps_template(self, payload: str, text: str, reference: str = "wamid.template") -> dict[str, Any]:
        """Taps a quick reply under a template."""
        return self.sends("button", {"payload": payload, "text": text}, None, id=reference)

    def sends_photo(self, caption: str = "", *, reply_to: Sent | None = None) -> dict[str, Any]:
        """Sends a photo."""
        photo = {"id": self.server.keep_file("photo.jpg", b"\xff\xd8\xff a photo"), "mime_type": "image/jpeg"}
        return self.sends("image", photo | ({"caption": caption} if caption else {}), reply_to)

    def sends(self, kind: str, content: Any, reply_to: Sent | None = None, **context: Any) -> dict[str, Any]:
        """Sends anything; the item of the webhook that waits for the bot."""
        self.server.chat(self).heard_at = self.server.clock.now()
        ids = {name: value for name, value in (("from", self.phone), ("from_user_id", self.user_id)) if value}
        item: dict[str, Any] = ids | {
            "id": self.server.next_reference(),
            "timestamp": str(int(self.server.clock.now().timestamp())),
            "type": kind,
            kind: content,
        }
        about = ({"id": reply_to.reference} if reply_to else {}) | context
        self.server.push("messages", item | ({"context": about} if about else {}), self.as_contact())
        return item

    def changes_number(self, user_id: str | None, phone: str | None, /, **told: Any) -> "Person":
        """Has another number and id from now on, of which Meta tells; what it tells differently or not (None)."""
        self.server.people[self.server.people.index(self)] = changed = replace(self, user_id=user_id, phone=phone)
        system = {
            "body": f"User {self.name} changed from {self.phone} to {phone}",
            "type": "user_changed_number" if phone else "user_changed_user_id",
            "wa_id": phone,
            "user_id": user_id,
            "previous_user_id": self.user_id,
        } | told
        item = {
            "id": self.server.next_reference(),
            "timestamp": str(int(self.server.clock.now().timestamp())),
            "type": "system",
            "system": {name: value for name, value in system.items() if value is not None},
        }
        self.server.push("messages", item | ({"from": self.phone} if self.phone else {}), None)
        return changed

    def as_contact(self) -> dict[str, Any]:
        """The person as Meta shows them beside an event."""
        ids = {name: value for name, value in (("wa_id", self.phone), ("user_id", self.user_id)) if value}
        return {"profile": {"name": self.name}, **ids}
