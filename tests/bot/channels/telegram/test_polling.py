import asyncio
import json
import logging
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from telegram.error import Conflict, TelegramError

from bot.channels.telegram.connection import Connection
from bot.channels.telegram.parsing import parse_bytes
from bot.channels.telegram.polling import Poller, PollTrouble
from bot.channels.telegram.sending import TelegramSender
from content.message import Message
from scheduler.errors import ChannelRefusesUs
from scheduler.sender import Destination
from storage.errors import Unavailable
from storage.queries import inbound
from tests.fakes import telegram_faults as faults
from tests.fakes.telegram_server import TelegramServer

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class FullDatabase:
    """A database in which nothing fits."""

    def concurrent(self):
        raise Unavailable("OperationalError")


class Bot:
    """A poller on the loopback, its naps and its wake-ups written down."""

    def __init__(self, server, database):
        self.server, self.database = server, database
        self.naps, self.woken = [], 0
        self.connection = Connection(server.token, server.origin)
        self.poller = self.on(database)

    def on(self, database, hold_seconds=0):
        return Poller(self.connection, database, self.server.clock, self.nap, self.wake, hold_seconds=hold_seconds)

    async def nap(self, seconds):
        self.naps.append(seconds)
        self.server.changed()
        await asyncio.sleep(0)

    def wake(self):
        self.woken += 1

    async def stored(self):
        async with self.database.transaction() as session:
            return [json.loads(update.raw) for update in await inbound.unhandled(session)]

    async def run_until(self, found):
        running = asyncio.ensure_future(self.poller.run())
        await self.server.until(lambda: running.done() or found())
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def bot(server, database):
    bot = Bot(server, database)
    yield bot
    await bot.connection.close()


async def test_an_update_is_stored_as_it_came(server, bot):
    server.person(11).says("halo")
    update = dict(server.pending[0])
    assert await bot.poller.poll_once() == 1
    assert await bot.stored() == [update]
    assert (bot.woken, bot.poller.last_good_poll, bot.poller.trouble) == (1, server.clock.now(), None)


async def test_it_is_confirmed_only_after_it_was_stored(server, bot):
    server.person(11).says("halo")
    await bot.poller.poll_once()
    assert len(server.pending) == 1
    await bot.poller.poll_once()
    assert server.pending == []


async def test_what_could_not_be_stored_is_fetched_again(server, bot):
    server.person(11).says("halo")
    failing = bot.on(FullDatabase())
    with pytest.raises(Unavailable):
        await failing.poll_once()
    with pytest.raises(Unavailable):
        await failing.poll_once()
    assert await bot.poller.poll_once() == 1


async def test_after_a_crash_before_the_confirmation_nothing_is_stored_twice(server, bot):
    server.person(11).says("halo")
    await bot.poller.poll_once()
    again = bot.on(bot.database)
    assert await again.poll_once() == 0
    assert (len(await bot.stored()), bot.woken) == (1, 1)


async def test_no_offset_is_kept_beyond_the_confirmation(server, bot):
    person = server.person(11)
    person.says("sebelum sepi")
    await bot.poller.poll_once()
    await bot.poller.poll_once()
    server.push_raw({"update_id": 12, "message": {"text": "after a silent week ids start anew"}})
    assert await bot.poller.poll_once() == 1


async def test_an_update_that_nobody_can_read_blocks_nothing(server, bot):
    server.push_raw({"update_id": 8000, "message": {"chat": "not an object", "date": "never"}})
    server.push_raw({"update_id": 8001, "something_new": [1, None]})
    server.person(11).says("halo")
    assert await bot.poller.poll_once() == 3
    await bot.poller.poll_once()
    assert server.pending == []


async def test_it_asks_for_its_kinds_of_update_every_time(server, bot):
    await bot.poller.poll_once()
    server.allowed = ["poll"]
    await bot.poller.poll_once()
    assert server.allowed == ["message", "edited_message", "callback_query", "my_chat_member", "poll"]


async def test_a_webhook_left_behind_is_removed_and_what_waits_is_kept(server, bot):
    server.set_webhook("http://127.0.0.1:9/nobody", "secret")
    server.person(11).says("halo")
    assert await bot.poller.poll_once() == 1


async def test_the_first_poll_and_one_after_trouble_are_answered_at_once(server, bot):
    poller = bot.on(bot.database, hold_seconds=600)
    await poller.poll_once()
    server.next_call(faults.server_error(), method="getUpdates")
    with pytest.raises(TelegramError):
        await poller.poll_once()
    poller.trouble = PollTrouble.UNREACHABLE
    await poller.poll_once()
    assert poller.trouble is None


