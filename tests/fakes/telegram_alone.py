"""python -m tests.fakes.telegram_alone: a loopback Telegram by itself; prints its origin and token, runs until killed."""

import asyncio

from scheduler.clock import SystemClock
from tests.fakes.telegram_server import TelegramServer


async def _serve() -> None:
    async with TelegramServer(SystemClock()) as server:
        print(server.origin, server.token, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
