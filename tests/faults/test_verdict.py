"""What judges the other tests here sees what it must: rows that are missing, and rows that are called what they are not."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from scheduler.clock import SystemClock
from tests.faults import office
from tests.faults.conftest import morning

GROUPS = 3


async def after(scene, *statements):
    """A morning that went well, and then somebody meddles with the ledger."""
    messages = await morning(scene, groups=GROUPS, people=())
    scene.starts()
    await scene.done()
    assert (await scene.verdict()).states == {"sent": messages}
    async with scene.database.transaction() as session:
        for statement in statements:
            await session.execute(statement)
    return await scene.verdict()


async def test_a_push_that_nobody_posted_is_lost(sqlite_scene):
    scene = sqlite_scene
    await office.office(scene.database, scene.server, due=SystemClock().now() - timedelta(seconds=1), groups=GROUPS)
    verdict = await scene.verdict()
    assert len(verdict.lost) == GROUPS
    assert "no row: push 1, planned, group 1" in verdict.lost


@pytest.mark.parametrize("state", ["missed", "cancelled", "failed"])
async def test_what_is_given_up_without_a_cause_is_untrue(sqlite_scene, state):
    scene = sqlite_scene
    await after(scene, text("UPDATE deliveries SET state = :state WHERE chat_id = '-2'").bindparams(state=state))
    scene.server.arrivals = [arrival for arrival in scene.server.arrivals if arrival.chat_id != -2]
    verdict = await scene.verdict()
    assert [sentence for sentence in verdict.untrue if "without a cause" in sentence and state in sentence]
    assert [sentence for sentence in (await scene.verdict(state)).wrong if "without a cause" in sentence] == []


async def test_a_row_that_is_gone_is_lost(sqlite_scene):
    verdict = await after(sqlite_scene, text("DELETE FROM deliveries WHERE chat_id = '-2'"))
    assert "no row: push 1, posted, group 2" in verdict.lost
    assert any("push 1: Count(" in sentence for sentence in verdict.untrue)
