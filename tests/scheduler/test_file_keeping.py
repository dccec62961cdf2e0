"""Files are fetched soon, again after growing waits, and given up when their channel has them no more."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clock import MovableClock
from scheduler.errors import ChannelDown, ChannelRefusesUs
from scheduler.file_keeping import HAD_FOR, FileKeeper
from scheduler.files import FileGone, Gone
from storage.models import KeptFile
from storage.queries import kept_files

NOW = datetime(2026, 11, 30, tzinfo=UTC)
JPEG = b"\xff\xd8\xff a photo"


class Meta:
    """A channel whose files are what a test says, an error or bytes."""

    def __init__(self):
        self.answer, self.asked = JPEG, 0

    async def fetch(self, _reference):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def upload(self, _name, _media_type, _data):
        return None


@pytest.fixture
def meta():
    return Meta()


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture
def keeper(database, clock, meta):
    return FileKeeper(database, clock, {"whatsapp": meta})


async def _want(database, channel="whatsapp", reference="media-1"):
    async with database.transaction() as session:
        await kept_files.want(session, channel, reference, NOW)


async def _row(database, channel="whatsapp", reference="media-1"):
    async with database.transaction() as session:
        return await session.get(KeptFile, (channel, reference))


async def _until_nothing_is_wanted(keeper, clock):
    while (again := await keeper.step()) is not None:
        clock.move_to(again)


async def test_a_wanted_file_is_kept_with_its_type(database, keeper):
    await _want(database)
    assert await keeper.step() is None
    row = await _row(database)
    assert (row.media_type, row.kept_at, row.given_up) == ("image/jpeg", NOW, None)
    async with database.transaction() as session:
        assert await kept_files.data_of(session, "whatsapp", "media-1") == JPEG


async def test_nothing_is_fetched_twice(database, keeper, meta):
    await _want(database)
    await keeper.step()
    await _want(database)
    await keeper.step()
    assert meta.asked == 1


@pytest.mark.parametrize(
    "problem", [ChannelDown(), ChannelRefusesUs("token"), FileGone(Gone.REFUSED), ValueError("a defect")]
)
async def test_what_could_not_be_had_is_tried_again_after_growing_waits(database, keeper, clock, meta, problem):
    await _want(database)
    meta.answer = problem
    waits = []
    for _ in range(11):
        again = await keeper.step()
        waits.append(again - clock.now())
        clock.move_to(again)
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits[-1] == timedelta(hours=6)
    meta.answer = JPEG
    assert await keeper.step() is None
    assert (await _row(database)).kept_at == clock.now()


async def test_after_seven_days_it_is_given_up_with_its_reason(database, keeper, clock, meta, caplog):
    await _want(database)
    meta.answer = FileGone(Gone.REFUSED)
    with caplog.at_level(logging.WARNING):
        await _until_nothing_is_wanted(keeper, clock)
    assert NOW + HAD_FOR - timedelta(hours=6) <= clock.now() < NOW + HAD_FOR
    assert (await _row(database)).given_up == "too_late"
    assert "a file from whatsapp is not kept: too_late (last: refused)" in caplog.text
    assert "media-1" not in caplog.text


async def test_what_is_too_large_is_given_up_at_once(database, keeper, meta):
    await _want(database)
    meta.answer = FileGone(Gone.TOO_LARGE)
    assert await keeper.step() is None
    assert ((await _row(database)).given_up, meta.asked) == ("too_large", 1)


async def test_a_channel_that_is_not_in_use_keeps_no_other_from_being_fetched(database, keeper):
    await _want(database, "elsewhere", "1")
    await _want(database)
    assert await keeper.step() == NOW + timedelta(minutes=1)
    assert (await _row(database)).kept_at == NOW


async def test_what_was_erased_while_it_was_fetched_is_not_kept(database, keeper, meta):
    await _want(database)

    async def fetch(_reference):
        async with database.transaction() as session:
            await kept_files.drop(session, [("whatsapp", "media-1")])
        return JPEG

    meta.fetch = fetch
    assert await keeper.step() is None
    assert await _row(database) is None
