"""A group of open questions is mapped to a topic of the regulation, or left; either can be undone."""

from collections.abc import Iterable, Iterator

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.press_numbers import press_number
from bot.conversations.step import Press, Reply, Step, Turn, press_argument
from bot.conversations.unanswered.groups import Group, pressed_group
from content.knowledge_base import likeliest
from content.topics import Topic, topic_label, topic_of, topics_of
from storage.queries import questions

GONE = Step(keep=True, toast="question/toast_gone")  # somebody else decided on it, or it was forgotten
_DECIDE = Permission.DECIDE_QUESTIONS
_OFFERED = 5
_ASKED_OF = 10  # phrasings of a group by which its likeliest topics are found


async def _choose(turn: Turn) -> Step:
    """`asked.map:<first>:<last>`: the topics that are likeliest."""
    group = await pressed_group(turn)
    if group is None:
        return GONE
    near = likeliest(turn.regulation, group.texts[:_ASKED_OF], _OFFERED)
    parameters = {
        "key": group.key,
        "text": group.questions[0].text,
        "count": len(group.questions),
        "topics": list(_offered(turn, near)),
    }
    return Step(replies=(Reply("question/choose", parameters, edits_pressed=True),), keep=True)


async def _browse(turn: Turn) -> Step:
    """`asked.below:<first>:<last>:<topic>:<page>`: the topics below that one; without it, those above all."""
    group, topic, page = await pressed_group(turn), _pressed_topic(turn), press_number(turn, 3)
    if group is None:
        return GONE
    above = topic_of(turn.regulation, topic) if topic else None
    below = _below(turn, topic)
    size = _on_a_page(turn, len(below), beside=2 if above else 1)
    pages = max(1, -(-len(below) // size))
    page = min(page, pages - 1)
    parameters = {
        "key": group.key,
        "text": group.questions[0].text,
        "above": next(_offered(turn, [above.id])) if above else None,
        "topics": list(_offered(turn, (found.id for found in below[page * size : (page + 1) * size]))),
        "page": page,
        "pages": pages,
    }
    return Step(replies=(Reply("question/below", parameters, edits_pressed=True),), keep=True)


def _on_a_page(turn: Turn, topics: int, *, beside: int) -> int:
    """How many are offered at once; where not all find room, what turns the pages takes some."""
    room = turn.abilities.room(topics, beside=beside)
    return max(1, room if room >= topics else room - 2)


def _offered(turn: Turn, topics: Iterable[str]) -> Iterator[dict[str, object]]:
    """What is shown of each topic: its name, how its text begins, whether others lie below it."""
    for topic in topics:
        found = topics_of(turn.regulation)[topic]
        quoted = found.passages[0].text if found.behaviour else ""
        yield {"id": topic, "label": found.heading, "text": quoted, "parts": bool(_below(turn, topic))}


def _below(turn: Turn, topic: str) -> list[Topic]:
    before = f"{topic}/" if topic else ""
    return [
        found
        for found in topics_of(turn.regulation).values()
        if found.id.startswith(before) and "/" not in found.id.removeprefix(before)
    ]


async def _map(turn: Turn) -> Step:
    """`asked.to:<first>:<last>:<topic>`."""
    group, topic = await pressed_group(turn), _pressed_topic(turn)
    if group is None or topic_of(turn.regulation, topic) is None:
        return GONE
    return await _decided(turn, group, topic)


async def _leave(turn: Turn) -> Step:
    """`asked.leave:<first>:<last>`."""
    group = await pressed_group(turn)
    return GONE if group is None else await _decided(turn, group, None)


async def _decided(turn: Turn, group: Group, topic: str | None) -> Step:
    ids = [question.id for question in group.questions]
    count = await questions.decide(turn.session, turn.known_office.id, ids, topic, turn.answered_at)
    await record_act(turn, "question.mapped" if topic else "question.left", {"questions": ids, "topic": topic})
    parameters = {
        "id": ids[0],
        "text": group.questions[0].text,
        "count": count,
        "topic": topic_label(turn.regulation, topic) if topic else None,
    }
    return Step(replies=(Reply("question/decided", parameters, edits_pressed=True),), keep=True)


async def _undo(turn: Turn) -> Step:
    """`asked.undo:<question>`: it, and all that were decided with it, are open again."""
    question = press_number(turn)
    count = await questions.reopen(turn.session, turn.known_office.id, question)
    if not count:
        return GONE
    await record_act(turn, "question.reopened", {"question": question, "count": count})
    return Step(replies=(Reply("question/reopened", {"count": count}, edits_pressed=True),), keep=True)


def _pressed_topic(turn: Turn) -> str:
    return press_argument(turn, 2)


PRESSES = (
    Press("asked.map", _choose, _DECIDE),
    Press("asked.below", _browse, _DECIDE),
    Press("asked.to", _map, _DECIDE),
    Press("asked.leave", _leave, _DECIDE),
    Press("asked.undo", _undo, _DECIDE),
)
