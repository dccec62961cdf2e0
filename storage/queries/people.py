"""Persons, addresses and roster lines."""

from datetime import datetime

from sqlalchemy import select

from storage.models import Member, Person, PersonAddress
from storage.transaction import Session


async def find_person(session: Session, channel: str, user_id: str) -> Person | None:
    """The person behind this account, if known."""
    query = select(Person).join(PersonAddress).where(PersonAddress.channel == channel, PersonAddress.user_id == user_id)
    return (await session.execute(query)).scalar_one_or_none()


async def meet_person(session: Session, channel: str, user_id: str, chat_id: str, name: str, now: datetime) -> Person:
    """The person who writes in this private chat, made at the first contact; refreshes name and reachability."""
    query = select(PersonAddress).where(PersonAddress.channel == channel, PersonAddress.user_id == user_id)
    address = (await session.execute(query)).scalar_one_or_none()
    if address is None:
        person = Person(name=name, created_at=now)
        session.add(person)
        await session.flush()
        session.add(PersonAddress(person_id=person.id, channel=channel, user_id=user_id, chat_id=chat_id))
        return person
    address.chat_id, address.unreachable = chat_id, None
    person = await session.get_one(Person, address.person_id)
    person.name = name
    return person


async def active_member(session: Session, person_id: int) -> Member | None:
    """The roster line that this person holds now."""
    query = select(Member).where(Member.person_id == person_id, Member.left_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()
