"""/pertanyaan: the groups of open questions, five a page; one of them with its phrasings; what was mapped before."""

from collections import Counter
from itertools import groupby

from bot.access import Permission
from bot.conversations.press_numbers import press_number
from bot.conversations.step import Command, Dialogue, Press, Reply, Step, Turn
from bot.conversations.unanswered import mapping
from bot.conversations.unanswered.groups import Group, open_groups, pressed_group
from content.topics import topic_label
from storage.models import QuestionReason
from storage.queries import questions

_DECIDE = Permission.DECIDE_QUESTIONS
_ON_A_PAGE = 5
_PHRASINGS = 10  # shown of one group


async def _list(turn: Turn) -> Step:
    return Step(replies=(await _page(turn, 0),), keep=True)


async def _turn_page(turn: Turn) -> Step:
    return Step(replies=(await _page(turn, press_number(turn)),), keep=True)


async def _page(turn: Turn, page: int) -> Reply:
    groups = await open_groups(turn)
    total = await questions.count_waiting(turn.session, turn.known_office.id)
    pages = max(1, -(-len(groups) // _ON_A_PAGE))
    page = min(page, pages - 1)
    shown = groups[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    parameters = {
        "office": turn.known_office.name,
        "groups": [
            {"number": number, "key": group.key, "text": group.questions[0].text, "count": len(group.questions)}
            for number, group in enumerate(shown, start=page * _ON_A_PAGE + 1)
        ],
        "total": total,
        "later": total - sum(len(group.questions) for group in groups),
        "mapped": len(await questions.mapped(turn.session, turn.known_office.id)),
        "page": page,
        "pages": pages,
    }
    return Reply("question/list", parameters, edits_pressed=True)


async def _open(turn: Turn) -> Step:
    """`asked.open:<first>:<last>`."""
    group = await pressed_group(turn)
    if group is None:
        return mapping.GONE
    return Step(replies=(Reply("question/group", _shown(turn, group), edits_pressed=True),), keep=True)


def _shown(turn: Turn, group: Group) -> dict[str, object]:
    reasons = Counter(question.reason for question in group.questions)
    answered = {
        question.topic: topic_label(turn.regulation, question.topic)
        for question in group.questions
        if question.topic and question.reason is QuestionReason.DISLIKED
    }
    return {
        "key": group.key,
        "texts": group.texts[:_PHRASINGS],
        "more": max(0, len(group.texts) - _PHRASINGS),
        "reasons": {reason.value: reasons[reason] for reason in QuestionReason},
        "answered": list(answered.values()),
    }


async def _mapped(turn: Turn) -> Step:
    """`asked.mapped:<page>`: one line for each decision, the newest first."""
    rows = await questions.mapped(turn.session, turn.known_office.id)
    decisions = [list(found) for _, found in groupby(rows, key=lambda row: (row.decided_at, row.mapped_topic))]
    pages = max(1, -(-len(decisions) // _ON_A_PAGE))
    page = min(press_number(turn), pages - 1)
    parameters = {
        "decisions": [
            {
                "number": number,
                "id": found[0].id,
                "text": found[0].text,
                "count": len(found),
                "topic": topic_label(turn.regulation, found[0].mapped_topic or ""),
            }
            for number, found in list(enumerate(decisions, start=1))[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
        ],
        "page": page,
        "pages": pages,
    }
    return Step(replies=(Reply("question/mapped", parameters, edits_pressed=True),), keep=True)


DIALOGUE = Dialogue(
    name="unanswered",
    commands=(Command("pertanyaan", _list, _DECIDE),),
    presses=(
        Press("asked.page", _turn_page, _DECIDE),
        Press("asked.open", _open, _DECIDE),
        Press("asked.mapped", _mapped, _DECIDE),
        *mapping.PRESSES,
    ),
)
