"""A small HTTP/1.1 server on the loopback, in the test's own loop; unlike a finished one it can lose an answer."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Request:
    """A request, its parameters gathered from query, form, multipart or JSON body, all as text."""

    path: str
    parameters: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # by their names in lower case
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What to answer; `lost` closes the connection instead."""

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    lost: bool = False
    headers: tuple[tuple[str, str], ...] = ()


class HttpServer:
    """Serves `handler` on a port of 127.0.0.1."""

    def __init__(self, handler: Callable[[Request], Awaitable[Response]]) -> None:
        self._handler = handler
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> str:
        """Listen, on a free port unless one is named; returns the origin."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Stop listening and break every connection, answered or not."""
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # the peer may leave at any point: that ends the talk
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while (response := await self._handler(await _read(reader))) and not response.lost:
                    writer.write(_head(response) + response.body)
                    await writer.drain()
        finally:
            writer.transport.abort()


def _head(response: Response) -> bytes:
    more = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return (
        f"HTTP/1.1 {response.status} -\r\nContent-Type: {response.media_type}\r\n"
        f"Content-Length: {len(response.body)}\r\n{more}\r\n"
    ).encode()


async def _read(reader: asyncio.StreamReader) -> Request:
    start, _, rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").partition("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.split("\r\n"))
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    target = urlsplit(start.split(" ")[1])
    parameters, uploads = _body(headers.get("content-type", ""), body)
    return Request(target.path, dict(parse_qsl(target.query)) | parameters, uploads, headers, body)


def _body(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    if content_type.startswith("multipart/form-data"):
        return _multipart(content_type.partition("boundary=")[2].strip('"').encode(), body)
    if content_type.startswith("application/json"):
        values = json.loads(body)
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}, {}
    return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


def _multipart(boundary: bytes, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    parameters: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers, data = head.decode(), data.removesuffix(b"\r\n")
        name = re.search(r'name="([^"]*)"', headers)[1]
        file_name = re.search(r'filename="([^"]*)"', headers)
        if file_name is None:
            parameters[name] = data.decode()
        else:
            media_type = re.search(r"(?i)content-type: *(\S+)", headers)
            uploads[name] = Upload(file_name[1], media_type[1] if media_type else "", data)
    return parameters, uploads
