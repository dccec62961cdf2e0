"""Who we are on WhatsApp is asked for beside the work, and whether Meta still knows us."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.config import Secret, WhatsAppSettings
from bot.on_whatsapp import LOOK_EVERY, OnWhatsApp
from content.templates import templates
from scheduler.charges import Prices
from storage.models import MessageTemplate
from tests.fakes.graph_server import GraphServer, Template


class Nap:
    """Stands for sleeping: remembers how long, and wakes when told."""

    def __init__(self):
        self.asked, self._woken, self._asleep = [], asyncio.Event(), asyncio.Event()

    async def __call__(self, seconds):
        self.asked.append(seconds)
        self._asleep.set()
        await self._woken.wait()
        self._woken.clear()

    async def begins(self):
        async with asyncio.timeout(5):
            await self._asleep.wait()
        self._asleep.clear()

    async def ends(self):
        self._woken.set()
        await self.begins()


@pytest.fixture
async def meta():
    async with GraphServer() as meta:
        yield meta


@pytest.fixture
async def line(meta, database):
    settings = WhatsAppSettings(
        meta.phone_id, Secret(meta.token), Secret("a"), Secret("b"), meta.account_id, meta.origin
    )
    nap = Nap()
    line = OnWhatsApp(settings, database, meta.clock, nap)
    asking = asyncio.ensure_future(line.introduce())
    yield line, nap
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await line.close()


async def test_the_link_has_no_number_until_meta_tells_it(meta, database, line):
    line, nap = line
    assert line.channel.link("KODE") == "Gabung KODE"
    await nap.begins()
    assert line.channel.link("KODE") == "https://wa.me/628110000001?text=Gabung%20KODE"
    assert (line.last_good_check, line.trouble, nap.asked) == (meta.clock.now(), None, [LOOK_EVERY])


async def test_what_it_costs_and_to_how_many_it_may_write_first_is_known_to_who_asks(meta, database, line):
    line, nap = line
    meta.tier = "TIER_2K"
    await nap.begins()
    prices = Prices("IDR", {"service": Decimal(357)})
    priced = WhatsAppSettings(
        meta.phone_id, Secret("t"), Secret("a"), Secret("b"), meta.account_id, meta.origin, prices=prices
    )
    other = OnWhatsApp(priced, database, meta.clock)
    assert (other.channel.prices, line.channel.prices) == (prices, None)
    assert line.channel.new_chats_a_day() == 2000


async def test_a_revoked_token_is_told_and_asked_with_seldom_until_it_is_good_again(meta, line, caplog):
    line, nap = line
    await nap.begins()
    good, meta.token = meta.token, "EAAother"
    for _ in range(2):
        await nap.ends()
    assert (line.trouble, nap.asked[1:]) == ("code 190", [LOOK_EVERY] * 2)
    assert [record.levelname for record in caplog.records if "WhatsApp does not say" in record.message] == ["WARNING"]
    meta.token = good
    await nap.ends()
    assert line.trouble is None


async def test_since_when_meta_takes_nothing_is_known_though_it_knows_us(meta, line):
    line, nap = line
    await nap.begins()
    meta.clock.advance(timedelta(minutes=20))
    assert (line.last_welcome, line.trouble) == (meta.clock.now(), None)
    line._sender.refused, line._sender.refused_since = "code 131042", meta.clock.now()
    meta.clock.advance(timedelta(minutes=20))
    assert (line.last_welcome, line.trouble) == (meta.clock.now() - timedelta(minutes=20), "code 131042")


async def test_to_how_many_may_be_written_first_is_what_meta_tells_each_time(meta, line):
    line, nap = line
    seen = []
    for meta.tier in ("TIER_2K", "TIER_UNLIMITED", "TIER_NOT_SET", "TIER_100K", None):
        await (nap.ends() if seen else nap.begins())
        seen.append(line._persons.limit)
    assert seen == [2000, None, None, 100_000, 100_000]


async def test_a_meta_that_cannot_be_reached_is_asked_again_soon(meta, line):
    line, nap = line
    await meta._http.stop()
    await nap.begins()
    assert nap.asked[0] < LOOK_EVERY
    assert line.last_good_check is None


async def known(database):
    async with database.transaction() as session:
        return {row.name: row.status for row in await session.scalars(select(MessageTemplate))}


async def test_templates_are_asked_for_at_the_start_and_every_few_minutes(meta, database, line):
    _, nap = line
    meta.templates["apel_rapat"] = Template("apel_rapat", templates()["apel_rapat"].numbered)
    meta.templates["another"] = Template("another")
    await nap.begins()
    assert await known(database) == dict.fromkeys(templates(), "MISSING") | {"apel_rapat": "APPROVED"}
    meta.templates["apel_rapat"].status = "PAUSED"
    await nap.ends()
    assert (await known(database))["apel_rapat"] == "PAUSED"


async def test_what_was_known_of_templates_stands_while_meta_tells_nothing_and_is_told_once(
    meta, database, line, caplog
):
    line, nap = line
    meta.templates["apel_rapat"] = Template("apel_rapat", templates()["apel_rapat"].numbered)
    await nap.begins()
    meta.templates_readable = False
    for _ in range(2):
        await nap.ends()
    assert (await known(database))["apel_rapat"] == "APPROVED"
    assert line.trouble is None, "messages may be sent all the same"
    assert [record.levelname for record in caplog.records if "our templates" in record.message] == ["WARNING"]
