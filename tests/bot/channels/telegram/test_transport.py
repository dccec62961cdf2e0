import asyncio
import logging
import socket
from contextlib import ExitStack, asynccontextmanager, closing, suppress

import aiohttp
import pytest
from telegram import InputFile
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.telegram import refusals
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.transport import Transport, proxy_for
from scheduler.errors import ChannelDown, OutcomeUnknown
from tests.fakes import telegram_faults as faults
from tests.fakes.http_server import HttpServer, Response
from tests.fakes.telegram_server import TelegramServer

TOKEN = "123456789:AAexample-token_of_thirty-five_char"
OK = Response(body=b'{"ok": true, "result": true}')
OK_BYTES = b'HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"ok": true, "result": true}'


@pytest.fixture
async def server():
    async with TelegramServer() as server:
        server.person(11)
        yield server


@asynccontextmanager
async def transport_to(origin, *, connections=2, answer_seconds=5.0):
    transport = Transport(origin, connections=connections, answer_seconds=answer_seconds)
    try:
        yield transport
    finally:
        await transport.shutdown()


def said(**parameters):
    return RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()])


async def send(transport, server, text="halo", **more):
    return await transport.post(f"{server.origin}/bot{server.token}/sendMessage", said(chat_id=11, text=text), **more)


def fate(error):
    return type(refusals.send_error(error, TelegramServer().clock.now()))


class Recorded:
    """A server that answers OK and remembers what it was asked, on which connection."""

    def __init__(self, answers=()):
        self.answers = list(answers)
        self.requests = []
        self._http = HttpServer(self._answer)

    async def __aenter__(self):
        self.origin = await self._http.start()
        return self

    async def __aexit__(self, *_):
        await self._http.stop()

    async def _answer(self, request):
        self.requests.append((id(asyncio.current_task()), request))
        return self.answers.pop(0) if self.answers else OK


async def test_parameters_arrive_as_they_were_given():
    async with Recorded() as server, transport_to(server.origin) as transport:
        buttons = {"inline_keyboard": [[{"text": "Sudah & <b>", "callback_data": "a:1"}]]}
        assert await transport.post(f"{server.origin}/x", said(chat_id=-100500, text="“a” &\n😀", reply_markup=buttons))
    [(_, request)] = server.requests
    assert request.path == "/x"
    assert request.parameters == {
        "chat_id": "-100500",
        "text": "“a” &\n😀",
        "reply_markup": '{"inline_keyboard": [[{"text": "Sudah & <b>", "callback_data": "a:1"}]]}',
    }


async def test_a_file_arrives_with_its_name_and_the_parameters_beside_it():
    async with Recorded() as server, transport_to(server.origin) as transport:
        file = InputFile(b"\x00\xff\r\n--", "laporan “mei”.csv")
        await transport.post(f"{server.origin}/x", said(chat_id=11, document=file, reply_markup={"a": [1]}))
    [(_, request)] = server.requests
    assert request.parameters == {"chat_id": "11", "reply_markup": '{"a": [1]}'}
    [upload] = request.uploads.values()
    assert (upload.name, upload.media_type, upload.data) == ("laporan “mei”.csv", "text/csv", b"\x00\xff\r\n--")


async def test_a_file_is_fetched():
    file = Response(body=b"\x00\x01", media_type="application/octet-stream")
    async with Recorded([file]) as server, transport_to(server.origin) as transport:
        assert await transport.retrieve(f"{server.origin}/file/x") == b"\x00\x01"


async def test_one_connection_serves_request_after_request():
    async with Recorded() as server, transport_to(server.origin) as transport:
        for _ in range(3):
            await transport.post(f"{server.origin}/x")
    assert len({connection for connection, _ in server.requests}) == 1


async def test_no_more_connections_than_allowed(server):
    held = [server.next_call(faults.Hold()) for _ in range(2)]
    async with transport_to(server.origin, connections=2) as transport:
        sends = [asyncio.ensure_future(send(transport, server, f"{number}")) for number in range(4)]
        await asyncio.gather(*(hold.arrived.wait() for hold in held))
        assert len(server.calls) == 2
        for hold in held:
            hold.release.set()
        await asyncio.gather(*sends)
    assert len(server.messages(11)) == 4


async def test_who_waits_in_vain_for_a_free_connection_sent_nothing(server):
    held = server.next_call(faults.Hold())
    async with transport_to(server.origin, connections=1) as transport:
        first = asyncio.ensure_future(send(transport, server, "pertama"))
        await held.arrived.wait()
        with pytest.raises(TimedOut) as caught:
            await send(transport, server, "kedua", pool_timeout=0.01, connect_timeout=0.01)
        held.release.set()
        await first
    assert fate(caught.value) is ChannelDown
    assert [message.text for message in server.messages(11)] == ["pertama"]


