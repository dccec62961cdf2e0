"""/privasi: the notice again. /dataku: everything held about the person, as a file. /hapusdata: take it out."""

from typing import Any

from bot.conversations.office_people import is_last_secretary
from bot.conversations.press_numbers import press_number
from bot.conversations.readable_data import readable
from bot.conversations.reports.shown_evidence import shown_files
from bot.conversations.step import EXPIRED, Command, Dialogue, Press, Reply, State, Step, Turn
from content.markup import plain_text
from content.message import Document
from content.rendering import render
from storage.queries import evidence
from storage.queries.erasure import erase_person
from storage.queries.personal_data import held_about

_NAME = "privacy"
FILES_AT_ONCE = 10
_ZONE_OF_GUESTS = "Asia/Jakarta"


async def _notice(_turn: Turn) -> Step:
    return Step(replies=(Reply("privacy/notice"),), keep=True)


async def _data(turn: Turn) -> Step:
    held = await held_about(turn.session, turn.known_person)
    zone = turn.office.timezone if turn.office else _ZONE_OF_GUESTS
    parameters: dict[str, Any] = {
        "held": readable(held, turn.surroundings.regulations),
        "zone": zone,
        "made_at": turn.now,
    }
    text = plain_text(render("privacy/data_file", parameters).text)
    document = Document("data-saya.txt", text.encode())
    _, files = await evidence.files_of_person(turn.session, turn.known_person.id, 0, 0)
    return Step(replies=(Reply("privacy/data", {"files": files}, document=document),), keep=True)


async def _files(turn: Turn) -> Step:
    """`privacy.files:<offset>`: the photos and files themselves, so many at once."""
    if not turn.inbound.chat.private:  # a forged press: they are nobody else's to see
        return EXPIRED
    offset = press_number(turn)
    items, total = await evidence.files_of_person(turn.session, turn.known_person.id, offset, FILES_AT_ONCE)
    replies = shown_files(items, first=offset + 1, of=total)
    left = total - offset - len(items)
    end = Reply("privacy/files", {"next": offset + len(items), "left": left if items else 0})
    return Step((*replies, end), keep=True)


async def _ask(turn: Turn) -> Step:
    return await _asked(turn, again=False)


async def _ask_again(turn: Turn) -> Step:
    """Words instead of a press; no number stands for what cannot be undone."""
    return await _asked(turn, again=True)


async def _asked(turn: Turn, *, again: bool) -> Step:
    sole = turn.member is not None and await is_last_secretary(turn.session, turn.member)
    parameters = {"office": turn.office.name if turn.office else None, "sole_secretary": sole, "again": again}
    return Step(replies=(Reply("privacy/ask_erase", parameters),), state=State(_NAME))


async def _erase(turn: Turn) -> Step:
    if turn.state is None or turn.state.dialogue != _NAME or turn.person is None:
        return EXPIRED
    erased_name = plain_text(render("privacy/erased_name").text)
    await erase_person(turn.session, turn.person, erased_name, turn.now)
    return Step(replies=(Reply("privacy/erased"),))


async def _keep(turn: Turn) -> Step:
    if turn.state is None or turn.state.dialogue != _NAME:
        return EXPIRED
    return Step(replies=(Reply("privacy/kept", edits_pressed=True),))


DIALOGUE = Dialogue(
    name=_NAME,
    commands=(
        Command("privasi", _notice, None),
        Command("dataku", _data, None),
        Command("hapusdata", _ask, None),
    ),
    presses=(
        Press("privacy.erase", _erase, None),
        Press("privacy.keep", _keep, None),
        Press("privacy.files", _files, None),
    ),
    goes_on=_ask_again,
    takes_no_word=lambda _turn: True,
)
