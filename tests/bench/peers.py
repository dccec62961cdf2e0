"""What else one could send with: each as its own manual shows it, and without any ledger."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import aiogram
import aiohttp
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from content import markup
from content.message import Message
from tests.bench.databases import message
from tests.bench.loopback import Loopback

AT_ONCE = 20  # more makes python-telegram-bot slower

Send = Callable[[int], Awaitable[object]]  # message number n to chat n + 1


def _html(content: Message) -> str:
    return markup.write(markup.parse(content.text))


def _telegram_keyboard(content: Message) -> telegram.InlineKeyboardMarkup:
    rows = [
        [telegram.InlineKeyboardButton(choice.label, callback_data=choice.action) for choice in row]
        for row in content.choices
    ]
    return telegram.InlineKeyboardMarkup(rows)


async def _by_telegram(bot: telegram.Bot, number: int) -> None:
    content = message(number)
    await bot.send_message(number + 1, _html(content), parse_mode="HTML", reply_markup=_telegram_keyboard(content))


@asynccontextmanager
async def python_telegram_bot(
    server: Loopback, *, limiter: AIORateLimiter | None = None, at_once: int = AT_ONCE
) -> AsyncIterator[Send]:
    """python-telegram-bot with its own HTTP client."""
    request = HTTPXRequest(connection_pool_size=at_once, pool_timeout=20)
    bot = ExtBot(server.token, base_url=f"{server.origin}/bot", request=request, rate_limiter=limiter)
    async with bot:
        yield partial(_by_telegram, bot)


@asynccontextmanager
async def aiogram_bot(server: Loopback) -> AsyncIterator[Send]:
    """Version 3 of aiogram."""
    api = TelegramAPIServer.from_base(server.origin)
    bot = aiogram.Bot(server.token, session=AiohttpSession(api=api, limit=AT_ONCE))

    async def send(number: int) -> None:
        content = message(number)
        rows = [
            [aiogram.types.InlineKeyboardButton(text=choice.label, callback_data=choice.action) for choice in row]
            for row in content.choices
        ]
        keyboard = aiogram.types.InlineKeyboardMarkup(inline_keyboard=rows)
        await bot.send_message(number + 1, _html(content), parse_mode="HTML", reply_markup=keyboard)

    try:
        yield send
    finally:
        await bot.session.close()


@asynccontextmanager
async def bare_aiohttp(server: Loopback) -> AsyncIterator[Send]:
    """No library at all: the least that a message can cost."""
    url = f"{server.origin}/bot{server.token}/sendMessage"
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            content = message(number)
            rows = [
                [{"text": choice.label, "callback_data": choice.action} for choice in row] for row in content.choices
            ]
            body = {
                "chat_id": number + 1,
                "text": _html(content),
                "parse_mode": "HTML",
                "reply_markup": {"inline_keyboard": rows},
            }
            async with session.post(url, json=body) as answer:
                await answer.json()

        yield send


async def one_by_one(send: Send, count: int) -> None:
    """A loop that awaits each send."""
    for number in range(count):
        await send(number)


async def gathered(send: Send, count: int) -> None:
    """`asyncio.gather` over all, AT_ONCE in flight."""
    free = asyncio.Semaphore(AT_ONCE)

    async def when_free(number: int) -> None:
        async with free:
            await send(number)

    await asyncio.gather(*(when_free(number) for number in range(count)))


def unlimited() -> AIORateLimiter:
    """python-telegram-bot's rate limiter, both of its limits switched off."""
    return AIORateLimiter(overall_max_rate=0, overall_time_period=0, group_max_rate=0, group_time_period=0)
