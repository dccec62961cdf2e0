"""Persons, addresses and roster lines."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from storage.models import Member, Occurrence, Person, PersonAddress, Role, Turn
from storage.transaction import Session

_LONGEST_NAME = 128  # what is kept of a name that a channel gives


async def find_person(session: Session, channel: str, user_id: str) -> Person | None:
    """The person behind this account, if known."""
    query = select(Person).join(PersonAddress).where(PersonAddress.channel == channel, PersonAddress.user_id == user_id)
    return (await session.execute(query)).scalar_one_or_none()


async def meet_person(
    session: Session,
    channel: str,
    user_id: str,
    chat_id: str,
    name: str,
    now: datetime,
    *,
    heard_at: datetime | None = None,
    phone: str | None = None,
) -> Person:
    """The person who writes in this private chat, made at the first contact; refreshes name and reachability.

    `heard_at`: when they wrote, aware; kept only for channels on which that decides whether they may be written to.
    `phone`: where the channel tells it.
    """
    name = name[:_LONGEST_NAME]
    query = select(PersonAddress).where(PersonAddress.channel == channel, PersonAddress.user_id == user_id)
    address = (await session.execute(query)).scalar_one_or_none()
    if address is None:
        person = Person(name=name, created_at=now)
        session.add(person)
        await session.flush()
        address = PersonAddress(person_id=person.id, channel=channel, user_id=user_id)
        session.add(address)
    else:
        person = await session.get_one(Person, address.person_id)
        person.name = name or person.name
    address.chat_id, address.unreachable = chat_id, None
    if heard_at is not None and (address.last_inbound_at is None or address.last_inbound_at < heard_at):
        address.last_inbound_at = heard_at
    address.phone = phone or address.phone
    return person


async def move_accounts(session: Session, old_id: int, person_id: int) -> None:
    """The accounts of one person are another's from now on; somebody who never had a seat is forgotten with that."""
    await session.execute(
        update(PersonAddress)
        .where(PersonAddress.person_id == old_id)
        .values(person_id=person_id)
        .execution_options(synchronize_session=False)
    )
    seated = select(Member.id).where(Member.person_id == old_id).limit(1)
    if (await session.scalars(seated)).one_or_none() is None:
        await session.delete(await session.get_one(Person, old_id))
        await session.flush()


async def active_member(session: Session, person_id: int) -> Member | None:
    """The roster line that this person holds now."""
    query = select(Member).where(Member.person_id == person_id, Member.left_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def find_member(session: Session, office_id: int, member_id: int) -> Member | None:
    """This line of the office's roster, unless it left."""
    query = select(Member).where(Member.id == member_id, Member.office_id == office_id, Member.left_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def roster(session: Session, office_id: int) -> Sequence[Member]:
    """The office's active roster, in the order in which the lines were written."""
    query = select(Member).where(Member.office_id == office_id, Member.left_at.is_(None)).order_by(Member.id)
    return (await session.scalars(query)).all()


async def unclaimed(session: Session, office_id: int, roles: Sequence[Role]) -> Sequence[Member]:
    """Active lines in one of these roles that nobody has joined as, in the order of the roster."""
    query = (
        select(Member)
        .where(Member.office_id == office_id, Member.left_at.is_(None), Member.person_id.is_(None))
        .where(Member.role.in_(roles))
        .order_by(Member.id)
    )
    return (await session.scalars(query)).all()


async def add_member(
    session: Session,
    office_id: int,
    name: str,
    now: datetime,
    role: Role = Role.ANGGOTA,
    person_id: int | None = None,
) -> Member:
    """A new line of the roster; with `person_id` that person has joined as it."""
    member = Member(
        office_id=office_id,
        person_id=person_id,
        name=name,
        role=role,
        joined_at=now if person_id is not None else None,
        created_at=now,
    )
    session.add(member)
    await session.flush()
    return member


async def claim(session: Session, member_id: int, person_id: int, role: Role, now: datetime) -> Member | None:
    """The person joins as this line, in `role`; None where somebody else was faster, or the line has left."""
    statement = (
        update(Member)
        .where(Member.id == member_id, Member.person_id.is_(None), Member.left_at.is_(None))
        .values(person_id=person_id, role=role, joined_at=now)
        .returning(Member)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def release(session: Session, line: Member, now: datetime) -> Member:
    """Take the account from the line: a fresh line of the same name and role, free to be claimed, stands instead.

    The old line leaves with its person, whose reports and taps go on being theirs alone: whoever claims the name next
    neither sees nor changes them, and the person can still have them handed out or erased. Turns to come pass on.
    """
    fresh = await add_member(session, line.office_id, line.name, now, line.role)
    fresh.leads_assembly, line.left_at = line.leads_assembly, now
    ahead = select(Occurrence.id).where(Occurrence.office_id == line.office_id, Occurrence.due_at > now)
    await session.execute(
        update(Turn)
        .where(Turn.member_id == line.id, Turn.occurrence_id.in_(ahead))
        .values(member_id=fresh.id)
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    return fresh


async def joined_in_role(session: Session, office_id: int, role: Role) -> int:
    """How many active members hold this role and have joined."""
    query = select(func.count(Member.id)).where(
        Member.office_id == office_id,
        Member.left_at.is_(None),
        Member.person_id.is_not(None),
        Member.role == role,
    )
    return (await session.scalars(query)).one()