async def test_nobody_listening_means_surely_not_sent():
    async with transport_to("http://127.0.0.1:9") as transport:
        with pytest.raises(NetworkError) as caught:
            await transport.post("http://127.0.0.1:9/x")
    assert type(caught.value.__cause__) is aiohttp.ClientConnectorError
    assert fate(caught.value) is ChannelDown


async def test_a_connection_that_is_never_accepted_means_surely_not_sent():
    with ExitStack() as sockets:
        full = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):  # no room behind these
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        origin = f"http://127.0.0.1:{full.getsockname()[1]}"
        async with transport_to(origin) as transport:
            with pytest.raises(TimedOut) as caught:
                await transport.post(f"{origin}/x", connect_timeout=0.02)
    assert fate(caught.value) is ChannelDown


async def test_an_answer_that_never_comes_leaves_the_outcome_unknown(server):
    server.next_call(faults.never_answered())
    async with transport_to(server.origin, answer_seconds=3600) as transport:
        with pytest.raises(TimedOut) as caught:  # by what this call says, not by what connecting may take beside it
            await send(transport, server, read_timeout=0.05)
    assert fate(caught.value) is OutcomeUnknown


async def test_an_answer_that_begins_and_never_ends_leaves_the_outcome_unknown():
    async def drips(reader, writer):
        with closing(writer), suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while True:
                writer.write(b" ")  # each byte shows that the peer lives, and none is the last
                await asyncio.gather(writer.drain(), asyncio.sleep(0))

    async with await asyncio.start_server(drips, "127.0.0.1", 0) as dripping:
        origin = f"http://127.0.0.1:{dripping.sockets[0].getsockname()[1]}"
        async with transport_to(origin, answer_seconds=3600) as transport:
            with pytest.raises(TimedOut) as caught:
                await transport.post(f"{origin}/x", said(text="halo"), read_timeout=0.05)
    assert fate(caught.value) is OutcomeUnknown


async def test_a_slow_answer_is_waited_for(server):
    held = server.next_call(faults.Hold())
    async with transport_to(server.origin) as transport:
        sending = asyncio.ensure_future(send(transport, server))
        await held.arrived.wait()
        assert not sending.done()
        held.release.set()
        assert (await sending)["text"] == "halo"


@pytest.mark.parametrize("fault", [faults.lost_answer(), faults.lost_request()])
async def test_a_connection_dropped_under_a_request_leaves_the_outcome_unknown(server, fault):
    server.next_call(fault)
    async with transport_to(server.origin) as transport:
        with pytest.raises(NetworkError) as caught:
            await send(transport, server)
    assert fate(caught.value) is OutcomeUnknown
    assert server.calls == ["sendMessage"]


async def test_a_kept_connection_that_breaks_is_not_tried_again(server):
    async with transport_to(server.origin) as transport:
        await send(transport, server, "pertama")
        server.next_call(faults.lost_answer())
        with pytest.raises(NetworkError):
            await send(transport, server, "kedua")
        await send(transport, server, "ketiga")
    assert [message.text for message in server.messages(11)] == ["pertama", "kedua", "ketiga"]
    assert server.calls == ["sendMessage"] * 3


async def test_a_connection_closed_while_it_was_idle_is_replaced():
    async with Recorded() as server, transport_to(server.origin) as transport:
        await transport.post(f"{server.origin}/x")
        for connection in server._http._connections:
            connection.cancel()
        await asyncio.gather(*server._http._connections, return_exceptions=True)
        [[(kept, _)]] = transport._session.connector._conns.values()
        async with asyncio.timeout(5):
            while kept.is_connected():  # noqa: ASYNC110  nobody tells of it
                await asyncio.sleep(0)
        assert await transport.post(f"{server.origin}/x")
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 502])
async def test_a_server_in_trouble_is_asked_once(server, status):
    server.next_call(faults.server_error(status))
    async with transport_to(server.origin) as transport:
        with pytest.raises(NetworkError):
            await send(transport, server)
    assert server.calls == ["sendMessage"]


async def test_a_redirect_is_not_followed():
    async with Recorded([Response(status=302)]) as server, transport_to(server.origin) as transport:
        with pytest.raises(NetworkError):
            await transport.post(f"{server.origin}/x")
    assert len(server.requests) == 1


async def test_a_refusal_is_the_librarys_own_error(server):
    server.next_call(faults.bad_request("message text is empty"))
    async with transport_to(server.origin) as transport:
        with pytest.raises(BadRequest, match="Message text is empty"):
            await send(transport, server)


