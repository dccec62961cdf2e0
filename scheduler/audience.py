"""Who is reached: the groups of a push, its members one by one, the leads, the secretaries, one member in private."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from scheduler.abilities import without_groups
from scheduler.sender import Destination
from storage.models import GroupState, Member, Occurrence, Role, Schedule, ScheduleKind
from storage.queries import addresses, occurrences, one_by_one
from storage.queries.occurrences import TargetGroup
from storage.queries.one_by_one import TargetPerson
from storage.transaction import Session

# Who the weekly summary is for: the leads of the regulation's group, and the head of office where it has no seat.
LEADS = frozenset({Role.KEPALA, Role.PENANGGUNG_JAWAB, Role.PENGARAH, Role.KETUA})
SECRETARIES = frozenset({Role.SEKRETARIS})


class Recipient(Struct, frozen=True):
    """One chat: of a group (`group_id`, `title`) or of a member. `paused`: why it cannot be written to now."""

    destination: Destination
    title: str
    group_id: int | None = None
    member_id: int | None = None
    paused: str | None = None


class Reach(Struct, frozen=True):
    """Who is still to get a row, by occurrence. Of `unfinished` there are more, and those of `later` are left out."""

    recipients: Mapping[int, list[Recipient]]
    unfinished: int | None = None
    later: frozenset[int] = frozenset()


async def of_occurrences(session: Session, due: Sequence[Occurrence], limit: int | None = None) -> Reach:
    """Every chat that these occurrences go to and that has no row of theirs yet, about `limit` at most, None: all.

    Paused groups too, so that the ledger says why they got nothing. Where a schedule goes to persons, also each member
    on a channel without groups, unless they have it in a group already (`storage.queries.one_by_one`).
    """
    recipients: dict[int, list[Recipient]] = {}
    for occurrence in due:
        if occurrence.kind is ScheduleKind.SUMMARY:
            recipients[occurrence.id] = await _in_private(session, occurrence.office_id, LEADS)
    into_groups = [occurrence.id for occurrence in due if occurrence.kind is not ScheduleKind.SUMMARY]
    found = await _without_row(session, due, into_groups, limit) if into_groups else []
    for occurrence_id, recipient in found:
        recipients.setdefault(occurrence_id, []).append(recipient)
    if limit is None or len(found) < limit:
        return Reach(recipients)
    unfinished = found[-1][0]
    return Reach(recipients, unfinished, frozenset(number for number in into_groups if number > unfinished))


async def _without_row(
    session: Session, due: Sequence[Occurrence], occurrence_ids: Sequence[int], limit: int | None
) -> Sequence[tuple[int, Recipient]]:
    """Groups and persons together, by occurrence; the first `limit` of both are the first of each."""
    groups = await occurrences.groups_without_row(session, occurrence_ids, limit)
    found = [(number, _of_group(group)) for number, group in groups]
    whose = {occurrence.schedule_id for occurrence in due if occurrence.kind is not ScheduleKind.SUMMARY}
    if any([(await session.get_one(Schedule, number)).to_persons for number in whose]):
        persons = await one_by_one.without_row(session, occurrence_ids, without_groups(), limit)
        found += [(number, _of_person(person)) for number, person in persons]
    return sorted(found, key=lambda item: item[0])[:limit]


async def with_anybody(session: Session, schedule_ids: Collection[int]) -> set[int]:
    """Those of these schedules that go to persons and have one to go to."""
    return await one_by_one.with_anybody(session, schedule_ids, without_groups())


def _of_person(person: TargetPerson) -> Recipient:
    return Recipient(Destination(person.channel, person.chat_id), person.name, member_id=person.id)


def _of_group(group: TargetGroup) -> Recipient:
    return Recipient(
        destination=Destination(group.channel, group.chat_id, group.topic_id or None),
        title=group.title,
        group_id=group.id,
        paused=None if group.state is GroupState.ACTIVE else group.reason or group.state.value,
    )


async def secretaries(session: Session, office_id: int) -> list[Recipient]:
    """The office's secretaries that can be written to; where there is none, whoever runs the installation there."""
    found = await _in_private(session, office_id, SECRETARIES)
    return found or await _in_private(session, office_id, frozenset({Role.ADMINISTRATOR}))


async def administrators(session: Session, office_id: int) -> list[Recipient]:
    """Whoever runs the installation for the office and can be written to; where there is none, the secretaries."""
    found = await _in_private(session, office_id, frozenset({Role.ADMINISTRATOR}))
    return found or await _in_private(session, office_id, SECRETARIES)


async def member(session: Session, person: Member) -> Recipient | None:
    """The private chat of a roster line; None for somebody who never joined, left, or cannot be written to."""
    return (await members(session, [person])).get(person.id)


async def members(session: Session, people: Collection[Member]) -> dict[int, Recipient]:
    """The private chats of these roster lines, by their ids; who cannot be written to is left out."""
    joined = {person.id: person for person in people if person.left_at is None}
    ids = {person.person_id for person in joined.values() if person.person_id is not None}
    found = await addresses.of_persons(session, ids) if ids else {}
    return {
        person.id: Recipient(Destination(address.channel, address.chat_id), person.name, member_id=person.id)
        for person in joined.values()
        if (address := found.get(person.person_id or 0)) is not None and address.chat_id is not None
    }


async def _in_private(session: Session, office_id: int, roles: frozenset[Role]) -> list[Recipient]:
    return list((await members(session, await addresses.seated(session, office_id, roles))).values())
