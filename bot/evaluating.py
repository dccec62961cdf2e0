"""How well questions with known answers are answered: shares by regulation and by style, and what is confused.

A file of questions holds one JSON object per line: `id`, `regulation`, `text`, `expected` (topics that are right),
`acceptable` (topics that count as right, too) and `style`. Where `luar-cakupan` is expected, it must be declined.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import msgspec
from msgspec import Struct

from bot.asking import topics_of_answer
from content.knowledge_base import Suggestions, find_answer
from content.regulation import Regulation

DECLINED = "luar-cakupan"
MOST_CONFUSIONS = 20
_TOP = 3


class WrongQuestions(Exception):
    """A line of the file is no question; names the line, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


class Question(Struct, frozen=True):
    """One line of the file; other keys are ignored."""

    id: str
    regulation: str
    text: str
    expected: tuple[str, ...]
    acceptable: tuple[str, ...] = ()
    style: str = ""


class Verdict(Struct, frozen=True):
    """What a question got: topics, the first one first, none where it was declined; whether it was asked back."""

    question: Question
    topics: tuple[str, ...]
    asked_back: bool = False


class Scores(Struct, frozen=True):
    """Numbers of questions. A declined question in scope counts as wrong in all of the first three.

    `asked_back`: those in scope that got a "did you mean", whose first suggestion counts as the answer.
    """

    in_scope: int
    top1: int
    strict: int
    top3: int
    asked_back: int
    false_declines: int
    out_of_scope: int
    false_answers: int


class Confusion(Struct, frozen=True):
    """`count` questions whose right topic was `expected` got `got` first; `ids` names them."""

    expected: str
    got: str
    count: int
    ids: tuple[str, ...]


def read_questions(lines: Iterable[bytes], regulations: Mapping[str, Regulation]) -> list[Question]:
    """The questions of a file, in its order; empty lines are passed over.

    Raises:
        WrongQuestions: a line is no question, or names a regulation that there is not.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = msgspec.json.decode(line, type=Question)
        except msgspec.DecodeError as error:
            raise WrongQuestions(number) from error
        if question.regulation not in regulations or not question.expected:
            raise WrongQuestions(number)
        found.append(question)
    return found


def verdicts_on(questions: Iterable[Question], regulations: Mapping[str, Regulation]) -> Iterator[Verdict]:
    """Each question with what the knowledge base says to it, offline."""
    for question in questions:
        result = find_answer(regulations[question.regulation], question.text)
        yield Verdict(question, topics_of_answer(result)[:_TOP], isinstance(result, Suggestions))


def scores(verdicts: Iterable[Verdict]) -> Scores:
    """The numbers behind the shares."""
    count: Counter[str] = Counter()
    for verdict in verdicts:
        expected, topics = verdict.question.expected, verdict.topics
        if expected == (DECLINED,):
            count.update(out_of_scope=1, false_answers=bool(topics))
            continue
        right = {*expected, *verdict.question.acceptable}
        count.update(
            in_scope=1,
            top1=bool(right.intersection(topics[:1])),
            strict=bool(set(expected).intersection(topics[:1])),
            top3=bool(right.intersection(topics)),
            asked_back=verdict.asked_back,
            false_declines=not topics,
        )
    return Scores(**{name: count[name] for name in Scores.__struct_fields__})


def by_part(verdicts: Iterable[Verdict]) -> dict[str, Scores]:
    """The scores of every regulation, then of every style, in the order of the questions."""
    regulations, styles = defaultdict(list), defaultdict(list)
    for verdict in verdicts:
        regulations[verdict.question.regulation].append(verdict)
        styles[verdict.question.style].append(verdict)
    return {name: scores(part) for name, part in chain(regulations.items(), styles.items())}


def confusions(verdicts: Iterable[Verdict]) -> list[Confusion]:
    """The worst confusions, most frequent first: a wrong first topic, a false decline, or a false answer."""
    ids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for verdict in verdicts:
        question = verdict.question
        got = verdict.topics[0] if verdict.topics else DECLINED
        if got not in {*question.expected, *question.acceptable}:
            ids[question.expected[0], got].append(question.id)
    worst = sorted(ids, key=lambda pair: (-len(ids[pair]), pair))[:MOST_CONFUSIONS]
    return [Confusion(*pair, len(ids[pair]), tuple(ids[pair])) for pair in worst]
