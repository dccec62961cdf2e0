"""A second opinion on questions that the retriever is unsure of: the port to whoever may put topics in another order.

It is asked while no transaction is open, and can change nothing but the order of what is suggested.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from bot.conversations.step import Turn


class Candidate(Struct, frozen=True):
    """A topic that may be meant, its name, and how the regulation words it."""

    topic: str
    name: str
    text: str


class Doubt(Struct, frozen=True):
    """A question without names and digits, and what it may mean, the retriever's order."""

    question: str
    candidates: tuple[Candidate, ...]


class Reranker(Protocol):
    """Somebody outside who is asked."""

    async def order(self, doubt: Doubt) -> tuple[str, ...]:
        """The topics of `doubt` in the order in which they fit the question; none where there is no usable answer.

        Never raises, never takes long.
        """
        ...


class SecondOpinion(Struct, frozen=True):
    """`doubt_of` tells what a turn leaves in doubt, if anything; `reranker` is asked about it."""

    doubt_of: Callable[[Turn], Awaitable[Doubt | None]]
    reranker: Reranker
