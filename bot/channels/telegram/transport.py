"""The library's HTTP, done by aiohttp at a small part of what its own client costs (docs/performance.md).

Everything above it, the translation of Telegram's answers into errors among it, stays the library's own.
"""

import json
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.proxy import proxy_for
from bot.channels.telegram import refusals
from bot.channels.telegram.lean_post import LeanPost

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 5.0
_KEPT_WARM = 30.0  # seconds that an unused connection stays open; Telegram's servers close it later than that
_AS_EVER = BaseRequest.DEFAULT_NONE

_Timeout = Any  # seconds, None for no limit, or `_AS_EVER`


class Transport(BaseRequest):
    """A warm pool of at most `connections` connections to `origin` ("https://api.telegram.org").

    A request waits at most `answer_seconds` for a free connection, and as long again for its answer. It is never
    repeated here, whatever becomes of its connection. A proxy that the environment names is used as by other programs.
    """

    def __init__(self, origin: str, *, connections: int, answer_seconds: float) -> None:
        self._origin = origin
        self._proxy = proxy_for(origin)
        self._connections = connections
        self._answer_seconds = answer_seconds
        self._usual = _bounded(answer_seconds, answer_seconds, _CONNECT_SECONDS, answer_seconds)
        self._session: aiohttp.ClientSession | None = None
        self._lean: LeanPost | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer is waited for where the call names no other."""
        return self._answer_seconds

    async def initialize(self) -> None:
        """Nothing: the pool opens with the first request."""

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = self._lean = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Timeout = _AS_EVER,
        write_timeout: _Timeout = _AS_EVER,
        connect_timeout: _Timeout = _AS_EVER,
        pool_timeout: _Timeout = _AS_EVER,
    ) -> tuple[int, bytes]:
        """One request; the answer's status and body.

        Raises:
            TimedOut, NetworkError: from the error that aiohttp raised, whose class alone stands in the text: the rest
                may quote the URL, and with it the token. `refusals.send_error` tells which requests never left.
            RetryAfter: the status is 429. The library looks for it in the body, and stumbles where that is an odd one.
        """
        bounds = self._limits(read_timeout, write_timeout, connect_timeout, pool_timeout)
        status, body = await self._exchanged(url, method, request_data, bounds)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RetryAfter(self._told_wait(body))
        return status, body

    async def _exchanged(
        self, url: str, method: str, request_data: RequestData | None, bounds: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        try:
            session = self._session or self._open()
            if self._lean is not None and request_data is not None and not request_data.contains_files:
                return await self._lean.post(url, msgspec.json.encode(request_data.parameters), bounds)
            content = _content(request_data)
            async with session.request(method, url, timeout=bounds, allow_redirects=False, **content) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except Exception as error:  # BaseRequest wants a NetworkError, whose text must not hold the URL
            raise NetworkError(type(error).__name__) from error

    def _told_wait(self, body: bytes) -> timedelta:
        try:
            return refusals.told_wait(self.parse_json_payload(body))
        except TelegramError:
            return refusals.UNTOLD_WAIT

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer as builtins. Where the library's own would, this writes no answer that it cannot read into a log.

        Raises:
            TelegramError: it is no JSON.
        """
        try:
            return msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        try:  # more forgiving of text: half an emoji in one update must not hold up all the others
            return json.loads(payload.decode(errors="replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None

    def _limits(self, *told: _Timeout) -> aiohttp.ClientTimeout:
        """Of reading, writing, connecting and the wait for a free connection, in this order."""
        if all(limit is _AS_EVER for limit in told):
            return self._usual
        usual = (self._answer_seconds, self._answer_seconds, _CONNECT_SECONDS, self._answer_seconds)
        return _bounded(*(ours if limit is _AS_EVER else limit for limit, ours in zip(told, usual, strict=True)))

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEPT_WARM)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            json_serialize_bytes=msgspec.json.encode,
            headers={"Accept-Encoding": "identity"},
            skip_auto_headers=("User-Agent",),
            proxy=self._proxy,
        )
        if self._proxy is None:
            self._lean = LeanPost(connector, self._origin)
        return self._session


def _bounded(
    read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """Bounds for connecting and answering; a body that does not go through is bounded by the whole alone."""
    bounds = (pool, connect, write, read)
    return aiohttp.ClientTimeout(
        total=None if None in bounds else sum(filter(None, bounds)),
        connect=None if pool is None or connect is None else pool + connect,
        sock_connect=connect,
        sock_read=read,
    )


def _content(request_data: RequestData | None) -> dict[str, Any]:
    """The request's body, in the words of aiohttp."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"json": request_data.parameters}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, data, media_type) in request_data.multipart_data.items():
        form.add_field(name, data, filename=file_name, content_type=media_type)
    return {"data": form}
