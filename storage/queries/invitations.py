"""Invitations and the wrong codes that people tried."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from storage.models import Invitation, JoinAttempt
from storage.transaction import Session


async def find_by_hash(session: Session, code_hash: str) -> Invitation | None:
    """The invitation whose code has this hash."""
    query = select(Invitation).where(Invitation.code_hash == code_hash)
    return (await session.scalars(query)).one_or_none()


async def find_good(session: Session, invitation_id: int, now: datetime) -> Invitation | None:
    """The invitation, if it has uses left and has not expired."""
    invitation = await session.get(Invitation, invitation_id, populate_existing=True)
    return invitation if invitation and invitation.uses_left > 0 and invitation.expires_at > now else None


async def use(session: Session, invitation_id: int, now: datetime) -> bool:
    """Take one use; False where none is left or it has expired, however many try at once."""
    statement = (
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.uses_left > 0, Invitation.expires_at > now)
        .values(uses_left=Invitation.uses_left - 1)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def open_ones(session: Session, office_id: int, now: datetime) -> list[Invitation]:
    """The invitations to seats of this office that somebody can still join by, newest first."""
    query = (
        select(Invitation)
        .where(Invitation.office_id == office_id, *_is_open(now))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    )
    return list(await session.scalars(query))


async def revoke(session: Session, office_id: int, invitation_id: int, now: datetime) -> bool:
    """Let nobody join by this invitation from now on; False where it is not open in this office."""
    statement = (
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.office_id == office_id, *_is_open(now))
        .values(uses_left=0)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).one_or_none() is not None


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.person_id.is_(None), Invitation.uses_left > 0, Invitation.expires_at > now


async def keep_attempt(session: Session, channel: str, user_id: str, now: datetime) -> None:
    """Remember that this account tried a code that does not exist."""
    session.add(JoinAttempt(channel=channel, user_id=user_id, at=now))
    await session.flush()


async def attempts_since(session: Session, channel: str, user_id: str, since: datetime) -> list[datetime]:
    """When this account tried wrong codes after `since`, oldest first."""
    query = (
        select(JoinAttempt.at)
        .where(JoinAttempt.channel == channel, JoinAttempt.user_id == user_id, JoinAttempt.at > since)
        .order_by(JoinAttempt.at)
    )
    return list(await session.scalars(query))
