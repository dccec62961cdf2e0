"""What an account is called: by its business-scoped user id, or by its number where Meta tells nothing else.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

_BY_PHONE = "phone:"


def name_of(user_id: str | None, phone: str | None) -> str | None:
    """The name under which we know an account; None where nothing is told of it."""
    return user_id or (by_phone(phone) if phone else None)


def by_phone(phone: str) -> str:
    """What an account is called of which only the number is known."""
    return f"{_BY_PHONE}{phone}"


def addressed(name: str) -> dict[str, str]:
    """The account as the receiver of a message."""
    if name.startswith(_BY_PHONE):
        return {"to": name.removeprefix(_BY_PHONE)}
    return {"recipient": name}
