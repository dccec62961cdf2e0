import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.channels.inbound import Chat, InboundMessage, Kind, Sender, Unreadable
from bot.conversations.router import Router
from bot.conversations.step import Command, Dialogue, Press, Reply, Step, Surroundings
from bot.inbox import Inbox
from scheduler.clock import MovableClock
from storage.errors import Unavailable
from storage.models import InboundUpdate
from storage.queries import inbound

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def read(raw, received_at):
    if raw == b"rusak":
        raise ValueError("cannot be read")
    if raw.startswith(b"unreadable"):
        raise Unreadable("no JSON")
    if raw == b"bukan untuk kami":
        return None
    kind, _, text = raw.decode().partition(" ")
    return InboundMessage(
        channel="telegram",
        update_id=text,
        kind=Kind(kind),
        chat=Chat("11", private=True),
        sender=Sender("11", "Anggota 1"),
        at=received_at,
        text=text,
        command=text if kind == "command" else None,
        addressed=True,
        press_id=text if kind == "press" else None,
    )


class Heard:
    """A dialogue that writes down what it hears; `/berat` finds the database locked once."""

    def __init__(self):
        self.said = []
        self.locked = True
        self.dialogue = Dialogue(
            "heard",
            commands=(Command("berat", self.heavy, None), Command("bantuan", self.hear, None)),
            presses=(Press("tekan", self.press, None),),
        )

    async def hear(self, turn):
        self.said.append(turn.inbound.text)
        return Step(replies=(Reply("help/edited"),))

    async def press(self, turn):
        self.said.append(turn.inbound.text)
        return Step(toast="toast/expired")

    async def heavy(self, turn):
        if self.locked:
            self.locked = False
            raise Unavailable("OperationalError")
        return await self.hear(turn)


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def shown():
    return []


@pytest.fixture
def inbox(database, heard, shown):
    async def acknowledge(press_id, words):
        shown.append((press_id, words))

    router = Router(database, [heard.dialogue], heard.hear, Surroundings({}, lambda code: code))
    return Inbox(database, router, MovableClock(NOW), {"telegram": read}, {"telegram": acknowledge})


@pytest.fixture
def came(database):
    async def store(*raws):
        async with database.transaction() as session:
            for number, raw in enumerate(raws):
                await inbound.store(session, "telegram", f"{number}", raw, NOW)

    return store


async def waiting(database):
    async with database.transaction() as session:
        query = select(InboundUpdate.raw).where(InboundUpdate.handled_at.is_(None)).order_by(InboundUpdate.id)
        return list((await session.execute(query)).scalars())


async def test_everything_stored_is_answered_once_in_the_order_it_came(database, inbox, came, heard):
    await came(b"command bantuan", b"press tekan", b"command bantuan")
    assert await inbox.drain() == 3
    assert await inbox.drain() == 0
    assert heard.said == ["bantuan", "tekan", "bantuan"]
    assert await waiting(database) == []


async def test_more_than_one_batch_is_drained(inbox, came, heard):
    await came(*[b"command bantuan"] * 101)
    assert await inbox.drain() == 101
    assert len(heard.said) == 101


async def test_a_press_is_acknowledged_with_its_words_on_its_channel(inbox, came, shown):
    await came(b"press tekan", b"command bantuan")
    await inbox.drain()
    assert shown == [("tekan", "Pilihan ini sudah tidak berlaku.")]


async def test_what_cannot_be_read_or_is_not_for_us_blocks_nobody(database, inbox, came, heard, caplog):
    await came(b"rusak", b"bukan untuk kami", b"command bantuan")
    assert await inbox.drain() == 3
    assert heard.said == ["bantuan"]
    assert await waiting(database) == []
    assert "update 1 of telegram cannot be read" in caplog.text


async def test_what_is_not_as_documented_is_logged_once_by_its_row_and_without_its_content(
    database, inbox, came, heard, caplog
):
    await came(b"unreadable 6281200000001", b"command bantuan")
    await inbox.drain()
    assert await inbox.drain() == 0
    assert caplog.messages.count("update 1 of telegram cannot be read: no JSON") == 1
    assert (heard.said, await waiting(database), "62812" in caplog.text) == (["bantuan"], [], False)


async def test_while_the_database_is_locked_the_rest_stays_stored(database, inbox, came, heard):
    await came(b"command bantuan", b"command berat", b"press tekan")
    with pytest.raises(Unavailable):
        await inbox.drain()
    assert await waiting(database) == [b"command berat", b"press tekan"]
    assert await inbox.drain() == 2
    assert heard.said == ["bantuan", "berat", "tekan"]


async def test_what_came_on_a_channel_that_cannot_be_read_yet_waits_for_it(database, heard, came):
    unread = ["telegram"]
    router = Router(database, [heard.dialogue], heard.hear, Surroundings({}, lambda code: code))
    inbox = Inbox(database, router, MovableClock(NOW), {"telegram": read}, {}, lambda: unread)
    await came(b"command bantuan")
    assert (await inbox.drain(), heard.said) == (0, [])
    unread.clear()
    assert (await inbox.drain(), heard.said) == (1, ["bantuan"])


async def test_a_press_that_is_slow_to_acknowledge_holds_up_nobody(database, heard, came):
    released = asyncio.Event()
    shown = []

    async def acknowledge(press_id, _words):
        await released.wait()
        shown.append(press_id)

    router = Router(database, [heard.dialogue], heard.hear, Surroundings({}, lambda code: code))
    inbox = Inbox(database, router, MovableClock(NOW), {"telegram": read}, {"telegram": acknowledge})
    await came(b"press tekan", b"command bantuan")
    assert await inbox.drain(wait=False) == 2
    assert (heard.said, shown) == (["tekan", "bantuan"], [])
    released.set()
    await inbox.drain()
    assert shown == ["tekan"]
