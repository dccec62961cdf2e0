"""`/riwayat`: a member's own reports, to be read again, corrected or withdrawn."""

from bot.access import Permission
from bot.conversations.press_numbers import press_number
from bot.conversations.reports.shown_evidence import files_of
from bot.conversations.reports.words import report_words, short_words
from bot.conversations.step import Command, Dialogue, Press, Reply, Step, Turn
from storage.models import Report
from storage.queries import evidence, reports
from storage.queries.evidence import Subject

PAGE = 5


async def show(turn: Turn) -> Step:
    """The newest reports."""
    return Step((await _page(turn, 0),))


async def _page(turn: Turn, number: int) -> Reply:
    page = await reports.own_page(turn.session, turn.known_member.id, number * PAGE, PAGE)
    parameters = {
        "entries": [short_words(turn.regulation, item.report) for item in page.rows],
        "first": number * PAGE,
        "page": number,
        "pages": -(-page.total // PAGE),
        "total": page.total,
    }
    return Reply("history/page", parameters, edits_pressed=True)


async def _pressed_page(turn: Turn) -> Step:
    return Step((await _page(turn, press_number(turn)),), keep=True)


async def _own(turn: Turn) -> Report | None:
    return await reports.find_own(turn.session, turn.known_member.id, press_number(turn))


async def _shown(turn: Turn, key: str) -> Step:
    report = await _own(turn)
    if report is None:
        return Step(keep=True, toast="report/toast_gone")
    items = await evidence.of(turn.session, Subject(report_id=report.id))
    return Step((Reply(key, report_words(turn.regulation, report, items), edits_pressed=True),), keep=True)


async def _pressed_open(turn: Turn) -> Step:
    return await _shown(turn, "history/report")


async def _pressed_evidence(turn: Turn) -> Step:
    report = await _own(turn)
    replies = await files_of(turn, report) if report is not None else ()
    return Step(replies, keep=True) if replies else Step(keep=True, toast="report/toast_no_file")


async def _pressed_withdraw(turn: Turn) -> Step:
    return await _shown(turn, "history/withdraw")


async def _pressed_withdrawn(turn: Turn) -> Step:
    report = await _own(turn)
    if report is None:
        return Step(keep=True, toast="report/toast_gone")
    await reports.withdraw(turn.session, report, turn.now)
    return Step((await _page(turn, 0),), keep=True, toast="history/toast_withdrawn")


DIALOGUE = Dialogue(
    name="report_history",
    commands=(Command("riwayat", show, Permission.REPORT),),
    presses=(
        Press("history.page", _pressed_page, Permission.REPORT),
        Press("history.open", _pressed_open, Permission.REPORT),
        Press("history.evidence", _pressed_evidence, Permission.REPORT),
        Press("history.withdraw", _pressed_withdraw, Permission.REPORT),
        Press("history.withdrawn", _pressed_withdrawn, Permission.REPORT),
    ),
)
