"""A small JSON body out, an answer in, over aiohttp's connections and through its parser, without its session.

The session around them is two thirds of what a request costs: cookies, redirects, middlewares, a request and an answer
as objects, none of which the Bot API needs. Where it is needed, for files and through a proxy, it uses the same pool.
https://docs.aiohttp.org/en/stable/client_reference.html#aiohttp.BaseConnector
"""

import asyncio

import aiohttp
from yarl import URL

from scheduler.deadlines import Deadlines

_HEAD = "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: "


class LeanPost:
    """Posts to one origin ("https://api.telegram.org") by the connections of `connector`, which others may use too."""

    def __init__(self, connector: aiohttp.BaseConnector, origin: str) -> None:
        """Made in a running loop."""
        self._connector, self._deadlines = connector, Deadlines()
        # the connector wants to know where to, by a request; this one never leaves
        self._where = aiohttp.ClientRequest("POST", URL(origin), loop=asyncio.get_running_loop())
        self._heads: dict[str, bytes] = {}  # one for each method of the API

    async def post(self, url: str, body: bytes, bounds: aiohttp.ClientTimeout) -> tuple[int, bytes]:
        """The answer's status and body. `url` is of the origin; `bounds` as the timeouts of a session's request.

        Raises:
            ConnectionTimeoutError, ClientConnectorError: nothing left.
            TimeoutError, ClientError, HttpProcessingError: as aiohttp finds it; what was sent may have been read.
        """
        head = self._heads.get(url) or self._head(url)
        connection = await self._connect(bounds)
        try:
            with self._deadlines.within(bounds.sock_read):
                answer = await _exchange(connection, b"%b%d\r\n\r\n%b" % (head, len(body), body))
        except BaseException:
            connection.close()  # half an answer may stand on it
            raise
        connection.release()
        return answer

    async def _connect(self, bounds: aiohttp.ClientTimeout) -> aiohttp.connector.Connection:
        try:
            return await self._connector.connect(self._where, traces=[], timeout=bounds)
        except aiohttp.ClientError:
            raise
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError from error

    def _head(self, url: str) -> bytes:
        head = _HEAD.format(path=URL(url).raw_path_qs, host=self._where.headers["Host"]).encode()
        self._heads[url] = head
        return head


async def _exchange(connection: aiohttp.connector.Connection, request: bytes) -> tuple[int, bytes]:
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True)
    transport.write(request)
    message, content = await protocol.read()
    while message.code < 200:  # only announces the answer
        message, content = await protocol.read()
    return message.code, await content.read()
