"""SIGKILL at every step of a send: after the next start nothing is lost and nothing is there twice."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from storage.models import DeliveryState
from tests.fakes.telegram_faults import Hold
from tests.faults import office
from tests.faults.bot import ended_or_done
from tests.faults.conftest import IN_FULL, MOSTLY_SQLITE, morning
from tests.faults.launcher import Hooks, Kill

SLOWLY = {"telegram_per_second": 4}  # so that some rows are claimed in one transaction and begun in another
MESSAGES = 5
EVERY = 4  # of a sweep, whose places are shared out among as many tests


async def killed_at(scene, kill):
    """Run into it, start anew, let it finish; whether there was such a place at all."""
    assert await morning(scene) == MESSAGES
    if await ended_or_done(scene.starts(Hooks(kill=kill), **SLOWLY), scene.reader):
        return False
    scene.kills += 1
    sending = await in_flight(scene)
    scene.starts(**SLOWLY)
    await scene.done()
    await holds_true(scene, sending)
    return True


async def in_flight(scene):
    """The rows of which the ledger says that their request may have left."""
    return [row.id for row in await scene.reader.rows() if row.state is DeliveryState.SENDING]


async def holds_true(scene, sending):
    verdict = await scene.verdict()
    assert verdict.wrong == [], scene.said()[-6000:]
    assert verdict.deliveries >= MESSAGES
    assert verdict.uncertain <= len(sending) <= MESSAGES


@pytest.mark.in_full
@pytest.mark.parametrize("step", ["before_commit", "after_commit"])
@pytest.mark.parametrize("first", range(1, EVERY + 1))
async def test_at_every_commit(sqlite_scenes, step, first):
    """The places are numbered; each test takes every fourth, until there is none with that number."""
    number = first
    while await killed_at(await anext(sqlite_scenes), Kill(step, number)):
        number += EVERY
    assert number > EVERY


# what a statement of the transaction says, by which the step is known
STEPS = {
    "before what is due is written": Kill("before_commit", by="INSERT INTO deliveries"),
    "after what is due was written": Kill("after_commit", by="INSERT INTO deliveries"),
    "before it is claimed": Kill("before_commit", by="claimed_until"),
    "after it was claimed": Kill("after_commit", by="claimed_until"),
    "before it is marked as being sent": Kill("before_commit", by="sending_at="),
    "after it was marked as being sent": Kill("after_commit", by="sending_at="),
    "before the request leaves": Kill("before_request"),
    "before the third request leaves": Kill("before_request", 3),
    "before the answer is looked at": Kill("after_answer"),
    "before the last answer is looked at": Kill("after_answer", MESSAGES),
    "before the answer is recorded": Kill("before_commit", by="sent_at="),
    "after the answer was recorded": Kill("after_commit", by="sent_at="),
}


USUALLY = {
    "after it was claimed",
    "after it was marked as being sent",
    "before the third request leaves",
    "before the answer is recorded",
}


@pytest.mark.parametrize(
    "kill",
    [pytest.param(kill, id=step, marks=() if step in USUALLY else IN_FULL) for step, kill in STEPS.items()],
)
@pytest.mark.parametrize("scene", MOSTLY_SQLITE, indirect=True)
async def test_at_a_named_step(scene, kill):
    assert await killed_at(scene, kill)


GROUPS = 6
IN_STEPS = Hooks(kill=Kill("after_commit", by="INSERT INTO deliveries"), rows_a_step=2)


async def killed_between_steps(scene):
    """A broadcast whose rows are written in three steps, of which the first is done."""
    now = SystemClock().now()
    await office.office(scene.database, scene.server, due=now + timedelta(hours=2), groups=GROUPS)
    await office.broadcasts(scene.database, [now - timedelta(seconds=1)], groups=GROUPS)
    await scene.starts(IN_STEPS).gone()
    scene.kills += 1
    assert 0 < len(await scene.reader.rows()) < GROUPS


async def test_between_two_steps_of_one_push_the_rest_is_written_by_the_next_start(sqlite_scene):
    scene = sqlite_scene
    await killed_between_steps(scene)
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states) == ([], {"sent": GROUPS})


async def test_between_two_steps_of_one_push_and_started_too_late_every_group_is_told_of(sqlite_scene):
    """No group's post is lost without a trace because its row was not written yet."""
    scene = sqlite_scene
    await killed_between_steps(scene)
    clock = scene.folder / "clock.txt"
    clock.write_text(
        str(timedelta(minutes=90).total_seconds()), "ascii"
    )  # past the broadcast's window, before the reading
    scene.starts(Hooks(clock_file=str(clock)))
    await scene.server.message(office.SECRETARY, "tidak keluar")
    await scene.done()
    verdict = await scene.verdict("missed")
    posts = [row for row in await scene.reader.rows() if row.push is not None and int(row.chat_id) < 0]
    assert verdict.wrong == []
    assert [row.state for row in posts] == [DeliveryState.MISSED] * GROUPS


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("number", [3, *(pytest.param(n, marks=IN_FULL) for n in (1, 2, 4, 5))])
@pytest.mark.parametrize("scene", MOSTLY_SQLITE, indirect=True)
async def test_after_the_request_left_and_before_there_is_an_answer(scene, number, accepted):
    hold = Hold()
    scene.server.trouble = lambda arrival: hold if arrival.number == number else None
    await morning(scene)
    bot = scene.starts_plain(**SLOWLY)
    await asyncio.wait_for(hold.arrived.wait(), 30)
    await scene.kill(bot)
    if accepted:
        hold.release.set()  # Telegram has read it; nobody is there to hear so
    sending = await in_flight(scene)
    assert sending
    scene.starts(**SLOWLY)
    await scene.done()
    await holds_true(scene, sending)
