"""`/periksa`: the secretary reads the reports that wait, marks them as checked or sends them back with a remark."""

from bot.access import Permission, may
from bot.channels.inbound import Kind
from bot.conversations.acts import record_act
from bot.conversations.evidence_intake import clean
from bot.conversations.office_people import tell_member
from bot.conversations.press_numbers import press_number
from bot.conversations.reports.draft import LONGEST_NOTE
from bot.conversations.reports.shown_evidence import files_of
from bot.conversations.reports.words import report_words, short_words
from bot.conversations.step import Command, Dialogue, Press, Reply, State, Step, Turn, press_argument
from storage.models import Member, Report, ReportState
from storage.queries import addresses, evidence, reports
from storage.queries.evidence import Subject
from storage.queries.reports import NamedReport

NAME = "review_reports"
PAGE = 8


async def show(turn: Turn) -> Step:
    """What waits, oldest first."""
    return Step((await _page(turn, 0),))


async def _page(turn: Turn, number: int) -> Reply:
    page = await reports.waiting_page(turn.session, turn.known_office.id, number * PAGE, PAGE)
    entries = [short_words(turn.regulation, item.report) | {"name": item.name or ""} for item in page.rows]
    parameters = {
        "entries": entries,
        "first": number * PAGE,
        "page": number,
        "pages": -(-page.total // PAGE),
        "total": page.total,
    }
    return Reply("review/page", parameters, edits_pressed=True)


async def _pressed_page(turn: Turn) -> Step:
    return Step((await _page(turn, press_number(turn)),), keep=True)


async def _pressed(turn: Turn) -> NamedReport | Step:
    """The report of the button, still waiting and as it was shown; else what to answer instead."""
    version = press_argument(turn, 1)
    named = await reports.find_in_office(turn.session, turn.known_office.id, press_number(turn))
    if named is None or named.report.state is not ReportState.SUBMITTED:
        return Step(keep=True, toast="review/toast_not_waiting")
    if version and version != _version(named.report):
        return Step((await _report(turn, named),), keep=True, toast="review/toast_changed")
    return named


def _version(report: Report) -> str:
    """What was read is what is judged: the buttons carry when it was last changed."""
    return str(int(report.changed_at.timestamp() * 1000))


async def _report(turn: Turn, named: NamedReport) -> Reply:
    report = named.report
    items = await evidence.of(turn.session, Subject(report_id=report.id))
    parameters = report_words(turn.regulation, report, items) | {"name": named.name or "", "version": _version(report)}
    return Reply("review/report", parameters, edits_pressed=True)


async def _pressed_open(turn: Turn) -> Step:
    named = await _pressed(turn)
    return named if isinstance(named, Step) else Step((await _report(turn, named),), keep=True)


async def _pressed_check(turn: Turn) -> Step:
    named = await _pressed(turn)
    if isinstance(named, Step):
        return named
    await reports.mark_checked(turn.session, named.report, turn.now)
    await record_act(turn, "report.checked", {"report": named.report.id})
    return Step((await _page(turn, 0),), keep=True, toast="review/toast_checked")


async def _pressed_return(turn: Turn) -> Step:
    named = await _pressed(turn)
    if isinstance(named, Step):
        return named
    state = State(NAME, {"report": named.report.id, "version": _version(named.report)})
    parameters = {"name": named.name or "", "limit": LONGEST_NOTE, "length": 0}
    return Step((Reply("review/ask_remark", parameters, edits_pressed=True),), state)


async def _pressed_evidence(turn: Turn) -> Step:
    """Its photos and files; links stand in the text."""
    named = await _pressed(turn)
    if isinstance(named, Step):
        return named
    replies = await files_of(turn, named.report)
    return Step(replies, keep=True) if replies else Step(keep=True, toast="report/toast_no_file")


async def _remarked(turn: Turn) -> Step:
    """The remark, typed. The router checks rights at commands and buttons; a seat may have changed since."""
    if turn.member is None or not may(turn.member.role, Permission.CHECK_REPORTS):
        return Step((Reply("help/not_allowed", {"command": "periksa"}),))
    data = turn.state.data if turn.state else {}
    named = await reports.find_in_office(turn.session, turn.known_office.id, int(data.get("report", 0)))
    if (
        named is None
        or named.report.state is not ReportState.SUBMITTED
        or data.get("version") != _version(named.report)
    ):
        return Step((Reply("review/changed"),))
    remark = clean(turn.inbound.text) if turn.inbound.kind is Kind.TEXT else ""
    if not 0 < len(remark) <= LONGEST_NOTE:
        parameters = {"name": named.name or "", "limit": LONGEST_NOTE, "length": len(remark)}
        return Step((Reply("review/ask_remark", parameters),), keep=True)
    await reports.send_back(turn.session, named.report, remark, turn.now)
    await record_act(turn, "report.returned", {"report": named.report.id})
    told = await _tell_author(turn, named.report)
    parameters = {
        "name": named.name or "",
        "told": bool(told),
        "stopped": not told and await addresses.has_stopped(turn.session, named.report.member_id),
    }
    return Step((*told, Reply("review/returned_back", parameters)))


async def _tell_author(turn: Turn, report: Report) -> list[Reply]:
    author = await turn.session.get(Member, report.member_id) if report.member_id is not None else None
    if author is None:
        return []
    items = await evidence.of(turn.session, Subject(report_id=report.id))
    return await tell_member(turn.session, author, "review/returned", report_words(turn.regulation, report, items))


DIALOGUE = Dialogue(
    name=NAME,
    commands=(Command("periksa", show, Permission.CHECK_REPORTS),),
    presses=(
        Press("review.page", _pressed_page, Permission.CHECK_REPORTS),
        Press("review.open", _pressed_open, Permission.CHECK_REPORTS),
        Press("review.check", _pressed_check, Permission.CHECK_REPORTS),
        Press("review.return", _pressed_return, Permission.CHECK_REPORTS),
        Press("review.evidence", _pressed_evidence, Permission.CHECK_REPORTS),
    ),
    goes_on=_remarked,
)
