"""Files on their way to another channel: had once, given once, then sent by what they are called there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.channels.whatsapp import ABILITIES
from content.message import Document, Message, Picture
from scheduler.carrying import Carrier, Files
from scheduler.clock import MovableClock
from scheduler.errors import ChannelDown, ChannelRefusesUs, MediaRefused
from scheduler.files import FileGone, Gone, harmless_name, media_type_of
from scheduler.sender import Destination, SendReceipt
from storage.queries import kept_files
from tests.fakes.sender import FakeSender

NOW = datetime(2026, 11, 30, tzinfo=UTC)
JPEG, PDF = b"\xff\xd8\xff a photo", b"%PDF- a file"
ON_TELEGRAM, ON_WHATSAPP = Picture("telegram", "file-1"), Picture("whatsapp", "media-1")


class FakeFiles:
    """Implements scheduler.files.ChannelFiles; an error is raised instead of given."""

    def __init__(self, *, uploads=True, **files):
        self.files, self.uploads = files, uploads
        self.fetched, self.uploaded = [], []

    async def fetch(self, reference):
        self.fetched.append(reference)
        await asyncio.sleep(0)
        found = self.files[reference]
        if isinstance(found, Exception):
            raise found
        return found

    async def upload(self, name, media_type, data):
        self.uploaded.append((name, media_type, data))
        return f"copy-{len(self.uploaded)}" if self.uploads else None


class Uploading(FakeSender):
    """Tells what a picture is called that came with its bytes."""

    async def send(self, destination: Destination, message: Message, _entry=None) -> SendReceipt:
        receipt = await super().send(destination, message)
        new = message.document is not None or (message.picture is not None and message.picture.data is not None)
        return replace(receipt, file_ref=f"sent-{receipt.message_ref}") if new else receipt


@pytest.fixture
def telegram():
    return FakeFiles(uploads=False, **{"file-1": JPEG, "file-2": PDF})


@pytest.fixture
def whatsapp():
    return FakeFiles(**{"media-1": JPEG, "media-2": PDF})


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture
def sender():
    return Uploading()


@pytest.fixture
def to_whatsapp(database, telegram, whatsapp, sender, clock):
    assert not ABILITIES.files_last
    read = Files(database, {"telegram": telegram, "whatsapp": whatsapp}).read
    return Carrier("whatsapp", sender, whatsapp, read, clock)


@pytest.fixture
def to_telegram(database, telegram, whatsapp, sender, clock):
    read = Files(database, {"telegram": telegram, "whatsapp": whatsapp}).read
    return Carrier("telegram", sender, telegram, read, clock)


async def _send(carrier, picture, chats=("1",)):
    message = Message("Siaran", picture=picture)
    await asyncio.gather(*(carrier.send(Destination("any", chat), message) for chat in chats))


def _pictures(sender):
    return [item.message.picture for item in sender.accepted]


async def test_what_has_no_file_and_what_the_channel_holds_for_good_go_as_they_are(to_telegram, telegram, sender):
    await _send(to_telegram, None)
    await _send(to_telegram, ON_TELEGRAM)
    assert _pictures(sender) == [None, ON_TELEGRAM]
    assert telegram.fetched == []


async def test_a_picture_for_many_is_fetched_once_and_left_once(to_whatsapp, telegram, whatsapp, sender):
    await _send(to_whatsapp, ON_TELEGRAM, [str(number) for number in range(20)])
    assert telegram.fetched == ["file-1"]
    assert whatsapp.uploaded == [("file.jpg", "image/jpeg", JPEG)]
    assert set(_pictures(sender)) == {Picture("whatsapp", "copy-1")}


async def test_where_a_file_goes_only_with_a_message_it_goes_by_reference_from_then_on(to_telegram, sender):
    await _send(to_telegram, ON_WHATSAPP)
    await _send(to_telegram, ON_WHATSAPP)
    assert _pictures(sender) == [replace(ON_WHATSAPP, data=JPEG), Picture("telegram", "sent-1000")]


async def test_a_file_keeps_its_name_and_goes_as_a_file(to_telegram, to_whatsapp, whatsapp, sender):
    await _send(to_telegram, Picture("whatsapp", "media-2", "surat.pdf"))
    await _send(to_telegram, Picture("whatsapp", "media-2", "surat.pdf"))
    await _send(to_whatsapp, Picture("telegram", "file-2", "surat.pdf"))
    assert sender.accepted[0].message.document == Document("surat.pdf", PDF)
    assert _pictures(sender)[1:] == [
        Picture("telegram", "sent-1000", "surat.pdf"),
        Picture("whatsapp", "copy-1", "surat.pdf"),
    ]
    assert whatsapp.uploaded == [("surat.pdf", "application/pdf", PDF)]


async def test_a_photo_that_is_none_goes_as_a_file(to_telegram, sender, whatsapp):
    whatsapp.files["media-1"] = b"<script>alert(1)</script>"
    await _send(to_telegram, ON_WHATSAPP)
    assert sender.accepted[0].message.document == Document("file.bin", b"<script>alert(1)</script>")


async def test_what_is_kept_is_not_fetched(database, to_telegram, whatsapp, sender):
    async with database.transaction() as session:
        await kept_files.want(session, "whatsapp", "media-1", NOW)
        (wanted,) = await kept_files.due(session, NOW, 1)
        await kept_files.keep(session, wanted, "image/jpeg", JPEG, NOW)
    whatsapp.files.clear()
    await _send(to_telegram, ON_WHATSAPP)
    assert _pictures(sender) == [replace(ON_WHATSAPP, data=JPEG)]


@pytest.mark.parametrize("problem", [FileGone(Gone.REFUSED), ChannelRefusesUs("the other channel's token")])
async def test_what_cannot_be_had_is_media_refused(to_whatsapp, telegram, sender, problem):
    telegram.files["file-1"] = problem
    with pytest.raises(MediaRefused):
        await _send(to_whatsapp, ON_TELEGRAM)
    with pytest.raises(MediaRefused):
        await _send(to_whatsapp, Picture("console", "1"))
    assert sender.accepted == []


async def test_a_channel_that_is_down_is_waited_for(to_whatsapp, telegram, sender):
    telegram.files["file-1"] = ChannelDown()
    with pytest.raises(ChannelDown):
        await _send(to_whatsapp, ON_TELEGRAM)
    telegram.files["file-1"] = JPEG
    await _send(to_whatsapp, ON_TELEGRAM)
    assert _pictures(sender) == [Picture("whatsapp", "copy-1")]


async def test_a_copy_that_is_refused_or_old_is_made_anew(to_whatsapp, whatsapp, sender, clock):
    await _send(to_whatsapp, ON_TELEGRAM)
    sender.refuse("1", MediaRefused())
    with pytest.raises(MediaRefused):
        await _send(to_whatsapp, ON_TELEGRAM)
    await _send(to_whatsapp, ON_TELEGRAM)
    clock.advance(timedelta(days=1))
    await _send(to_whatsapp, ON_TELEGRAM)
    assert [picture.file_ref for picture in _pictures(sender)] == ["copy-1", "copy-2", "copy-3"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8", "image/webp"),
        (PDF, "application/pdf"),
        (b"PK\x03\x04...", "application/zip"),
        (b"<svg onload=x>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_it_begins_like(data, kind):
    assert media_type_of(data) == kind


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("SPJ triwulan III.pdf", "SPJ triwulan III.pdf"),
        ('a"\r\nContent-Type: text/html\r\n\r\n.pdf', "a Content-Type: text html .pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("\u202efdp.exe", "fdp.exe"),
        ("\x00", ""),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_breaks_nothing(called, name):
    assert harmless_name(called) == name


async def test_a_file_whose_name_says_nothing_gets_another(to_whatsapp, whatsapp):
    await _send(to_whatsapp, Picture("telegram", "file-2", "\r\n"))
    assert whatsapp.uploaded == [("file.pdf", "application/pdf", PDF)]
