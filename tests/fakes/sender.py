"""A channel that keeps what it accepted, and can fail before or after accepting, as a test asks."""

import asyncio
from collections import defaultdict, deque

from msgspec import Struct

from content.message import Message
from scheduler.sender import Destination, SendReceipt


class Accepted(Struct, frozen=True):
    """One message as the channel's server holds it; `replaces` for an edit."""

    chat_id: str
    topic_id: str | None
    message: Message
    reference: str
    replaces: str | None = None


class FakeSender:
    """Implements scheduler.sender.Sender."""

    polls = True

    def __init__(self) -> None:
        self.accepted: list[Accepted] = []
        self.asked = 0
        self.most_at_once = 0
        self.gates: dict[str, asyncio.Event] = {}  # a chat that is as slow as its gate stays closed
        self._before: defaultdict[str, deque[BaseException]] = defaultdict(deque)
        self._after: defaultdict[str, deque[BaseException]] = defaultdict(deque)
        self._here = 0

    def refuse(self, chat_id: str, *errors: BaseException) -> None:
        """The next sends to this chat fail, and nothing is accepted."""
        self._before[chat_id].extend(errors)

    def lose_answer(self, chat_id: str, *errors: BaseException) -> None:
        """The next sends to this chat are accepted, and fail all the same."""
        self._after[chat_id].extend(errors)

    def texts(self, chat_id: str) -> list[str]:
        """What stands in this chat, edits as they came."""
        return [item.message.text for item in self.accepted if item.chat_id == chat_id]

    async def send(self, destination: Destination, message: Message, _entry=None) -> SendReceipt:
        return await self._take(destination, message, None)

    async def edit(self, destination: Destination, message_ref: str, message: Message) -> SendReceipt:
        return await self._take(destination, message, message_ref)

    async def _take(self, destination: Destination, message: Message, replaces: str | None) -> SendReceipt:
        self.asked += 1
        self._here += 1
        self.most_at_once = max(self.most_at_once, self._here)
        try:
            if destination.chat_id in self.gates:
                await self.gates[destination.chat_id].wait()
            await asyncio.sleep(0)
            if self._before[destination.chat_id]:
                raise self._before[destination.chat_id].popleft()
            reference = replaces or str(1000 + len(self.accepted))
            self.accepted.append(Accepted(destination.chat_id, destination.topic_id, message, reference, replaces))
            if self._after[destination.chat_id]:
                raise self._after[destination.chat_id].popleft()
            return SendReceipt(reference)
        finally:
            self._here -= 1
