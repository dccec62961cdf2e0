"""The drill: back up in the middle of a broadcast, go on sending, lose the database, restore, start, and count.

The ledger is compared with what the loopback server received. A restored database does not know what was sent after
its backup: to discard is always without duplicates, to release repeats exactly that, which is why a person decides.
"""

from collections import Counter

import pytest

from scheduler import hold
from storage.backup import back_up, restore
from storage.migrate import upgrade
from storage.models import DeliveryState, Role
from tests.fakes import telegram_faults as faults
from tests.flows.office import Town

WORDS = "Air dimatikan"


class Drill(Town):
    """A town whose broadcast reaches one group before the backup, one after it, and one not at all."""

    async def sets_up(self):
        await self.opens("Dinas Kominfo", "karanganyar-44-2023")
        self.secretary = await self.joins(11, "Sekretaris", Role.SEKRETARIS)
        self.administrator = await self.joins(12, "Administrator", Role.ADMINISTRATOR)
        self.groups = [await self.links_group(-500 - number, f"Grup {number}", self.secretary) for number in range(3)]
        self.copy = self.file.with_name("copy.sqlite")

    async def broadcasts_until_the_middle(self):
        for group in self.groups[1:]:
            self.server.next_call(faults.throttled(300), to=group)
        self.server.next_call(faults.throttled(3600), to=self.groups[2])
        await self.says(self.secretary, f"/siar {WORDS}")
        await self.presses(self.secretary, "Kirim")
        await self.clock_to("2026-11-16T09:03+07:00")
        assert self.received() == [1, 0, 0]
        back_up(self.url, self.copy)
        await self.clock_to("2026-11-16T09:08+07:00")
        assert self.received() == [1, 1, 0]

    async def loses_its_database_and_is_restored(self):
        await self.kill()
        restore(self.url, self.copy, self.clock.now())
        self.clock_jumps_to("2026-11-16T09:20+07:00")
        await self.starts()

    async def starts(self):
        """As `apel run` does."""
        await self.start()
        await hold.begin(self.database, self.house.worker.prepare, self.clock.now())
        await self.house.worker.recover(self.clock.now())
        await self.settle()

    def received(self):
        """How often each group has it, by the server's log."""
        return [len(self.containing(group, WORDS)) for group in self.groups]

    async def of_broadcast(self):
        return [row for row in await self.ledger() if row.message_key == "broadcast/post" and row.edits_id is None]


@pytest.fixture
async def drill(tmp_path):
    await upgrade(f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite")  # a copy is known by its revision
    async with Drill(tmp_path, "2026-11-16T09:00+07:00") as town:
        await town.sets_up()
        await town.broadcasts_until_the_middle()
        await town.loses_its_database_and_is_restored()
        yield town
        assert await town.incidents() == []


async def test_by_itself_nothing_old_leaves_and_all_of_it_is_listed(drill):
    await drill.clock_to("2026-11-16T10:00+07:00")
    assert drill.received() == [1, 1, 0]
    rows = await drill.of_broadcast()
    waiting = (DeliveryState.PLANNED, True)
    assert [(row.state, row.held) for row in rows] == [(DeliveryState.SENT, False), waiting, waiting]
    [told] = drill.containing(drill.administrator, "Kiriman ditahan")
    assert f"{WORDS} (siaran), Senin, 16 November 2026 pukul 09.01 WIB, ke 2 grup" in told.text
    assert "mungkin sudah terkirim sebelum pemulihan" in told.text
    assert drill.containing(drill.secretary, "Kiriman ditahan") == []


async def test_discarded_there_are_no_duplicates_and_the_ledger_adds_up(drill):
    await drill.presses(drill.administrator, "Batalkan kiriman")
    await drill.clock_to("2026-11-16T14:00+07:00")
    assert drill.received() == [1, 1, 0]
    rows = await drill.of_broadcast()
    counted = Counter((row.state, row.reason) for row in rows)
    assert counted == {(DeliveryState.SENT, None): 1, (DeliveryState.CANCELLED, "discarded"): 2}
    assert "2 dihentikan" in drill.text(drill.secretary)


async def test_released_each_group_that_had_not_got_it_has_it_once_and_only_what_the_backup_did_not_know_goes_again(
    drill,
):
    await drill.presses(drill.administrator, "Kirim sekarang")
    await drill.clock_to("2026-11-16T10:00+07:00")
    assert drill.received() == [1, 2, 1]
    assert {row.state for row in await drill.of_broadcast()} == {DeliveryState.SENT}


async def test_later_pushes_and_answers_go_out_in_hold(drill):
    [answer] = await drill.says(drill.secretary, "/jadwal")
    assert "Jadwal Dinas Kominfo" in answer.text
    await drill.clock_to("2026-11-17T07:31+07:00")
    assert [len(drill.containing(group, "Dipimpin oleh")) for group in drill.groups] == [1, 1, 1]


async def test_killed_right_after_the_restart_it_is_in_hold_still(drill):
    await drill.kill()
    await drill.starts()
    await drill.clock_to("2026-11-16T10:00+07:00")
    assert drill.received() == [1, 1, 0]
    assert len(drill.containing(drill.administrator, "Kiriman ditahan")) == 1
