import pytest

from bot.channels.inbound import Kind
from bot.channels.telegram.membership import membership_kind

LEFT, KICKED, MEMBER, ADMIN = (
    {"status": "left"},
    {"status": "kicked"},
    {"status": "member"},
    {"status": "administrator"},
)
MUTED = {"status": "restricted", "is_member": True, "can_send_messages": False}
LIMITED = {"status": "restricted", "is_member": True, "can_send_messages": True}
OUTSIDE = {"status": "restricted", "is_member": False, "can_send_messages": True}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (LEFT, MEMBER, Kind.GROUP_JOINED),
        (LEFT, ADMIN, Kind.GROUP_JOINED),
        (MUTED, MEMBER, Kind.GROUP_JOINED),
        (MUTED, LIMITED, Kind.GROUP_JOINED),
        (MEMBER, ADMIN, Kind.GROUP_JOINED),
        (ADMIN, MEMBER, None),
        (LIMITED, MEMBER, None),
        (MEMBER, MUTED, Kind.GROUP_MUTED),
        (MEMBER, KICKED, Kind.GROUP_LEFT),
        (MEMBER, LEFT, Kind.GROUP_LEFT),
        (LIMITED, OUTSIDE, Kind.GROUP_LEFT),
        (MEMBER, {}, Kind.GROUP_LEFT),
    ],
)
def test_in_a_group(old, new, kind):
    change = {"chat": {"id": -5, "type": "supergroup"}, "old_chat_member": old, "new_chat_member": new}
    assert membership_kind(change) is kind


def test_a_person_blocks_and_returns():
    chat = {"id": 7, "type": "private"}
    assert membership_kind({"chat": chat, "new_chat_member": KICKED}) is Kind.PERSON_BLOCKED
    assert membership_kind({"chat": chat, "new_chat_member": MEMBER}) is Kind.PERSON_RETURNED


def test_channels_are_nothing_to_us():
    assert membership_kind({"chat": {"id": -5, "type": "channel"}, "new_chat_member": MEMBER}) is None
