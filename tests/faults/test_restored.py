"""The drill on the real process: backed up in mid-broadcast, killed further on, restored, and started in hold.

The copy does not know what left after it was made: to discard is without duplicates, to release repeats exactly that.
"""

import asyncio
import os
import sys
from collections import Counter
from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from tests.faults import office
from tests.faults.bot import _ROOT, until

GROUPS = 60


async def apel(scene, *arguments):
    """A command beside the bot, or while none runs; it must end well."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=_ROOT,
        env={"PATH": os.environ["PATH"], "APEL_DATABASE_URL": scene.url.replace("+aiosqlite", "")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(command.communicate(), 60)
    assert command.returncode == 0, said.decode()


def received(scene):
    """How often each group has it."""
    return Counter(arrival.chat_id for arrival in scene.server.accepted() if arrival.chat_id < 0)


async def in_hold(scene):
    """A process on a copy that was made while the broadcast went out; who had it by then, and at the end."""
    now, server = SystemClock().now(), scene.server
    await office.office(scene.database, server, due=now + timedelta(hours=2), groups=GROUPS)
    await office.broadcasts(scene.database, [now - timedelta(seconds=1)], groups=GROUPS)
    bot = scene.starts(telegram_per_second=3)
    await asyncio.wait_for(server.arrived(3), 30)
    copy = scene.folder / "copy.sqlite"
    await apel(scene, "backup", str(copy))
    await asyncio.wait_for(server.arrived(len(server.arrivals) + 4), 30)
    await scene.kill(bot)
    await apel(scene, "restore", str(copy))
    before = received(scene)
    scene.starts()
    await until(lambda: any(arrival.chat_id == office.SECRETARY for arrival in server.accepted()), 30)
    assert received(scene) == before  # nothing old leaves by itself
    return before


async def states(scene):
    """What the ledger says of each group's post; a notice about it is a row of the same push."""
    rows = [row for row in await scene.reader.rows() if row.push is not None]
    return {int(row.chat_id): row.state.value for row in rows if int(row.chat_id) < 0}


async def test_discarded_nothing_leaves_twice_and_the_ledger_claims_nothing_that_was_not_received(sqlite_scene):
    scene = sqlite_scene
    before = await in_hold(scene)
    await apel(scene, "hold", "discard")
    await scene.done()
    found = await states(scene)
    assert received(scene) == before
    assert set(before.values()) == {1}
    assert len(found) == GROUPS
    assert {chat for chat, state in found.items() if state == "sent"} <= before.keys()
    assert {"sent", "cancelled"} <= set(found.values()) <= {"sent", "cancelled", "uncertain"}
    lost = (await scene.verdict("cancelled")).lost  # of notices, which may have been written just now, nothing is asked
    assert [one for one in lost if "siaran" in one] == []


@pytest.mark.in_full
async def test_released_everybody_has_it_and_twice_only_who_got_it_after_the_copy_was_made(sqlite_scene):
    scene = sqlite_scene
    before = await in_hold(scene)
    known = {chat for chat, state in (await states(scene)).items() if state in ("sent", "uncertain")}
    await apel(scene, "hold", "release")
    await scene.done()
    after, found = received(scene), await states(scene)
    assert {chat for chat, times in after.items() if times > 1} == before.keys() - known
    assert {chat for chat, state in found.items() if state != "uncertain"} <= after.keys()
    assert set(found.values()) <= {"sent", "uncertain"}
