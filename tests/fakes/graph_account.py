"""What the loopback Meta tells of a business account, and of the token by which it is asked."""

from dataclasses import dataclass, field
from typing import Any

_APP = "3060000000001"


@dataclass
class Account:
    """One business account: its numbers, the apps that hear of it, and what our token may do in it."""

    numbers: list[str]
    apps: list[str] = field(default_factory=lambda: [_APP])
    scopes: list[str] = field(default_factory=lambda: ["whatsapp_business_management", "whatsapp_business_messaging"])

    def told(self, what: str) -> dict[str, Any]:
        """The answer about "phone_numbers", "subscribed_apps" or "debug_token"."""
        if what == "debug_token":
            return {"data": {"app_id": _APP, "type": "SYSTEM_USER", "is_valid": True, "scopes": self.scopes}}
        if what == "phone_numbers":
            return {"data": [{"id": number} for number in self.numbers]}
        return {"data": [{"whatsapp_business_api_data": {"id": app, "name": "Apel"}} for app in self.apps]}
