from scheduler import audience
from scheduler.sender import Destination
from storage.models import GroupState, Member, PersonAddress, Role, ScheduleKind
from storage.queries import occurrences
from tests.scheduler.machine import CHANNEL, FRIDAY


async def reached(machine, schedule_id, limit=100):
    """Whom the schedule's next occurrence goes to."""
    await machine.worker.prepare(machine.clock.now())
    async with machine.database.transaction() as session:
        [first, *_] = await occurrences.to_come(session, schedule_id, machine.clock.now())
        reach = await audience.of_occurrences(session, [first], limit)
        return reach.recipients[first.id]


async def test_a_schedule_reaches_its_own_groups_and_knows_which_are_paused(machine):
    groups = [await machine.add_group("-1"), await machine.add_group("-2", GroupState.PAUSED)]
    await machine.add_group("-3")
    recipients = await reached(machine, await machine.add_schedule(groups=tuple(groups)))
    assert [(item.destination, item.group_id, item.paused) for item in recipients] == [
        (Destination(CHANNEL, "-1"), groups[0], None),
        (Destination(CHANNEL, "-2"), groups[1], "paused"),
    ]


async def test_a_summary_reaches_the_leads_who_can_be_written_to(machine):
    await machine.add_member("Ketua", Role.KETUA, "1")
    await machine.add_member("Pengarah", Role.PENGARAH)
    await machine.add_member("Anggota 1", Role.ANGGOTA, "3")
    recipients = await reached(machine, await machine.add_schedule(ScheduleKind.SUMMARY))
    assert [(item.title, item.destination.chat_id) for item in recipients] == [("Ketua", "1")]


async def test_without_a_secretary_the_administrator_is_told(machine):
    await machine.add_member("Administrator", Role.ADMINISTRATOR, "9")
    async with machine.database.transaction() as session:
        assert [item.title for item in await audience.secretaries(session, machine.office_id)] == ["Administrator"]
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "8")
    async with machine.database.transaction() as session:
        assert [item.title for item in await audience.secretaries(session, machine.office_id)] == ["Sekretaris"]


async def test_who_left_or_blocked_or_never_joined_is_not_reached(machine):
    names = {"Nama saja": None, "Keluar": "1", "Memblokir": "2", "Hadir": "3"}
    members = {name: await machine.add_member(name, chat_id=chat) for name, chat in names.items()}
    async with machine.database.transaction() as session:
        (await session.get(Member, members["Keluar"])).left_at = FRIDAY
        (await session.get(PersonAddress, 2)).unreachable = "blocked"
    async with machine.database.transaction() as session:
        found = [await audience.member(session, await session.get(Member, row)) for row in members.values()]
    assert [item.title if item else None for item in found] == [None, None, None, "Hadir"]
