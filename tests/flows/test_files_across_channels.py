"""Photos and files between WhatsApp and Telegram in one office: kept for good, shown on either side, broadcast to both."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from bot.application import build, telegram_channel, whatsapp_channel
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.identity import BotIdentity
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender
from bot.channels.whatsapp.files import WhatsAppFiles
from bot.channels.whatsapp.sending import WhatsAppSender
from bot.housekeeping import keep_house
from storage.models import Role, Schedule, ScheduleKind
from storage.queries import kept_files
from tests.fakes.telegram_chats import BOT_ID
from tests.fakes.telegram_server import TelegramServer
from tests.flows.whatsapp_office import NUMBER, REGULATIONS, WhatsAppTown

PHOTO = b"\xff\xd8\xff a photo"


async def _never(_seconds):
    raise AssertionError("nothing is waited for")


class BothTown(WhatsAppTown):
    """The same installation on Telegram, too."""

    async def __aenter__(self):
        self.telegram = TelegramServer(self.clock)
        await self.telegram.__aenter__()
        return await super().__aenter__()

    async def __aexit__(self, *exception):
        await super().__aexit__(*exception)
        await self.telegram.__aexit__(*exception)

    def _start(self):
        super()._start()
        self.connection = Connection(self.telegram.token, self.telegram.origin)
        identity = BotIdentity(BOT_ID, self.telegram.bot_name)
        meta = WhatsAppSender(self.graph, self.clock, self.database)
        files = WhatsAppFiles(self.graph, self.clock)
        telegram = TelegramSender(self.connection.bot, self.clock)
        telegrams = TelegramFiles(self.connection.bot, self.clock)
        self.house = build(
            self.database,
            self.clock,
            REGULATIONS,
            whatsapp_channel(meta, self.server.phone_id, lambda: NUMBER, files),
            replace(telegram_channel(telegram, lambda: identity, files=telegrams), limits=None),
        )
        self.poller = Poller(self.connection, self.database, self.clock, _never, lambda: None, hold_seconds=0)

    async def _kill(self):
        await super()._kill()
        await self.connection.close()

    async def deliver(self, **how):
        await super().deliver(**how)
        while self.telegram.pending:
            await self.poller.poll_once()

    async def joins_telegram(self, user_id, name, role):
        """Somebody with Telegram is on the roster."""
        person = self.telegram.person(user_id, name)
        person.says(f"/start {await self.invites(role)}")
        await self.settle()
        return person

    async def writes(self, person, text, **where):
        """Somebody writes on Telegram."""
        person.says(text, **where)
        await self.settle()

    async def presses(self, person, label):
        """Somebody presses the newest button with this label; what the bot then sent them."""
        before = self.telegram.messages(person)
        message = next(m for m in reversed(before) if any(label in shown for shown in m.labels))
        person.presses(message, label)
        await self.settle()
        return self.telegram.messages(person)[len(before) :]


@pytest.fixture
async def town(tmp_path):
    async with BothTown(tmp_path, "2026-11-16T14:00+07:00") as town:
        await town.opens("Dinas Kominfo", "karanganyar-44-2023")
        yield town
        assert await town.incidents() == []


@pytest.fixture
async def secretary(town):
    return await town.joins_telegram(11, "Sekretaris", Role.SEKRETARIS)


async def _reports_with_photo(town):
    member = await town.joins("Anggota 1", Role.ANGGOTA)
    await town.says(member, "/lapor akuntabel 1: SPJ selesai")
    member.sends_photo()
    await town.settle()
    await town.taps(member, "Simpan")
    return member


async def test_a_photo_from_whatsapp_is_seen_on_telegram_after_meta_forgot_it(town, secretary):
    await _reports_with_photo(town)
    assert await town.house.keeper.step() is None
    town.server.files.clear()  # Meta has it no more
    town.clock.advance(timedelta(days=8))
    await keep_house(town.database, town.clock.now())
    await town.kill_and_restart()

    await town.writes(secretary, "/periksa")
    await town.presses(secretary, "1")
    (photo,) = await town.presses(secretary, "Lihat bukti")
    assert photo.text == "Foto 1 dari 1"
    assert town.telegram.files[photo.photo].data == PHOTO
    uploads = len(town.telegram.files)
    (again,) = await town.presses(secretary, "Lihat bukti")
    assert (again.photo, len(town.telegram.files)) == (photo.photo, uploads)  # by Telegram's own reference now


async def test_its_author_sees_it_again_on_whatsapp_after_meta_forgot_it(town):
    member = await _reports_with_photo(town)
    await town.house.keeper.step()
    town.server.files.clear()
    town.clock.advance(timedelta(days=8))
    await town.says(member, "riwayat")
    await town.says(member, "1")
    (photo,) = await town.taps(member, "Lihat bukti")
    assert town.server.files[photo.payload["image"]["id"]][1] == PHOTO


async def test_a_photo_that_could_not_be_kept_is_said_to_be_missing(town, secretary):
    await _reports_with_photo(town)
    town.server.files.clear()
    while (again := await town.house.keeper.step()) is not None:
        town.clock.move_to(again)
    await town.writes(secretary, "/periksa")
    await town.presses(secretary, "1")
    (answer,) = await town.presses(secretary, "Lihat bukti")
    assert answer.photo is None
    assert "Lampirannya tidak dapat dikirim" in answer.text


async def test_a_file_from_telegram_is_seen_on_whatsapp(town):
    member = await town.joins_telegram(12, "Anggota 2", Role.ANGGOTA)
    secretary = await town.joins("Sekretaris", Role.SEKRETARIS)
    await town.writes(member, "/lapor akuntabel 1: SPJ selesai")
    member.sends_document("spj.pdf")
    await town.settle()
    await town.presses(member, "Simpan")
    await town.says(secretary, "periksa")
    await town.says(secretary, "1")
    (file,) = await town.taps(secretary, "Lihat bukti")
    assert file.payload["document"]["filename"] == "spj.pdf"
    assert town.server.files[file.payload["document"]["id"]] == ("spj.pdf", b"%PDF a file")


async def test_who_is_erased_leaves_no_copy_and_no_trace_in_what_was_shown(town, secretary):
    member = await _reports_with_photo(town)
    await town.house.keeper.step()
    await town.writes(secretary, "/periksa")
    await town.presses(secretary, "1")
    await town.presses(secretary, "Lihat bukti")
    async with town.database.transaction() as session:
        assert await kept_files.data_of(session, "whatsapp", next(iter(town.server.files))) == PHOTO
    await town.says(member, "/hapusdata")
    await town.taps(member, "Ya, hapus data saya")
    async with town.database.transaction() as session:
        assert await kept_files.data_of(session, "whatsapp", "media-1") is None
    (shown,) = [row for row in await town.ledger() if row.message_key == "report/evidence_file"]
    assert (shown.message, shown.parameters) == ({"text": ""}, {})


async def test_a_broadcasts_picture_from_whatsapp_comes_into_a_group_on_telegram(town, secretary):
    group = town.telegram.group(-100500, "Grup Dinas")
    group.adds_bot(secretary)
    await town.settle()
    await town.writes(secretary, "/tautkan", to=group)
    other = await town.joins("Sekretaris 2", Role.SEKRETARIS)
    await town.says(other, "siar")
    other.sends_photo("Kerja bakti Jumat pagi")
    await town.settle()
    await town.taps(other, "Kirim")
    await town.clock_to((town.clock.now() + timedelta(minutes=2)).isoformat())
    post = town.telegram.messages(group)[-1]
    assert "Kerja bakti Jumat pagi" in post.text
    assert town.telegram.files[post.photo].data == PHOTO


async def test_a_broadcasts_picture_from_telegram_comes_to_members_on_whatsapp(town, secretary):
    group = town.telegram.group(-100500, "Grup Dinas")
    group.adds_bot(secretary)
    await town.settle()
    await town.writes(secretary, "/tautkan", to=group)
    members = [await town.joins(f"Anggota {number}", Role.ANGGOTA) for number in (1, 2)]
    await town.writes(secretary, "/siar")
    secretary.sends_photo("Kerja bakti Jumat pagi")
    await town.settle()
    await town.presses(secretary, "Kirim")
    async with town.database.transaction() as session:
        await session.execute(update(Schedule).where(Schedule.kind == ScheduleKind.BROADCAST).values(to_persons=True))
    uploads = len(town.server.files)
    await town.clock_to((town.clock.now() + timedelta(minutes=2)).isoformat())
    for member in members:
        post = town.server.messages(member)[-1]
        assert "Kerja bakti Jumat pagi" in post.text
        assert town.server.files[post.payload["image"]["id"]][1] == PHOTO
    assert len(town.server.files) == uploads + 1  # left with Meta once, for all
