"""Whatever Telegram answers, late, wrong or not at all: the ledger says what is true, and nothing is there twice."""

from datetime import timedelta

import pytest

from scheduler.clock import SystemClock
from storage.models import DeliveryState
from tests.fakes import telegram_faults as faults
from tests.faults import office
from tests.faults.bot import until
from tests.faults.conftest import IN_FULL, MOSTLY_SQLITE, morning
from tests.faults.launcher import Hooks
from tests.faults.telegram import Late

PATIENT = 1.0  # seconds that these processes wait for an answer


def at_first(fault, *, chat=None, times=1):
    """The first arrivals (in this chat) meet this; what comes after goes well."""
    met = []

    def trouble(arrival):
        if (chat is None or arrival.chat_id == chat) and len(met) < times:
            met.append(arrival)
            return fault
        return None

    return trouble


async def after(scene, trouble, **more):
    """A morning with this trouble, to its end; the verdict."""
    scene.server.trouble = trouble
    await morning(scene, people=())
    scene.starts(Hooks(answer_seconds=PATIENT), **more)
    await scene.done()
    return await scene.verdict()


async def notice(scene):
    """What the secretary is told of a post of which nobody knows."""
    await until(lambda: any(message.buttons for message in scene.server.messages(office.SECRETARY)))
    return next(message for message in scene.server.messages(office.SECRETARY) if message.buttons)


async def state_in(scene, chat):
    [row] = [row for row in await scene.reader.rows() if row.chat_id == str(chat) and row.push is not None]
    return row.state


@pytest.mark.parametrize(
    ("fault", "state", "arrived"),
    [
        pytest.param(faults.server_error(500), "uncertain", 0, id="500"),
        pytest.param(faults.server_error(502, "Bad Gateway"), "uncertain", 0, id="502", marks=IN_FULL),
        pytest.param(faults.broken_answer(), "uncertain", 1, id="half an answer", marks=IN_FULL),
        pytest.param(faults.lost_answer(), "uncertain", 1, id="accepted, connection dropped"),
        pytest.param(faults.lost_request(), "uncertain", 0, id="dropped, not accepted", marks=IN_FULL),
        pytest.param(faults.never_answered(), "uncertain", 0, id="never answered"),
        pytest.param(Late(3 * PATIENT), "uncertain", 1, id="answered too late", marks=IN_FULL),
        pytest.param(Late(PATIENT / 2), "sent", 1, id="answered slowly", marks=IN_FULL),
        pytest.param(faults.throttled(1), "sent", 1, id="429"),
        pytest.param(faults.forbidden("bot was kicked from the group chat"), "failed", 0, id="403", marks=IN_FULL),
        pytest.param(faults.bad_request("message is too long"), "failed", 0, id="400", marks=IN_FULL),
    ],
)
async def test_what_becomes_of_a_post(sqlite_scene, fault, state, arrived):
    verdict = await after(sqlite_scene, at_first(fault, chat=-2))
    assert verdict.wrong == []
    assert await state_in(sqlite_scene, -2) == DeliveryState(state)
    assert sum(arrival.chat_id == -2 for arrival in sqlite_scene.server.accepted()) == arrived
    assert {await state_in(sqlite_scene, chat) for chat in (-1, -3)} == {DeliveryState.SENT}
    assert verdict.uncertain == (state == "uncertain")


@pytest.mark.parametrize(
    "fault",
    [
        faults.lost_answer(),
        pytest.param(faults.lost_request(), marks=IN_FULL),
        pytest.param(faults.server_error(500), marks=IN_FULL),
        pytest.param(faults.broken_answer(), marks=IN_FULL),
    ],
)
async def test_what_may_go_twice_goes_again_once(sqlite_scene, fault):
    scene = sqlite_scene
    scene.server.trouble = at_first(fault, chat=21)
    await morning(scene)
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states) == ([], {"sent": 5})
    assert [arrival.chat_id for arrival in scene.server.arrivals].count(21) == 2
    assert verdict.repeats <= 1


