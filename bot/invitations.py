"""Codes by which people join an office: made here, kept only as their hash."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from scheduler.abilities import abilities_of
from storage.models import Invitation, Office, Role
from storage.queries import audit_log, invitations
from storage.transaction import Session

VALID_FOR = timedelta(days=7)
MANY = 100  # people who may join by one code for members
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that look alike, https://www.crockford.com/base32.html
_LENGTH = 16  # 80 bits
_READ_AS = str.maketrans("OIL", "011")
_CODE = re.compile(rf"(?:^|[?&](?:start=|text=[A-Za-z]+(?:%20|[+ ])))([A-Za-z0-9]{{{_LENGTH}}})$")
_GAP = r"[\s\-\u2010-\u2015]"  # people set a long code in groups
# No words: a figure stands beside a letter, or among four groups of four; "tanggal 17 agustus" has sixteen signs, too.
_NO_WORDS = rf"(?=.*(?:[a-z][0-9]|[0-9][a-z])|(?=.*[0-9])[a-z0-9]{{4}}(?:{_GAP}+[a-z0-9]{{4}}){{3}}$)"
_IN_GROUPS = re.compile(
    rf"(?:gabung[\s:]+)?{_NO_WORDS}([a-z0-9](?:{_GAP}{{0,3}}[a-z0-9]){{{_LENGTH - 1}}})", re.IGNORECASE | re.DOTALL
)


class Invited(Struct, frozen=True):
    """A fresh invitation: the code that nobody will see again, and until when it is good (aware UTC)."""

    code: str
    uses: int
    expires_at: datetime


async def create_invitation(
    session: Session,
    office: Office,
    role: Role,
    uses: int | None,
    now: datetime,
    created_by: int | None = None,
    valid_for: timedelta = VALID_FOR,
    person_id: int | None = None,
) -> Invited:
    """A code for `role` in `office`, good for `uses` people (None: MANY for members, one for other seats).

    `created_by` is the member who invites, None on the command line. `person_id`: no seat is given, the account that
    sends the code is another one of that person.
    """
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    uses = uses if uses is not None else (MANY if role is Role.ANGGOTA else 1)
    expires_at = now + valid_for
    invitation = Invitation(
        office_id=office.id,
        role=role,
        code_hash=hash_of(code),
        uses_left=uses,
        expires_at=expires_at,
        created_by=created_by,
        person_id=person_id,
        created_at=now,
    )
    session.add(invitation)
    await session.flush()
    detail = {"invitation": invitation.id, "role": role.value, "uses": uses}
    await audit_log.record(session, office.id, created_by, "member.invited", detail, now)
    return Invited(code, uses, expires_at)


async def find_invitation(session: Session, code: str) -> Invitation | None:
    """The invitation that this code belongs to, whether still good or not."""
    return await invitations.find_by_hash(session, hash_of(code))


def hash_of(code: str) -> str:
    """SHA-256: enough for a random code, which unlike a password cannot be guessed from a list."""
    return hashlib.sha256(code.encode()).hexdigest()


def code_in(text: str) -> str | None:
    """The code in what somebody typed, in whatever case: alone, or in the whole link; None where there is none.

    It may be set in groups where nothing else is written than "Gabung" before it.
    """
    found = _CODE.search(text.strip()) or _IN_GROUPS.fullmatch(text.strip())
    return re.sub(_GAP, "", found[1]).upper().translate(_READ_AS) if found else None


def links_shown(links: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Addresses by channel as messages want them: with the channel's name, and whether who follows it must agree."""
    abilities = {channel: abilities_of(channel) for channel in links}
    return [
        {"channel": abilities[channel].name or channel, "url": url, "opt_in": abilities[channel].opt_in}
        for channel, url in links.items()
    ]
