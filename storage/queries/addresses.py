"""Where people can be written to in private, and that they cannot."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from storage.models import Member, PersonAddress, Role
from storage.transaction import Session


async def of_person(session: Session, person_id: int) -> PersonAddress | None:
    """The first private chat of this person that can be written to."""
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id == person_id)
        .where(PersonAddress.chat_id.is_not(None), PersonAddress.unreachable.is_(None))
        .order_by(PersonAddress.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def seated(session: Session, office_id: int, roles: Collection[Role]) -> Sequence[Member]:
    """The office's active members in one of these roles who have joined, in the order of the roster."""
    query = (
        select(Member)
        .where(Member.office_id == office_id, Member.left_at.is_(None), Member.person_id.is_not(None))
        .where(Member.role.in_(roles))
        .order_by(Member.id)
    )
    return (await session.scalars(query)).all()


async def mark_unreachable(session: Session, channel: str, chat_id: str, reason: str) -> None:
    """A private chat cannot be written to, for `reason`, until the person comes back."""
    await session.execute(
        update(PersonAddress)
        .where(PersonAddress.channel == channel, PersonAddress.chat_id == chat_id)
        .values(unreachable=reason)
        .execution_options(synchronize_session=False)
    )