@pytest.mark.parametrize("body", [b"<html>", b'{"ok": tr', b"", b"\xff"])
async def test_an_answer_that_is_no_json_is_told_without_its_words(body, caplog):
    async with Recorded([Response(body=body)]) as server, transport_to(server.origin) as transport:
        with pytest.raises(TelegramError, match=r"^Invalid server response$") as caught:
            await transport.post(f"{server.origin}/x")
    assert fate(caught.value) is OutcomeUnknown
    assert caplog.text == ""


@pytest.mark.parametrize("text", [b"\\ud83d", b"\xff"])
async def test_half_a_character_does_not_make_an_answer_unreadable(text):
    answer = Response(body=b'{"ok": true, "result": [1, "%b"]}' % text)
    async with Recorded([answer]) as server, transport_to(server.origin) as transport:
        assert (await transport.post(f"{server.origin}/x"))[0] == 1


async def test_an_error_names_neither_address_nor_token(caplog):
    caplog.set_level(logging.DEBUG)
    async with transport_to("http://127.0.0.1:9") as transport:
        for url in (f"http://127.0.0.1:9/bot{TOKEN}/x", f"ftp://127.0.0.1/bot{TOKEN}/x", f"//bot{TOKEN}"):
            with pytest.raises(NetworkError) as caught:
                await transport.post(url)
            assert TOKEN not in str(caught.value)
    assert TOKEN not in caplog.text


@asynccontextmanager
async def raw_server(*answers):
    """A server that says these bytes, one after the other, to one request after the other, whoever asks."""
    waiting, connections = list(answers), asyncio.Queue()

    async def serve(reader, writer):
        connections.put_nowait(writer)
        while await reader.readline():
            length = 0
            while (line := await reader.readline()).strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            await reader.readexactly(length)
            writer.write(waiting.pop(0))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
        while not connections.empty():
            connections.get_nowait().close()


async def test_what_only_announces_the_answer_is_not_taken_for_it():
    answer = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n"
    async with (
        raw_server(answer + b'{"ok": true, "result": 71}') as (origin, _),
        transport_to(origin) as transport,
    ):
        assert await transport.post(f"{origin}/bot{TOKEN}/getMe", said(a=1)) == 71


async def test_nobody_gets_the_answer_to_a_request_that_was_given_up():
    async with raw_server(b"", OK_BYTES) as (origin, connections), transport_to(origin) as transport:
        given_up = asyncio.create_task(transport.post(f"{origin}/bot{TOKEN}/getMe", said(a=1)))
        first = await connections.get()
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert await transport.post(f"{origin}/bot{TOKEN}/getMe", said(a=2)) is True
        assert connections.qsize() == 1  # another one than the first
        first.close()


async def test_it_can_be_closed_before_and_after_and_twice():
    connection = Connection(TOKEN, "http://127.0.0.1:9")
    await connection.close()
    await connection.close()


PROXIES = {"https_proxy": "http://u:p@proxy.example:3128", "no_proxy": "internal.example"}


@pytest.fixture
def environment(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("origin", "proxy"),
    [
        ("https://api.telegram.org", "http://u:p@proxy.example:3128"),
        ("https://internal.example", None),
        ("http://api.telegram.org", None),
        ("https://127.0.0.1:8081", None),
        ("https://localhost", None),
        ("https://[::1]:8081", None),
    ],
)
def test_the_environments_proxy_is_used_but_never_for_this_machine(environment, origin, proxy):
    for name, value in PROXIES.items():
        environment.setenv(name, value)
    assert proxy_for(origin) == proxy


def test_one_proxy_for_all_is_used(environment):
    environment.setenv("all_proxy", "http://proxy.example:3128")
    assert proxy_for("https://api.telegram.org") == "http://proxy.example:3128"


def test_a_proxy_that_cannot_be_used_is_passed_by_and_told(environment, caplog):
    environment.setenv("https_proxy", "socks5://u:p@proxy.example:1080")
    assert proxy_for("https://api.telegram.org") is None
    assert "http and https proxies" in caplog.text
    assert "u:p" not in caplog.text


async def test_requests_go_through_the_proxy_with_its_password(environment):
    async with Recorded() as proxy:
        address = proxy.origin.removeprefix("http://")
        environment.setenv("http_proxy", f"http://u:p@{address}")
        async with transport_to("http://telegram.example") as transport:
            assert await transport.post("http://telegram.example/x", said(text="halo"))
    [(_, request)] = proxy.requests
    assert (request.path, request.parameters) == ("/x", {"text": "halo"})


async def test_a_proxy_that_refuses_the_way_means_surely_not_sent(environment):
    async with Recorded([Response(status=407)]) as proxy:
        environment.setenv("https_proxy", proxy.origin)
        async with transport_to("https://telegram.example") as transport:
            with pytest.raises(NetworkError) as caught:
                await transport.post(f"https://telegram.example/bot{TOKEN}/x", said(text="halo"))
    assert fate(caught.value) is ChannelDown
    assert TOKEN not in str(caught.value)