async def test_an_update_arrives_while_the_poll_is_held(server, bot):
    poller = bot.on(bot.database, hold_seconds=5)
    await poller.poll_once()
    server.calls.clear()
    polling = asyncio.ensure_future(poller.poll_once())
    await server.until(lambda: "getUpdates" in server.calls)
    server.person(11).says("halo")
    assert await polling == 1


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (faults.server_error(502, "Bad Gateway"), PollTrouble.UNREACHABLE),
        (faults.lost_request(), PollTrouble.UNREACHABLE),
        (faults.broken_answer(), PollTrouble.UNREACHABLE),
        (faults.Break(b'{"ok": true}'), PollTrouble.UNREACHABLE),
        (faults.Break(b'{"ok": true, "result": 5}'), PollTrouble.UNREACHABLE),
        (faults.Break(b"[]"), PollTrouble.UNREACHABLE),
        (faults.Break(b'"a captive portal"'), PollTrouble.UNREACHABLE),
        (faults.Refuse(409, "Conflict: terminated by other getUpdates request"), PollTrouble.CONFLICT),
    ],
)
async def test_troubles_are_waited_out_and_told(server, bot, fault, trouble):
    server.next_call(fault, method="getUpdates", times=3)
    await bot.run_until(lambda: len(bot.naps) == 3)
    assert (bot.naps[:3], bot.poller.trouble) == ([1, 2, 4], trouble)


async def test_after_trouble_it_goes_on(server, bot):
    server.next_call(faults.server_error(), method="getUpdates", times=2)
    server.person(11).says("halo")
    await bot.run_until(lambda: not server.pending)
    assert (len(await bot.stored()), bot.naps, bot.poller.trouble) == (1, [1, 2], None)


async def test_the_wait_that_telegram_asks_for_is_kept(server, bot):
    server.next_call(faults.throttled(77), method="getUpdates")
    server.person(11).says("halo")
    await bot.run_until(lambda: not server.pending)
    assert bot.naps == [77]


async def test_with_telegram_away_at_start_it_keeps_trying(server, bot):
    server.next_call(faults.server_error(), method="deleteWebhook", times=2)
    server.person(11).says("halo")
    await bot.run_until(lambda: not server.pending)
    assert server.calls[:4] == ["deleteWebhook", "deleteWebhook", "deleteWebhook", "getUpdates"]


@pytest.mark.parametrize("fault", [faults.unauthorized(), faults.Refuse(404, "Not Found")])
async def test_a_revoked_token_ends_it_loudly(server, bot, fault):
    server.next_call(fault, method="getUpdates")
    with pytest.raises(ChannelRefusesUs):
        await bot.poller.run()
    assert bot.poller.trouble is PollTrouble.REFUSED


async def test_two_pollers_tell_each_other_apart(server, bot):
    other = Bot(server, bot.database)
    holding = other.on(bot.database, hold_seconds=5)
    await holding.poll_once()
    server.calls.clear()
    older = asyncio.ensure_future(holding.poll_once())
    await server.until(lambda: "getUpdates" in server.calls)
    await bot.poller.poll_once()
    with pytest.raises(Conflict):
        await older
    await other.connection.close()


async def test_the_same_trouble_is_logged_once(server, bot, caplog):
    caplog.set_level(logging.INFO)
    server.next_call(faults.server_error(), method="getUpdates", times=5)
    server.person(11).says("halo")
    await bot.run_until(lambda: not server.pending)
    assert caplog.text.count("polling Telegram") == 1


async def test_from_a_persons_word_to_the_bots_answer(server, bot):
    person = server.person(11, "Anggota 1")
    person.says("/start KODE")
    sender = TelegramSender(bot.connection.bot, server.clock)
    await bot.poller.poll_once()
    async with bot.database.transaction() as session:
        [update] = await inbound.unhandled(session)
        said = parse_bytes(update.raw, await sender.identity(), update.received_at)
        await inbound.mark_handled(session, update.id, server.clock.now())
    receipt = await sender.send(Destination("telegram", said.chat.chat_id), Message(f"Kode {said.text} diterima"))
    answer = await server.message(person, "KODE")
    assert (receipt.message_ref, answer.text) == (str(answer.message_id), "Kode KODE diterima")
