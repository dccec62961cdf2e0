"""Where people and groups can be written to, and what becomes of it when they cannot."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from storage.models import GroupChat, GroupState, Member, PersonAddress, Role
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


async def find_group(session: Session, group_id: int) -> GroupChat | None:
    """The group as it stands now, or None."""
    return await session.get(GroupChat, group_id, populate_existing=True)


async def groups_in(session: Session, channel: str, chat_id: str) -> Sequence[GroupChat]:
    """The group's rows, one for each of its topics that we know."""
    query = select(GroupChat).where(GroupChat.channel == channel, GroupChat.chat_id == chat_id)
    return (await session.scalars(query.order_by(GroupChat.id))).all()


async def change_group(session: Session, group_id: int, *, of: GroupState, to: GroupState, reason: str | None) -> bool:
    """Move the group from state `of` to `to`; whether it was in `of`."""
    statement = (
        update(GroupChat)
        .where(GroupChat.id == group_id, GroupChat.state == of)
        .values(state=to, reason=reason)
        .returning(GroupChat)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none() is not None
