"""Files of WhatsApp: fetched from Meta and nobody else, no larger than is kept, and left with Meta under a type it takes."""

import base64
import hashlib
import logging

import pytest

from bot.channels.whatsapp import files
from bot.channels.whatsapp.files import WhatsAppFiles
from bot.channels.whatsapp.graph import Graph
from scheduler.errors import ChannelDown, ChannelRefusesUs, MediaRefused
from scheduler.files import FileGone, Gone
from tests.fakes.http_server import Response

JPEG = b"\xff\xd8\xff a photo"


@pytest.fixture
def channel(graph, server):
    return WhatsAppFiles(graph, server.clock)


async def test_a_photo_is_fetched_with_the_token(server, channel):
    photo = server.keep_file("photo.jpg", JPEG)
    assert await channel.fetch(photo) == JPEG


@pytest.mark.parametrize("reference", ["media-9", "../media-1", "media-1?x=1", "media-1/"])
async def test_what_meta_does_not_know_is_gone(server, channel, reference):
    server.keep_file("photo.jpg", JPEG)
    with pytest.raises(FileGone) as raised:
        await channel.fetch(reference)
    assert raised.value.reason is Gone.REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com.evil.example/a",
        "https://evilfbsbx.com/a",
        "http://lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com:8443/a",
        "https://lookaside.fbsbx.com@evil.example/a",
        "https://somebody@lookaside.fbsbx.com/a",
        "http://127.0.0.1:9/download/media-1",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[broken",
    ],
)
async def test_the_token_goes_to_nobody_else(server, channel, caplog, url):
    photo = server.keep_file("photo.jpg", JPEG)
    server.file_url = url
    with pytest.raises(FileGone), caplog.at_level(logging.WARNING):
        await channel.fetch(photo)
    assert "not one of its own" in caplog.text
    assert server.token not in caplog.text


async def test_a_file_larger_than_is_kept_is_not_read_to_its_end(server, channel, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", len(JPEG))
    fits, larger = server.keep_file("a.jpg", JPEG), server.keep_file("b.jpg", JPEG + b"!")
    assert await channel.fetch(fits) == JPEG
    with pytest.raises(FileGone) as raised:
        await channel.fetch(larger)
    assert raised.value.reason is Gone.TOO_LARGE


PAGE = Response(200, b"<html>Silakan masuk</html>", "text/html")
CUT, EMPTY = Response(200, JPEG[:5], "image/jpeg"), Response(200, b"", "image/jpeg")
UNTOLD = {"sha256": None, "file_size": None}


@pytest.mark.parametrize(
    ("served", "told"),
    [
        (CUT, {}),
        (CUT, {"sha256": None}),
        (CUT, {"file_size": None}),
        (EMPTY, UNTOLD),
        (PAGE, {}),
        (PAGE, UNTOLD),
    ],
)
async def test_what_is_not_the_file_is_fetched_again_later(server, channel, served, told):
    photo = server.keep_file("photo.jpg", JPEG)
    server.file_served, server.file_told = served, told
    with pytest.raises(ChannelDown):
        await channel.fetch(photo)
    server.file_served = None
    assert await channel.fetch(photo) == JPEG


@pytest.mark.parametrize(
    "told",
    [
        UNTOLD,
        {"sha256": base64.b64encode(hashlib.sha256(JPEG).digest()).decode()},
        {"file_size": len(JPEG)},
        {"file_size": {"odd": 1}, "sha256": ["odd"], "mime_type": None},
    ],
)
async def test_a_file_is_known_by_whatever_meta_tells_of_it(server, channel, told):
    server.file_told = told
    assert await channel.fetch(server.keep_file("photo.jpg", JPEG)) == JPEG


async def test_a_page_that_somebody_sent_is_a_file_as_well(server, channel):
    assert await channel.fetch(server.keep_file("halaman.html", b"<html></html>")) == b"<html></html>"


async def test_a_revoked_token_and_a_server_that_is_down_are_told_apart(server):
    photo = server.keep_file("photo.jpg", JPEG)
    for origin, token, error in (
        (server.origin, "EAAother", ChannelRefusesUs),
        ("http://127.0.0.1:9", server.token, ChannelDown),
    ):
        graph = Graph(origin, server.phone_id, token)
        with pytest.raises(error):
            await WhatsAppFiles(graph, server.clock).fetch(photo)
        await graph.close()


async def test_a_file_is_left_under_a_type_that_meta_takes(server, channel):
    reference = await channel.upload("foto.jpg", "image/jpeg", JPEG)
    assert server.files[reference] == ("foto.jpg", JPEG)
    assert await channel.upload("tabel.csv", "application/octet-stream", b"a;b") in server.files  # as plain text


async def test_a_file_of_a_type_that_meta_does_not_take_is_refused(server, channel):
    with pytest.raises(MediaRefused):
        await channel.upload("arsip.zip", "application/zip", b"PK\x03\x04")