async def test_an_uncertain_post_that_the_secretary_sends_again_is_counted(sqlite_scene):
    scene = sqlite_scene
    await after(scene, at_first(faults.lost_answer(), chat=-2))
    told = await notice(scene)
    scene.server.people[office.SECRETARY].presses(told, "Kirim lagi")
    await until(lambda: [arrival.chat_id for arrival in scene.server.accepted()].count(-2) == 2)
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.uncertain) == ([], 1)
    assert sum(row.chat_id == "-2" for row in await scene.reader.rows()) == 2


@pytest.mark.in_full
async def test_a_429_of_one_chat_delays_that_chat_alone(sqlite_scene):
    scene = sqlite_scene
    verdict = await after(scene, at_first(faults.throttled(2), chat=-2))
    assert (verdict.wrong, verdict.states) == ([], {"sent": 3})
    at = {arrival.chat_id: arrival.at for arrival in scene.server.accepted()}
    [told, came] = [arrival.at for arrival in scene.server.arrivals if arrival.chat_id == -2]
    assert at[-1] < told + 1.5
    assert at[-3] < told + 1.5
    assert came >= told + 1.9


async def test_a_429_of_the_whole_bot_stops_everything_for_as_long_as_asked(sqlite_scene):
    scene = sqlite_scene
    # the second leaves after the first was answered: both together would prove nothing about the others
    verdict = await after(scene, at_first(faults.throttled(2), times=2), telegram_per_second=1)
    assert (verdict.wrong, verdict.states) == ([], {"sent": 3})
    [_, told, *others] = [arrival.at for arrival in scene.server.arrivals]
    assert min(others) >= told + 1.9


@pytest.mark.parametrize("scene", MOSTLY_SQLITE, indirect=True)
async def test_a_chat_that_migrates_in_mid_broadcast(scene):
    old, new = -2, -100700
    server = scene.server
    now = SystemClock().now()
    await office.office(scene.database, server, due=now + timedelta(hours=2), groups=4)
    await office.broadcasts(scene.database, [now - timedelta(seconds=n) for n in (1, 2, 3)], groups=4)
    server.group(new)

    def trouble(arrival):
        if server.moved or len(server.accepted()) >= 5:
            server.moved[old] = new
        return faults.migrated(new) if arrival.chat_id == old and server.moved else None

    server.trouble = trouble
    scene.starts()
    await scene.done()
    verdict = await scene.verdict()
    assert (verdict.wrong, verdict.states) == ([], {"sent": 12})
    assert sum(arrival.chat_id in (old, new) for arrival in server.accepted()) == 3
    assert any(arrival.chat_id == new for arrival in server.accepted())


@pytest.mark.parametrize("scene", MOSTLY_SQLITE, indirect=True)
async def test_answers_in_disorder_over_a_long_broadcast(scene):
    """Every third arrival meets another trouble, one kind after the other."""
    kinds = [
        faults.lost_answer(),
        faults.throttled(1),
        faults.server_error(500),
        faults.lost_request(),
        Late(0.3),
        faults.server_error(502, "Bad Gateway"),
        faults.broken_answer(),
    ]
    server = scene.server
    server.trouble = lambda a: kinds[a.number // 3 % len(kinds)] if a.number % 3 == 0 else None
    now = SystemClock().now()
    await office.office(scene.database, server, due=now + timedelta(hours=2), groups=20)
    await office.broadcasts(scene.database, [now - timedelta(seconds=n) for n in (1, 2, 3)], groups=20)
    scene.starts(telegram_per_chat_second=10, telegram_per_second=100)
    await scene.done()
    verdict = await scene.verdict()
    assert verdict.wrong == []
    # the secretary's notices may go again, and are uncertain only where trouble met them twice
    rows = [row for row in await scene.reader.rows() if int(row.chat_id) < 0]
    unknown = {(str(a.chat_id), a.text) for a in server.arrivals if a.unknown and a.chat_id < 0}
    assert {(row.chat_id, row.text) for row in rows if row.state is DeliveryState.UNCERTAIN} == unknown != set()
