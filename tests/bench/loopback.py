"""A Telegram that does nothing but answer, as fast as Python can: in a process and on a core of its own.

It counts and logs every send (when, to which chat, which text), and can hold bots to Telegram's published limits.
What a benchmark claims about limits, duplicates and lateness is worked out from its log, not from the bot's.
"""

import asyncio
import multiprocessing
import os
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import NamedTuple

TOKEN = "123456789:AAloopback-token_of_thirty-five_chr"
_TEXT = "Selamat pagi. " * 40  # an answer quotes the message: as long as what the benchmark sends
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHAT = re.compile(rb'chat_id[^0-9-]{1,8}(-?\d+)|name="chat_id"(?:\r\n[^\r]+)*\r\n\r\n(-?\d+)')
_NUMBER = re.compile(rb"kiriman-(\d+)")
_OFFSET = re.compile(rb"offset=(\d+)")
_SENDS = (b"/sendMessage", b"/SendMessage")


class Arrival(NamedTuple):
    """One send: seconds on the machine's monotonic clock, the chat, the number in its text (-1: none), accepted or 429."""

    at: float
    chat_id: int
    number: int
    accepted: bool


class Limits(NamedTuple):
    """What the server lets through; more is answered 429."""

    per_second: int
    per_chat_second: int
    per_group_minute: int


PUBLISHED = Limits(per_second=30, per_chat_second=1, per_group_minute=20)


class Windows:
    """Counts of a sliding window, as Telegram may be thought to keep them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: deque[float] = deque()
        self._chats: defaultdict[int, deque[float]] = defaultdict(deque)

    def wait(self, chat_id: int, now: float) -> int:
        """0 and counted, or the seconds to wait."""
        chat = self._chats[chat_id]
        _forget(self._all, now - 1)
        _forget(chat, now - 60)
        last_second = sum(at > now - 1 for at in chat)
        if len(self._all) >= self._limits.per_second or last_second >= self._limits.per_chat_second:
            return 1
        if chat_id < 0 and len(chat) >= self._limits.per_group_minute:
            return int(chat[0] + 60 - now) + 1
        self._all.append(now)
        chat.append(now)
        return 0


def _forget(instants: deque[float], before: float) -> None:
    while instants and instants[0] <= before:
        instants.popleft()


class _State:
    def __init__(self, limits: Limits | None) -> None:
        self.arrivals: list[Arrival] = []
        self.windows = Windows(limits) if limits else None
        self.updates: list[tuple[int, bytes]] = []
        self.changed = asyncio.Event()
        self.next_update = 1
        self.polls: set[asyncio.Task[None]] = set()


class _Protocol(asyncio.Protocol):
    """HTTP/1.1 of well-behaved clients: a length, no chunks but aiogram's, one request after another."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._data = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._data, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._data) < whole:
                return
            request, self._data = self._data[:whole], self._data[whole:]
            self._answer(request, end)

    def _answer(self, request: bytes, end: int) -> None:
        line = request[: request.index(b"\r\n")]
        if any(method in line for method in _SENDS):
            self._write(*self._send(request))
        elif b"/getUpdates" in line:
            poll = asyncio.ensure_future(self._poll(line))
            self._state.polls.add(poll)
            poll.add_done_callback(self._state.polls.discard)
        elif b"/getMe" in line:
            me = b'{"id":123456789,"is_bot":true,"first_name":"Apel","username":"apel_bot"}'
            self._write(200, b'{"ok":true,"result":%b}' % me)
        else:
            self._write(200, b'{"ok":true,"result":true}')

    def _send(self, request: bytes) -> tuple[int, bytes]:
        state, now = self._state, time.monotonic()
        chat = _CHAT.search(request)
        number = _NUMBER.search(request)
        chat_id = int(chat[1] or chat[2]) if chat else 0
        wait = state.windows.wait(chat_id, now) if state.windows else 0
        state.arrivals.append(Arrival(now, chat_id, int(number[1]) if number else -1, not wait))
        if wait:
            parameters = b'"parameters":{"retry_after":%d}' % wait
            return 429, b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d",%b}' % (
                wait,
                parameters,
            )
        return 200, _message(len(state.arrivals), chat_id)

    async def _poll(self, line: bytes) -> None:
        state = self._state
        offset = _OFFSET.search(line)
        if offset:
            state.updates = [update for update in state.updates if update[0] >= int(offset[1])]
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while not state.updates:
                    state.changed.clear()
                    await state.changed.wait()
        self._write(200, b'{"ok":true,"result":[%b]}' % b",".join(update for _, update in state.updates[:100]))

    def _write(self, status: int, body: bytes) -> None:
        head = b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


_ANSWER = (
    b'{"ok":true,"result":{"message_id":%d,"from":{"id":123456789,"is_bot":true,"first_name":"Apel",'
    b'"username":"apel_bot"},"chat":{"id":%d,"title":"Dinas","type":"supergroup"},"date":1796000000,'
    b'"text":"' + _TEXT.encode() + b'","entities":[{"offset":0,"length":12,"type":"bold"}],'
    b'"reply_markup":{"inline_keyboard":[[{"text":"Sudah dibacakan","callback_data":"reading.done:1"}]]}}}'
)


def _message(message_id: int, chat_id: int) -> bytes:
    return _ANSWER % (message_id, chat_id)


class Loopback:
    """The process, as the benchmark sees it."""

    def __init__(self, pipe: Connection, origin: str) -> None:
        self._pipe = pipe
        self.origin = origin
        self.token = TOKEN

    def arrivals(self) -> list[Arrival]:
        """Everything that arrived since the last time this was asked."""
        self._pipe.send("arrivals")
        return self._pipe.recv()

    def push(self, update: bytes) -> None:
        """Let an update wait for the bot; `%d` in it becomes its id."""
        self._pipe.send(update)


@contextmanager
def loopback(limits: Limits | None = None) -> Iterator[Loopback]:
    """The server, on the machine's last core."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, limits), daemon=True)
    process.start()
    there.close()  # so that a server that died is noticed
    try:
        yield Loopback(here, here.recv())
    finally:
        process.terminate()
        process.join()


def own_core() -> None:
    """Bind the measured process to the machine's first core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _serve(pipe: Connection, limits: Limits | None) -> None:
    os.sched_setaffinity(0, {os.cpu_count() - 1})
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(pipe, limits))


async def _run(pipe: Connection, limits: Limits | None) -> None:
    loop, state = asyncio.get_running_loop(), _State(limits)
    server = await loop.create_server(lambda: _Protocol(state), "127.0.0.1", 0, backlog=1024)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    loop.add_reader(pipe.fileno(), _asked, pipe, state)
    await asyncio.Event().wait()


def _asked(pipe: Connection, state: _State) -> None:
    asked = pipe.recv()
    if asked == "arrivals":
        pipe.send(state.arrivals)
        state.arrivals = []
        return
    state.updates.append((state.next_update, asked % state.next_update))
    state.next_update += 1
    state.changed.set()
