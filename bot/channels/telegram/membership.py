"""What a change of the bot's own membership means (https://core.telegram.org/bots/api#chatmemberupdated)."""

from bot.channels.inbound import Kind
from bot.channels.telegram.fields import Raw, part

_ADMIN = ("administrator", "creator")


def membership_kind(change: Raw) -> Kind | None:
    """GROUP_JOINED, GROUP_MUTED, GROUP_LEFT, PERSON_BLOCKED or PERSON_RETURNED; None if nothing changes for us.

    A promotion counts as GROUP_JOINED again: it gives back the right to write where a group had taken it away.
    """
    old, new = part(change, "old_chat_member"), part(change, "new_chat_member")
    kind_of_chat = part(change, "chat").get("type")
    if kind_of_chat == "private":
        return Kind.PERSON_RETURNED if _is_in(new) else Kind.PERSON_BLOCKED
    if kind_of_chat not in ("group", "supergroup"):
        return None
    if not _is_in(new):
        return Kind.GROUP_LEFT
    if not _may_write(new):
        return Kind.GROUP_MUTED
    promoted = new.get("status") in _ADMIN and old.get("status") not in _ADMIN
    return Kind.GROUP_JOINED if promoted or not _may_write(old) else None


def _is_in(member: Raw) -> bool:
    if member.get("status") == "restricted":
        return member.get("is_member") is not False
    return member.get("status") in ("member", *_ADMIN)


def _may_write(member: Raw) -> bool:
    return _is_in(member) and not (member.get("status") == "restricted" and member.get("can_send_messages") is False)
