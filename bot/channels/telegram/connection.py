"""The library's Bot, set up for our origin; the one place that puts token and addresses together."""

from telegram import Bot

from bot.channels.telegram.transport import Transport


class Connection:
    """Holds the Bot and its two HTTP clients: one for calls, one for the long poll.

    `origin` without path, as "https://api.telegram.org"; `at_once`: calls in flight; `answer_seconds`: how long an
    answer is waited for before the outcome of a call counts as unknown.

    Raises:
        telegram.error.InvalidToken: the token is empty or has blanks in it.
    """

    def __init__(self, token: str, origin: str, *, at_once: int = 50, answer_seconds: float = 20.0) -> None:
        self.calls = Transport(origin, connections=at_once, answer_seconds=answer_seconds)
        self.poll = Transport(origin, connections=1, answer_seconds=answer_seconds)
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
