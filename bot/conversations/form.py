"""What every form in the columns of the decreed report does while it is filled in: evidence, problem and remedy.

An open form is kept as JSON in the state of its dialogue; its key ties the buttons to it.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.conversations.evidence_intake import MOST_ITEMS, attachment_of, joined, link_items, too_many
from bot.conversations.step import Reply, State, Step, Turn
from storage.queries import deliveries, posts
from storage.queries.evidence import Item

ONE_ANSWER_IN = timedelta(minutes=1)  # to what is sent together
_FULL = "report/evidence_full"


class FormDraft(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The columns that forms share. None means not asked yet, "" left out on purpose.

    `album` is the last album of which an item came in; `shown_by` the stored update that was answered by the question
    that stands now, and `shows_item` whether that brought an item.
    """

    key: str
    problem: str | None = None
    remedy: str | None = None
    evidence: tuple[Item, ...] = ()
    evidence_asked: bool = False
    album: str | None = None
    shown_by: int | None = None
    shows_item: bool = False

    def with_words(self, column: StrEnum, words: str) -> Self:
        """The words of a column, which is asked for no longer; no problem leaves no remedy to ask for."""
        changes: dict[str, Any] = {column.value: words, "asking": None}
        if column == "problem" and not words:
            changes["remedy"] = ""
        if column == "problem" and words and not self.remedy:
            changes["remedy"] = None
        return replace(self, **changes)

    def with_attachment(self, turn: Turn) -> Self:
        """The photo or file that the message carries as one more item; the same where it carries none."""
        item = attachment_of(turn.inbound)
        if item is None:
            return self
        return replace(self, evidence=joined(self.evidence, [item]), album=turn.inbound.album)

    def with_links(self, links: Iterable[str]) -> Self:
        """These links as further items."""
        return replace(self, evidence=joined(self.evidence, link_items(links)))

    def has_no_room(self, turn: Turn, links: Iterable[str] = ()) -> bool:
        """Whether what the message carries, or of these links, cannot be kept any more."""
        item = attachment_of(turn.inbound)
        return too_many(self.evidence, [*([item] if item else []), *link_items(links)])

    def goes_on_with(self, album: str | None) -> bool:
        """Whether an item of this album is one more of that which came in last."""
        return album is not None and album == self.album


Draft = TypeVar("Draft", bound=FormDraft)


def new_key() -> str:
    """A fresh key for one form."""
    return secrets.token_urlsafe(8)


def open_draft(turn: Turn, form: str, kind: type[Draft], key: str | None = None) -> Draft | None:
    """What is filled in of the form that is open in this chat; with `key`, only if it is that one."""
    if turn.state is None or turn.state.dialogue != form:
        return None
    draft = msgspec.convert(turn.state.data, kind)
    return draft if key in (None, draft.key) else None


async def full(turn: Turn) -> tuple[Reply, ...]:
    """That no more evidence is kept; told once of what comes together."""
    inbound, since = turn.inbound, turn.answered_at - ONE_ANSWER_IN
    told = await deliveries.said_since(turn.session, inbound.channel, inbound.chat.chat_id, _FULL, since)
    return () if told else (Reply(_FULL, {"most": MOST_ITEMS}),)


async def put(
    turn: Turn, form: str, draft: FormDraft, question: Reply, *, again: bool = False, before: tuple[Reply, ...] = ()
) -> Step:
    """Put the question and keep the draft.

    A press replaces the message under its button; `again` replaces the question that was shown last: one more item of
    an album came in. Where nothing can be replaced, nor albums are told of, what answered the item before does not
    leave if it has not left yet: this answer shows that item, too.
    """
    brings_item = turn.inbound.attachment is not None
    if draft.shows_item and draft.shown_by and brings_item and not turn.abilities.edits:
        chat = turn.inbound.chat.chat_id
        await deliveries.take_back(turn.session, turn.inbound.channel, chat, draft.shown_by)
    standing = await posts.reply_to(turn.session, draft.shown_by, question.key) if again and draft.shown_by else None
    if standing is None:
        draft = replace(draft, shown_by=turn.inbound_row, shows_item=brings_item)
    shown = replace(question, edits=standing, edits_pressed=True)
    return Step((*before, shown), State(form, msgspec.to_builtins(draft)))
