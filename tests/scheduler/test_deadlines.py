"""One timer for many bounds, each kept as if it had its own."""

import asyncio

import pytest

from scheduler.deadlines import Deadlines

SOON, LATE = 0.01, 60.0


async def _for_ever() -> None:
    await asyncio.get_running_loop().create_future()


async def _bounded(deadlines: Deadlines, seconds: float) -> None:
    with deadlines.within(seconds):
        await _for_ever()


async def test_what_takes_longer_is_cut_off_and_the_task_goes_on():
    deadlines, task = Deadlines(), asyncio.current_task()

    with pytest.raises(TimeoutError):
        await _bounded(deadlines, SOON)

    assert task is not None
    assert task.cancelling() == 0


async def test_each_is_cut_off_at_its_own_instant_whichever_began_first():
    deadlines, cut = Deadlines(), []

    async def named(name: str, seconds: float) -> None:
        try:
            await _bounded(deadlines, seconds)
        except TimeoutError:
            cut.append(name)

    late = asyncio.create_task(named("late", LATE))
    await asyncio.gather(named("second", 2 * SOON), named("first", SOON))

    assert cut == ["first", "second"]
    assert not late.done()
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late
    assert cut == ["first", "second"]


@pytest.mark.parametrize(("outer", "inner"), [(SOON, LATE), (LATE, SOON), (SOON, SOON)])
async def test_of_two_around_each_other_the_nearer_one_tells_once(outer: float, inner: float):
    deadlines, task = Deadlines(), asyncio.current_task()

    with pytest.raises(TimeoutError), deadlines.within(outer):
        await _bounded(deadlines, inner)

    assert task is not None
    assert task.cancelling() == 0


async def test_what_was_in_time_is_not_cut_off_later():
    deadlines = Deadlines()

    with deadlines.within(SOON):
        await asyncio.sleep(0)

    with pytest.raises(TimeoutError):  # by when the first one's instant is past, too
        await _bounded(deadlines, 2 * SOON)


async def test_an_error_inside_passes_through_and_none_is_no_bound():
    deadlines = Deadlines()

    with pytest.raises(ValueError, match="ours"), deadlines.within(LATE):
        raise ValueError("ours")
    with deadlines.within(None):
        await asyncio.sleep(0)


async def test_who_cancels_the_task_at_the_same_moment_is_heeded():
    task = asyncio.create_task(_bounded(Deadlines(), 0.0))
    await asyncio.sleep(0)  # it has begun
    asyncio.get_running_loop().call_soon(task.cancel)  # before the timer

    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
