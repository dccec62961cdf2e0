"""The library's Bot, set up for our origin; the one place that puts token and addresses together."""

from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

_REQUESTS_IN_FLIGHT = 50  # Telegram answers 429 to far more; the queue's own limits lie far below
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Connection:
    """Holds the Bot and its two HTTP clients: one for calls, one for the long poll.

    `origin` without path, as "https://api.telegram.org"; `answer_seconds`: how long an answer is waited for before
    the outcome of a call counts as unknown.

    Raises:
        telegram.error.InvalidToken: the token is empty or has blanks in it.
    """

    def __init__(self, token: str, origin: str, *, answer_seconds: float = 20.0) -> None:
        # a server on this machine is never behind a proxy, whatever the environment says
        client = {"trust_env": urlsplit(origin).hostname not in _LOOPBACK}
        self.calls = HTTPXRequest(
            connection_pool_size=_REQUESTS_IN_FLIGHT,
            pool_timeout=answer_seconds,
            read_timeout=answer_seconds,
            write_timeout=answer_seconds,
            httpx_kwargs=client,
        )
        self.poll = HTTPXRequest(connection_pool_size=1, httpx_kwargs=client)
        base = origin.rstrip("/")
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self.calls,
            get_updates_request=self.poll,
        )

    async def close(self) -> None:
        """Close both clients."""
        await self.calls.shutdown()
        await self.poll.shutdown()
